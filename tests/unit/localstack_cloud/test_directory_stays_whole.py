"""Whatever is asked of the API, in whatever order: the directory never points at something that is not there."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from tests.support.connect_calls import Connect, Refused

NAMES = st.sampled_from(["a", "b", "c"])


class Requests(RuleBasedStateMachine):
    """Creates, renames and deletes in any order; a refusal is an ordinary answer."""

    hours = Bundle("hours")
    queues = Bundle("queues")
    profiles = Bundle("profiles")

    def __init__(self) -> None:
        super().__init__()
        self.connect = Connect()
        self.instance = self.connect.instance()

    def ask(self, operation: str, **parameters: Any) -> dict[str, Any]:
        try:
            return self.connect(operation, InstanceId=self.instance, **parameters)
        except Refused as refused:
            return {"refused": refused.code}

    @rule(target=hours, name=NAMES)
    def create_hours(self, name: str) -> str:
        made = self.ask("CreateHoursOfOperation", Name=name, TimeZone="Asia/Shanghai", Config=[])
        return str(made.get("HoursOfOperationId", "none"))

    @rule(target=queues, name=NAMES, hours=hours)
    def create_queue(self, name: str, hours: str) -> str:
        return str(self.ask("CreateQueue", Name=name, HoursOfOperationId=hours).get("QueueId", "none"))

    @rule(target=profiles, name=NAMES, queue=queues)
    def create_profile(self, name: str, queue: str) -> str:
        entry = {"QueueReference": {"QueueId": queue, "Channel": "VOICE"}, "Priority": 1, "Delay": 0}
        made = self.ask(
            "CreateRoutingProfile",
            Name=name,
            Description="d",
            DefaultOutboundQueueId=queue,
            QueueConfigs=[entry],
            MediaConcurrencies=[{"Channel": "VOICE", "Concurrency": 1}],
        )
        return str(made.get("RoutingProfileId", "none"))

    @rule(queue=queues, name=NAMES)
    def rename_queue(self, queue: str, name: str) -> None:
        self.ask("UpdateQueueName", QueueId=queue, Name=name)

    @rule(queue=queues, hours=hours)
    def move_queue(self, queue: str, hours: str) -> None:
        self.ask("UpdateQueueHoursOfOperation", QueueId=queue, HoursOfOperationId=hours)

    @rule(hours=hours)
    def delete_hours(self, hours: str) -> None:
        self.ask("DeleteHoursOfOperation", HoursOfOperationId=hours)

    @rule(queue=queues)
    def delete_queue(self, queue: str) -> None:
        self.ask("DeleteQueue", QueueId=queue)

    @rule(profile=profiles)
    def delete_profile(self, profile: str) -> None:
        self.ask("DeleteRoutingProfile", RoutingProfileId=profile)

    @invariant()
    def nothing_points_into_the_void(self) -> None:
        instance = self.connect.directory.instances()[0]
        assert all(queue.hours_id in instance.hours for queue in instance.queues.values())
        for profile in instance.routing_profiles.values():
            assert profile.default_outbound_queue_id in instance.queues
            assert all(entry[0] in instance.queues for entry in profile.queues)

    @invariant()
    def names_are_given_once(self) -> None:
        instance = self.connect.directory.instances()[0]
        for kept in (instance.hours, instance.queues, instance.routing_profiles):
            names = [resource.name for resource in kept.values()]
            assert len(names) == len(set(names))


TestRequests = Requests.TestCase
