"""Tasks: paused and resumed by agents, flows and from the queue; expired; handed on; made by templates."""

from datetime import timedelta
from typing import Any

import pytest

from localstack.connect.directory import Document, Flow, Queue, RoutingProfile
from localstack.connect.engine import templates, transfers
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import Outcome, State
from localstack.connect.engine.staff import Activity
from localstack.connect.engine.tasks import TaskPlan
from tests.support.connect_world import MONDAY, Small, action, arn, identifier, kinds, say, texts, to_queue
from tests.support.one_action import go


def at(seconds: float) -> Any:
    return MONDAY + timedelta(seconds=seconds)


class Desk:
    """A world with task queues, one person who serves them, and flows for a pause and after it."""

    def __init__(self, **concurrency: int) -> None:
        self.small = Small()
        self.small.queue("support")
        self.small.queue("second")
        cross = {"TASK": "ROUTE_ANY_CHANNEL"}
        profile = self.small.profile(
            "support", ("support", 1, 0), concurrency=concurrency or {"VOICE": 1, "TASK": 1}, cross_channel=cross
        )
        self.flow = self.small.flow("task", *to_queue("support"))
        self.small.number(self.small.flow("main", *to_queue("support")))
        self.agent = self.small.agent("li.na", profile, person=True)
        self.world = self.small.world

    def task(self, **plan: Any) -> Contact:
        return self.world.tasks.create(self.small.instance, TaskPlan(flow=self.flow, name="t", **plan))

    def taken(self, **plan: Any) -> Contact:
        """A task that the agent has accepted."""
        task = self.task(**plan)
        self.small.run()
        self.world.desks.accept(self.agent, task)
        return task

    def hook(self, task: Contact, name: str, *actions: Any) -> Flow:
        flow = self.small.flow(name, *actions)
        task.hooks[name] = flow
        return flow

    def types(self, task: Contact) -> list[str]:
        self.world.outbox.flush()
        return [e["detail"]["eventType"] for e in self.small.cloud.events if e["detail"]["contactId"] == task.id]


def test_a_paused_task_gives_its_slot_away_and_takes_it_again() -> None:
    desk = Desk()
    task = desk.taken()
    desk.small.run(until=at(10))
    desk.world.pausing.pause(task)
    assert desk.agent.desk[task.id].activity is Activity.PAUSED
    assert task.state is State.PAUSED
    snapshot = desk.agent.last_snapshot
    assert snapshot is not None
    slots = {
        one["Channel"]: one["AvailableSlots"] for one in snapshot["Configuration"]["RoutingProfile"]["Concurrency"]
    }
    assert slots["TASK"] == 1
    assert [one["State"] for one in snapshot["Contacts"]] == ["PAUSED"]
    other = desk.taken()
    with pytest.raises(ValueError, match="no free slot"):
        desk.world.pausing.resume(task)
    desk.world.joining.hang_up(desk.agent, other)
    desk.world.desks.close(desk.agent, other)
    desk.small.run(until=at(70))
    desk.world.pausing.resume(task)
    desk.small.run(until=at(100))
    desk.world.joining.hang_up(desk.agent, task)
    desk.world.desks.close(desk.agent, task)
    desk.small.run()
    record = desk.small.record_of(task)
    assert record["LastPausedTimestamp"] == "2026-03-02T01:00:10Z"
    assert record["LastResumedTimestamp"] == "2026-03-02T01:01:10Z"
    assert (record["TotalPauseCount"], record["TotalPauseDurationInSeconds"]) == (1, 60)
    assert record["Agent"]["AgentPauseDuration"] == 60
    assert record["Agent"]["AgentInteractionDuration"] == 40
    assert desk.types(task)[-5:] == ["CONNECTED_TO_AGENT", "PAUSED", "RESUMED", "DISCONNECTED", "COMPLETED"]


def test_a_paused_task_that_ends_is_not_written_up_when_its_slot_is_taken() -> None:
    desk = Desk()
    task = desk.taken()
    desk.world.pausing.pause(task)
    other = desk.taken()
    desk.world.hang_up(task)
    desk.small.run()
    assert list(desk.agent.desk) == [other.id]
    assert desk.small.record_of(task)["Agent"]["AfterContactWorkDuration"] == 0
    desk.world.pausing.pause(other)
    desk.world.hang_up(other)
    assert desk.agent.desk[other.id].activity is Activity.ENDED, "with a free slot it is"


