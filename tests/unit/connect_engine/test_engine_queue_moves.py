"""From one queue to another: a new contact for each, and one outcome for each visit."""

from datetime import timedelta
from typing import Any

import pytest

from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.plan import HangUp, WaitFor
from tests.support.connect_world import MONDAY, Small, action, arn, kinds, say, staff, texts, to_queue


def moving(*, after: tuple[dict[str, Any], ...] = (), **queue: Any) -> Small:
    """A world in which callers leave the queue `support` for `other` after 30 s; `other` has its own queue flow."""
    small = Small()
    small.queue("support")
    small.queue("other", **queue)
    small.profile("support", ("support", 1, 0))
    small.profile("other", ("other", 1, 0))
    music = {"Messages": [{"Text": "Please hold."}], "InterruptFrequencySeconds": "30"}
    failed = {"NoMatchingError": "stay", "QueueAtCapacity": "full"}
    small.flow(
        "waiting",
        action("where", "Compare", {"ComparisonValue": "$.Queue.Name"}, "end",
               when={"support": "music"}, errors={"NoMatchingCondition": "end"}),
        action("music", "MessageParticipantIteratively", music, "move", errors={"NoMatchingError": "stay"}),
        action("move", "DequeueContactAndTransferToQueue", {"QueueId": arn("queue", "other")},
               after[0]["Identifier"] if after else "end", errors=failed),
        *after,
        say("stay", "Please stay.", "end"),
        say("full", "The other queue is full.", "end"),
        action("end", "EndFlowExecution"),
        kind="CUSTOMER_QUEUE",
    )  # fmt: skip
    hook = {"EventHooks": {"CustomerQueue": arn("contact-flow", "waiting")}}
    record = {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}}
    small.number(
        small.flow(
            "main",
            action("h", "UpdateContactEventHooks", hook, "r", errors={"NoMatchingError": "bye"}),
            action("r", "UpdateContactRecordingBehavior", record, "a"),
            action("a", "UpdateContactAttributes", {"Attributes": {"tier": "gold"}}, "p",
                   errors={"NoMatchingError": "bye"}),
            action("p", "UpdateContactRoutingBehavior", {"QueuePriority": "2"}, "set"),
            *to_queue("support"),
        )
    )  # fmt: skip
    return small


def test_both_contacts_of_a_move_leave_a_record_and_name_each_other() -> None:
    small = moving()
    staff(small, "li.na", profile="other", talk_s=60)
    first = small.call(talk_s=60)
    small.run()
    second = first.latest
    before, after = small.record_of(first), small.record_of(second)
    assert before["NextContactId"] == second.id
    assert before["Queue"]["Name"] == "support"
    assert before["Queue"]["Duration"] == 30
    assert before["Agent"] is None
    assert (before["InitialContactId"], before["PreviousContactId"]) == (None, None)
    assert after["InitiationMethod"] == "QUEUE_TRANSFER"
    assert (after["InitialContactId"], after["PreviousContactId"]) == (first.id, first.id)
    assert after["NextContactId"] is None
    assert after["Queue"]["EnqueueTimestamp"] == before["Queue"]["DequeueTimestamp"] == before["DisconnectTimestamp"]
    assert after["InitiationTimestamp"] == before["DisconnectTimestamp"]
    assert after["Agent"]["Username"] == "li.na"


def test_what_was_set_on_the_first_contact_holds_for_the_next() -> None:
    small = moving()
    staff(small, "li.na", profile="other", talk_s=60)
    contact = small.call()
    small.run()
    second = contact.latest
    assert small.record_of(second)["Attributes"] == {"tier": "gold"}
    assert second.priority == 2
    assert second.hooks == contact.hooks
    assert small.record_of(second)["Recording"]["Location"].endswith("_UTC.wav")
    assert small.record_of(contact)["Recording"] is None


def test_every_visit_of_a_move_has_its_own_outcome() -> None:
    small = moving()
    contact = small.call(WaitFor(50), HangUp())
    small.run()
    outcomes = [segment.visit.outcome for segment in contact.segments if segment.visit]
    assert outcomes == [Outcome.TRANSFERRED, Outcome.ABANDONED]
    reasons = [small.record_of(segment)["DisconnectReason"] for segment in contact.segments]
    assert reasons == ["CONTACT_FLOW_DISCONNECT", "CUSTOMER_DISCONNECT"]
    assert small.timeline_is_empty()


def test_patience_is_one_for_both_queues() -> None:
    small = moving()
    contact = small.call(patience_s=40)
    small.run()
    assert contact.latest.disconnected_at == MONDAY + timedelta(seconds=40)


def test_the_transcript_goes_on() -> None:
    small = moving()
    contact = small.call(patience_s=60)
    small.run()
    before, after = ["arrived", "attributes", "queued", "branch", "hears"], ["queued", "branch", "left", "ended"]
    assert kinds(contact) == [*before, "moved", *after]
    assert contact.transcript is contact.latest.transcript


def test_the_old_queue_flow_runs_on_unheard() -> None:
    after = (
        action("note", "UpdateContactAttributes", {"Attributes": {"moved": "yes"}}, "speak",
               errors={"NoMatchingError": "end"}),
        say("speak", "Nobody hears this again and again.", "late"),
        action("late", "UpdateContactAttributes", {"Attributes": {"late": "yes"}}, "end",
               errors={"NoMatchingError": "end"}),
    )  # fmt: skip
    small = moving(after=after)
    contact = small.call(patience_s=60)
    small.run()
    assert contact.attributes == {"tier": "gold", "moved": "yes"}
    assert contact.latest.attributes == {"tier": "gold"}


