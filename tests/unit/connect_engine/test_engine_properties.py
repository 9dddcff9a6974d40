"""What is true of every world, whoever calls and however agents behave."""

import itertools
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.plan import CallPlan, HangUp, Press, WaitFor
from localstack.connect.engine.ports import LambdaReply
from localstack.connect.engine.settings import Faults
from localstack.connect.engine.times import parse
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import CALLER, MONDAY, NUMBER, Small, action, arn, say, staff, to_queue

presses = st.sampled_from(["", "1", "2", "9", "12#", "*"]).map(Press)
waits = st.floats(0, 90, allow_nan=False).map(lambda s: WaitFor(round(s, 1)))
scripts = st.lists(presses | waits | st.just(HangUp()), max_size=5).map(tuple)
plans = st.builds(
    lambda script, patience_s, talk_s: CallPlan(
        to=NUMBER, caller=CALLER, script=script, patience_s=patience_s, talk_s=talk_s
    ),
    scripts,
    st.floats(0, 200).map(lambda s: round(s, 1)),
    st.none() | st.floats(0, 300).map(lambda s: round(s, 1)),
)
calls = st.lists(st.tuples(st.integers(0, 600), plans), min_size=1, max_size=12)
habits = st.fixed_dictionaries(
    {
        "ring_s": st.floats(0, 30),
        "accept_share": st.sampled_from([0.0, 0.5, 1.0]),
        "talk_s": st.floats(0, 200),
        "acw_s": st.floats(0, 60),
    }
)
floors = st.lists(habits, max_size=4)
answers = st.sampled_from([{"queue": "q"}, {"bad": 1}, LambdaReply("timeout"), LambdaReply("function-error")])
faults = st.sampled_from(
    [
        Faults(),
        Faults(duplicate_share=0.5, shuffle=True),
        Faults(loss_share=1.0, delays_s={"records": 600, "recordings": 900, "contact-events": 60}),
    ]
)


def busy_world(floor: list[Mapping[str, Any]], answer: Any, **settings: Any) -> Small:
    """A menu, a function, a small queue with whispers and announcements, and some agents."""
    small = Small(**settings)
    small.queue("support", max_contacts=3)
    small.profile("support", ("support", 1, 0))
    small.lambdas.answers["route"] = answer
    hooks = {"CustomerQueue": "waiting", "AgentWhisper": "whisper", "CustomerWhisper": "whisper"}
    small.flow("whisper", say("w", "Connecting.", "end"), action("end", "EndFlowExecution"), kind="AGENT_WHISPER")
    loop = {"Messages": [{"Text": "Please hold."}], "InterruptFrequencySeconds": "25"}
    small.flow(
        "waiting",
        action("music", "MessageParticipantIteratively", loop, "data", errors={"NoMatchingError": "data"}),
        action("data", "GetMetricData", {}, "tell", errors={"NoMatchingError": "music"}),
        say("tell", "You are number $.Metrics.Contact.PositionInQueue .", "music"),
        kind="CUSTOMER_QUEUE",
    )
    menu = {"Text": "Press 1.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    missed = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"), "again")
    small.number(
        small.flow(
            "main",
            action(
                "record",
                "UpdateContactRecordingBehavior",
                {"RecordingBehavior": {"RecordedParticipants": ["Agent"]}},
                "menu",
            ),
            action("menu", "GetParticipantInput", menu, "again", errors=missed, when={"1": "route", "2": "bye"}),
            action(
                "again", "Loop", {"LoopCount": "1"}, "menu", when={"ContinueLooping": "menu", "DoneLooping": "route"}
            ),
            action(
                "route",
                "InvokeLambdaFunction",
                {"LambdaFunctionARN": f"{FUNCTION}route", "InvocationTimeLimitSeconds": "8"},
                "hook0",
                errors={"NoMatchingError": "hook0"},
            ),
            *(
                action(
                    f"hook{n}",
                    "UpdateContactEventHooks",
                    {"EventHooks": {hook: arn("contact-flow", flow)}},
                    f"hook{n + 1}" if n < 2 else "set",
                    errors={"NoMatchingError": "bye"},
                )
                for n, (hook, flow) in enumerate(hooks.items())
            ),
            *to_queue("support"),
        )
    )
    for n, one in enumerate(floor):
        staff(small, f"agent{n}", **one)
    return small


def played(
    planned: list[tuple[int, CallPlan]], floor: Any, answer: Any, **settings: Any
) -> tuple[Small, list[Contact]]:
    """The world after everything is over and everybody has signed out."""
    small = busy_world(floor, answer, **settings)
    contacts = [small.world.place_call(plan, at=MONDAY + timedelta(seconds=at_s)) for at_s, plan in planned]
    small.run()
    small.world.floor.sign_out_all()
    small.world.outbox.flush()
    return small, contacts


@settings(max_examples=40)
@given(planned=calls, floor=floors, answer=answers)
def test_every_contact_ends_once_and_leaves_exactly_one_record(planned: Any, floor: Any, answer: Any) -> None:
    small, contacts = played(planned, floor, answer)
    assert Counter(r["ContactId"] for r in small.cloud.records) == Counter(c.id for c in contacts)
    for contact in contacts:
        assert contact.completed
        assert [told.kind for told in contact.transcript].count("ended") == 1
    ended = Counter(e["detail"]["contactId"] for e in small.cloud.events if e["detail"]["eventType"] == "DISCONNECTED")
    assert ended == Counter(c.id for c in contacts)
    assert small.timeline_is_empty()


