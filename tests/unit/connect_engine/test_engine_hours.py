"""Hours of operation against an oracle that looks at one day after another (reference 11.5)."""

import itertools
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack.connect.directory import Hours
from localstack.connect.engine import hours as schedules
from localstack.connect.engine.hours import Applied, Slice
from tests.support.connect_world import ALWAYS, Small, action, arn, identifier

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
JANUARY = date(2026, 1, 1)
STEP = 30
"""Slices of the tests lie on half hours, so looking at one minute of each is enough."""


def clock(minute: int) -> dict[str, int]:
    return {"Hours": minute // 60 % 24, "Minutes": minute % 60}


def slot(day: str, start: int, end: int) -> dict[str, Any]:
    return {"Day": day, "StartTime": clock(start), "EndTime": clock(end)}


def hours(*config: Mapping[str, Any], zone: str = "UTC", **more: Any) -> Hours:
    return Hours(id=identifier("h"), arn=arn("operating-hours", "h"), name="h", time_zone=zone, config=config, **more)


def override(name: str, first: date, last: date, *config: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    dates = {"EffectiveFrom": first.isoformat(), "EffectiveTill": last.isoformat()}
    return {"Name": name, **dates, "Config": list(config), **more}


def recurring(kind: str, frequency: str, interval: int = 1, **by: int) -> dict[str, Any]:
    pattern = {"Frequency": frequency, "Interval": interval, **{name: [value] for name, value in by.items()}}
    return {"OverrideType": kind, "RecurrenceConfig": {"RecurrencePattern": pattern}}


@st.composite
def configs(draw: st.DrawFn, most: int = 6) -> tuple[dict[str, Any], ...]:
    found = []
    for _ in range(draw(st.integers(0, most))):
        start = draw(st.integers(0, 47))
        end = draw(st.integers(start + 1, 48))
        found.append(slot(draw(st.sampled_from(DAYS)), start * STEP, end * STEP))
    return tuple(found)


@st.composite
def patterns(draw: st.DrawFn) -> dict[str, Any]:
    kind, frequency = draw(st.sampled_from(["OPEN", "CLOSED"])), draw(st.sampled_from(["WEEKLY", "MONTHLY", "YEARLY"]))
    by: dict[str, int] = {}
    if frequency != "WEEKLY":
        days = st.integers(-1, 31).filter(bool)
        occurrences = st.integers(-1, 4).filter(bool)
        by = draw(st.sampled_from([{}, {"ByMonthDay": draw(days)}, {"ByWeekdayOccurrence": draw(occurrences)}]))
    if frequency == "YEARLY" and draw(st.booleans()):
        by = {**by, "ByMonth": draw(st.integers(1, 12))}
    return recurring(kind, frequency, draw(st.integers(1, 6)), **by)


@st.composite
def overrides(draw: st.DrawFn) -> tuple[dict[str, Any], ...]:
    found = []
    for n in range(draw(st.integers(0, 4))):
        first = JANUARY + timedelta(days=draw(st.integers(0, 700)))
        last = first + timedelta(days=draw(st.sampled_from([0, 10, 400])))
        more = draw(st.one_of(st.just({}), patterns()))
        found.append(override(f"o{n}", first, last, *draw(configs(3)), **more))
    return tuple(found)


def dates_of(one: Mapping[str, Any]) -> set[date]:
    """On which days an override stands, by another library's reading of recurrence."""
    first, last = date.fromisoformat(one["EffectiveFrom"]), date.fromisoformat(one["EffectiveTill"])
    if "RecurrenceConfig" not in one:
        return set(schedules.days(first, last))
    pattern = one["RecurrenceConfig"]["RecurrencePattern"]
    start, until = datetime(first.year, first.month, first.day), datetime(last.year, last.month, last.day)  # noqa: DTZ001  dates
    if pattern["Frequency"] == "WEEKLY":
        found = rrule.rrule(rrule.WEEKLY, start, pattern["Interval"], wkst=rrule.MO, until=until, byweekday=range(7))
        return {moment.date() for moment in found}
    common: dict[str, Any] = {"interval": pattern["Interval"], "until": until}
    if pattern["Frequency"] == "YEARLY":
        common["bymonth"] = pattern.get("ByMonth", [first.month])[0]
    occurrence = pattern.get("ByWeekdayOccurrence", [None])[0]
    if occurrence:
        common["byweekday"] = [rrule.weekday(day, occurrence) for day in range(7)]
    else:
        common["bymonthday"] = pattern.get("ByMonthDay", [first.day])[0]
    frequency = rrule.YEARLY if pattern["Frequency"] == "YEARLY" else rrule.MONTHLY
    return {moment.date() for moment in rrule.rrule(frequency, start, **common)}


def covers(config: Any, day: date, minute: int) -> bool:
    for one in config:
        end = (one["EndTime"]["Hours"] * 60 + one["EndTime"]["Minutes"]) or 1440
        start = one["StartTime"]["Hours"] * 60 + one["StartTime"]["Minutes"]
        if one["Day"] == DAYS[day.weekday()] and start <= minute < end:
            return True
    return False


def standing_on(day: date, *owners: Hours) -> list[Mapping[str, Any]]:
    """The overrides that stand on a day, an owner's before those of the next."""
    return [one for owner in owners for one in owner.overrides if day in dates_of(one)]


def oracle(subject: Hours, standing: list[Mapping[str, Any]], day: date, minute: int) -> bool:
    """The four rules of precedence, asked of one minute."""
    closed = [one for one in standing if one.get("OverrideType") == "CLOSED"]
    opened = [one for one in standing if one.get("OverrideType") == "OPEN"]
    temporary = [one for one in standing if "OverrideType" not in one]
    if any(not one["Config"] or covers(one["Config"], day, minute) for one in closed):
        return False
    if any(covers(one["Config"], day, minute) for one in opened):
        return True
    return covers(temporary[0]["Config"] if temporary else subject.config, day, minute)


@settings(max_examples=120)
@given(configs(), overrides(), overrides(), st.integers(0, 1200))
def test_every_half_hour_is_open_exactly_when_the_oracle_says_so(week: Any, own: Any, inherited: Any, n: int) -> None:
    parent = hours(*ALWAYS, overrides=inherited)
    subject = hours(*week, overrides=own)
    day = JANUARY + timedelta(days=n)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    standing = standing_on(day, subject, parent)
    for minute in range(0, 1440, STEP):
        moment = midnight + timedelta(minutes=minute)
        assert schedules.Timetable().is_open(subject, moment, [parent]) == oracle(subject, standing, day, minute)


@settings(max_examples=60)
@given(configs(), overrides(), st.integers(0, 800))
def test_a_day_is_told_in_order_without_overlaps_and_agrees_with_its_moments(week: Any, own: Any, n: int) -> None:
    subject, day = hours(*week, overrides=own), JANUARY + timedelta(days=n)
    told = schedules.on(subject, day).open
    assert all(0 <= start < end <= 1440 for start, end in told)
    assert all(before.end < after.start for before, after in itertools.pairwise(told))
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for minute in range(0, 1440, STEP):
        is_open = schedules.Timetable().is_open(subject, midnight + timedelta(minutes=minute))
        assert is_open == any(start <= minute < end for start, end in told)


def test_the_example_of_the_handbook_opens_closes_and_opens_again() -> None:
    """Open from eight, closed from noon to four, open until eight although it is a Sunday."""
    sunday = date(2026, 11, 29)
    subject = hours(
        slot("MONDAY", 540, 1020),
        overrides=(
            override("season", sunday, sunday, slot("SUNDAY", 480, 1080)),
            override("late", sunday, sunday, slot("SUNDAY", 1080, 1200), OverrideType="OPEN"),
            override("lunch", sunday, sunday, slot("SUNDAY", 720, 960), OverrideType="CLOSED"),
        ),
    )
    told = schedules.on(subject, sunday)
    assert told.open == (Slice(480, 720), Slice(960, 1200))
    assert told.applied == (
        Applied("lunch", schedules.CLOSED, Slice(720, 960)),
        Applied("late", schedules.OPEN, Slice(1080, 1200)),
        Applied("season", schedules.OPEN, Slice(480, 1080)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (recurring("CLOSED", "MONTHLY", ByWeekdayOccurrence=-1), [date(2026, 1, 30), date(2026, 2, 27)]),
        (recurring("CLOSED", "WEEKLY", 4), [date(2026, 1, 2), date(2026, 1, 30), date(2026, 2, 27)]),
        (recurring("CLOSED", "YEARLY", ByMonth=2, ByWeekdayOccurrence=1), [date(2026, 2, 6)]),
    ],
)
def test_recurring_days_are_found(more: dict[str, Any], expected: list[date]) -> None:
    last = date(2026, 2, 28)
    subject = hours(slot("FRIDAY", 0, 0), overrides=(override("off", JANUARY, last, slot("FRIDAY", 0, 0), **more),))
    fridays = [day for day in schedules.days(JANUARY, last) if day.weekday() == DAYS.index("FRIDAY")]
    assert [day for day in fridays if not schedules.on(subject, day).open] == expected


def test_a_clock_change_moves_no_opening_hour() -> None:
    london = ZoneInfo("Europe/London")
    subject = hours(slot("SUNDAY", 60, 120), slot("SUNDAY", 540, 1020), zone="Europe/London")
    assert schedules.Timetable().is_open(subject, datetime(2026, 10, 25, 1, 30, fold=0, tzinfo=london))
    assert schedules.Timetable().is_open(subject, datetime(2026, 10, 25, 1, 30, fold=1, tzinfo=london))
    spring = [datetime(2026, 3, 29, 0, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)]
    assert [schedules.Timetable().is_open(subject, moment) for moment in spring] == [False, False]
    assert schedules.Timetable().is_open(subject, datetime(2026, 3, 29, 8, 0, tzinfo=UTC))
    assert not schedules.Timetable().is_open(subject, datetime(2026, 3, 29, 7, 59, tzinfo=UTC))


def test_a_flow_sees_what_is_inherited() -> None:
    small = Small()
    today = date(2026, 3, 2)
    closed = override("holiday", today, today, OverrideType="CLOSED")
    parent = small.hours("holidays", (), overrides=(closed,))
    small.hours("shop", ALWAYS, parent_ids=(parent.id,))
    check = action(
        "c", "CheckHoursOfOperation", {"HoursOfOperationId": identifier("shop")},
        when={"True": "bye", "False": "bye"}, errors={"NoMatchingError": "bye"},
    )  # fmt: skip
    small.number(small.flow("main", check))
    contact = small.call()
    small.run()
    assert "Hours shop: closed" in [told.text for told in contact.transcript]