def test_a_call_is_offered_beside_a_paused_task_whatever_its_channel_says() -> None:
    desk = Desk()
    profile = desk.small.instance.named(RoutingProfile, "support")
    assert profile is not None
    desk.agent.renew(
        desk.agent.user,
        desk.small.profile("support", ("support", 1, 0), concurrency={"VOICE": 1, "TASK": 1}),
        desk.agent.habits,
    )
    task = desk.taken()
    assert desk.agent.open_channels() == frozenset()
    desk.world.pausing.pause(task)
    assert desk.agent.open_channels() == {"VOICE", "TASK"}


def test_a_task_that_is_paused_in_its_queue_leaves_it_until_a_flow_queues_it_again() -> None:
    desk = Desk()
    busy = desk.taken()
    task = desk.task()
    desk.small.run()
    desk.hook(task, "ResumeContact", *to_queue("support"))
    desk.world.pausing.pause(task)
    assert task.visit is not None
    assert task.visit.outcome is Outcome.PAUSED
    desk.world.joining.hang_up(desk.agent, busy)
    desk.world.desks.close(desk.agent, busy)
    assert task.attempts == 0
    desk.world.pausing.resume(task)
    desk.small.run()
    assert task.state is State.RINGING


def test_a_task_that_nobody_queues_again_stays_out_of_its_queue() -> None:
    desk = Desk()
    busy = desk.taken()
    task = desk.task()
    desk.small.run()
    desk.world.pausing.pause(task)
    desk.world.pausing.resume(task)
    desk.world.joining.hang_up(desk.agent, busy)
    desk.world.desks.close(desk.agent, busy)
    desk.small.run()
    assert (task.state, task.attempts) == (State.FLOW, 0)


def test_a_flow_at_the_pause_may_wait_resume_and_queue_the_task() -> None:
    desk = Desk()
    busy = desk.taken()
    task = desk.task()
    desk.small.run()
    wait = action("wait", "Wait", {"TimeLimitSeconds": "60"}, "again", errors={"NoMatchingError": "bye"})
    again = action("again", "ResumeContact", {}, "set", errors={"NoMatchingError": "bye"})
    desk.hook(task, "PauseContact", wait, again, *to_queue("support"))
    desk.world.pausing.pause(task)
    desk.world.joining.hang_up(desk.agent, busy)
    desk.world.desks.close(desk.agent, busy)
    desk.small.run(until=at(59))
    assert task.paused
    desk.small.run(until=at(61))
    assert task.state is State.RINGING
    assert task.breaks[0].ended_at == at(60)


def test_resuming_by_hand_stops_the_flow_of_the_pause() -> None:
    desk = Desk()
    task = desk.taken()
    wait = action("wait", "Wait", {"TimeLimitSeconds": "60"}, "bye", errors={"NoMatchingError": "bye"})
    desk.hook(task, "PauseContact", wait)
    desk.world.pausing.pause(task)
    desk.world.pausing.resume(task)
    desk.small.run(until=at(200))
    assert task.state is State.CONNECTED


def test_only_a_paused_task_is_resumed_and_only_one_that_goes_on_is_paused() -> None:
    desk = Desk()
    task = desk.taken()
    with pytest.raises(ValueError, match="not paused"):
        desk.world.pausing.resume(task)
    desk.world.pausing.pause(task)
    with pytest.raises(ValueError, match="no task that is going on"):
        desk.world.pausing.pause(task)
    ringing = desk.task()
    desk.small.run()
    with pytest.raises(ValueError, match="neither with an agent"):
        desk.world.pausing.pause(ringing)
    call = desk.small.call()
    with pytest.raises(ValueError, match="no task"):
        desk.world.pausing.pause(call)
    assert "error" not in kinds(task)


