"""The virtual clock of demos: opening hours, working hours, never the same hour twice."""

import datetime as dt
import zoneinfo

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.tenancy import contract_file
from cli import places, timekeeper

CONTRACTS = [contract_file.load(places.contract_path(tenant)) for tenant in places.tenants()]
SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")

days = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))
instants = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001 - bounds without zone is what hypothesis asks for


def start(today: dt.date, latest: dt.datetime | None = None) -> dt.datetime:
    return timekeeper.next_start(CONTRACTS, today=today, latest=latest)


def test_a_working_day_begins_at_nine_local_time() -> None:
    assert start(dt.date(2026, 3, 2)) == dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


def test_a_saturday_begins_when_the_last_line_opens() -> None:
    assert start(dt.date(2026, 3, 7)).astimezone(SHANGHAI) == dt.datetime(2026, 3, 7, 10, 0, tzinfo=SHANGHAI)


def test_a_sunday_and_a_holiday_are_passed_over() -> None:
    assert start(dt.date(2026, 3, 8)).astimezone(SHANGHAI) == dt.datetime(2026, 3, 9, 9, 0, tzinfo=SHANGHAI)
    assert start(dt.date(2026, 10, 1)).astimezone(SHANGHAI) == dt.datetime(2026, 10, 2, 10, 0, tzinfo=SHANGHAI)


def test_the_next_run_takes_the_next_full_hour() -> None:
    used = dt.datetime(2026, 3, 2, 2, 47, 12, tzinfo=dt.UTC)
    assert start(dt.date(2026, 3, 2), used) == dt.datetime(2026, 3, 2, 3, 0, tzinfo=dt.UTC)


def test_an_evening_run_leads_to_the_next_morning() -> None:
    used = dt.datetime(2026, 3, 2, 12, 30, tzinfo=dt.UTC)
    assert start(dt.date(2026, 3, 2), used).astimezone(SHANGHAI) == dt.datetime(2026, 3, 3, 9, 0, tzinfo=SHANGHAI)


@given(days, instants)
def test_every_start_is_a_later_full_hour_in_which_all_lines_are_open(today: dt.date, latest: dt.datetime) -> None:
    at = start(today, latest)
    assert at > latest
    assert (at.minute, at.second, at.microsecond) == (0, 0, 0)
    assert all(timekeeper.lines_open(contract, at) for contract in CONTRACTS)
