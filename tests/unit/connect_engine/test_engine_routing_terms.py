"""Agent queues, priority and age, channels and their limits: what decides besides idle time."""

from datetime import timedelta
from typing import Any

import pytest

from localstack.connect.directory import User
from localstack.connect.engine.acd import Entry, FreeAgent, Pair, WaitingContact, match
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.staff import Activity, Agent, Handling
from tests.support.connect_world import MONDAY, Small, action, arn, identifier, one_queue, say, staff, texts, to_queue


def to_agent(username: str) -> tuple[dict[str, Any], ...]:
    own = {"AgentId": arn("agent", username)}
    return (action("set", "UpdateContactTargetQueue", own, "go", errors={"NoMatchingError": "bye"}), *to_queue("")[1:])


def personal() -> Small:
    """A world whose number leads into the queue of the agent li.na."""
    small = Small()
    small.queue("support")
    small.user("li.na", small.profile("support", ("support", 1, 0)))
    small.number(small.flow("main", *to_agent("li.na")))
    return small


def sign_in(small: Small, username: str, **habits: Any) -> Agent:
    user = small.instance.named(User, username)
    assert user is not None
    return small.sign_in(user, **habits)


def test_an_agents_own_queue_is_served_by_that_agent_only() -> None:
    small = personal()
    staff(small, "other")
    contact = small.call()
    small.run(until=MONDAY + timedelta(seconds=60))
    assert contact.attempts == 0
    sign_in(small, "li.na")
    small.run()
    record = small.record_of(contact)
    assert record["Agent"]["Username"] == "li.na"
    assert record["Queue"]["Name"] is None
    assert record["Queue"]["ARN"].endswith(f"/queue/agent/{identifier('li.na')}")
    queued = next(e["detail"] for e in small.cloud.events if e["detail"]["eventType"] == "QUEUED")
    assert queued["queueInfo"]["queueType"] == "AGENT"


def test_the_agents_own_queue_goes_before_every_other() -> None:
    small = personal()
    small.number(small.flow("all", *to_queue("support")), "+8621")
    first = small.call(to="+8621")
    own = small.call(at=MONDAY + timedelta(seconds=5))
    small.run(until=MONDAY + timedelta(seconds=10))
    sign_in(small, "li.na", talk_s=10)
    small.run()
    assert first.leg is not None
    assert own.leg is not None
    assert own.leg.connected_at < first.leg.connected_at


def test_an_agent_queue_holds_ten_contacts() -> None:
    small = personal()
    contacts = [small.call(patience_s=30) for _ in range(11)]
    small.run()
    assert [contact.visit is None for contact in contacts] == [False] * 10 + [True]
    assert texts(contacts[-1], "hears") == ["All lines are busy."]


def test_an_agent_who_is_not_there_cannot_be_chosen() -> None:
    small = Small()
    small.number(small.flow("main", *to_agent("nobody")))
    contact = small.call()
    small.run()
    assert contact.target_queue is None


def test_staffing_of_an_agent_queue_can_be_checked() -> None:
    small = personal()
    check = {"MetricType": "NumberOfAgentsAvailable", "AgentId": identifier("li.na")}
    small.number(
        small.flow(
            "main",
            action("c", "CheckMetricData", check, "no", operator="NumberGreaterThan", when={"0": "yes"},
                   errors={"NoMatchingCondition": "no", "NoMatchingError": "bye"}),
            say("yes", "there", "bye"),
            say("no", "away", "bye"),
        )
    )  # fmt: skip
    away = small.call()
    small.run()
    sign_in(small, "li.na")
    there = small.call()
    small.run()
    assert (texts(away, "hears"), texts(there, "hears")) == (["away"], ["there"])


@pytest.mark.parametrize(("after_s", "first"), [(50, "plain"), (65, "changed")])
def test_a_change_of_priority_in_the_queue_acts_after_a_minute(after_s: int, first: str) -> None:
    small = one_queue()
    change = action("p", "UpdateContactRoutingBehavior", {"QueuePriority": "1"}, "end")
    small.flow("hasty", change, action("end", "EndFlowExecution"), kind="CUSTOMER_QUEUE")
    hook = {"EventHooks": {"CustomerQueue": arn("contact-flow", "hasty")}}
    hooked = action("h", "UpdateContactEventHooks", hook, "set", errors={"NoMatchingError": "bye"})
    small.number(small.flow("hasty in", hooked, *to_queue("support")), "+8621")
    plain, changed = small.call(), small.call(to="+8621", at=MONDAY + timedelta(seconds=1))
    small.run(until=MONDAY + timedelta(seconds=after_s))
    staff(small, "li.na", talk_s=5)
    small.run()
    assert plain.leg is not None
    assert changed.leg is not None
    assert (changed.leg.connected_at < plain.leg.connected_at) == (first == "changed")