def test_a_flow_cannot_resume_what_is_not_paused() -> None:
    desk = Desk()
    tag = action("no", "TagContact", {"Tags": {"way": "error"}}, "bye", errors={"NoMatchingError": "bye"})
    desk.flow = desk.small.flow("task", action("r", "ResumeContact", {}, "bye", errors={"NoMatchingError": "no"}), tag)
    task = desk.task()
    desk.small.run()
    assert task.tags == {"way": "error"}


def test_a_task_that_ends_while_it_is_paused_was_paused_until_then() -> None:
    desk = Desk()
    task = desk.taken()
    desk.world.pausing.pause(task)
    desk.small.run(until=at(30))
    desk.world.joining.hang_up(desk.agent, task)
    desk.world.desks.close(desk.agent, task)
    desk.small.run()
    record = desk.small.record_of(task)
    assert (record["TotalPauseDurationInSeconds"], record["DisconnectReason"]) == (30, "AGENT_COMPLETED")


@pytest.mark.parametrize(("delay_s", "ends"), [(0.0, "2026-03-09T01:00:00Z"), (3600.0, "2026-03-09T02:00:00Z")])
def test_a_task_expires_a_week_after_its_beginning(delay_s: float, ends: str) -> None:
    desk = Desk()
    desk.world.floor.sign_out_all()
    task = desk.task(delay_s=delay_s)
    desk.small.run(until=at(8 * 86_400))
    record = desk.small.record_of(task)
    assert (record["DisconnectReason"], record["DisconnectTimestamp"]) == ("EXPIRED", ends)
    assert record["ScheduledTimestamp"] == ("2026-03-02T02:00:00Z" if delay_s else None)


def test_an_agent_hands_a_task_on_and_the_last_moment_goes_with_it() -> None:
    desk = Desk()
    profile = desk.small.profile("second", ("second", 1, 0), concurrency={"TASK": 1})
    other = desk.small.agent("wang.wei", profile, person=True)
    task = desk.taken(minutes=60, references={"url": {"Type": "URL", "Value": "https://example.test"}})
    queue = desk.small.instance.named(Queue, "second")
    assert queue is not None
    flow = desk.small.flow("qt", action("go", "TransferContactToQueue", {}, "bye"), kind="QUEUE_TRANSFER")
    new = desk.world.transfers.start(desk.agent, task, transfers.Destination(queue, flow))
    assert task.ended
    assert desk.agent.desk[task.id].activity is Activity.ENDED
    desk.world.desks.accept(other, new)
    desk.small.run(until=at(3601))
    assert new.disconnect_reason == "EXPIRED"
    assert other.desk[new.id].activity is Activity.ENDED
    desk.world.desks.close(desk.agent, task)
    desk.world.desks.close(other, new)
    desk.small.run()
    first, second = desk.small.record_of(task), desk.small.record_of(new)
    assert (first["DisconnectReason"], first["NextContactId"]) == ("AGENT_DISCONNECT", new.id)
    assert (second["InitiationMethod"], second["References"]) == ("TRANSFER", first["References"])


def template(small: Small, flow: Flow, **body: Any) -> Document:
    fields = [
        {"Id": {"Name": "Name"}, "Type": "NAME"},
        {"Id": {"Name": "Order"}, "Type": "NUMBER"},
        {"Id": {"Name": "Kind"}, "Type": "SINGLE_SELECT", "SingleSelectOptions": ["refund", "repair"]},
        {"Id": {"Name": "Life"}, "Type": "EXPIRY_DURATION"},
        {"Id": {"Name": "When"}, "Type": "SCHEDULED_TIME"},
    ]
    made = {"ContactFlowId": flow.id, "Fields": fields, "Status": "ACTIVE", **body}
    return small.put(  # type: ignore[no-any-return]  # a test's helper gives back what it stores
        Document(id=identifier("tt"), arn=arn("task-template", "tt"), name="Complaint", kind="task-template", body=made)
    )


def defaults(**values: str) -> dict[str, Any]:
    return {"Defaults": {"DefaultFieldValues": [{"Id": {"Name": n}, "DefaultValue": v} for n, v in values.items()]}}


def required(*names: str) -> dict[str, Any]:
    return {"Constraints": {"RequiredFields": [{"Id": {"Name": name}} for name in names]}}