@settings(max_examples=40)
@given(planned=calls, floor=floors, answer=answers)
def test_every_visit_to_a_queue_has_exactly_one_outcome(planned: Any, floor: Any, answer: Any) -> None:
    _, contacts = played(planned, floor, answer)
    for contact in contacts:
        if contact.visit is None:
            assert contact.leg is None
        else:
            assert contact.visit.outcome is (Outcome.ANSWERED if contact.leg else Outcome.ABANDONED)
            assert contact.visit.left_at is not None
            assert contact.visit.enqueued_at <= contact.visit.left_at


@settings(max_examples=40)
@given(planned=calls, floor=floors, answer=answers)
def test_agent_events_tile_the_signed_in_time(planned: Any, floor: Any, answer: Any) -> None:
    small, _ = played(planned, floor, answer)
    by_agent: dict[str, list[dict[str, Any]]] = {}
    for event in small.cloud.agent_events:
        by_agent.setdefault(event["AgentARN"], []).append(event)
    for events in by_agent.values():
        assert events[0]["EventType"] == "LOGIN"
        assert events[-1]["EventType"] == "LOGOUT"
        assert events[0]["PreviousAgentSnapshot"] is None
        for before, after in itertools.pairwise(events):
            assert after["PreviousAgentSnapshot"] == before["CurrentAgentSnapshot"]
            assert before["EventTimestamp"] <= after["EventTimestamp"]
    assert len({event["EventId"] for event in small.cloud.agent_events}) == len(small.cloud.agent_events)


@settings(max_examples=40)
@given(planned=calls, floor=floors, answer=answers)
def test_never_two_agents_have_one_contact_and_never_one_agent_two(planned: Any, floor: Any, answer: Any) -> None:
    small, _ = played(planned, floor, answer)
    holders: dict[str, str] = {}
    for event in small.cloud.agent_events:
        agent = event["AgentARN"]
        holders = {contact: who for contact, who in holders.items() if who != agent}
        held = [one for one in event["CurrentAgentSnapshot"]["Contacts"] if one["State"] != "MISSED"]
        assert len(event["CurrentAgentSnapshot"]["Contacts"]) <= 1
        for one in held:
            assert one["ContactId"] not in holders
            holders[one["ContactId"]] = agent


@settings(max_examples=40)
@given(planned=calls, floor=floors, answer=answers, seed=st.integers(0, 3))
def test_the_same_seed_gives_the_same_records_byte_for_byte(planned: Any, floor: Any, answer: Any, seed: int) -> None:
    first, _ = played(planned, floor, answer, seed=seed)
    again, _ = played(planned, floor, answer, seed=seed)
    assert first.cloud.raw == again.cloud.raw
    assert first.cloud.events == again.cloud.events


@settings(max_examples=40)
@given(planned=calls, floor=floors, answer=answers, fault=faults, refusals=st.integers(0, 5))
def test_faults_of_delivery_lose_nothing(planned: Any, floor: Any, answer: Any, fault: Faults, refusals: int) -> None:
    small = busy_world(floor, answer, faults=fault)
    small.cloud.refusals = refusals
    contacts = [small.world.place_call(plan, at=MONDAY + timedelta(seconds=at_s)) for at_s, plan in planned]
    small.run()
    while small.world.outbox.flush():
        pass
    assert {r["ContactId"] for r in small.cloud.records} == {c.id for c in contacts}


@settings(max_examples=40)
@given(planned=calls, floor=floors, at_s=st.floats(0, 900))
def test_hanging_up_at_any_moment_leaves_nothing_behind(planned: Any, floor: Any, at_s: float) -> None:
    small = busy_world(floor, {"queue": "q"})
    contacts = [small.world.place_call(plan, at=MONDAY + timedelta(seconds=s)) for s, plan in planned]
    small.run(until=MONDAY + timedelta(seconds=at_s))
    for contact in contacts:
        small.world.hang_up(contact)
    after_hang_up = [len(contact.transcript) for contact in contacts]
    small.run()
    assert small.timeline_is_empty()
    assert all(not agent.activity for agent in small.world.floor.agents())
    for contact, before in zip(contacts, after_hang_up, strict=True):
        assert {told.kind for told in contact.transcript[before:]} <= {"ended", "wrap-up"}


@pytest.mark.parametrize("field", ["DisconnectTimestamp", "InitiationTimestamp"])
@settings(max_examples=40)
@given(planned=calls, floor=floors)
def test_times_of_a_record_are_whole_seconds(field: str, planned: Any, floor: Any) -> None:
    small, _ = played(planned, floor, {"queue": "q"})
    assert all(len(record[field]) == len("2026-03-02T01:00:00Z") for record in small.cloud.records)


@settings(max_examples=40)
@given(planned=calls, floor=floors)
def test_durations_of_a_record_fit_its_times(planned: Any, floor: Any) -> None:
    small, _ = played(planned, floor, {"queue": "q"})
    for record in small.cloud.records:
        queue, agent = record["Queue"], record["Agent"]
        if queue:
            waited = parse(queue["DequeueTimestamp"]) - parse(queue["EnqueueTimestamp"])
            assert waited.total_seconds() == queue["Duration"]
        if agent:
            assert agent["ConnectedToAgentTimestamp"] == queue["DequeueTimestamp"]
            talked = parse(record["DisconnectTimestamp"]) - parse(agent["ConnectedToAgentTimestamp"])
            assert talked.total_seconds() == agent["AgentInteractionDuration"]
            acw = parse(agent["AfterContactWorkEndTimestamp"]) - parse(agent["AfterContactWorkStartTimestamp"])
            assert acw.total_seconds() == agent["AfterContactWorkDuration"]
        assert record["LastUpdateTimestamp"] >= record["DisconnectTimestamp"]
