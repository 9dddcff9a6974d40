"""The timetables of a tenant contract (TEN-04): 7x24, twelve hours a day, or a week. Authoring side only.

Weeks and twelve-hour days know holidays, days and periods of the tenant's own, and a calendar of public holidays.
"""

import datetime as dt
import itertools
import re
import zoneinfo
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from chalicelib.tenancy.calendar import DAY_MINUTES, WEEK, Slices, minutes
from chalicelib.tenancy.contract_base import HolidayName, Id, Model, Weekday
from chalicelib.tenancy.contract_calendars import calendars, years_of

_SLICE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")
TWELVE_HOURS = 720
"""Minutes of the daily effective service that a team leader assures."""


def _slice(text: str) -> str:
    if not _SLICE.fullmatch(text):
        msg = "expected HH:MM-HH:MM (24:00 for midnight at the end)"
        raise ValueError(msg)
    start, end = minutes(text)
    if start == end:
        msg = "the start must differ from the end; 00:00-24:00 is a whole day"
        raise ValueError(msg)
    return text


def _slice_in_order(text: str) -> str:
    start, end = minutes(_slice(text))
    if start > end:
        msg = "the start must be before the end; give the next date its own opening"
        raise ValueError(msg)
    return text


def _apart(slices: list[str]) -> list[str]:
    parts = sorted(slices)
    for earlier, later in itertools.pairwise(parts):
        if later.split("-")[0] < earlier.split("-")[1]:
            msg = f"the slices {earlier} and {later} overlap"
            raise ValueError(msg)
    return slices


def week_of(openings: Mapping[Weekday, list[str]]) -> dict[str, Slices]:
    """Return the openings of a week by weekday; a slice over midnight ends on the next weekday, Sunday's on Monday.

    Raises:
        ValueError: two openings overlap.

    """
    found: dict[str, list[tuple[int, int]]] = {}
    for weekday, texts in openings.items():
        # A day without openings is said by name too.
        found.setdefault(weekday, [])
        for start, end in map(minutes, texts):
            if start < end:
                found[weekday].append((start, end))
                continue
            found[weekday].append((start, DAY_MINUTES))
            if end:
                following = WEEK[(WEEK.index(weekday) + 1) % 7]
                found.setdefault(following, []).append((0, end))
    return {weekday: _in_order(weekday, found[weekday]) for weekday in WEEK if weekday in found}


def _in_order(weekday: str, slices: Iterable[tuple[int, int]]) -> Slices:
    parts = sorted(slices)
    for earlier, later in itertools.pairwise(parts):
        if later[0] < earlier[1]:
            msg = f"openings of {weekday} overlap: {_text(earlier)} and {_text(later)}"
            raise ValueError(msg)
    return tuple(parts)


def _text(opening: tuple[int, int]) -> str:
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in opening)


def _sound_week(openings: Mapping[Weekday, list[str]]) -> Mapping[Weekday, list[str]]:
    week_of(openings)
    return openings


def known_zone(name: str) -> str:
    """Return `name`.

    Raises:
        ValueError: it is no IANA time zone.

    """
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as exc:
        msg = "expected an IANA time zone such as Asia/Shanghai"
        raise ValueError(msg) from exc
    return name


ZoneName = Annotated[str, AfterValidator(known_zone)]

DaySlices = Annotated[list[Annotated[str, AfterValidator(_slice_in_order)]], AfterValidator(_apart)]
"""The openings of one date, none of which overlaps another; they end by midnight."""

WeekSlices = Annotated[
    Mapping[Weekday, Annotated[list[Annotated[str, AfterValidator(_slice)]], AfterValidator(_apart)]],
    AfterValidator(_sound_week),
]
"""The openings of a week; one such as 22:00-06:00 ends on the next day."""


class Holiday(Model):
    """One calendar day with its own slices; none means closed all day. `kind` is what the answer calls it."""

    date: dt.date
    name: HolidayName
    open: DaySlices = Field(default_factory=list)
    kind: Literal["holiday", "working-day", "override"] = "holiday"


class Period(Model):
    """Dates with a week of their own, both ends included: summer hours, a campaign, an enrolment season."""

    name: HolidayName
    first: dt.date = Field(alias="from")
    last: dt.date = Field(alias="till")
    week: WeekSlices

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.last < self.first:
            msg = "till must not be before from"
            raise ValueError(msg)
        return self


class PublicHolidays(Model):
    """The public holidays of a country in the years that count; a make-up working day is open like `working_day`."""

    of: Id
    years: list[int] = Field(min_length=1)
    open: DaySlices = Field(default_factory=list)
    working_day: Weekday = "monday"

    @model_validator(mode="after")
    def _is_published(self) -> Self:
        if self.of not in calendars():
            msg = f"no such calendar {self.of!r}; there are {', '.join(calendars())}"
            raise ValueError(msg)
        if unknown := sorted(set(self.years) - set(years_of(self.of))):
            told = ", ".join(map(str, years_of(self.of)))
            msg = f"the calendar {self.of} has no year {unknown[0]}: it has {told}"
            raise ValueError(msg)
        if len(set(self.years)) < len(self.years):
            msg = "each year once"
            raise ValueError(msg)
        return self


class AlwaysOpen(Model):
    """Round the clock, every day, holidays included."""

    id: Id
    kind: Literal["7x24"]


class _Dated(Model):
    """What weeks and twelve-hour days share. Hours are those of `time_zone`; left out, those of the tenant."""

    id: Id
    time_zone: ZoneName | None = None
    holidays: list[Holiday] = Field(default_factory=list, max_length=50)
    periods: list[Period] = Field(default_factory=list, max_length=50)
    calendar: PublicHolidays | None = None

    @model_validator(mode="after")
    def _periods_apart(self) -> Self:
        for earlier, later in itertools.pairwise(sorted(self.periods, key=lambda one: one.first)):
            if later.first <= earlier.last:
                msg = f"the periods {earlier.name!r} and {later.name!r} overlap"
                raise ValueError(msg)
        return self


class Weekly(_Dated):
    """A weekly timetable (TEN-04); a weekday that is not listed is closed."""

    kind: Literal["weekly"]
    week: Annotated[WeekSlices, Field(min_length=1)]


class TwelveHours(_Dated):
    """Twelve hours from `starts` on the weekdays listed, over midnight when it starts after noon (TEN-04)."""

    kind: Literal["12-hours"]
    starts: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    weekdays: list[Weekday] = Field(default_factory=lambda: list(WEEK), min_length=1, max_length=7)  # type: ignore[arg-type]  # WEEK holds exactly the Weekday literals

    @property
    def week(self) -> Mapping[Weekday, list[str]]:
        """The same as a week."""
        start, _ = minutes(f"{self.starts}-00:00")
        end = (start + TWELVE_HOURS) % DAY_MINUTES or DAY_MINUTES
        return {weekday: [_text((start, end))] for weekday in self.weekdays}


Hours = Annotated[AlwaysOpen | TwelveHours | Weekly, Field(discriminator="kind")]
