"""Where a user stands in the hierarchy of the instance: the groups from the top down to his own (11.1)."""

from typing import Any

from localstack.connect.directory import HierarchyGroup, Instance, User

LEVELS = ("LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive")
"""The levels from the top down, in the API's words."""

Path = tuple[HierarchyGroup, ...]


def path_to(instance: Instance, group_id: str | None) -> Path:
    """The groups from the top down to this one; empty when there is none."""
    path: Path = ()
    while group_id is not None and (group := instance.hierarchy_groups.get(group_id)) is not None:
        path = (group, *path)
        group_id = group.parent_id
    return path


def path_of(instance: Instance, user: User) -> Path:
    """The groups of a user, from the top down."""
    return path_to(instance, user.hierarchy_group_id)


def ids_of(instance: Instance, user: User) -> tuple[str, ...]:
    """The same by their ids."""
    return tuple(group.id for group in path_of(instance, user))


def in_records(instance: Instance, user: User) -> dict[str, Any] | None:
    """As contact records and agent events have it: every level, null where there is no group (6.2, 7)."""
    path = path_of(instance, user)
    shown = [{"ARN": group.arn, "GroupName": group.name} for group in path]
    levels: list[dict[str, str] | None] = [*shown, *([None] * (len(LEVELS) - len(shown)))]
    return {f"Level{n}": level for n, level in enumerate(levels, 1)} if path else None


def in_events(instance: Instance, user: User) -> dict[str, Any]:
    """As the agent of a contact event has it; nothing for a user of no group (8.1)."""
    path = path_of(instance, user)
    return {"hierarchyGroups": {f"level{n}": {"arn": group.arn} for n, group in enumerate(path, 1)}} if path else {}
