"""CloudWatch metrics of the namespace AWS/Connect, one value a minute of the world's clock (16).

What happens is counted as it happens; how many calls are up and how long queues are is looked at when a minute is over.
A minute in which nothing is up, waits or has happened sends nothing, except that a gauge that was not 0 before says 0.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from localstack.connect.directory import Instance, Queue
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.ports import Datum, Place, StoredObject
from localstack.connect.engine.staff import is_agent_queue

if TYPE_CHECKING:
    from localstack.connect.engine.timeline import Timer
    from localstack.connect.engine.world import World

MINUTE = timedelta(minutes=1)
Count = Literal[
    "CallsPerInterval",
    "MissedCalls",
    "MisconfiguredPhoneNumbers",
    "CallsBreachingConcurrencyQuota",
    "ThrottledCalls",
    "CallRecordingUploadError",
    "ContactFlowErrors",
    "ContactFlowFatalErrors",
    "CallBackNotDialableNumber",
    "QueueCapacityExceededError",
    "SuccessfulChatsPerInterval",
    "ChatsBreachingActiveChatQuota",
    "TasksBreachingConcurrencyQuota",
    "TasksExpired",
    "TasksExpiryWarningReached",
]
GROUPS: Mapping[Count, str] = {
    "CallsPerInterval": "VoiceCalls",
    "MissedCalls": "VoiceCalls",
    "MisconfiguredPhoneNumbers": "VoiceCalls",
    "CallsBreachingConcurrencyQuota": "VoiceCalls",
    "ThrottledCalls": "VoiceCalls",
    "CallRecordingUploadError": "CallRecordings",
    "ContactFlowErrors": "ContactFlow",
    "ContactFlowFatalErrors": "ContactFlow",
    "CallBackNotDialableNumber": "ContactFlow",
    "QueueCapacityExceededError": "Queue",
    "SuccessfulChatsPerInterval": "Chats",
    "ChatsBreachingActiveChatQuota": "Chats",
    "TasksBreachingConcurrencyQuota": "Tasks",
    "TasksExpired": "Tasks",
    "TasksExpiryWarningReached": "Tasks",
}
"""The dimension MetricGroup of what is counted."""
SUBJECTS: Mapping[str, str] = {"ContactFlow": "ContactFlowName", "Queue": "QueueName"}
"""Groups that are told apart by one thing more, and by which."""
CONCURRENT: Mapping[str, tuple[str, str]] = {
    "VOICE": ("ConcurrentCalls", "VoiceCalls"),
    "CHAT": ("ConcurrentActiveChats", "Chats"),
    "TASK": ("ConcurrentTasks", "Tasks"),
}
"""(metric, group) of what is up at one time, by channel; the share of the quota has the same name and Percentage."""
Unit = Literal["Count", "Seconds", "Percent"]

Dimensions = tuple[tuple[str, str], ...]
Key = tuple[str, Dimensions]


class Watch:
    """Counts for operators."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._counts: dict[str, Counter[Key]] = {}
        self._instances: dict[str, Instance] = {}
        self._gauges: dict[str, set[Key]] = {}
        self._timer: Timer | None = None
        self._start = world.now

    def count(self, instance: Instance, name: Count, subject: str = "") -> None:
        """Something has happened once more; `subject` is the flow's or the queue's name where the metric has one."""
        self.wake(instance)
        self._counts.setdefault(instance.id, Counter())[name, _dimensions(instance, GROUPS[name], subject)] += 1

    def told(self, contact: Contact, event_type: str) -> None:
        """A contact event has been told: what operators count of it."""
        self.wake(contact.instance)
        if event_type == "INITIATED" and contact.channel == "CHAT" and contact.previous is None:
            self.count(contact.instance, "SuccessfulChatsPerInterval")
        elif event_type == "DISCONNECTED" and (contact.channel, contact.disconnect_reason) == ("TASK", "EXPIRED"):
            self.count(contact.instance, "TasksExpired")

    def lost(self, item: Any) -> None:
        """A delivery was given up: a recording that no bucket took is counted."""
        instance = self._world.directory.instance(item.instance_id) if isinstance(item, StoredObject) else None
        if instance is not None:
            self.count(instance, "CallRecordingUploadError")

    def wake(self, instance: Instance) -> None:
        """Something is going on in an instance: it is looked at when this minute is over."""
        self._instances[instance.id] = instance
        if self._timer is None or self._timer.dead:
            self._start = _minute(self._world.now)
            self._timer = self._world.timeline.at(self._start + MINUTE, self._minute_over, background=True)

    def settle(self) -> None:
        """Tell what this minute has had so far: the clock is about to be set."""
        if self._timer is not None and not self._timer.dead:
            self._world.timeline.cancel(self._timer)
            self._minute_over()

    def _minute_over(self) -> None:
        start, self._timer = self._start, None
        instances, self._instances = self._instances, {}
        for instance in instances.values():
            counted = self._counts.pop(instance.id, Counter())
            gauges = {key: (value, unit) for key, value, unit in self._levels(instance)}
            gone = self._gauges.pop(instance.id, set()) - gauges.keys()
            place = Place(instance.account, instance.region)
            for (name, dimensions), times in counted.items():
                self._world.outbox.datum(place, Datum(name, dimensions, start, float(times), "Count"))
            for (name, dimensions), (value, unit) in gauges.items():
                self._world.outbox.datum(place, Datum(name, dimensions, start, value, unit))
            for name, dimensions in sorted(gone):
                self._world.outbox.datum(place, Datum(name, dimensions, start, 0.0, _unit(name)))
            if gauges:
                self._gauges[instance.id] = set(gauges)
                self.wake(instance)

    def _levels(self, instance: Instance) -> Iterator[tuple[Key, float, Unit]]:
        """What is up and what waits at this moment."""
        settings = self._world.settings
        quotas = {
            "VOICE": self._world.load.limit or settings.concurrent_calls,
            "CHAT": settings.concurrent_chats,
            "TASK": settings.concurrent_tasks,
        }
        for channel, (name, group) in CONCURRENT.items():
            active = self._world.load.active(instance, channel)
            if active:
                dimensions = _dimensions(instance, group)
                yield (name, dimensions), float(active), "Count"
                yield (f"{name}Percentage", dimensions), round(active / quotas[channel], 4), "Percent"
        yield from self._queues(instance)

    def _queues(self, instance: Instance) -> Iterator[tuple[Key, float, Unit]]:
        oldest: dict[str, tuple[Queue, datetime, int]] = {}
        for contact in self._world.floor.waiting_in(instance):
            visit = contact.visit
            if visit is not None and not is_agent_queue(visit.queue):
                _, since, size = oldest.get(visit.queue.id, (visit.queue, visit.enqueued_at, 0))
                oldest[visit.queue.id] = visit.queue, min(since, visit.enqueued_at), size + 1
        for queue, since, size in oldest.values():
            dimensions = _dimensions(instance, "Queue", queue.name)
            yield ("QueueSize", dimensions), float(size), "Count"
            waited_s = (self._world.now - since).total_seconds()
            yield ("LongestQueueWaitTime", dimensions), round(waited_s, 3), "Seconds"


def _dimensions(instance: Instance, group: str, subject: str = "") -> Dimensions:
    more = ((SUBJECTS[group], subject),) if group in SUBJECTS and subject else ()
    return (("InstanceId", instance.id), ("MetricGroup", group), *more)


def _unit(name: str) -> Unit:
    if name == "LongestQueueWaitTime":
        return "Seconds"
    return "Percent" if name.endswith("Percentage") else "Count"


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
