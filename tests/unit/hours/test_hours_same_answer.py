"""One answer for flows, desktop and reports: what the product says is what Amazon Connect's hours say (TEN-04)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.hours import policy
from chalicelib.tenancy import calendar
from chalicelib.tenancy.contract_hours import Hours
from chalicelib.tenancy.contract_timetable import timetable
from localstack.connect import hours_rules
from localstack.connect.engine import hours as connect
from tests.support.connect_world import Small
from tests.support.timetables import ZONES, connect_hours, contract_hours, instants, timetables

WEEKLY = {"id": "day", "kind": "weekly", "week": {"monday": ["09:00-17:00"]}}


@settings(max_examples=300)
@given(timetables(), st.sampled_from(ZONES), st.lists(instants(), min_size=1, max_size=8))
def test_flows_and_desktop_are_told_the_same_at_every_instant(hours: Hours, zone: str, ats: list[dt.datetime]) -> None:
    table = timetable(hours)
    resource, told = connect_hours(table, zone), connect.Timetable()
    for at in ats:
        answer = policy.answer(table, zone, at)
        assert answer.is_open == told.is_open(resource, at), (at, answer)
        assert (answer.opening is not None) == answer.is_open


@settings(max_examples=60)
@given(timetables())
def test_amazon_connect_takes_what_a_contract_may_say(hours: Hours) -> None:
    hours_rules.check(connect_hours(timetable(hours), "Asia/Shanghai"), Small().instance)


@settings(max_examples=60)
@given(timetables(), st.sampled_from(ZONES), instants())
def test_the_next_change_is_the_first_minute_with_the_other_answer(hours: Hours, zone: str, at: dt.datetime) -> None:
    table = timetable(hours)
    answer = policy.answer(table, zone, at)
    until = answer.changes_at or at + dt.timedelta(days=20)
    minute = at
    while minute < min(until, at + dt.timedelta(days=20)):
        assert calendar.is_open(table, minute.astimezone(ZoneInfo(zone))) == answer.is_open
        minute += dt.timedelta(minutes=1)
    if answer.changes_at:
        assert answer.changes_at > at
        assert calendar.is_open(table, answer.changes_at.astimezone(ZoneInfo(zone))) != answer.is_open


@settings(max_examples=80)
@given(timetables())
def test_a_timetable_survives_the_way_into_a_function(hours: Hours) -> None:
    table = timetable(hours)
    assert calendar.from_document(calendar.written(table)) == table


@pytest.mark.parametrize(
    ("zone", "on", "opened_h"),
    [
        ("Europe/London", dt.date(2026, 3, 29), 23),
        ("Europe/London", dt.date(2026, 10, 25), 25),
        ("America/New_York", dt.date(2026, 3, 8), 23),
        ("America/New_York", dt.date(2026, 11, 1), 25),
        ("Asia/Shanghai", dt.date(2026, 3, 8), 24),
    ],
)
def test_a_day_that_is_open_from_midnight_to_midnight_lasts_as_long_as_the_day(
    zone: str, on: dt.date, opened_h: int
) -> None:
    """Open on one weekday only: the next change is the end of that day, 23, 24 or 25 hours after its start."""
    weekday = calendar.WEEK[on.weekday()]
    hours = contract_hours({**WEEKLY, "week": {weekday: ["00:00-24:00"]}, "time_zone": zone})
    at = dt.datetime.combine(on, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)
    answer = policy.answer(timetable(hours), "Asia/Shanghai", at)
    assert answer.is_open
    assert answer.changes_at == at + dt.timedelta(hours=opened_h)


@pytest.mark.parametrize(
    ("on", "minute", "is_open", "why", "name"),
    [
        ("2026-09-30", "10:00", True, "week", ""),
        ("2026-10-01", "10:00", False, "holiday", "National Day"),
        ("2026-10-07", "10:00", False, "holiday", "National Day"),
        ("2026-10-08", "10:00", True, "week", ""),
        ("2026-10-10", "10:00", True, "working-day", "Make-up working day"),
        ("2026-10-11", "10:00", False, "week", ""),
        ("2026-02-14", "10:00", True, "working-day", "Make-up working day"),
        ("2026-02-23", "10:00", False, "holiday", "Spring Festival"),
        ("2026-05-01", "10:00", True, "override", "Open day"),
        ("2026-07-06", "07:30", True, "period", "Summer"),
        ("2026-07-06", "10:00", False, "period", "Summer"),
        ("2026-07-15", "07:30", False, "holiday", "Founders' day"),
    ],
)
def test_the_answer_says_what_decides_the_day(on: str, minute: str, is_open: bool, why: str, name: str) -> None:  # noqa: FBT001
    office = {day: ["09:00-17:00"] for day in calendar.WEEK[:5]}
    hours = contract_hours(
        {
            **WEEKLY,
            "week": office,
            "calendar": {"of": "cn", "years": [2026]},
            "holidays": [
                {"date": dt.date(2026, 5, 1), "name": "Open day", "open": ["10:00-11:00"], "kind": "override"},
                {"date": dt.date(2026, 7, 15), "name": "Founders' day"},
            ],
            "periods": [
                {
                    "name": "Summer",
                    "from": dt.date(2026, 7, 1),
                    "till": dt.date(2026, 8, 31),
                    "week": {day: ["07:00-09:30"] for day in calendar.WEEK[:5]},
                }
            ],
        }
    )
    at = dt.datetime.fromisoformat(f"{on}T{minute}:00+08:00")
    answer = policy.answer(timetable(hours), "Asia/Shanghai", at)
    assert (answer.is_open, answer.why.value, answer.name) == (is_open, why, name)


def test_a_night_opening_lasts_over_midnight_and_over_the_end_of_the_week() -> None:
    hours = contract_hours({**WEEKLY, "week": {"sunday": ["22:00-06:00"]}})
    at = dt.datetime.fromisoformat("2026-03-01T22:00:00+08:00")
    answer = policy.answer(timetable(hours), "Asia/Shanghai", at)
    assert answer.changes_at == at + dt.timedelta(hours=8)


def test_a_twelve_hour_day_is_open_for_twelve_hours_of_each_of_its_days() -> None:
    night = contract_hours({"id": "night", "kind": "12-hours", "starts": "20:00", "weekdays": ["friday"]})
    at = dt.datetime.fromisoformat("2026-03-06T20:00:00+08:00")
    answer = policy.answer(timetable(night), "Asia/Shanghai", at)
    assert answer.changes_at == at + dt.timedelta(hours=12)
    noon = timetable(contract_hours({"id": "noon", "kind": "12-hours", "starts": "12:00"}))
    assert noon.week["monday"] == ((720, 1440),)


def test_what_never_changes_has_no_next_change() -> None:
    at = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    always = timetable(contract_hours({"id": "always", "kind": "7x24"}))
    assert policy.answer(always, "Asia/Shanghai", at).changes_at is None
    never = timetable(contract_hours({**WEEKLY, "week": {"monday": []}}))
    assert policy.answer(never, "Asia/Shanghai", at).changes_at is None
