"""Requirements that hold on the telephone: the project's own flows, queues and profiles, executed by the emulator.

The functions are fakes that answer what the real ones may answer; the end-to-end tests run the deployed ones.
"""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Press
from localstack.connect.engine.ports import LambdaReply
from tests.support.connect_world import MONDAY
from tests.support.tenant_world import REGULAR, TenantWorld, decision

NUMBERS = {"hrgroup": "+864008601234", "taxihotline": "+8696196"}
FAILURES = (
    LambdaReply("function-error", detail="Unhandled"),
    LambdaReply("timeout", detail="no answer within 8 s"),
    LambdaReply("throttled", detail="TooManyRequestsException"),
    LambdaReply("refused", detail="AccessDeniedException"),
    "not json",
    {},
    {"queueArn": None},
    decision("no-such-queue"),
)


@pytest.mark.req("ACD-05")
@pytest.mark.parametrize("seed", range(5))
def test_every_call_goes_to_the_free_agent_who_has_been_idle_longest(seed: int) -> None:
    """ACD-05: at each offer, nobody who was free had been idle longer since the last contact.

    Idle times are taken from the agent events, not from the engine's own state.
    """
    world = TenantWorld("taxihotline", seed=seed)
    profile = next(p for p in world.contract.routing_profiles if any(e.queue == "hotline" for e in p.queues))
    world.staff(profile.id, *(f"agent{n}" for n in range(5)), talk_s=100, acw_s=20)
    calls = [
        world.call(Press("3"), to=NUMBERS["taxihotline"], at=MONDAY + timedelta(seconds=47 * n)) for n in range(40)
    ]
    world.run()
    assert all(call.leg for call in calls)
    idle_since: dict[str, str] = {}
    offers = 0
    for event in world.cloud.agent_events:
        if event["EventType"] == "HEART_BEAT":
            continue
        agent, contacts = event["AgentARN"], event["CurrentAgentSnapshot"]["Contacts"]
        if not contacts:
            idle_since[agent] = event["EventTimestamp"]
        elif contacts[0]["State"] == "CONNECTING":
            offers += 1
            assert idle_since.pop(agent) <= min(idle_since.values(), default="9999")
    assert offers == 40


@pytest.mark.req("QUE-01")
@pytest.mark.parametrize("tenant", ["hrgroup", "taxihotline"])
def test_waiting_callers_hear_their_position_and_an_estimated_wait_again_and_again(tenant: str) -> None:
    """QUE-01: position and estimate are spoken, follow the queue, and come at the interval set in the queue flow."""
    world = TenantWorld(tenant, lookup=REGULAR)
    line = next(line for line in world.contract.service_lines if line.id == world.contract.entry_numbers[0].line)
    queue = line.default_queue
    profile = next(p for p in world.contract.routing_profiles if any(e.queue == queue for e in p.queues))
    world.staff(profile.id, "busy", talk_s=120, acw_s=20)
    calls = [world.call(Press("0"), to=NUMBERS[tenant], talk_s=120, at=MONDAY + timedelta(seconds=n)) for n in range(3)]
    world.run()
    places = [[fact["PositionInQueue"] for fact in _positions(call)] for call in calls]
    assert places[0] == []
    assert set(places[1]) == {1}
    assert places[2][0] == 2
    assert places[2][-1] == 1
    assert places[2] == sorted(places[2], reverse=True)
    for call in calls[1:]:
        spoken = [told for told in call.transcript if told.kind == "hears" and "排在第" in told.text]
        assert len(spoken) == len(_positions(call))
        waits = [told for told in call.transcript if told.kind == "hears" and "预计等待" in told.text]
        assert all(told.at < wait.at for told, wait in zip(spoken, waits, strict=True))
        interval_s = _interval_s(world)
        for before, after in pairwise([told.at for told in call.transcript if told.kind == "position"]):
            assert interval_s <= (after - before).total_seconds() <= interval_s + 15


def _positions(call: Contact) -> list[Any]:
    return [told.facts for told in call.transcript if told.kind == "position"]


def _interval_s(world: TenantWorld) -> int:
    """The refresh interval as the tenant's queue flow has it."""
    flow = next(flow for flow in world.instance.flows.values() if flow.name.startswith("queue-wait"))
    loop = next(a for a in flow.content["Actions"] if a["Identifier"] == "comfort")
    return int(loop["Parameters"]["InterruptFrequencySeconds"])


@pytest.mark.req("ACD-21")
@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("tenant", ["hrgroup", "taxihotline"])
def test_a_failed_decision_leads_to_the_default_queue_and_nobody_is_disconnected(tenant: str, failure: Any) -> None:
    """ACD-21, the flow's half: whatever comes back instead of a decision, the caller waits in the default queue."""
    world = TenantWorld(tenant, lookup=REGULAR, route=failure)
    line = next(line for line in world.contract.service_lines if line.id == world.contract.entry_numbers[0].line)
    call = world.dial(NUMBERS[tenant], Press("1"), patience_s=60)
    record = world.record_of(call)
    assert record["Queue"]["Name"] == line.default_queue
    assert record["Attributes"]["routingDegraded"] == "true"
    assert record["Attributes"]["routingFlag"] == "routing-degraded"
    assert record["DisconnectReason"] == "CUSTOMER_DISCONNECT"


@pytest.mark.req("ACD-21")
@pytest.mark.parametrize("failure", FAILURES[:6])
@pytest.mark.parametrize("tenant", ["hrgroup", "taxihotline"])
def test_a_failed_look_up_costs_nobody_the_call(tenant: str, failure: Any) -> None:
    """ACD-21, the flow's half: without the caller's data the call still reaches a queue, and says what was missing."""
    world = TenantWorld(tenant, lookup=failure)
    call = world.dial(NUMBERS[tenant], Press(""), Press("1"), Press("1"), patience_s=60)
    record = world.record_of(call)
    assert record["Queue"] is not None
    assert record["DisconnectReason"] == "CUSTOMER_DISCONNECT"
