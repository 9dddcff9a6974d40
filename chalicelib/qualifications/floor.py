"""Qualifications: what is asked of Amazon Connect. Which routing profile a user has, and to give another one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from chalicelib.platform.dynamo import error_code, store_errors
from chalicelib.qualifications.models import User

USERS_A_PAGE: Final = 100
"""SearchUsers' limit of a page."""
_GONE: Final = "ResourceNotFoundException"


class Client(Protocol):
    """Port: the calls of an Amazon Connect client that this needs."""

    def search_users(self, **request: Any) -> Mapping[str, Any]:
        """Return users by criteria; what was changed a moment ago may still be told as it was."""

    def describe_user(self, **request: Any) -> Mapping[str, Any]:
        """Return one user as it is."""

    def update_user_routing_profile(self, **request: Any) -> Mapping[str, Any]:
        """Give a user another routing profile."""


@dataclass(frozen=True)
class Floor:
    """Amazon Connect's side of one instance. `profile_ids` are its ids of the contract's routing profiles."""

    client: Client
    instance_id: str
    profile_ids: Mapping[str, str]

    def users(self, name: str | None = None) -> Iterator[User]:
        """Yield all users, or the one with the user name `name`.

        Raises:
            Throttled, StoreUnavailable: Amazon Connect did not tell.

        """
        request: dict[str, Any] = {"InstanceId": self.instance_id, "MaxResults": USERS_A_PAGE}
        if name is not None:
            is_named = {"FieldName": "Username", "Value": name, "ComparisonType": "EXACT"}
            request["SearchCriteria"] = {"StringCondition": is_named}
        while True:
            with store_errors("users of the instance"):
                answer = self.client.search_users(**request)
            yield from map(self._user, answer["Users"])
            if not (token := answer.get("NextToken")):
                return
            request["NextToken"] = token

    def now(self, user: User) -> User | None:
        """Return the user as it is at this moment, None when it is gone: searches are told late.

        Raises:
            Throttled, StoreUnavailable: Amazon Connect did not tell.

        """
        with store_errors("a user of the instance"):
            try:
                answer = self.client.describe_user(InstanceId=self.instance_id, UserId=user.id)
            except ClientError as exc:
                if error_code(exc) == _GONE:
                    return None
                raise
        return self._user(answer["User"])

    def knows(self, skill: str) -> bool:
        """Return whether the instance has this routing profile from the contract."""
        return skill in self.profile_ids

    def move(self, user: User, skill: str) -> None:
        """Give the user the routing profile `skill`; a contact that he handles goes on.

        Raises:
            Throttled, StoreUnavailable: Amazon Connect did not do it.

        """
        with store_errors("give a routing profile"):
            self.client.update_user_routing_profile(
                InstanceId=self.instance_id, UserId=user.id, RoutingProfileId=self.profile_ids[skill]
            )

    def _user(self, told: Mapping[str, Any]) -> User:
        names = {connect_id: name for name, connect_id in self.profile_ids.items()}
        return User(id=told["Id"], name=told["Username"], skill=names.get(told.get("RoutingProfileId", ""), ""))