def test_a_template_gives_flow_defaults_and_life() -> None:
    desk = Desk()
    desk.world.floor.sign_out_all()
    made = template(desk.small, desk.flow, **defaults(Name="Complaint 1", Kind="refund", Life="30"))
    order = {"Order": {"Type": "NUMBER", "Value": "7"}}
    plan = templates.plan(desk.small.instance, made, templates.Wish(references=order))
    assert (plan.name, plan.minutes, plan.flow) == ("Complaint 1", 30, desk.flow)
    assert plan.references == {**order, "Kind": {"Type": "STRING", "Value": "refund"}}
    task = desk.world.tasks.create(desk.small.instance, plan)
    desk.small.run(until=at(1801))
    desk.small.run()
    record = desk.small.record_of(task)
    assert record["DisconnectReason"] == "EXPIRED"
    assert record["TaskTemplateInfo"] == {"ARN": made.arn, "Name": "Complaint"}


@pytest.mark.parametrize(
    ("body", "wish", "why"),
    [
        ({"Status": "INACTIVE"}, {}, "inactive"),
        ({"ContactFlowId": "nowhere"}, {}, "names no flow"),
        (required("Order"), {}, "asks for Order"),
        (required("Name"), {}, "asks for Name"),
        (required("When"), {}, "asks for When"),
        (defaults(Life="0"), {}, "expires after"),
        ({}, {"references": {"Kind": {"Type": "STRING", "Value": "joke"}}}, "expected one of refund, repair"),
    ],
)
def test_what_a_template_cannot_make_is_refused(body: dict[str, Any], wish: dict[str, Any], why: str) -> None:
    desk = Desk()
    made = template(desk.small, desk.flow, **body)
    with pytest.raises(ValueError, match=why):
        templates.plan(desk.small.instance, made, templates.Wish(**wish))


@pytest.mark.parametrize(
    ("parameters", "way"),
    [
        ({"TaskTemplateId": identifier("tt"), "Name": "n"}, "next"),
        ({"TaskTemplateId": "nowhere", "Name": "n"}, "NoMatchingError"),
        ({"ContactFlowId": identifier("task"), "Name": "n", "ScheduledTime": "2026-03-02T02:00:00Z"}, "next"),
        ({"ContactFlowId": identifier("task"), "Name": "n", "ScheduledTime": "1772416800"}, "next"),
        ({"ContactFlowId": identifier("task"), "Name": "n", "ScheduledTime": "soon"}, "NoMatchingError"),
        (
            {"ContactFlowId": identifier("task"), "Name": "n", "ScheduledTime": "2026-03-01T00:00:00Z"},
            "NoMatchingError",
        ),
        (
            {"ContactFlowId": identifier("task"), "Name": "n", "ScheduledTime": "2026-03-09T00:00:00Z"},
            "NoMatchingError",
        ),
    ],
)
def test_a_flow_makes_tasks_by_template_and_at_a_moment(parameters: dict[str, str], way: str) -> None:
    small = Small()
    flow = small.flow("task", say("s", "Silence.", "bye"))
    template(small, flow)
    label, call = go(small, "CreateTask", parameters)
    assert label == way
    made = [c for c in small.world.contacts.values() if c.channel == "TASK"]
    assert len(made) == (way == "next")
    assert all(task.related is call for task in made)
    if "ScheduledTime" in parameters and made:
        assert made[0].connected_at == at(3600)
        assert "T" in texts(made[0], "scheduled")[0]


@pytest.mark.parametrize(("hours", "warned"), [(155, 0), (157, 1)])
def test_operators_are_warned_half_a_day_before_a_task_expires(hours: int, warned: int) -> None:
    desk = Desk(TASK=1)
    desk.world.floor.sign_out_all()
    desk.task()
    desk.small.run(until=at(hours * 3600))
    data = [one.value for one in desk.small.cloud.data if one.name == "TasksExpiryWarningReached"]
    assert sum(data) == warned
    desk.small.run(until=at(169 * 3600))
    names = [one.name for one in desk.small.cloud.data if one.value and one.name.startswith("TasksExp")]
    assert names == ["TasksExpiryWarningReached", "TasksExpired"]