def test_a_full_queue_keeps_the_caller_where_he_is() -> None:
    small = moving(max_contacts=0)
    contact = small.call(patience_s=60)
    small.run()
    assert texts(contact, "hears") == ["Please hold.", "The other queue is full."]
    assert contact.latest is contact


def test_a_disabled_queue_keeps_the_caller_where_he_is() -> None:
    small = moving(status="DISABLED")
    contact = small.call(patience_s=60)
    small.run()
    assert texts(contact, "hears")[-1] == "Please stay."


def test_nobody_leaves_a_queue_while_an_agents_telephone_rings() -> None:
    small = moving()
    contact = small.call(patience_s=90)
    small.run(until=MONDAY + timedelta(seconds=25))
    staff(small, "slow", accept_share=0.0)
    small.run()
    assert texts(contact, "hears")[-1] == "Please stay."
    assert contact.latest is contact


def test_a_chain_has_at_most_twelve_contacts() -> None:
    small = Small()
    small.queue("support")
    move = action("move", "DequeueContactAndTransferToQueue", {"QueueId": arn("queue", "support")}, "end",
                  errors={"NoMatchingError": "stay"})  # fmt: skip
    small.flow("Default customer queue", say("hi", "Moving.", "move"), move, say("stay", "Please stay.", "end"),
               action("end", "EndFlowExecution"), kind="CUSTOMER_QUEUE")  # fmt: skip
    small.number(small.flow("main", *to_queue("support")))
    contact = small.call(patience_s=300)
    small.run()
    assert len(contact.segments) == 12
    assert texts(contact, "hears").count("Please stay.") == 1
    assert len(small.cloud.records) == 12
    assert all(small.record_of(one)["InitialContactId"] == contact.id for one in contact.segments[1:])


def test_functions_and_flows_see_the_chain() -> None:
    small = moving()
    small.flow("waiting2", say("s", "From $.PreviousContactId of $.InitialContactId by $.InitiationMethod .", "end"),
               action("end", "EndFlowExecution"), kind="CUSTOMER_QUEUE")  # fmt: skip
    contact = small.call(patience_s=60)
    small.run(until=MONDAY + timedelta(seconds=10))
    flow = next(flow for flow in small.instance.flows.values() if flow.name == "waiting2")
    contact.hooks["CustomerQueue"] = flow
    small.run()
    assert texts(contact, "hears")[-1] == f"From {contact.id} of {contact.id} by QUEUE_TRANSFER ."


def test_contact_events_tell_the_chain() -> None:
    small = moving()
    contact = small.call(patience_s=60)
    small.run()
    second = [e["detail"] for e in small.cloud.events if e["detail"]["contactId"] == contact.latest.id]
    assert [one["eventType"] for one in second] == ["INITIATED", "QUEUED", "DISCONNECTED", "COMPLETED"]
    assert {one["previousContactId"] for one in second} == {contact.id}


LOG = {"LambdaFunctionARN": "arn:aws:lambda:us-east-1:000000000000:function:log", "InvocationTimeLimitSeconds": "8"}


@pytest.mark.parametrize("last", ["end", "music", "bye"])
def test_the_old_queue_flow_goes_on_to_its_end_without_a_participant(last: str) -> None:
    """Functions still run for it; a prompt, or a loop that would never end, ends it."""
    small = Small()
    for name in ("support", "experts"):
        small.queue(name)
    music = {"Messages": [{"Text": "Music."}], "InterruptFrequencySeconds": "25"}
    move = action("move", "DequeueContactAndTransferToQueue", {"QueueId": arn("queue", "experts")}, "log",
                  errors={"NoMatchingError": "end", "QueueAtCapacity": "end"})  # fmt: skip
    small.flow(
        "Default customer queue",
        action("music", "MessageParticipantIteratively", music, "move", errors={"NoMatchingError": "end"}),
        move,
        action("log", "InvokeLambdaFunction", LOG, last, errors={"NoMatchingError": last}),
        action("end", "EndFlowExecution"),
        kind="CUSTOMER_QUEUE",
    )
    small.number(small.flow("main", *to_queue("support")))
    small.lambdas.answers["log"] = {}
    contact = small.call(patience_s=40)
    small.run()
    assert len(small.lambdas.events) == 1
    assert [small.record_of(one)["Queue"]["Name"] for one in contact.segments] == ["support", "experts"]
    assert small.timeline_is_empty()


def test_an_interrupt_while_an_agent_is_rung_takes_the_error_branch() -> None:
    small = Small()
    small.queue("support")
    small.profile("support", ("support", 1, 0))
    music = {"Messages": [{"Text": "Music."}], "InterruptFrequencySeconds": "30"}
    small.flow(
        "Default customer queue",
        action("music", "MessageParticipantIteratively", music, "calm", errors={"NoMatchingError": "rung"}),
        say("rung", "Somebody is being rung.", "end"), say("calm", "Nobody is rung.", "end"),
        action("end", "EndFlowExecution"), kind="CUSTOMER_QUEUE",
    )  # fmt: skip
    small.number(small.flow("main", *to_queue("support")))
    contact = small.call()
    small.run(until=MONDAY + timedelta(seconds=20))
    staff(small, "li.na", person=True)
    timeline = small.world.timeline
    while (head := timeline.head()) is not None and head.when <= MONDAY + timedelta(seconds=35):
        timeline.fire()
    assert texts(contact, "hears")[-1] == "Somebody is being rung."
