"""The emulator's world brought to where a run can begin: nothing going on, virtual clock, a fresh opening hour."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from chalicelib.platform.errors import ProductError
from chalicelib.tenancy.contract import Contract
from cli import timekeeper
from cli.control import Control

QUARTER: Final = dt.timedelta(minutes=15)


class Restless(ProductError):
    """Calls of an earlier run go on, so that no run can begin."""

    code, status, title = "restless", 409, "Calls go on"


def begin(control: Control, contracts: Sequence[Contract], *, today: dt.date) -> dt.datetime:
    """Let running calls end, set the virtual clock to the next fresh opening hour, and return that hour."""
    latest = control.virtual_now()
    if latest is not None:
        settle(control)
        latest = control.now()
    start = timekeeper.next_start(contracts, today=today, latest=latest)
    control.set_virtual(start)
    return start


def settle(control: Control) -> None:
    """Let every call end; one whose caller left the terminal while being asked for keys is hung up.

    Raises:
        Restless: a call goes on for ever, such as one without patience in a queue that nobody serves.

    """
    while (last := control.run()).awaiting:
        for contact_id in last.awaiting:
            control.hang_up(contact_id)
    if not last.idle:
        msg = "a call in the local cloud does not end by itself; `make stop` ends it, with all that the cloud holds"
        raise Restless(msg)


def ensure_virtual(control: Control, contracts: Sequence[Contract], *, today: dt.date) -> None:
    """Leave a virtual clock as it is; turn a real one into a virtual one at the next opening hour."""
    if control.virtual_now() is None:
        begin(control, contracts, today=today)


def next_quarter(now: dt.datetime) -> dt.datetime:
    """Return the next full quarter of an hour after `now`, where a KPI interval begins. Pure."""
    since = dt.timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    return now - since + QUARTER
