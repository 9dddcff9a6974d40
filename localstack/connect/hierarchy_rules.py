"""The hierarchy of users: what a group may be."""

from localstack.connect.api_context import Request, require
from localstack.connect.api_errors import DuplicateResource, InvalidParameter
from localstack.connect.directory import HierarchyGroup, Instance


def group_id(instance: Instance, asked: str | None) -> str | None:
    """The id of a group that must exist, if one is asked for."""
    return require(instance, HierarchyGroup, asked).id if asked else None


def hierarchy_group(instance: Instance, request: Request, identity: tuple[str, str]) -> HierarchyGroup:
    """A group below its parent, on a level that the structure names; no other group of the parent has its name."""
    parent_id = group_id(instance, request.get("ParentGroupId"))
    level = instance.hierarchy_groups[parent_id].level + 1 if parent_id else 1
    if level > len(instance.hierarchy_levels):
        msg = f"The hierarchy has {len(instance.hierarchy_levels)} levels, the group would be on level {level}"
        raise InvalidParameter(msg)
    siblings = (one for one in instance.hierarchy_groups.values() if one.parent_id == parent_id)
    if any(one.name == request["Name"] and one.id != identity[0] for one in siblings):
        msg = f"There is a group {request['Name']!r} at this place already"
        raise DuplicateResource(msg)
    return HierarchyGroup(
        id=identity[0],
        arn=identity[1],
        name=request["Name"],
        tags=request.get("Tags", {}),
        level=level,
        parent_id=parent_id,
    )
