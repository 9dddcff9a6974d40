"""Inbound KPIs (KPI-02): a morning of calls, each figure held against what the emulator itself saw happen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.agents.activity_store import Turns
from chalicelib.audit.models import Actor
from chalicelib.completions.models import Entry
from chalicelib.metrics import registry
from chalicelib.metrics.models import Group
from chalicelib.metrics.presence import Presence
from chalicelib.metrics.refused import RefusedCalls
from chalicelib.metrics.service import By, Counters, Metrics
from localstack.connect.engine import transfers
from localstack.connect.engine.plan import Press, WaitFor
from tests.support.cloudwatch import CloudWatch
from tests.support.connect_world import MONDAY, arn, texts
from tests.support.desk_journey import AFTER_SALES, CALLER, Journey
from tests.support.surveyed import surveyed
from tests.support.tenant_world import REGULAR, TenantWorld

LIMIT = 4
"""Calls at once that the instance takes."""
CALLS = 12
COMPLAINTS = 3
TO_QUEUE, TO_COMPLAINTS = (Press(""), Press(""), Press("1")), (Press(""), Press(""), Press("3"))
ANSWERS = "525141"
"""What one caller after the other has to say of the service, if he is asked; it takes the first one too long."""
ASKED, THANKED = "请您对本次服务作出评价", "感谢您的评价，再见。"
"""What callers hear who stay when the agent has left, and who have answered."""


def written_down(journey: Journey, contact_id: str) -> None:
    """Let the agent who handled a contact complete it as a complaint."""
    entry = Entry(category="complaint", sub_category="service", result="recorded", solved=False, next_step="call-back")
    by = Actor(user="li.na", roles=("agent",))
    journey.completions().complete(contact_id, entry, 0, by, own=None, sight=None)


class Morning:
    """Twelve callers on an instance that takes four calls at once, and three agents."""

    def __init__(self) -> None:
        self.journey = Journey(TenantWorld(surveyed("hrgroup"), lookup=REGULAR))
        world = self.journey.world
        world.world.load.limit = LIMIT
        world.staff("service", "li.na", "wang.wei", "zhao.lei", acw_s=25, talk_s=100, ring_s=6)
        scripts = [TO_COMPLAINTS if n % 4 == 1 else TO_QUEUE for n in range(CALLS)]
        self.calls = [
            world.call(*script, WaitFor(90), Press(ANSWERS[n % len(ANSWERS)]), to=AFTER_SALES, patience_s=400,
                       caller=f"{CALLER[:-2]}{n:02d}", at=MONDAY + timedelta(seconds=40 * n))
            for n, script in enumerate(scripts)
        ]  # fmt: skip
        self._live()
        handled = self.journey.take_records_in()
        for contact_id in handled[:COMPLAINTS]:
            written_down(self.journey, contact_id)

    def _live(self) -> None:
        """Let the morning pass: one caller is left early, one held, one transferred, some say how it was."""
        world = self.journey.world.world
        self.journey.at(60)
        left = next(agent for agent in world.floor.agents() if agent.desk)
        world.joining.hang_up(left, self.calls[0])
        self.journey.at(100)
        held = next(agent for agent in world.floor.agents() if agent.desk)
        world.holds.hold(held, next(iter(held.desk.values())).contact)
        self.journey.at(130)
        world.holds.resume(held, next(iter(held.desk.values())).contact)
        self.journey.at(290)
        queue = self.journey.world.instance.queues[arn("queue", "english").rpartition("/")[2]]
        agent = next(agent for agent in world.floor.agents() if agent.desk and agent is not held)
        world.transfers.start(agent, next(iter(agent.desk.values())).contact, transfers.to_queue(agent.instance, queue))
        self.journey.at(3_600)

    def report(self, by: By = "tenant") -> dict[str, Group]:
        """Return the product's figures of the morning."""
        journey, tenant = self.journey, self.journey.tenant
        metrics = Metrics(
            tenant=tenant.id,
            counters=Counters(journey.table, journey.name),
            targets=(),
            now=journey.now,
            kpis=registry.EVERY_KPI,
            nodes=tenant.organisation,
            staff=Presence(statuses=journey.floor, turns=Turns(*journey.kept)),
            refusals=RefusedCalls(CloudWatch(journey.world.cloud.data), journey.world.instance.id),
        )
        found = metrics.report(MONDAY, MONDAY + timedelta(hours=1), by)
        return {group.name: group for group in found.groups}


