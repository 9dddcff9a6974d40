"""The timetables of a tenant contract (TEN-04): 7x24 or a week with holidays. Authoring side only."""

import datetime as dt
import itertools
import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chalicelib.tenancy.contract_base import HolidayName, Id, Model, Weekday

_SLICE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")


def _slice_in_order(text: str) -> str:
    if not _SLICE.fullmatch(text):
        msg = "expected HH:MM-HH:MM (24:00 for midnight at the end)"
        raise ValueError(msg)
    start, end = text.split("-")
    if start >= end:
        msg = "the start must be before the end; split a slice that crosses midnight"
        raise ValueError(msg)
    return text


TimeSlice = Annotated[str, AfterValidator(_slice_in_order)]


def _apart(slices: list[str]) -> list[str]:
    parts = sorted(slices)
    for earlier, later in itertools.pairwise(parts):
        if later.split("-")[0] < earlier.split("-")[1]:
            msg = f"the slices {earlier} and {later} overlap"
            raise ValueError(msg)
    return slices


Slices = Annotated[list[TimeSlice], AfterValidator(_apart)]
"""The openings of one day, none of which overlaps another."""


class Holiday(Model):
    """One calendar day with its own slices; none means closed all day."""

    date: dt.date
    name: HolidayName
    open: Slices = Field(default_factory=list)


class AlwaysOpen(Model):
    """Round the clock, every day, holidays included."""

    id: Id
    kind: Literal["7x24"]


class Weekly(Model):
    """A weekly timetable in the tenant's time zone (TEN-04); a weekday that is not listed is closed."""

    id: Id
    kind: Literal["weekly"]
    week: Mapping[Weekday, Slices] = Field(min_length=1)
    holidays: list[Holiday] = Field(default_factory=list, max_length=50)


Hours = Annotated[AlwaysOpen | Weekly, Field(discriminator="kind")]
