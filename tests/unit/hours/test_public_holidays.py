"""The calendar of public holidays: what the notices say, and what a contract may take of it."""

import datetime as dt
from collections import Counter

import pytest
from pydantic import ValidationError

from chalicelib.tenancy.calendar import WEEK
from chalicelib.tenancy.contract_calendars import calendars, public_days, years_of
from chalicelib.tenancy.contract_timetable import excesses, spans, timetable
from tests.support.timetables import contract_hours

OFFICE = {"id": "office", "kind": "weekly", "week": {day: ["09:00-17:00"] for day in WEEK[:5]}}


def test_the_years_are_those_that_were_entered_from_a_notice() -> None:
    assert calendars() == ("cn",)
    assert years_of("cn") == (2025, 2026)


@pytest.mark.parametrize(("year", "off", "works"), [(2025, 28, 5), (2026, 33, 6)])
def test_a_year_has_as_many_days_as_its_notice_says(year: int, off: int, works: int) -> None:
    days = list(public_days("cn", [year]))
    assert Counter(day.works for day in days) == {False: off, True: works}
    assert len({day.on for day in days}) == len(days)
    assert all(day.on.year == year for day in days)
    assert all(day.on.weekday() >= 5 for day in days if day.works)


@pytest.mark.parametrize(
    ("calendar", "told"),
    [
        ({"of": "cn", "years": [2027]}, "has no year 2027"),
        ({"of": "us", "years": [2026]}, "no such calendar"),
        ({"of": "cn", "years": [2026, 2026]}, "each year once"),
    ],
)
def test_a_year_that_nobody_has_published_is_refused(calendar: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        contract_hours({**OFFICE, "calendar": calendar})


def test_two_years_of_public_holidays_leave_room_for_days_of_ones_own() -> None:
    table = timetable(contract_hours({**OFFICE, "calendar": {"of": "cn", "years": [2025, 2026]}}))
    found = spans(table)
    assert len(found) == 27
    assert [(str(one.first), str(one.last)) for one in found if one.name.startswith("National Day and")] == [
        ("2025-10-01", "2025-10-07"),
        ("2025-10-08", "2025-10-08"),
    ]


def test_more_overrides_than_amazon_connect_takes_are_refused_by_name() -> None:
    days = [{"date": dt.date(2026, 6, 1) + dt.timedelta(days=2 * n), "name": f"Day {n}"} for n in range(50)]
    assert list(excesses(contract_hours({**OFFICE, "holidays": days}))) == []
    period = {"name": "Autumn", "from": dt.date(2026, 6, 1), "till": dt.date(2026, 6, 3), "week": OFFICE["week"]}
    too_many = contract_hours({**OFFICE, "holidays": days, "periods": [period]})
    ((field, told),) = excesses(too_many)
    assert (field, told) == ("holidays", "with calendar and periods 51 overrides; Amazon Connect takes 50")


def test_more_slices_than_amazon_connect_takes_are_refused_by_name() -> None:
    day = [f"{n // 4:02}:{n % 4 * 15:02}-{n // 4:02}:{n % 4 * 15 + 10:02}" for n in range(15)]
    hours = contract_hours({**OFFICE, "week": dict.fromkeys(WEEK, day)})
    assert list(excesses(hours)) == [("week", "105 slices; Amazon Connect takes 100")]
    week = {"name": "Busy", "from": dt.date(2026, 6, 1), "till": dt.date(2026, 6, 3), "week": dict.fromkeys(WEEK, day)}
    ((field, _),) = excesses(contract_hours({**OFFICE, "periods": [week]}))
    assert field == "periods"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"week": {"monday": ["22:00-06:00"], "tuesday": ["05:59-12:00"]}}, "openings of tuesday overlap"),
        ({"week": {"sunday": ["22:00-06:00"], "monday": ["05:00-12:00"]}}, "openings of monday overlap"),
        ({"time_zone": "Mars/Olympus"}, "IANA time zone"),
        (
            {
                "periods": [
                    {"name": "A", "from": dt.date(2026, 6, 1), "till": dt.date(2026, 6, 3), "week": OFFICE["week"]},
                    {"name": "B", "from": dt.date(2026, 6, 3), "till": dt.date(2026, 6, 4), "week": OFFICE["week"]},
                ]
            },
            "the periods 'A' and 'B' overlap",
        ),
        (
            {
                "periods": [
                    {"name": "A", "from": dt.date(2026, 6, 3), "till": dt.date(2026, 6, 1), "week": OFFICE["week"]}
                ]
            },
            "till must not be before from",
        ),
    ],
)
def test_a_timetable_that_contradicts_itself_is_refused(changed: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        contract_hours({**OFFICE, **changed})
