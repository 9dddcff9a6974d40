"""Customer Profiles: one domain an instance, in memory (2.4, 12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from localstack.connect.engine.providers.reading import Part

Operator = Literal["AND", "OR"]
MOST_CRITERIA = 5
_PHONES = ("PhoneNumber", "HomePhoneNumber", "MobilePhoneNumber", "BusinessPhoneNumber")
_EMAILS = ("EmailAddress", "PersonalEmailAddress", "BusinessEmailAddress")
KEYS: Mapping[str, tuple[str, ...]] = {
    "_phone": _PHONES,
    "_email": _EMAILS,
    "_account": ("AccountNumber",),
    "_profileId": ("ProfileId",),
}
"""The standard search keys, and the fields that they look at; any other name is a field, or an object's key."""


@dataclass(slots=True, kw_only=True)
class Profile:
    """One customer. `objects` by type, oldest first; `calculated` are the calculated attributes by name."""

    id: str
    fields: dict[str, str]
    objects: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    calculated: dict[str, str] = field(default_factory=dict)
    contacts: list[str] = field(default_factory=list)


class Profiles(Protocol):
    """Port: the customers of an instance."""

    def create(self, profile_id: str, fields: Mapping[str, str]) -> Profile:
        """A new profile under a new id."""
        ...

    def get(self, profile_id: str) -> Profile | None:
        """The profile with this id."""
        ...

    def search(self, criteria: Sequence[tuple[str, str]], operator: Operator = "AND") -> Sequence[Profile]:
        """The profiles whose fields are worth what the (key, value) pairs say, oldest first."""
        ...


class LocalProfiles:
    """Profiles in memory."""

    def __init__(self, profiles: Sequence[Profile] = ()) -> None:
        self._profiles = {profile.id: profile for profile in profiles}

    def create(self, profile_id: str, fields: Mapping[str, str]) -> Profile:
        """A new profile under a new id."""
        made = self._profiles[profile_id] = Profile(id=profile_id, fields=dict(fields))
        return made

    def get(self, profile_id: str) -> Profile | None:
        """The profile with this id; the id may be the end of its ARN."""
        return self._profiles.get(profile_id.rpartition("/")[2])

    def search(self, criteria: Sequence[tuple[str, str]], operator: Operator = "AND") -> Sequence[Profile]:
        """The profiles that fit, oldest first."""
        fits = all if operator == "AND" else any
        return [one for one in self._profiles.values() if fits(_has(one, key, value) for key, value in criteria)]


def _has(profile: Profile, key: str, value: str) -> bool:
    if key == "ProfileId" or "ProfileId" in KEYS.get(key, ()):
        return profile.id == value
    return any(profile.fields.get(name) == value for name in KEYS.get(key, (key,)))


def profiles(parts: Sequence[Part]) -> LocalProfiles:
    """Read the customers of a document. Raises BadProviders."""
    return LocalProfiles([_profile(part) for part in parts])


def _profile(part: Part) -> Profile:
    read = Profile(
        id=part.text("id"),
        fields=part.mapping("fields"),
        objects={name: [dict(one) for one in _objects(part, name)] for name in part.part("objects").names()},
        calculated=part.mapping("calculated"),
    )
    part.done()
    return read


def _objects(part: Part, name: str) -> Sequence[Mapping[str, Any]]:
    return [{key: one.text(key) for key in one.names()} for one in part.part("objects").parts(name)]
