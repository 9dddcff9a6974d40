"""What Amazon Connect is told: legs, criteria and their limits, accepted by the emulator's own reader."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.routing import criteria, explain, policy
from chalicelib.routing.models import Passed, Reason, Step, Target, TargetKind, Why
from localstack.connect.engine import criteria as connect
from tests.support.routing_plans import FULL, NOW, agent, caller, contact, floor, part, past, planned


def in_queue(name: str, timeout_s: int = 60, *steps: Step) -> Target:
    return Target(kind=TargetKind.QUEUE, id=name, timeout_s=timeout_s, reason=Reason.DEFAULT_LINE, steps=steps)


def asked(name: str, queue: str, ring_s: int = 15) -> Target:
    return Target(
        kind=TargetKind.AGENT,
        id=name,
        timeout_s=ring_s,
        reason=Reason.STRATEGY,
        queue=queue,
        agents=(f"id-{name}",),
    )


def skill(name: str = "Language", expiry_s: int | None = None) -> Step:
    return Step(skills=((name, "Mandarin", 3),), expiry_s=expiry_s)


def test_agents_are_steps_of_the_queue_that_follows_them() -> None:
    voicemail = Target(kind=TargetKind.VOICEMAIL, id="line", timeout_s=120, reason=Reason.NOBODY_ANSWERED)
    found = criteria.legs([asked("a", "q"), asked("b", "q", 20), in_queue("q", 60, skill()), in_queue("r"), voicemail])
    assert [(leg.target.kind, leg.target.id, leg.timeout_s) for leg in found] == [
        ("queue", "q", 95),
        ("queue", "r", 60),
        ("voicemail", "line", 120),
    ]
    assert found[0].steps == (Step(agents=("id-a",), expiry_s=15), Step(agents=("id-b",), expiry_s=20), skill())
    assert found[1].steps == found[2].steps == ()


def test_amazon_connect_takes_five_steps_and_the_agents_come_first() -> None:
    steps = [skill(f"S{n}", 10) for n in range(4)]
    (leg,) = criteria.legs([asked("a", "q"), asked("b", "q"), in_queue("q", 60, *steps)])
    assert leg.steps == (Step(agents=("id-a",), expiry_s=15), Step(agents=("id-b",), expiry_s=15), *steps[:3])


def test_criteria_that_are_too_long_for_an_answer_lose_their_last_steps() -> None:
    long = [Step(skills=tuple((f"{n}" * 64, "v" * 64, 1) for n in range(8)), expiry_s=10) for _ in range(5)]
    (leg,) = criteria.legs([in_queue("q", 60, *long)])
    assert 0 < len(leg.steps) < 5
    assert len(criteria.text(leg.steps)) <= criteria.TEXT_MAX < len(criteria.text(long[: len(leg.steps) + 1]))


def test_the_text_is_what_update_contact_routing_criteria_takes() -> None:
    steps = (
        Step(agents=("id-a", "id-b"), expiry_s=15),
        Step(skills=(("Language", "普通话", 3),), expiry_s=30),
        Step(skills=(("A", "x", 1), ("B", "y", 2))),
    )
    assert json.loads(criteria.text(steps)) == {
        "Steps": [
            {
                "Expression": {
                    "AttributeCondition": {
                        "ComparisonOperator": "Match",
                        "MatchCriteria": {"AgentsCriteria": {"AgentIds": ["id-a", "id-b"]}},
                    }
                },
                "Expiry": {"DurationInSeconds": 15},
            },
            {
                "Expression": {
                    "AttributeCondition": {
                        "Name": "Language",
                        "Value": "普通话",
                        "ProficiencyLevel": 3,
                        "ComparisonOperator": "NumberGreaterOrEqualTo",
                    }
                },
                "Expiry": {"DurationInSeconds": 30},
            },
            {
                "Expression": {
                    "AndExpression": [
                        {
                            "AttributeCondition": {
                                "Name": name,
                                "Value": value,
                                "ProficiencyLevel": level,
                                "ComparisonOperator": "NumberGreaterOrEqualTo",
                            }
                        }
                        for name, value, level in (("A", "x", 1), ("B", "y", 2))
                    ]
                }
            },
        ]
    }
    assert " " not in criteria.text(steps)
    assert "普通话" in criteria.text(steps)


STEPS = st.lists(
    st.builds(
        Step,
        agents=st.lists(st.sampled_from(["1", "2", "3"]), max_size=3).map(tuple),
        skills=st.lists(
            st.tuples(st.sampled_from("ABC"), st.sampled_from("xy"), st.integers(1, 5)), min_size=1, max_size=8
        ).map(tuple),
        expiry_s=st.none() | st.integers(1, 600),
    ),
    min_size=1,
    max_size=9,
)


@given(STEPS)
def test_the_emulators_reader_takes_whatever_a_leg_asks(steps: list[Step]) -> None:
    (leg,) = criteria.legs([in_queue("q", 60, *steps)])
    found = connect.read(json.loads(criteria.text(leg.steps)))
    assert [step.expiry_s for step in found.steps] == [step.expiry_s for step in leg.steps]


def test_a_decision_is_told_in_words() -> None:
    tenant = planned(part("memory", "strategies"), after_sales="in-order")
    state = floor(agent("a"), agent("b", used=1), agent("c", used=1))
    decision = policy.decide(contact(tenant), tenant, caller(recent=(past(1, agent="wu"),)), NOW, state)
    assert explain.targets_text(decision.targets) == (
        "agent a 10 strategy; queue after-sales 300 default-line; voicemail after-sales 120 nobody-answered"
    )
    assert explain.passed_text(decision.record.passed) == "busy 2, unknown-agent 1"
    assert explain.passed_text(()) == ""
    many = [Passed(what="x", why=why) for why in Why for _ in range(10**3)]
    assert len(explain.passed_text(many)) <= explain.TEXT_MAX
    assert len(explain.targets_text([in_queue("q" * 30)] * 50)) == explain.TEXT_MAX


def test_a_decision_is_told_in_json() -> None:
    tenant = planned(FULL, telesales="in-order")
    state = floor(agent("a", queues=frozenset({"telesales"})))
    who = caller("+862155550000", grade="silver", open_tickets=1)
    decision = policy.decide(contact(tenant, menu_choice="2"), tenant, who, NOW, state)
    found: dict[str, Any] = json.loads(json.dumps(explain.document(decision)))
    assert found["found"] == {
        "rule": "east-repair",
        "segments": ["office", "all-day"],
        "region": "east",
        "branch": None,
        "queue": "telesales",
        "strategy": "in-order",
        "without": None,
    }
    assert found["priority"] == {"rank": 1, "queue_priority": 5, "head_start_s": 600, "raised_by": ["open-ticket"]}
    assert found["targets"][:2] == [
        {"kind": "agent", "id": "a", "timeout_s": 10, "reason": "strategy", "queue": "telesales"},
        {"kind": "queue", "id": "telesales", "timeout_s": 50, "reason": "caller-region"},
    ]
    assert found["legs"][0]["timeout_s"] == 60
    assert found["legs"][0]["criteria"]["Steps"][0]["Expiry"] == {"DurationInSeconds": 10}
    assert found["legs"][1]["criteria"] is None
    assert {"what": "rule rescue", "why": "not-matched"} in found["passed"]
    assert (found["line"], found["reason"], found["strategy"]) == ("after-sales", "caller-region", "in-order")
    assert (found["category"], found["language"]) == ("repair", "zh-CN")
    assert (found["contract_version"], found["at"]) == (tenant.version, "2026-03-02T01:00:00+00:00")


def test_a_decision_without_a_floor_says_so_in_json() -> None:
    tenant = planned(part("strategies"), after_sales="in-order")
    found = explain.document(policy.decide(contact(tenant), tenant, caller(), NOW))
    assert (found["strategy"], found["found"]["strategy"], found["found"]["without"]) == (
        "longest-idle",
        "in-order",
        "floor-missing",
    )
