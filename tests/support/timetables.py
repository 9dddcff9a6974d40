"""Timetables as hypothesis draws them, and the hours that Amazon Connect would hold of them."""

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib.tenancy.calendar import WEEK, Timetable
from chalicelib.tenancy.contract_hours import Hours as ContractHours
from infra.cdk import hours as compiled
from localstack.connect.resources import Hours
from tests.support.connect_world import arn, identifier

ZONES = ("Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe")
"""The last one moves its clocks by half an hour."""
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2026, 12, 31)

_READ: TypeAdapter[Any] = TypeAdapter(ContractHours)


def contract_hours(document: dict[str, Any]) -> ContractHours:
    """Return the hours of a contract that `document` is."""
    found: ContractHours = _READ.validate_python(document)
    return found


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def day_slices(draw: st.DrawFn) -> list[str]:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    return [f"{_time(start * 15)}-{_time(end * 15)}" for start, end in zip(edges[::2], edges[1::2], strict=False)]


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[str]]:
    found = draw(st.dictionaries(st.sampled_from(WEEK), day_slices(), min_size=1))
    if draw(st.booleans()):
        night = draw(st.sampled_from(sorted(found)))
        found[night] = [draw(st.sampled_from(["22:00-06:00", "23:45-00:15", "12:00-11:45", "18:00-00:00"]))]
    return found


@st.composite
def dated(draw: st.DrawFn) -> dict[str, Any]:
    days = st.dates(FIRST, LAST)
    holidays = draw(st.dictionaries(days, day_slices(), max_size=5))
    found: dict[str, Any] = {
        "holidays": [{"date": on, "name": f"Day {on:%j}", "open": open_} for on, open_ in holidays.items()]
    }
    if draw(st.booleans()):
        start, length = draw(days), draw(st.integers(0, 60))
        period = {"name": "Season", "from": start, "till": start + dt.timedelta(days=length), "week": draw(weeks())}
        found["periods"] = [period]
    if draw(st.booleans()):
        years = draw(st.sampled_from([[2025], [2026], [2025, 2026]]))
        found["calendar"] = {
            "of": "cn", "years": years, "open": draw(day_slices()), "working_day": draw(st.sampled_from(WEEK))
        }  # fmt: skip
    return found


@st.composite
def timetables(draw: st.DrawFn) -> ContractHours:
    """Draw the hours of a contract; a week whose night runs into the next morning's opening is none."""
    kind = draw(st.sampled_from(["7x24", "12-hours", "weekly"]))
    document: dict[str, Any] = {"id": "drawn", "kind": kind}
    if kind == "12-hours":
        starts = _time(draw(st.integers(0, 95)) * 15)
        document |= {"starts": starts, "weekdays": sorted(draw(st.sets(st.sampled_from(WEEK), min_size=1)))}
    if kind == "weekly":
        document["week"] = draw(weeks())
    if kind != "7x24":
        document |= draw(dated())
    try:
        return contract_hours(document)
    except ValidationError as error:
        if "overlap" not in str(error):
            raise
        return contract_hours({"id": "drawn", "kind": "7x24"})


@st.composite
def instants(draw: st.DrawFn) -> dt.datetime:
    """Draw an instant; every other one lies on a quarter-hour, where openings begin and end."""
    start = dt.datetime.combine(FIRST, dt.time(), dt.UTC)
    minute = draw(st.integers(0, (LAST - FIRST).days * 1440))
    return start + dt.timedelta(minutes=minute - minute % 15 if draw(st.booleans()) else minute)


def connect_hours(table: Timetable, zone: str, name: str = "h") -> Hours:
    """Return the resource that the template of the tenant makes of the timetable."""
    return Hours(
        id=identifier(name),
        arn=arn("operating-hours", name),
        name=name,
        time_zone=table.time_zone or zone,
        config=tuple(_slice(one) for one in compiled.week(table)),
        overrides=tuple(
            {
                "Name": one.name,
                "EffectiveFrom": one.first.isoformat(),
                "EffectiveTill": one.last.isoformat(),
                "Config": [_slice(part) for part in one.slices],
            }
            for one in compiled.overrides(table)
        ),
    )


def _slice(one: compiled.Slice) -> dict[str, Any]:
    return {
        "Day": one.day,
        "StartTime": {"Hours": one.start[0], "Minutes": one.start[1]},
        "EndTime": {"Hours": one.end[0], "Minutes": one.end[1]},
    }
