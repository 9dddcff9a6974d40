"""When simulated hours begin: while every tenant is open, and never the same hour twice. Pure."""

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from typing import Final

from chalicelib.tenancy.calendar import is_open
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_timetable import timetable

FIRST_HOUR: Final = 9
LAST_HOUR: Final = 19
"""Local hours in which a simulated hour may begin."""
_SEARCH_HOURS: Final = 14 * 24


def next_start(
    contracts: Sequence[Contract], *, today: dt.date, latest: dt.datetime | None, open_h: int = 2
) -> dt.datetime:
    """Return the first full hour after `latest`, not before `today`, from which every line is open for `open_h` hours.

    Hours are those of the first tenant's time zone. Where no such hour exists within two weeks (lines that are never
    open together), the first full working hour.
    """
    zone = zoneinfo.ZoneInfo(contracts[0].time_zone)
    first = dt.datetime.combine(today, dt.time(FIRST_HOUR), zone).astimezone(dt.UTC)
    if latest is not None:
        after = latest.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
        first = max(first, after)
    hours = [first + dt.timedelta(hours=number) for number in range(_SEARCH_HOURS)]
    working = [at for at in hours if FIRST_HOUR <= at.astimezone(zone).hour <= LAST_HOUR]
    probes = [dt.timedelta(hours=number) for number in range(open_h + 1)]
    for at in working:
        if all(lines_open(contract, at + probe) for contract in contracts for probe in probes):
            return at
    return working[0]


def lines_open(contract: Contract, at: dt.datetime) -> bool:
    """Return True when every service line of the tenant is open at `at`."""
    local = at.astimezone(zoneinfo.ZoneInfo(contract.time_zone))
    hours = {entry.id: timetable(entry) for entry in contract.hours}
    return all(is_open(hours[line.hours], local) for line in contract.service_lines)
