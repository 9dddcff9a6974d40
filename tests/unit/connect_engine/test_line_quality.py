"""How the line was: scores in the record of a call that was measured, and calls that the telephone network loses."""

from typing import Any

import pytest

from localstack.connect import control_requests
from localstack.connect.control_requests import BadRequest
from localstack.connect.engine.plan import Audio, LoseLine, Press, WaitFor
from tests.support.tenant_world import TenantWorld

EAST = "+864008210021"
HEARD = Audio(agent_score=4.4, customer_score=2.9, customer_issues=("HighPacketLoss",))


@pytest.fixture
def world() -> TenantWorld:
    made = TenantWorld("twocities")
    made.staff("east", "ann", talk_s=20, acw_s=1)
    return made


def test_the_record_of_a_measured_call_has_a_score_and_the_issues_of_each_end(world: TenantWorld) -> None:
    record = world.record_of(world.dial(EAST, Press("1"), audio=HEARD))
    assert record["QualityMetrics"] == {
        "Agent": {"Audio": {"QualityScore": 4.4, "PotentialQualityIssues": []}},
        "Customer": {"Audio": {"QualityScore": 2.9, "PotentialQualityIssues": ["HighPacketLoss"]}},
    }


def test_a_call_that_was_not_measured_or_reached_no_agent_has_no_scores(world: TenantWorld) -> None:
    assert "QualityMetrics" not in world.record_of(world.dial(EAST, Press("1")))
    lost = world.dial(EAST, WaitFor(1), LoseLine(), audio=HEARD)
    assert "QualityMetrics" not in world.record_of(lost)


@pytest.mark.parametrize("seconds", [1, 40])
def test_a_lost_line_ends_the_call_wherever_it_is_and_nobody_has_hung_up(world: TenantWorld, seconds: float) -> None:
    call = world.dial(EAST, Press("1"), WaitFor(seconds), LoseLine(), talk_s=300)
    record = world.record_of(call)
    assert record["DisconnectReason"] == "TELECOM_PROBLEM"
    assert (record["Agent"] is not None) == (seconds == 40)


def body(**more: Any) -> dict[str, Any]:
    return {"to": EAST, "from": "+8613800000001", **more}


def test_the_control_api_takes_scores_and_a_lost_line() -> None:
    audio = {"agent_score": 4.4, "customer_score": 2.9, "customer_issues": ["HighPacketLoss"]}
    plan = control_requests.call_plan(body(audio=audio, script=[{"wait_s": 3}, {"lose_line": True}]))
    assert (plan.audio, plan.script) == (HEARD, (WaitFor(3.0), LoseLine()))
    assert control_requests.call_plan(body()).audio is None


@pytest.mark.parametrize("scores", [{"agent_score": 4}, {"agent_score": 4, "customer_score": 6}])
def test_a_score_that_is_missing_or_no_score_is_refused(scores: dict[str, float]) -> None:
    with pytest.raises(BadRequest, match="score"):
        control_requests.call_plan(body(audio=scores))
