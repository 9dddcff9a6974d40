"""A user pool of Amazon Cognito in memory, as far as the product uses it: it answers as the real one, refusals too.

The end-to-end tests hold the same calls to the local cloud's pool.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from chalicelib.access.models import Role

POOL_ARN: Final = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_pool"
POOL: Final = POOL_ARN.rpartition("/")[2]
PAGE: Final = 60


class Refused(Exception):
    """What the pool refuses, by the code of Amazon Cognito."""


class FakePool:
    """The users of one pool, by name, in the order in which they were made. `asked` are the operations, in order.

    `fails` are operations that are refused once, by their names, with the code of the refusal.
    """

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.fails: dict[str, str] = {}

    def staff(self, names: Iterable[str], *roles: Role, node: str | None = None) -> None:
        """Let everybody of `names` have a password and these roles."""
        for name in names:
            attributes = {"email": f"{name}@example.org", **({"custom:node": node} if node else {})}
            told = [{"Name": key, "Value": value} for key, value in attributes.items()]
            self.AdminCreateUser({"Username": name, "UserAttributes": told})
            self.users[name] |= {"UserStatus": "CONFIRMED", "groups": [role.value for role in roles]}

    def answer(self, operation: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        """Answer a request as over HTTP."""
        self.asked.append((operation, str(body.get("Username", ""))))
        if operation in self.fails:
            return _refused(self.fails.pop(operation))
        if body["UserPoolId"] != POOL:
            return _refused("ResourceNotFoundException")
        try:
            return 200, getattr(self, operation)(body) or {}
        except Refused as refusal:
            return _refused(str(refusal))

    def AdminCreateUser(self, body: Mapping[str, Any]) -> Any:  # noqa: N802 - names of Amazon Cognito, all of these
        """Make a user who has yet to come."""
        attributes = {one["Name"]: one["Value"] for one in body["UserAttributes"]}
        emails = {user["attributes"].get("email") for user in self.users.values()}
        if body["Username"] in self.users or attributes.get("email") in emails:
            raise Refused("UsernameExistsException")
        user = {"attributes": attributes, "groups": [], "Enabled": True, "UserStatus": "FORCE_CHANGE_PASSWORD"}
        self.users[body["Username"]] = user

    def AdminGetUser(self, body: Mapping[str, Any]) -> Any:  # noqa: N802
        """Tell of a user by name or address."""
        name, user = self._resolved(body)
        told = self._told(name, user)
        return {**told, "UserAttributes": told.pop("Attributes")}

    def ListUsers(self, body: Mapping[str, Any]) -> Any:  # noqa: N802
        """Tell of some users."""
        names = list(self.users)
        if "Filter" in body:
            address = body["Filter"].removeprefix('email = "').removesuffix('"')
            names = [name for name in names if self.users[name]["attributes"].get("email") == address]
        place = body.get("PaginationToken", "at 0")
        if not place.startswith("at "):
            raise Refused("InvalidParameterException")
        first, last = int(place[3:]), int(place[3:]) + body["Limit"]
        more = {"PaginationToken": f"at {last}"} if last < len(names) else {}
        return {"Users": [self._told(name, self.users[name]) for name in names[first:last]], **more}

    def ListUsersInGroup(self, body: Mapping[str, Any]) -> Any:  # noqa: N802
        """Tell of everybody with a role."""
        found = [(name, user) for name, user in self.users.items() if body["GroupName"] in user["groups"]]
        return {"Users": [self._told(name, user) for name, user in found]}

    def AdminListGroupsForUser(self, body: Mapping[str, Any]) -> Any:  # noqa: N802
        """Tell the groups of a user."""
        return {"Groups": [{"GroupName": name} for name in self._resolved(body)[1]["groups"]]}

    def AdminAddUserToGroup(self, body: Mapping[str, Any]) -> None:  # noqa: N802
        """Put a user into a group; a second time changes nothing."""
        groups = self._resolved(body)[1]["groups"]
        if body["GroupName"] not in groups:
            groups.append(body["GroupName"])

    def AdminRemoveUserFromGroup(self, body: Mapping[str, Any]) -> None:  # noqa: N802
        """Take a user out of a group."""
        groups = self._resolved(body)[1]["groups"]
        if body["GroupName"] in groups:
            groups.remove(body["GroupName"])

    def AdminUpdateUserAttributes(self, body: Mapping[str, Any]) -> None:  # noqa: N802
        """Write attributes."""
        told = {one["Name"]: one["Value"] for one in body["UserAttributes"]}
        self._resolved(body)[1]["attributes"].update(told)

    def AdminDeleteUserAttributes(self, body: Mapping[str, Any]) -> None:  # noqa: N802
        """Remove attributes."""
        for name in body["UserAttributeNames"]:
            self._resolved(body)[1]["attributes"].pop(name, None)

    def AdminEnableUser(self, body: Mapping[str, Any]) -> None:  # noqa: N802
        """Let a user in."""
        self._resolved(body)[1]["Enabled"] = True

    def AdminDisableUser(self, body: Mapping[str, Any]) -> None:  # noqa: N802
        """Keep a user out."""
        self._resolved(body)[1]["Enabled"] = False

    def AdminUserGlobalSignOut(self, body: Mapping[str, Any]) -> None:  # noqa: N802
        """End every log-in of a user: `asked` tells."""
        self._resolved(body)

    def _resolved(self, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        asked = body["Username"]
        for name, user in self.users.items():
            if asked in {name, user["attributes"].get("email")}:
                return name, user
        raise Refused("UserNotFoundException")

    def _told(self, name: str, user: Mapping[str, Any]) -> dict[str, Any]:
        attributes = [{"Name": key, "Value": value} for key, value in user["attributes"].items()]
        state = {key: user[key] for key in ("Enabled", "UserStatus")}
        return {"Username": name, "Attributes": attributes, **state}


def operation_of(headers: Mapping[str, str]) -> str:
    """Return the operation of Amazon Cognito that a request names."""
    return headers.get("x-amz-target", "").rpartition(".")[2]


def _refused(code: str) -> tuple[int, Any]:
    return 400, {"__type": code, "message": "no"}
