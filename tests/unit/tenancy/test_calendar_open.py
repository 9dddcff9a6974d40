"""When a timetable is open, to the minute, in every zone and on days of 23 and 25 hours."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.tenancy.calendar import (
    ALWAYS_OPEN,
    WEEK,
    Day,
    Period,
    Timetable,
    Why,
    day_of,
    from_document,
    is_open,
    local_time,
    minutes,
    written,
)

OFFICE = Timetable(
    week={"monday": ((540, 720), (780, 1080)), "sunday": ((0, 1440),)},
    days={"2026-03-09": Day(), "2026-03-10": Day(open=((600, 660),))},
)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-02T08:59:59", False),
        ("2026-03-02T09:00:00", True),
        ("2026-03-02T11:59:59", True),
        ("2026-03-02T12:00:00", False),
        ("2026-03-02T13:00:00", True),
        ("2026-03-02T17:59:00", True),
        ("2026-03-02T18:00:00", False),
        ("2026-03-03T10:00:00", False),
        ("2026-03-09T10:00:00", False),
        ("2026-03-10T10:00:00", True),
        ("2026-03-10T11:00:00", False),
        ("2026-03-08T00:00:00", True),
        ("2026-03-08T23:59:59", True),
    ],
)
def test_the_first_minute_is_open_and_the_last_is_not(at: str, expected: bool) -> None:  # noqa: FBT001
    assert is_open(OFFICE, datetime.fromisoformat(at)) is expected


SUMMER = Period(first="2026-07-01", last="2026-08-31", name="summer", week={"monday": ((480, 600),)})
WHOLE = Timetable(
    week=OFFICE.week,
    days={**OFFICE.days, "2026-07-06": Day(open=((0, 60),), why=Why.HOLIDAY, name="harvest")},
    periods=(SUMMER,),
    time_zone="Asia/Shanghai",
)


@pytest.mark.parametrize(
    ("on", "day"),
    [
        ("2026-06-29", Day(open=((540, 720), (780, 1080)))),
        ("2026-07-01", Day(why=Why.PERIOD, name="summer")),
        ("2026-07-06", Day(open=((0, 60),), why=Why.HOLIDAY, name="harvest")),
        ("2026-07-13", Day(open=((480, 600),), why=Why.PERIOD, name="summer")),
        ("2026-08-31", Day(open=((480, 600),), why=Why.PERIOD, name="summer")),
        ("2026-09-01", Day()),
    ],
)
def test_a_day_has_the_openings_of_its_date_then_of_its_period_then_of_the_week(on: str, day: Day) -> None:
    assert day_of(WHOLE, date.fromisoformat(on)) == day
    assert day_of(Timetable(always=True), date.fromisoformat(on)) is ALWAYS_OPEN


def test_a_timetable_with_a_zone_of_its_own_is_asked_at_any_clock() -> None:
    opens = datetime(2026, 7, 13, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
    assert is_open(WHOLE, opens)
    assert is_open(WHOLE, local_time(opens, "America/New_York"))
    assert not is_open(WHOLE, opens - timedelta(minutes=1))


@pytest.mark.parametrize("timetable", [WHOLE, OFFICE, Timetable(always=True), Timetable()])
def test_a_timetable_survives_its_document(timetable: Timetable) -> None:
    document = written(timetable)
    assert from_document(json.loads(json.dumps(document))) == timetable
    if not timetable.always:
        assert set(document) == {"week", "days", "periods", "time_zone"}


def test_what_a_document_does_not_say_is_nothing() -> None:
    assert from_document({}) == Timetable()
    assert written(Timetable(always=True)) == {"always": True}


def test_round_the_clock_is_always_open() -> None:
    assert is_open(Timetable(always=True), datetime(2026, 10, 1, 3, 0, tzinfo=UTC))


def test_an_opening_is_read_in_minutes_of_the_day() -> None:
    assert minutes("08:30-24:00") == (510, 1440)


@pytest.mark.parametrize(
    ("zone", "instant", "wall"),
    [
        ("Asia/Shanghai", "2026-03-02T01:00:00+00:00", "2026-03-02T09:00"),
        ("Europe/Berlin", "2026-03-29T00:59:00+00:00", "2026-03-29T01:59"),
        ("Europe/Berlin", "2026-03-29T01:00:00+00:00", "2026-03-29T03:00"),
        ("Europe/Berlin", "2026-10-25T00:30:00+00:00", "2026-10-25T02:30"),
        ("Europe/Berlin", "2026-10-25T01:30:00+00:00", "2026-10-25T02:30"),
    ],
)
def test_local_time_is_the_wall_clock(zone: str, instant: str, wall: str) -> None:
    assert local_time(datetime.fromisoformat(instant), zone).isoformat().startswith(wall)


@pytest.mark.parametrize(("day", "hours"), [(29, 1), (25, 3)])
def test_a_days_opening_is_as_long_as_its_wall_clock_says(day: int, hours: int) -> None:
    """02:00-04:00 lasts one hour when 02:00-03:00 does not exist, three when it comes twice."""
    night = Timetable(week=dict.fromkeys(WEEK, ((120, 240),)))
    month = 3 if day == 29 else 10
    start = datetime(2026, month, day, tzinfo=UTC) - timedelta(hours=4)
    open_minutes = sum(
        is_open(night, local_time(start + timedelta(minutes=n), "Europe/Berlin")) for n in range(12 * 60)
    )
    assert open_minutes == hours * 60


@given(st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31)))  # noqa: DTZ001
def test_a_day_without_an_entry_is_closed(at: datetime) -> None:
    assert not is_open(Timetable(week={}), at)