def value(group: Group, kpi: str) -> float | None:
    return next(one.value for one in group.values if one.kpi.id == kpi)


def rings_s(agent_events: Sequence[Mapping[str, Any]]) -> list[float]:
    """Return for how long each answered contact rang, from the two states of it in one agent event (7)."""
    found: dict[str, float] = {}
    for event in agent_events:
        before, after = (
            {one["ContactId"]: one for one in (event[snapshot] or {}).get("Contacts", ())}
            for snapshot in ("PreviousAgentSnapshot", "CurrentAgentSnapshot")
        )
        for contact, one in after.items():
            was = before.get(contact, one)["State"]
            if (was, one["State"]) == ("CONNECTING", "CONNECTED"):
                began, ended = (datetime.fromisoformat(each["StateStartTimestamp"]) for each in (before[contact], one))
                found[contact] = (ended - began).total_seconds()
    return list(found.values())


def truth(morning: Morning) -> dict[str, float]:
    """Return the inbound KPIs as the emulator's records and events give them, by the glossary's formulas."""
    cloud = morning.journey.world.cloud
    first = [record for record in cloud.records if record["InitiationMethod"] == "INBOUND"]
    handled = [record for record in cloud.records if record["Agent"]]
    asked = [call for call in morning.calls if ASKED in "".join(texts(call, "hears"))]
    said = Counter(texts(call, "pressed")[-1] for call in asked if THANKED in texts(call, "hears"))
    rings = rings_s(cloud.agent_events)
    refused = sum(morning.journey.world.world.load.breaches.values())

    def mean_s(name: str) -> float:
        return sum(record["Agent"][name] or 0 for record in handled) / len(handled)

    return {
        "K01": len(first) / (len(first) + refused),
        "K05": sum(rings) / len(rings),
        "K06": mean_s("AgentInteractionDuration"),
        "K07": mean_s("CustomerHoldDuration"),
        "K08": mean_s("AfterContactWorkDuration"),
        "K11": refused / (len(first) + refused),
        "K12": sum(bool(record["NextContactId"]) for record in handled) / len(handled),
        "K15": sum(said[answer] for answer in "45") / said.total(),
        "K16": said.total() / len(asked),
        "K17": 1_000 * COMPLAINTS / len(handled),
        # Three agents, signed in for the whole hour.
        "K24": len(handled) / 3,
    }


@pytest.fixture(scope="module")
def morning() -> Morning:
    return Morning()


@pytest.mark.req("KPI-02")
def test_every_inbound_kpi_of_a_morning_is_what_the_emulator_saw_happen(morning: Morning) -> None:
    (group,) = morning.report().values()
    expected = truth(morning)
    assert {kpi: value(group, kpi) for kpi in expected} == pytest.approx(expected, abs=1e-3)
    # The morning has some of everything, or the comparison would say nothing.
    assert min(expected.values()) > 0
    assert (group.counters["complaints"], group.counters["transferred"], group.counters["refused"]) == (
        COMPLAINTS, 1, 2
    )  # fmt: skip


def test_what_agents_do_adds_up_and_refused_calls_are_told_of_the_tenant_alone(morning: Morning) -> None:
    (whole,) = morning.report().values()
    for by in ("agent", "team", "site"):
        groups = morning.report(by).values()  # type: ignore[arg-type]  # the three are groups
        for counter in ("ring_ms", "rung", "available_ms", "signed_in_ms", "handled", "talk_s"):
            assert sum(group.counters.get(counter, 0) for group in groups) == whole.counters[counter], counter
        assert all("refused" not in group.counters for group in groups)
    lines = morning.report("line").values()
    assert {one.kpi.id for group in lines for one in group.values} & {"K01", "K05", "K11"} == set()
