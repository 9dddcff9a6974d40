"""Calendars of public holidays, read from `calendars/`: data with its source and date. Authoring side only."""

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "calendars"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicDay:
    """A public holiday, or a weekend day on which people work to make up for one."""

    on: dt.date
    name: str
    works: bool


@functools.cache
def calendars() -> Sequence[str]:
    """Return the ids of the calendars that there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def years_of(calendar: str) -> Sequence[int]:
    """Return the years that have been published and entered."""
    return tuple(sorted(_read(calendar)["years"]))


def public_days(calendar: str, years: Sequence[int]) -> Iterator[PublicDay]:
    """Yield the days of the years, in order of date.

    Raises:
        KeyError: a year is not in the calendar; contracts are validated against `years_of`.

    """
    for year in sorted(years):
        yield from sorted(_days(_read(calendar)["years"][year]), key=lambda day: day.on)


def _days(year: Mapping[str, Any]) -> Iterator[PublicDay]:
    for holiday in year["holidays"]:
        length = (holiday["till"] - holiday["from"]).days + 1
        for n in range(length):
            yield PublicDay(on=holiday["from"] + dt.timedelta(days=n), name=holiday["name"], works=False)
    for on in year["working_days"]:
        yield PublicDay(on=on, name="Make-up working day", works=True)


@functools.cache
def _read(calendar: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = yaml.safe_load((FOLDER / f"{calendar}.yaml").read_text(encoding="utf-8"))
    return document
