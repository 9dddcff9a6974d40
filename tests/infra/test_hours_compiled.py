"""Hours of the contract as Amazon Connect takes them (TEN-04)."""

import datetime as dt

from chalicelib.tenancy.contract_timetable import timetable
from infra.cdk import hours
from tests.support.timetables import contract_hours

ALWAYS = timetable(contract_hours({"id": "always", "kind": "7x24"}))


def test_round_the_clock_is_seven_days_from_midnight_to_midnight() -> None:
    week = hours.week(ALWAYS)
    assert [part.day for part in week] == [day.upper() for day in hours.WEEK]
    assert {(part.start, part.end) for part in week} == {((0, 0), (0, 0))}
    assert hours.overrides(ALWAYS) == ()


def test_a_weekday_that_is_not_listed_is_closed_and_a_day_may_open_twice() -> None:
    weekly = {"id": "office", "kind": "weekly", "week": {"friday": ["08:30-12:00", "13:30-24:00"]}}
    assert hours.week(timetable(contract_hours(weekly))) == (
        hours.Slice(day="FRIDAY", start=(8, 30), end=(12, 0)),
        hours.Slice(day="FRIDAY", start=(13, 30), end=(0, 0)),
    )


def test_holidays_override_their_dates_and_are_closed_unless_they_say_otherwise() -> None:
    weekly = {
        "id": "office",
        "kind": "weekly",
        "week": {"monday": ["09:00-17:00"]},
        "holidays": [
            {"date": dt.date(2026, 10, 10), "name": "Make-up day", "open": ["08:30-12:00"], "kind": "working-day"},
            {"date": dt.date(2026, 10, 1), "name": "National Day"},
            {"date": dt.date(2026, 10, 2), "name": "National Day"},
        ],
    }
    first, second, saturday = (dt.date(2026, 10, day) for day in (1, 2, 10))
    assert hours.overrides(timetable(contract_hours(weekly))) == (
        hours.Override(name="National Day 2026-10-01", first=first, last=second, slices=()),
        hours.Override(
            name="Make-up day 2026-10-10",
            first=saturday,
            last=saturday,
            slices=(hours.Slice(day="SATURDAY", start=(8, 30), end=(12, 0)),),
        ),
    )
