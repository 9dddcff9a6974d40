"""The users of a tenant's pool as a file, and back: Amazon Cognito has no backup of its own (REL-06).

Passwords and authenticator apps cannot be read out: a user who comes back gets a first password as a new one does.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

_NOT_OURS: Final = frozenset({"sub", "email_verified", "identities"})
"""Attributes that the pool gives and nobody may write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user with attributes and groups (roles)."""

    username: str
    enabled: bool
    attributes: Mapping[str, str]
    groups: tuple[str, ...]


def read(cognito: Any, pool: str) -> Iterator[Person]:
    """Yield every user of the pool."""
    for page in cognito.get_paginator("list_users").paginate(UserPoolId=pool):
        for user in page["Users"]:
            username = str(user["Username"])
            yield Person(
                username=username,
                enabled=bool(user["Enabled"]),
                attributes={one["Name"]: one["Value"] for one in user["Attributes"] if one["Name"] not in _NOT_OURS},
                groups=_groups(cognito, pool, username),
            )


def _groups(cognito: Any, pool: str, username: str) -> tuple[str, ...]:
    pages = cognito.get_paginator("admin_list_groups_for_user").paginate(UserPoolId=pool, Username=username)
    return tuple(sorted(str(group["GroupName"]) for page in pages for group in page["Groups"]))


def restore(cognito: Any, pool: str, people: Iterable[Person]) -> list[str]:
    """Make those of `people` whom the pool lacks, with their groups, and return their names; others stay as they are.

    A user who was disabled comes back disabled.
    """
    there = {person.username for person in read(cognito, pool)}
    made = [person for person in people if person.username not in there]
    for person in made:
        written = [{"Name": name, "Value": value} for name, value in sorted(person.attributes.items())]
        cognito.admin_create_user(UserPoolId=pool, Username=person.username, UserAttributes=written)
        for group in person.groups:
            cognito.admin_add_user_to_group(UserPoolId=pool, Username=person.username, GroupName=group)
        if not person.enabled:
            cognito.admin_disable_user(UserPoolId=pool, Username=person.username)
    return [person.username for person in made]


def as_text(people: Iterable[Person]) -> str:
    """Return people as the lines of a file: one JSON object each."""
    return "".join(json.dumps(asdict(person), ensure_ascii=False, sort_keys=True) + "\n" for person in people)


def from_text(text: str) -> list[Person]:
    """Return the people that `as_text` wrote."""
    found = [json.loads(line) for line in text.splitlines()]
    return [Person(**{**one, "groups": tuple(one["groups"])}) for one in found]
