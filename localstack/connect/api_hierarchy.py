"""Operations on the hierarchy of users: its levels, and which group a user is in. Groups are in `api_common`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localstack.connect.api_context import Answer, Context, Request, operation, require
from localstack.connect.api_errors import InvalidParameter, ResourceInUse
from localstack.connect.directory import HierarchyGroup, Instance, User
from localstack.connect.engine.hierarchy import LEVELS


@operation("UpdateUserHierarchyStructure")
def update_structure(context: Context, request: Request) -> Answer:
    """Name the levels; those that are not named any more are taken away, which no group may need."""
    with context.directory.lock:
        instance = context.instance(request["InstanceId"])
        names = levels(request["HierarchyStructure"])
        if used := [one for one in instance.hierarchy_groups.values() if one.level > len(names)]:
            msg = f"The group {used[0].name!r} is on level {used[0].level}"
            raise ResourceInUse(msg)
        instance.hierarchy_levels = names
    return {}


def levels(structure: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the levels from the top down.

    Raises:
        InvalidParameter: a level is named below one that is not, or two have one name.

    """
    names = tuple(structure[level]["Name"] for level in LEVELS if structure.get(level))
    if any(structure.get(level) for level in LEVELS[len(names) :]):
        msg = "A level needs all levels above it"
        raise InvalidParameter(msg)
    if len(set(names)) < len(names):
        msg = "Two levels have the same name"
        raise InvalidParameter(msg)
    return names


@operation("DescribeUserHierarchyStructure")
def describe_structure(context: Context, request: Request) -> Answer:
    """The levels by name; their ids are their numbers."""
    instance = context.instance(request["InstanceId"])
    named = zip(LEVELS, enumerate(instance.hierarchy_levels, 1), strict=False)
    return {"HierarchyStructure": {level: _level(instance, n, name) for level, (n, name) in named}}


def _level(instance: Instance, number: int, name: str) -> dict[str, str]:
    return {"Id": str(number), "Arn": f"{instance.arn}/agent-group-level/{number}", "Name": name}


@operation("UpdateUserHierarchy")
def update_user(context: Context, request: Request) -> Answer:
    """Put a user into a group, or, without one, into none; who is signed in has it at the next sign-in."""
    with context.directory.lock:
        instance = context.instance(request["InstanceId"])
        user = require(instance, User, request["UserId"])
        asked = request.get("HierarchyGroupId")
        group_id = require(instance, HierarchyGroup, asked).id if asked else None
        context.directory.put(instance, replace(user, hierarchy_group_id=group_id))
    return {}
