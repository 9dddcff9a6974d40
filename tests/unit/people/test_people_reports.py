"""Figures by leader and by unit: an interval counts for whoever led the agent when it began."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.metrics.models import AgentSlot, Booking
from chalicelib.metrics.service import By, Metrics, Narrowed
from chalicelib.people import policy
from chalicelib.people.models import Place, Position, Unit
from chalicelib.platform.tenancy import TenantId, tenant_id

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
END = START + 4 * QUARTER


def place(user: str, leader: str, unit: Unit, minute: int) -> Place:
    since = START + timedelta(minutes=minute)
    return Place(user=user, position=Position.AGENT, unit=unit, leader=leader, since=since, by="admin")


PLACES = (
    place("li", "tan", Unit.OPERATIONS, -60),
    place("li", "tai", Unit.REVISIT, 30),
    place("wu", "tai", Unit.OPERATIONS, 31),
)


class Counted:
    """Two agents who handled one contact in each quarter-hour."""

    def between(self, tenant: TenantId, start: datetime, end: datetime) -> Iterator[Booking]:
        raise AssertionError(f"{tenant} asked for its queues from {start} to {end}")

    def of_agents(
        self, tenant: TenantId, start: datetime, end: datetime, agent: str | None
    ) -> Iterator[Booking[AgentSlot]]:
        assert (tenant, end, agent) == ("hrgroup", END, None)
        for quarter in range(4):
            for name in ("li", "wu"):
                yield Booking(slot=AgentSlot(start=start + quarter * QUARTER, agent=name), counters={"handled": 1})


def handled(by: By, agents: frozenset[str] | None = None) -> dict[str, int]:
    history = policy.history(PLACES)
    metrics = Metrics(tenant_id("hrgroup"), Counted(), (), lambda: END, people=lambda: history)
    report = metrics.report(START, END, by, narrowed=Narrowed(agents=agents))
    return {group.name: group.counters["handled"] for group in report.groups}


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("leader", {"tan": 2, "tai": 2 + 1, "-": 3}),
        ("unit", {"operations": 2 + 1, "revisit": 2, "-": 3}),
        ("agent", {"li": 4, "wu": 4}),
    ],
)
def test_each_quarter_hour_counts_for_whoever_led_when_it_began(by: By, groups: dict[str, int]) -> None:
    assert handled(by) == groups


def test_a_leader_is_told_of_the_agents_below_alone() -> None:
    assert handled("leader", frozenset({"li"})) == {"tan": 2, "tai": 2}
