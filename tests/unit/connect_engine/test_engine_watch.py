"""CloudWatch metrics: what operators alarm on is counted once, in its minute, under the documented dimensions."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

import pytest

from localstack.connect.directory import PhoneNumber
from localstack.connect.engine import watch
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.plan import Callee, CallPlan
from localstack.connect.engine.ports import Datum
from tests.support.connect_world import (
    ARN,
    CALLER,
    INSTANCE_ID,
    MONDAY,
    NUMBER,
    Small,
    action,
    one_queue,
    say,
    staff,
    to_queue,
)

if TYPE_CHECKING:
    from localstack.connect.engine.contact import Contact

MINUTE = timedelta(minutes=1)


def played(small: Small, minutes: float = 10) -> list[Datum]:
    """Everything that CloudWatch was told in so many minutes."""
    small.run(MONDAY + timedelta(minutes=minutes))
    return small.cloud.data


def sums(data: list[Datum], **dimensions: str) -> dict[str, float]:
    """The sum of each metric that has these dimensions."""
    found: Counter[str] = Counter()
    for datum in data:
        if dimensions.items() <= dict(datum.dimensions).items():
            found[datum.name] += datum.value  # type: ignore[assignment]
    return dict(found)


def of(data: list[Datum], name: str) -> list[tuple[float, float]]:
    """(minute, value) of one metric."""
    return [((one.at - MONDAY) / MINUTE, one.value) for one in data if one.name == name]


def test_a_call_is_counted_in_the_minute_in_which_it_comes() -> None:
    small = one_queue()
    staff(small, "li.na", talk_s=30, acw_s=5)
    for second in (1, 59, 61):
        small.call(at=MONDAY + timedelta(seconds=second), talk_s=10)
    data = played(small)
    assert of(data, "CallsPerInterval") == [(0, 2.0), (1, 1.0)]
    (one, *_) = [datum for datum in data if datum.name == "CallsPerInterval"]
    assert dict(one.dimensions) == {"InstanceId": INSTANCE_ID, "MetricGroup": "VoiceCalls"}
    assert one.unit == "Count"


def test_queues_and_calls_are_looked_at_when_a_minute_is_over_and_say_0_once_when_they_are_empty() -> None:
    small = one_queue(concurrent_calls=20)
    small.call(at=MONDAY + timedelta(seconds=30), patience_s=100)
    small.call(at=MONDAY + timedelta(seconds=50), patience_s=200)
    data = played(small)
    assert of(data, "QueueSize") == [(0, 2.0), (1, 2.0), (2, 1.0), (3, 1.0), (4, 0.0)]
    assert of(data, "LongestQueueWaitTime") == [(0, 30.0), (1, 90.0), (2, 130.0), (3, 190.0), (4, 0.0)]
    assert of(data, "ConcurrentCalls") == of(data, "QueueSize")
    assert [value for _, value in of(data, "ConcurrentCallsPercentage")] == [0.1, 0.1, 0.05, 0.05, 0.0]
    assert sums(data, MetricGroup="Queue", QueueName="support").keys() == {"QueueSize", "LongestQueueWaitTime"}
    assert {datum.name: datum.unit for datum in data if datum.unit != "Count"} == {
        "LongestQueueWaitTime": "Seconds",
        "ConcurrentCallsPercentage": "Percent",
    }


def test_nothing_is_said_while_nothing_goes_on() -> None:
    small = one_queue()
    staff(small, "li.na")
    assert played(small, 600) == []
    assert small.timeline_is_empty()


def test_error_branches_and_flows_that_break_off_are_told_apart_by_flow() -> None:
    small = Small()
    lost = {
        "LambdaFunctionARN": "arn:aws:lambda:us-east-1:000000000000:function:none",
        "InvocationTimeLimitSeconds": "3",
    }
    small.number(
        small.flow(
            "main",
            action("f", "InvokeLambdaFunction", lost, "bye", errors={"NoMatchingError": "g"}),
            action("g", "InvokeLambdaFunction", lost, "bye"),
        )
    )
    small.call()
    data = played(small)
    group = {"MetricGroup": "ContactFlow", "ContactFlowName": "main"}
    assert sums(data, **group) == {"ContactFlowErrors": 1.0, "ContactFlowFatalErrors": 1.0}


def test_a_number_without_a_flow_a_full_queue_and_a_number_that_cannot_be_called_back() -> None:
    small = Small()
    small.queue("support", max_contacts=0)
    callback = {"InitialCallDelaySeconds": "60", "MaximumConnectionAttempts": "2", "RetryDelaySeconds": "60"}
    back = action("back", "CreateCallbackContact", callback, "set", errors={"NoMatchingError": "set"})
    main = small.flow("main", back, *to_queue("support"))
    small.number(main)
    small.number(main, "+862155360999")
    small.directory.remove(small.instance, main)
    small.put(main)
    small.call(caller="anonymous")
    data = played(small)
    assert sums(data, MetricGroup="Queue", QueueName="support") == {"QueueCapacityExceededError": 1.0}
    assert sums(data, MetricGroup="ContactFlow", ContactFlowName="main")["CallBackNotDialableNumber"] == 1.0
    small.directory.remove(small.instance, main)
    small.call(to="+862155360999")
    assert sums(played(small, 20), MetricGroup="VoiceCalls")["MisconfiguredPhoneNumbers"] == 1.0


def test_a_call_that_rings_in_vain_is_missed_and_one_that_is_declined_is_not() -> None:
    small = one_queue()
    first, second = staff(small, "li.na", "wang.wei", person=True)
    contact = small.call(patience_s=60)
    small.run()
    (offered,) = [agent for agent in (first, second) if agent.desk]
    small.world.desks.reject(offered, contact)
    timeline = small.world.timeline
    while (head := timeline.head()) is not None and head.when < MONDAY + 3 * MINUTE:
        timeline.fire()  # nobody acts: the other telephone rings for its 20 s
    small.world.outbox.flush()
    assert sums(small.cloud.data, MetricGroup="VoiceCalls")["MissedCalls"] == 1.0


def test_chats_and_tasks_have_metrics_of_their_own() -> None:
    small = one_queue()
    flow = small.flow("chat", *to_queue("support"))
    chat = small.world.chats.start(small.instance, ChatPlan(flow=flow))
    small.run(MONDAY + 2 * MINUTE)
    small.world.hang_up(chat)
    data = played(small)
    chats = [datum for datum in data if dict(datum.dimensions)["MetricGroup"] == "Chats"]
    assert of(chats, "SuccessfulChatsPerInterval") == [(0, 1.0)]
    assert of(chats, "ConcurrentActiveChats")[0] == (0, 1.0)
    assert of(chats, "ConcurrentActiveChats")[-1][1] == 0.0
    assert "ConcurrentCalls" not in sums(data)


def test_chats_and_tasks_that_are_one_too_many_are_counted() -> None:
    small = one_queue(concurrent_chats=1, concurrent_tasks=0)
    small.world.load.limit = 10
    small.world.chats.start(small.instance, ChatPlan(flow=small.flow("chat", *to_queue("support"))))
    assert [small.world.load.room(small.instance, channel) for channel in ("CHAT", "TASK", "EMAIL")] == [
        False,
        False,
        True,
    ]
    found = sums(played(small, 2))
    assert found["ChatsBreachingActiveChatQuota"] == found["TasksBreachingConcurrencyQuota"] == 1.0


def test_a_recording_that_no_bucket_takes_is_counted_once() -> None:
    small = one_queue()
    record = {"RecordingBehavior": {"RecordedParticipants": ["Agent"]}}
    small.number(small.flow("main", action("r", "UpdateContactRecordingBehavior", record, "set"), *to_queue("support")))
    staff(small, "li.na", talk_s=5, acw_s=1)
    small.call(talk_s=5)
    small.cloud.no_objects = True
    small.run()
    while small.world.outbox.flush():
        pass
    assert small.world.outbox.lost == 1
    data = played(small)
    assert sums(data, MetricGroup="CallRecordings") == {"CallRecordingUploadError": 1.0}


def test_a_clock_that_is_set_loses_no_count_and_the_next_minute_is_watched_again() -> None:
    small = one_queue()
    small.call(patience_s=5)
    small.run()
    assert small.cloud.data == []
    small.world.watch.settle()
    small.world.timeline.rebase(MONDAY - timedelta(days=1))
    small.world.outbox.flush()
    assert of(small.cloud.data, "CallsPerInterval") == [(0, 1.0)]
    small.call(patience_s=5)
    small.run(MONDAY - timedelta(days=1) + 2 * MINUTE)
    assert of(small.cloud.data, "CallsPerInterval") == [(0, 1.0), (-1440, 1.0)]


def test_calls_that_are_dialled_count_as_calls() -> None:
    small = Small()
    flow = small.flow("out", say("s", "Hello.", "bye"))
    plan = CallPlan(to=NUMBER, caller=CALLER, callee=Callee(answers=("no-answer",)))
    contact: Contact = small.world.dialing.start_outbound(small.instance, flow, plan)
    data = played(small)
    assert contact.ended
    assert of(data, "CallsPerInterval") == [(0, 1.0)]


@pytest.mark.shared
def test_every_metric_is_one_of_the_reference(shared: Any) -> None:
    text = (shared / "connect-reference.md").read_text(encoding="utf-8")
    told = {name for name, _ in watch.CONCURRENT.values()} | {"QueueSize", "LongestQueueWaitTime"}
    for name in told | set(get_args(watch.Count)):
        assert name in text
    assert watch.GROUPS.keys() == set(get_args(watch.Count))


def test_chats_and_tasks_beyond_their_quotas_are_counted() -> None:
    small = one_queue(concurrent_chats=1, concurrent_tasks=0, concurrent_emails=0)
    small.world.load.limit = 10
    wait = small.flow("chat", *to_queue("support"))
    assert small.world.load.room(small.instance, "CHAT")
    small.world.chats.start(small.instance, ChatPlan(flow=wait))
    assert not small.world.load.room(small.instance, "CHAT")
    assert not small.world.load.room(small.instance, "TASK")
    assert not small.world.load.room(small.instance, "EMAIL")
    data = played(small, 2)
    assert of(data, "ChatsBreachingActiveChatQuota") == [(0, 1.0)]
    assert of(data, "TasksBreachingConcurrencyQuota") == [(0, 1.0)]


def test_each_of_several_instances_says_a_minute_once() -> None:
    small = one_queue()
    welcome = small.flow(
        "long", say("long", "a very long welcome " * 400, "end"), action("end", "DisconnectParticipant")
    )
    other_id = INSTANCE_ID.replace("-", "-9", 1)[: len(INSTANCE_ID)]
    other = replace(small.instance, id=other_id, arn=ARN.replace(INSTANCE_ID, other_id), alias="other")
    small.directory.add_instance(other)
    number = PhoneNumber(id="n", arn="", name="+442079460000", flow_id=welcome.id, instance_id=other_id)
    small.directory.put(other, number)
    small.call(patience_s=400)
    small.call(to=number.name)
    said = Counter((datum.at, datum.dimensions) for datum in played(small) if datum.name == "ConcurrentCalls")
    assert {dict(dimensions)["InstanceId"] for _, dimensions in said} == {INSTANCE_ID, other_id}
    assert set(said.values()) == {1}
