"""Hours of the contract as Amazon Connect takes them (TEN-04)."""

import datetime as dt

from chalicelib.tenancy.contract_hours import AlwaysOpen, Holiday, Weekly
from infra.cdk import hours


def test_round_the_clock_is_seven_days_from_midnight_to_midnight() -> None:
    week = hours.week(AlwaysOpen(id="always", kind="7x24"))
    assert [part.day for part in week] == [day.upper() for day in hours.WEEK]
    assert {(part.start, part.end) for part in week} == {((0, 0), (0, 0))}
    assert hours.overrides(AlwaysOpen(id="always", kind="7x24")) == ()


def test_a_weekday_that_is_not_listed_is_closed_and_a_day_may_open_twice() -> None:
    weekly = Weekly(id="office", kind="weekly", week={"friday": ["08:30-12:00", "13:30-24:00"]})
    assert hours.week(weekly) == (
        hours.Slice(day="FRIDAY", start=(8, 30), end=(12, 0)),
        hours.Slice(day="FRIDAY", start=(13, 30), end=(0, 0)),
    )


def test_a_holiday_overrides_its_date_and_is_closed_unless_it_says_otherwise() -> None:
    day, working = dt.date(2026, 10, 1), dt.date(2026, 10, 10)
    weekly = Weekly(
        id="office",
        kind="weekly",
        week={"monday": ["09:00-17:00"]},
        holidays=[
            Holiday(date=working, name="Make-up day", open=["08:30-12:00"]),
            Holiday(date=day, name="National Day"),
        ],
    )
    assert hours.overrides(weekly) == (
        hours.Override(name="National Day 2026-10-01", on=day, slices=()),
        hours.Override(
            name="Make-up day 2026-10-10",
            on=working,
            slices=(hours.Slice(day="SATURDAY", start=(8, 30), end=(12, 0)),),
        ),
    )
