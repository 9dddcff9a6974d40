"""Operations on overrides of hours of operation, on links to parents, and the hours that come of it (11.5)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from localstack.connect import api_conditions, hours_rules
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request, operation, require
from localstack.connect.api_errors import InvalidParameter, ResourceNotFound
from localstack.connect.directory import Instance
from localstack.connect.engine import hours as schedules
from localstack.connect.engine.hours import Override, Slice
from localstack.connect.resources import Hours

MOST_DAYS = 366
"""GetEffectiveHoursOfOperations answers so many days at most; AWS names no number."""
CHANGEABLE = ("Name", "Description", "Config", "EffectiveFrom", "EffectiveTill", "RecurrenceConfig", "OverrideType")


def _of(context: Context, request: Request) -> tuple[Instance, Hours]:
    instance = context.instance(request["InstanceId"])
    return instance, require(instance, Hours, request["HoursOfOperationId"])


def _store(context: Context, instance: Instance, hours: Hours, **changes: Any) -> None:
    changed = replace(hours, **changes)
    hours_rules.check(changed, instance)
    context.directory.put(instance, changed)


def _override(hours: Hours, request: Request) -> Override:
    wanted = request["HoursOfOperationOverrideId"]
    found = next((one for one in hours.overrides if one.get("HoursOfOperationOverrideId") == wanted), None)
    if found is None:
        msg = f"Override not found: {wanted}"
        raise ResourceNotFound(msg)
    return found


def _shown(hours: Hours, override: Override) -> dict[str, Any]:
    owner = {"HoursOfOperationId": hours.id, "HoursOfOperationArn": hours.arn}
    return {"OverrideType": schedules.STANDARD, **override, **owner}


@operation("CreateHoursOfOperationOverride")
def create(context: Context, request: Request) -> Answer:
    """Add an override."""
    with context.directory.lock:
        instance, hours = _of(context, request)
        made = context.directory.new_id(instance.id, "hours-override", f"{hours.id}/{request['Name']}")
        override = {key: request[key] for key in CHANGEABLE if key in request}
        override["HoursOfOperationOverrideId"] = made
        _store(context, instance, hours, overrides=(*hours.overrides, override))
    return {"HoursOfOperationOverrideId": made}


@operation("DescribeHoursOfOperationOverride")
def describe(context: Context, request: Request) -> Answer:
    """One override."""
    _, hours = _of(context, request)
    return {"HoursOfOperationOverride": _shown(hours, _override(hours, request))}


@operation("UpdateHoursOfOperationOverride")
def update(context: Context, request: Request) -> Answer:
    """Change what the request names."""
    with context.directory.lock:
        instance, hours = _of(context, request)
        old = _override(hours, request)
        new = {**old, **{key: request[key] for key in CHANGEABLE if key in request}}
        _store(context, instance, hours, overrides=tuple(new if one is old else one for one in hours.overrides))
    return {}


@operation("DeleteHoursOfOperationOverride")
def delete(context: Context, request: Request) -> Answer:
    """Remove an override."""
    with context.directory.lock:
        instance, hours = _of(context, request)
        old = _override(hours, request)
        _store(context, instance, hours, overrides=tuple(one for one in hours.overrides if one is not old))
    return {}


@operation("ListHoursOfOperationOverrides")
def list_overrides(context: Context, request: Request) -> Answer:
    """The own overrides; inherited ones are listed at their parents."""
    _, hours = _of(context, request)
    rows = [_shown(hours, override) for override in hours.overrides]
    return page(request, "HoursOfOperationOverrideList", rows)


@operation("SearchHoursOfOperationOverrides")
def search_overrides(context: Context, request: Request) -> Answer:
    """Own overrides of all hours, by name, description and dates; tags are those of their hours."""
    instance = context.instance(request["InstanceId"])
    wanted = api_conditions.criteria(request.get("SearchCriteria") or {})
    tagged = api_conditions.filters(request.get("SearchFilter") or {})
    owners = sorted(instance.hours.values(), key=lambda one: (one.name, one.id))
    shown = [{**_shown(one, override), "Tags": one.tags} for one in owners for override in one.overrides]
    rows = [row for row in shown if wanted(row) and tagged(row)]
    return {**page(request, "HoursOfOperationOverrides", rows), "ApproximateTotalCount": len(rows)}


@operation("AssociateHoursOfOperations")
def associate(context: Context, request: Request) -> Answer:
    """Inherit the overrides of other hours."""
    with context.directory.lock:
        instance, hours = _of(context, request)
        asked = [config.get("HoursOfOperationId", "") for config in request["ParentHoursOfOperationConfigs"]]
        parents = [require(instance, Hours, parent).id for parent in asked]
        _store(context, instance, hours, parent_ids=tuple(dict.fromkeys((*hours.parent_ids, *parents))))
    return {}


@operation("DisassociateHoursOfOperations")
def disassociate(context: Context, request: Request) -> Answer:
    """Inherit from some of them no longer."""
    with context.directory.lock:
        instance, hours = _of(context, request)
        gone = {require(instance, Hours, parent).id for parent in request["ParentHoursOfOperationIds"]}
        if unknown := gone - set(hours.parent_ids):
            msg = f"{hours.name!r} does not inherit from {', '.join(sorted(unknown))}"
            raise InvalidParameter(msg)
        _store(context, instance, hours, parent_ids=tuple(id_ for id_ in hours.parent_ids if id_ not in gone))
    return {}


@operation("ListChildHoursOfOperations")
def children(context: Context, request: Request) -> Answer:
    """The hours that inherit from these."""
    instance, hours = _of(context, request)
    found = sorted((one for one in instance.hours.values() if hours.id in one.parent_ids), key=lambda one: one.name)
    rows = [{"Name": one.name, "Id": one.id, "Arn": one.arn} for one in found]
    return page(request, "ChildHoursOfOperationsSummaryList", rows)


@operation("GetEffectiveHoursOfOperations")
def effective(context: Context, request: Request) -> Answer:
    """What is open on each day of a range, and which overrides made it so."""
    instance, hours = _of(context, request)
    first, last = _date(request, "FromDate"), _date(request, "ToDate")
    if not first <= last or (last - first).days >= MOST_DAYS:
        msg = f"FromDate to ToDate must be 1 to {MOST_DAYS} days"
        raise InvalidParameter(msg)
    parents = schedules.parents_of(instance, hours)
    plan = [(day.isoformat(), schedules.on(hours, day, parents)) for day in schedules.days(first, last)]
    return {
        "TimeZone": hours.time_zone,
        "EffectiveHoursOfOperationList": [
            {"Date": day, "OperationalHours": [_times(slice_) for slice_ in schedule.open]} for day, schedule in plan
        ],
        "EffectiveOverrideHoursList": [
            {"Date": day, "OverrideHours": [_applied(one) for one in schedule.applied]}
            for day, schedule in plan
            if schedule.applied
        ],
    }


def _date(request: Request, name: str) -> date:
    try:
        return date.fromisoformat(request[name])
    except ValueError as error:
        msg = f"{name} is no date: {request[name]}"
        raise InvalidParameter(msg) from error


def _applied(one: schedules.Applied) -> dict[str, Any]:
    return {**_times(one.slice), "OverrideName": one.name, "OperationalStatus": one.status}


def _times(slice_: Slice) -> dict[str, Any]:
    return {"Start": _time(slice_.start), "End": _time(slice_.end)}


def _time(minutes: int) -> Mapping[str, int]:
    """A time of day; midnight at the end is 00:00, as in a configuration."""
    hours, rest = divmod(minutes % schedules.DAY_MINUTES, 60)
    return {"Hours": hours, "Minutes": rest}
