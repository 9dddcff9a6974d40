"""SearchCriteria and SearchFilter of the Search operations: conditions on names, states and tags, nested as asked."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from localstack.connect import arns
from localstack.connect.api_errors import InvalidRequest

Shown = Mapping[str, Any]
Test = Callable[[Shown], bool]

FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("Name", "Username", "SecurityProfileName"),
    "username": ("Username",),
    "emailaddress": ("EmailAddress",),
    "description": ("Description",),
    "resourceid": ("Id",),
    "timezone": ("TimeZone",),
    "type": ("Type", "QueueType"),
    "routingprofileid": ("RoutingProfileId",),
    "hoursofoperationid": ("HoursOfOperationId",),
    "overridetype": ("OverrideType",),
}
"""What a StringCondition may name, and the member that it means."""
GROUP = "HierarchyGroupCondition"
STATES: Mapping[str, tuple[str, ...]] = {
    "QueueTypeCondition": ("QueueType",),
    "TypeCondition": ("ContactFlowType",),
    "StateCondition": ("ContactFlowState", "State"),
    "StatusCondition": ("ContactFlowStatus", "Status"),
}
"""Conditions that are one word, and the member that they compare, without regard to case."""


def criteria(wanted: Mapping[str, Any]) -> Test:
    """The test of SearchCriteria; all that is named must hold. Raises InvalidRequest for what cannot be searched by."""
    return _all([_criterion(name, value) for name, value in wanted.items()])


def filters(wanted: Mapping[str, Any]) -> Test:
    """The test of SearchFilter: tags, and users' groups. Raises InvalidRequest for any other filter."""
    unknown = sorted(wanted.keys() - {"TagFilter", *ATTRIBUTE_FILTERS})
    if unknown:
        msg = f"This emulator does not filter a search by {', '.join(unknown)}"
        raise InvalidRequest(msg)
    tagged = tags(wanted.get("TagFilter") or {})
    tests: list[Test] = [lambda shown: tagged(shown.get("Tags") or {})]
    return _all([*tests, *(_attributes(wanted[name]) for name in ATTRIBUTE_FILTERS if name in wanted)])


ATTRIBUTE_FILTERS = ("AttributeFilter", "UserAttributeFilter")


def _attributes(wanted: Mapping[str, Any]) -> Test:
    """Its own conditions and those of `AndCondition` hold, and one of `OrConditions`, if there are any."""
    every = _all([_conditions(wanted), _conditions(wanted.get("AndCondition") or {})])
    some = [_conditions(one) for one in wanted.get("OrConditions") or ()]
    return lambda shown: every(shown) and (not some or any(test(shown) for test in some))


def _conditions(wanted: Mapping[str, Any]) -> Test:
    """Conditions that stand beside each other: tags, and the group of a user."""
    asked = [*(wanted.get("TagConditions") or ()), *([wanted["TagCondition"]] if "TagCondition" in wanted else ())]
    tests: list[Test] = [lambda shown: all(_has(shown.get("Tags") or {}, one) for one in asked)]
    return _all([*tests, *([_in_group(wanted[GROUP])] if GROUP in wanted else ())])


def _in_group(condition: Mapping[str, str]) -> Test:
    """Users of the group, and, unless only EXACT ones are asked for, of the groups below it."""
    group_id = arns.bare_id(condition.get("Value", ""))
    if condition.get("HierarchyGroupMatchType", "EXACT") == "EXACT":
        return lambda shown: shown.get("HierarchyGroupId") == group_id
    return lambda shown: group_id in shown.get("HierarchyGroupIds", ())


def tags(wanted: Mapping[str, Any]) -> Callable[[Mapping[str, str]], bool]:
    """The test of a tag filter: every condition of `AndConditions`, one group of `OrConditions`, `TagCondition`."""
    every = [*_listed(wanted.get("AndConditions")), *([wanted["TagCondition"]] if "TagCondition" in wanted else ())]
    some = wanted.get("OrConditions") or ()

    def test(held: Mapping[str, str]) -> bool:
        met = all(_has(held, one) for one in every)
        return met and (not some or any(all(_has(held, one) for one in _listed(group)) for group in some))

    return test


def _listed(group: Any) -> Sequence[Mapping[str, str]]:
    """A group of tag conditions: a list, or a structure that holds one."""
    return (group.get("TagConditions") or ()) if isinstance(group, Mapping) else (group or ())


def _has(held: Mapping[str, str], condition: Mapping[str, str]) -> bool:
    value = held.get(condition.get("TagKey", ""))
    return value is not None and condition.get("TagValue", value) == value


def _criterion(name: str, value: Any) -> Test:
    if name == "AndConditions":
        return _all([criteria(one) for one in value])
    if name == "OrConditions":
        tests = [criteria(one) for one in value]
        return lambda shown: any(test(shown) for test in tests)
    if name == "StringCondition":
        return _string(value)
    if name == "DateCondition":
        return _date(value)
    if name == GROUP:
        return _in_group(value)
    if name in STATES:
        members = STATES[name]
        return lambda shown: any(str(shown.get(member, "")).casefold() == value.casefold() for member in members)
    msg = f"This emulator does not search by {name}"
    raise InvalidRequest(msg)


def _all(tests: Sequence[Test]) -> Test:
    return lambda shown: all(test(shown) for test in tests)


DATES: Mapping[str, str] = {"effectivefrom": "EffectiveFrom", "effectivetill": "EffectiveTill"}
"""What a DateCondition may name, and the member that it means: texts such as 2026-03-02, which sort as they follow."""


def _date(condition: Mapping[str, str]) -> Test:
    member = DATES.get(condition.get("FieldName", "").casefold())
    if member is None:
        msg = f"A DateCondition is on one of {', '.join(DATES.values())}, not on {condition.get('FieldName')!r}"
        raise InvalidRequest(msg)
    wanted = condition.get("Value", "")
    compare: Mapping[str, Callable[[str], bool]] = {
        "GREATER_THAN": lambda day: day > wanted,
        "LESS_THAN": lambda day: day < wanted,
        "GREATER_THAN_OR_EQUAL_TO": lambda day: day >= wanted,
        "LESS_THAN_OR_EQUAL_TO": lambda day: day <= wanted,
        "EQUAL_TO": lambda day: day == wanted,
    }
    holds = compare[condition.get("ComparisonType", "EQUAL_TO")]
    return lambda shown: member in shown and holds(str(shown[member]))


def _string(condition: Mapping[str, str]) -> Test:
    field = condition.get("FieldName", "")
    members = FIELDS.get(field.casefold())
    if members is None:
        msg = f"This emulator does not search by the field {field!r}; it knows {', '.join(sorted(FIELDS))}"
        raise InvalidRequest(msg)
    wanted = condition.get("Value", "").casefold()
    compare: Mapping[str, Callable[[str], bool]] = {
        "STARTS_WITH": lambda text: text.startswith(wanted),
        "CONTAINS": lambda text: wanted in text,
        "EXACT": lambda text: text == wanted,
    }
    holds = compare[condition.get("ComparisonType", "EXACT")]
    return lambda shown: any(holds(str(shown.get(member) or "").casefold()) for member in members if member in shown)