@pytest.mark.parametrize(("across", "served"), [(True, "vip"), (False, "old")])
def test_contact_priority_across_queues_is_a_switch(across: bool, served: str) -> None:  # noqa: FBT001
    both = FreeAgent("a", MONDAY, (Entry("one", 1, 0), Entry("two", 1, 0)))
    waiting = [
        WaitingContact("old", "one", 5, MONDAY, 0, 1),
        WaitingContact("vip", "two", 1, MONDAY + timedelta(seconds=9), 0, 2),
    ]
    assert match([both], waiting, MONDAY + timedelta(seconds=10), across=across) == (Pair("a", served),)


def on_screen(small: Small, agent: Agent, channel: str, activity: Activity = Activity.CONNECTED) -> None:
    contact = Contact(
        id=f"{channel}{len(agent.desk)}",
        instance=small.instance,
        plan=CallPlan(to="", caller=""),
        rng=small.world.outbox.rng,
        initiated_at=MONDAY,
        sequence=1,
        channel=channel,
    )
    agent.desk[contact.id] = Handling(contact, activity, MONDAY)


ANY = "ROUTE_ANY_CHANNEL"
SLOTS = {"VOICE": 1, "CHAT": 2, "TASK": 1}


@pytest.mark.parametrize(
    ("held", "cross", "channels"),
    [
        ((), {}, {"VOICE", "CHAT", "TASK"}),
        (("CHAT",), {}, {"CHAT"}),
        (("CHAT", "CHAT"), {}, set()),
        (("VOICE",), {}, set()),
        (("CHAT",), {"CHAT": ANY}, {"VOICE", "CHAT", "TASK"}),
        (("CHAT", "TASK"), {"CHAT": ANY}, set()),
        (("CHAT", "TASK"), {"CHAT": ANY, "TASK": ANY}, {"VOICE", "CHAT"}),
        (("VOICE",), {"VOICE": ANY}, {"CHAT", "TASK"}),
    ],
)
def test_slots_and_cross_channel_behaviour_decide_what_an_agent_may_get(
    held: tuple[str, ...], cross: dict[str, str], channels: set[str]
) -> None:
    small = Small()
    small.queue("support")
    agent = small.agent("li.na", small.profile("all", ("support", 1, 0), concurrency=SLOTS, cross_channel=cross))
    for channel in held:
        on_screen(small, agent, channel)
    assert agent.open_channels() == channels


@pytest.mark.parametrize("activity", [Activity.CONNECTING, Activity.MISSED, Activity.REJECTED, Activity.INCOMING])
def test_nothing_more_is_offered_to_a_telephone_that_rings_or_was_missed(activity: Activity) -> None:
    small = Small()
    small.queue("support")
    agent = small.agent("li.na", small.profile("all", ("support", 1, 0), concurrency={"CHAT": 5}))
    on_screen(small, agent, "CHAT", activity)
    assert agent.open_channels() == set()


def test_proficiencies_are_told_in_agent_events() -> None:
    small = Small()
    small.queue("support")
    user = small.user("li.na", small.profile("p", ("support", 1, 0)), proficiencies=(("language", "zh", 5.0),))
    small.sign_in(user)
    small.run()
    configuration = small.cloud.agent_events[0]["CurrentAgentSnapshot"]["Configuration"]
    assert configuration["Proficiencies"] == [{"Name": "language", "Value": "zh", "ProficiencyLevel": 5.0}]


def test_a_profile_tells_each_queue_once_with_its_channels() -> None:
    small = Small()
    small.queue("support")
    small.agent("li.na", small.profile("p", ("support", 1, 0), concurrency={"VOICE": 1, "CHAT": 2}))
    small.run()
    profile = small.cloud.agent_events[0]["CurrentAgentSnapshot"]["Configuration"]["RoutingProfile"]
    assert [queue["Channels"] for queue in profile["InboundQueues"]] == [["CHAT", "VOICE"]] * 2
    assert [slots["MaximumSlots"] for slots in profile["Concurrency"]] == [2, 1]
