"""Entry numbers: which of them may be activated (NUM-06). Pure; the day is an argument."""

from collections.abc import Iterator
from datetime import date

from chalicelib.licences.models import ALLOCATED, Allocation, Evidence, Gate, Lack


def may_activate(number: Evidence, on: date) -> Gate:
    """Return whether the number may be activated on the day `on`, and everything that is missing for it.

    A 1xx, 95xxx or 96xxx number needs its allocating authority (the national one when it serves the whole country or
    several provinces, a provincial one otherwise), its certificate, an expiry that has not passed, a fee that is not
    overdue, and its connection mode for at least one carrier. Numbers of the other classes need none of it.
    """
    if number.number_class not in ALLOCATED:
        return Gate()
    if number.allocation is None:
        return Gate(missing=(Lack(field="allocation", expected=f"a {number.number_class} number must be allocated"),))
    return Gate(missing=tuple(_lacks(number, number.allocation, on)))


def level_needed(number: Evidence) -> str:
    """Return the level of the authority that allocates such a number."""
    served = number.allocation.provinces if number.allocation else ()
    return "national" if number.reach == "nationwide" or len(served) > 1 else "provincial"


def _lacks(number: Evidence, allocation: Allocation, on: date) -> Iterator[Lack]:
    if allocation.authority is None:
        yield Lack(field="allocation.authority", expected="the authority that allocated the number")
    needed = level_needed(number)
    if allocation.level != needed:
        yield Lack(field="allocation.level", expected=f"{needed}, for where the number is in use")
    if allocation.certificate is None:
        yield Lack(field="allocation.certificate", expected="the number of the certificate")
    yield from _out_of_date(allocation, on)
    if not number.connections:
        yield Lack(field="connections", expected="direct or transferred, for each carrier")


def _out_of_date(allocation: Allocation, on: date) -> Iterator[Lack]:
    if allocation.expires_on is None:
        yield Lack(field="allocation.expires_on", expected="the last valid day")
    elif allocation.expires_on < on:
        yield Lack(field="allocation.expires_on", expected=f"a day not before {on}; the certificate has expired")
    if allocation.fee is None:
        yield Lack(field="allocation.fee", expected="paid or exempt")
    elif allocation.fee == "overdue":
        yield Lack(field="allocation.fee", expected="paid or exempt; the fee is overdue")
