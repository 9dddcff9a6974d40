"""Agents' signed-in, ringing and free time, however the changes are told (K05, K22, K23, K24, K25)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.agents.activity import Activity, Doing, Turn
from chalicelib.agents.models import StatusChange, StatusType
from chalicelib.metrics import policy, staffing
from chalicelib.metrics.models import Group
from chalicelib.metrics.presence import Presence
from chalicelib.metrics.presence import told as told_by_turns
from chalicelib.metrics.service import By, Metrics, Narrowed
from chalicelib.metrics.store import Counters
from tests.unit.metrics.test_kpi_reconcile import DAY, NODES, TENANT, booked, call

HOUR = timedelta(hours=1)
NAMES = {StatusType.ROUTABLE: "Available", StatusType.CUSTOM: "Lunch", StatusType.OFFLINE: "Offline"}


def change(agent: str, after: timedelta, kind: StatusType = StatusType.ROUTABLE) -> StatusChange:
    return StatusChange(at=DAY + after, agent_id=f"id-{agent}", username=agent, status=NAMES[kind], type=kind)


def ms(changes: Sequence[StatusChange], start: datetime, end: datetime) -> dict[str, int]:
    return policy.merge(one.counters for one in staffing.staffed(changes, (start, end), frozenset({"Lunch"})))


@dataclass
class Statuses:
    """Changes by UTC day, as `store.Agents` reads them."""

    changes_of: Sequence[StatusChange]

    def changes(self, day: str) -> Iterator[StatusChange]:
        return (one for one in self.changes_of if one.at.date().isoformat() == day)


class NoTurns:
    """Nobody was offered anything."""

    def of_agent(self, username: str, day: str) -> Iterator[Turn]:
        del username, day
        return iter(())

    def of_day(self, day: str) -> Iterator[Turn]:
        del day
        return iter(())


LI = [
    change("li", timedelta(hours=-1)),
    change("li", 2 * HOUR, StatusType.CUSTOM),
    change("li", 3 * HOUR),
    change("li", 5 * HOUR, StatusType.OFFLINE),
]


def test_time_signed_in_counts_from_the_status_before_the_period_to_the_offline_one() -> None:
    assert ms(LI, DAY, DAY + 24 * HOUR) == {"signed_in_ms": 5 * 3_600_000, "unpaid_ms": 3_600_000}


def test_time_is_counted_in_the_quarter_hour_in_which_it_was_spent() -> None:
    found = list(staffing.staffed([change("li", timedelta(minutes=10))], (DAY, DAY + HOUR / 2), frozenset()))
    assert [(one.slot.start, one.counters) for one in found] == [
        (DAY, {"signed_in_ms": 300_000}),
        (DAY + HOUR / 4, {"signed_in_ms": 900_000}),
    ]


def test_nothing_is_known_before_the_first_change() -> None:
    assert ms([change("li", HOUR, StatusType.OFFLINE)], DAY, DAY + 2 * HOUR) == {}


moments = st.integers(-7_200_000, 90_000_000).map(lambda at: timedelta(milliseconds=at))
changes = st.lists(
    st.builds(change, st.sampled_from(["li", "wang"]), moments, st.sampled_from(list(StatusType))),
    max_size=12,
    unique_by=lambda one: (one.agent_id, one.at),
)


@settings(max_examples=60)
@given(changes, st.randoms(use_true_random=False), st.integers(1, 95))
def test_order_and_repetition_change_nothing_and_intervals_add_up(
    told: list[StatusChange], rnd: object, at: int
) -> None:
    again = [*told, *told]
    rnd.shuffle(again)  # type: ignore[attr-defined]
    end, middle = DAY + 24 * HOUR, DAY + at * HOUR / 4
    assert ms(again, DAY, end) == ms(told, DAY, end)
    assert policy.merge([ms(told, DAY, middle), ms(told, middle, end)]) == ms(told, DAY, end)
    assert ms(told, DAY, end).get("signed_in_ms", 0) <= 2 * 24 * 3_600_000


def groups(by: By, until: timedelta = 24 * HOUR, narrowed: Narrowed | None = None) -> dict[str, Group]:
    client = booked([[call("li")], [call("li")], [call("wang")]])
    metrics = Metrics(
        TENANT, Counters(client, "table"), (), lambda: DAY + 24 * HOUR, nodes=NODES,
        staff=Presence(
            statuses=Statuses([*LI, change("wang", HOUR)]), turns=NoTurns(), unpaid=frozenset({"Lunch"})
        ),
    )  # fmt: skip
    report = metrics.report(DAY, DAY + until, by, narrowed=narrowed or Narrowed())
    return {group.name: group for group in report.groups}


def told(group: Group) -> dict[str, float | None]:
    return {value.kpi.id: value.value for value in group.values}


def test_contacts_per_hour_utilisation_and_staffed_time_of_an_agent() -> None:
    found = told(groups("agent")["li"])
    assert (found["K24"], found["K22"], found["K25"]) == (2 / 5, 200 / (5 * 3_600), 4 * 3_600)


def test_signed_in_time_of_agents_is_that_of_teams_sites_and_the_tenant() -> None:
    totals = [
        sum(group.counters.get("signed_in_ms", 0) for group in groups(by).values())
        for by in ("agent", "team", "site", "tenant")
    ]
    assert totals == [(5 + 23) * 3_600_000] * 4
    assert told(groups("tenant")["hrgroup"])["K24"] == 3 / 28


def test_signed_in_time_is_left_out_where_it_is_not_known() -> None:
    assert "K25" not in told(groups("tenant", 72 * HOUR)["hrgroup"])
    assert "K24" not in told(groups("queue")["q"])
    assert "K24" not in told(groups("tenant", narrowed=Narrowed(number="-"))["hrgroup"])
    assert set(groups("agent", narrowed=Narrowed(agent="wang"))) == {"wang"}


def turned(steps: Sequence[tuple[int, Activity, str | None]], agent: str = "li") -> list[Turn]:
    """Return the turns of an agent who was signed out before: seconds of the day, what he does then, the contact."""
    does = [Doing(activity=Activity.SIGNED_OUT, status="Offline")]
    does += [Doing(activity=what, status="Available", contact_id=contact) for _, what, contact in steps]
    return [
        Turn(
            at=DAY + timedelta(seconds=second),
            event_id=f"{agent}-{n}",
            agent_id=f"id-{agent}",
            username=agent,
            before=does[n],
            after=does[n + 1],
        )
        for n, (second, _, _) in enumerate(steps)
    ]


A_MORNING = turned(
    [
        (0, Activity.READY, None),
        (880, Activity.OFFERED, "c1"),
        (905, Activity.ON_CONTACT, "c1"),
        (1_000, Activity.AFTER_CONTACT_WORK, "c1"),
        (1_010, Activity.READY, None),
        (1_100, Activity.OFFERED, "c2"),
        (1_120, Activity.MISSED, "c2"),
        (1_130, Activity.READY, None),
        (1_200, Activity.OFFERED, "c3"),
        (1_201, Activity.ON_CONTACT, "c3"),
    ]
)


def counted(turns: Sequence[Turn], start: int, end: int) -> dict[str, int]:
    period = DAY + timedelta(seconds=start), DAY + timedelta(seconds=end)
    return policy.merge(one.counters for one in told_by_turns(turns, *period))


def test_ringing_counts_where_it_was_answered_and_an_offer_that_was_missed_nowhere() -> None:
    assert counted(A_MORNING, 0, 900) == {"available_ms": 880_000}
    assert counted(A_MORNING, 900, 1_800) == {"ring_ms": 25_000 + 1_000, "rung": 2, "available_ms": (90 + 70) * 1_000}
    slots = {one.slot.start for one in told_by_turns(A_MORNING, DAY, DAY + HOUR) if "rung" in one.counters}
    assert slots == {DAY + timedelta(minutes=15)}


@settings(max_examples=40)
@given(st.randoms(use_true_random=False), st.integers(1, 3))
def test_turns_in_any_order_told_any_number_of_times_are_the_same(rnd: object, times: int) -> None:
    again = A_MORNING * times
    rnd.shuffle(again)  # type: ignore[attr-defined]
    parts = policy.merge([counted(again, 0, 900), counted(again, 900, 3_600)])
    assert parts == counted(A_MORNING, 0, 3_600)


def test_ring_time_and_occupancy_are_told_of_a_day_and_of_no_longer_period() -> None:
    class Mornings(NoTurns):
        def of_day(self, day: str) -> Iterator[Turn]:
            return (one for one in A_MORNING if one.at.date().isoformat() == day)

    metrics = Metrics(
        TENANT, Counters(booked([[call("li")]]), "table"), (), lambda: DAY + 24 * HOUR, nodes=NODES,
        staff=Presence(statuses=Statuses(LI), turns=Mornings()),
    )  # fmt: skip
    (day,) = metrics.report(DAY, DAY + HOUR, "agent").groups
    handled_s = sum(day.counters.get(name, 0) for name in ("talk_s", "hold_s", "acw_s"))
    assert told(day)["K05"] == 13.0
    assert told(day)["K23"] == handled_s / (handled_s + 880 + 90 + 70)
    assert "K05" not in told(metrics.report(DAY, DAY + 25 * HOUR, "agent").groups[0])
    assert "K05" not in told(metrics.report(DAY, DAY + HOUR, "queue").groups[0])
