"""What Amazon Connect refuses about hours of operation: slices, overrides, links to parents (11.5, 13.1)."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from localstack.connect.api_errors import DuplicateResource, InvalidParameter, LimitExceeded
from localstack.connect.directory import Instance
from localstack.connect.engine.hours import STANDARD, Override, config_of, kind_of, read_slice
from localstack.connect.resources import Hours

MOST_SLICES = 100
MOST_OVERRIDES = 50
MOST_PARENTS = 3


def check(hours: Hours, instance: Instance) -> None:
    """Hours as they are about to be stored.

    Raises:
        InvalidParameter: slices, dates or patterns make no sense, or a parent is none that can be inherited from.
        DuplicateResource: two overrides have one name.
        LimitExceeded: too many overrides.

    """
    _check_slices(hours.config)
    if len(hours.overrides) > MOST_OVERRIDES:
        msg = f"Hours of operation have at most {MOST_OVERRIDES} overrides"
        raise LimitExceeded(msg)
    for override in hours.overrides:
        _check_override(override)
    _check_names(hours.overrides)
    _check_dates([override for override in hours.overrides if kind_of(override) == STANDARD])
    _check_parents(hours, instance)


def _check_slices(config: Sequence[Mapping[str, Any]]) -> None:
    if len(config) > MOST_SLICES:
        msg = f"Hours of operation have at most {MOST_SLICES} time slices"
        raise InvalidParameter(msg)
    for one in config:
        start, end = read_slice(one)
        if start >= end:
            msg = f"A time slice of {one.get('Day', 'a day')} ends before it starts: split it at midnight"
            raise InvalidParameter(msg)


def _check_override(override: Override) -> None:
    _check_slices(config_of(override))
    if _day(override, "EffectiveFrom") > _day(override, "EffectiveTill"):
        msg = f"Override {override.get('Name')!r} ends before it begins"
        raise InvalidParameter(msg)
    recurrence = override.get("RecurrenceConfig")
    if not recurrence:
        return
    if kind_of(override) == STANDARD:
        msg = f"Override {override.get('Name')!r} recurs: its type must be OPEN or CLOSED"
        raise InvalidParameter(msg)
    _check_pattern(recurrence["RecurrencePattern"])


def _check_pattern(pattern: Mapping[str, Any]) -> None:
    lists = {name: pattern.get(name) or () for name in ("ByMonth", "ByMonthDay", "ByWeekdayOccurrence")}
    given = {name for name, values in lists.items() if values}
    several = sorted(name for name, values in lists.items() if len(values) > 1)
    allowed = {
        "WEEKLY": set[str](),
        "MONTHLY": {"ByMonthDay", "ByWeekdayOccurrence"},
        "YEARLY": {"ByMonth", "ByMonthDay", "ByWeekdayOccurrence"},
    }[pattern["Frequency"]]
    if several:
        msg = f"{', '.join(several)} takes one value"
    elif given - allowed:
        msg = f"A {pattern['Frequency']} pattern has no {', '.join(sorted(given - allowed))}"
    elif {"ByMonthDay", "ByWeekdayOccurrence"} <= given:
        msg = "ByMonthDay and ByWeekdayOccurrence exclude each other"
    elif 0 in {*lists["ByMonthDay"], *lists["ByWeekdayOccurrence"]}:
        msg = "There is no day 0 and no occurrence 0"
    else:
        return
    raise InvalidParameter(msg)


def _check_names(overrides: Iterable[Override]) -> None:
    names: set[str] = set()
    for override in overrides:
        name = str(override.get("Name", ""))
        if name in names:
            msg = f"There is an override {name!r} already"
            raise DuplicateResource(msg)
        names.add(name)


def _check_dates(temporary: Sequence[Override]) -> None:
    """Dates of temporary hours must not overlap."""
    in_order = sorted(temporary, key=lambda override: _day(override, "EffectiveFrom"))
    for before, after in itertools.pairwise(in_order):
        if _day(after, "EffectiveFrom") <= _day(before, "EffectiveTill"):
            msg = f"The dates of {before.get('Name')!r} and {after.get('Name')!r} overlap"
            raise InvalidParameter(msg)


def _day(override: Override, name: str) -> date:
    try:
        return date.fromisoformat(str(override[name])[:10])
    except ValueError as error:
        msg = f"{name} is no date: {override[name]}"
        raise InvalidParameter(msg) from error


def _check_parents(hours: Hours, instance: Instance) -> None:
    if len(hours.parent_ids) > MOST_PARENTS:
        msg = f"Hours of operation inherit from at most {MOST_PARENTS} others"
        raise InvalidParameter(msg)
    for parent_id in hours.parent_ids:
        parent = instance.hours.get(parent_id)
        if parent is None or parent_id == hours.id:
            msg = f"There are no other hours of operation {parent_id}"
            raise InvalidParameter(msg)
        if parent.parent_ids:
            msg = f"{parent.name!r} inherits itself, so nothing can inherit from it"
            raise InvalidParameter(msg)
    if hours.parent_ids and any(hours.id in other.parent_ids for other in instance.hours.values()):
        msg = f"Others inherit from {hours.name!r}, so it cannot inherit itself"
        raise InvalidParameter(msg)
