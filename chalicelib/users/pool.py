"""Users: the tenant's user pool of Amazon Cognito. Accounts are read, and made what they shall be."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from chalicelib.access.models import Role
from chalicelib.platform import claims, dynamo
from chalicelib.platform.errors import InvalidInput, NotFound, ProductError, Throttled, Unprocessable
from chalicelib.platform.tenancy import TenantId
from chalicelib.users.models import Account, Change, UserExists

MOST: Final = 60
"""Users in a page of Amazon Cognito."""
_ASKS_FOR_PATIENCE: Final = frozenset({"TooManyRequestsException", "LimitExceededException"})


@contextlib.contextmanager
def _pool_errors(refusals: Mapping[str, ProductError] | None = None) -> Iterator[None]:
    """Translate refusals of the pool in the body: `refusals` by the code of Amazon Cognito, others as a store's.

    Raises:
        ProductError: one of `refusals`. NotFound: there is no such user. Throttled, StoreUnavailable: as a store's.

    """
    with dynamo.store_errors("users"):
        try:
            yield
        except ClientError as exc:
            code = dynamo.error_code(exc)
            if refusals and code in refusals:
                raise refusals[code] from exc
            if code == "UserNotFoundException":
                raise NotFound("no such user") from exc
            if code in _ASKS_FOR_PATIENCE:
                raise Throttled(f"users: {code}", cause=code) from exc
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The pool `id` of one tenant, through `client`."""

    client: Any
    id: str
    tenant: TenantId

    def find(self, name: str) -> Account | None:
        """Return the account of exactly this name; None: there is none.

        Amazon Cognito also answers to an e-mail address and an id: these are no names here.

        Raises:
            StoreUnavailable, Throttled: the pool could not answer.

        """
        try:
            with _pool_errors():
                found = self.client.admin_get_user(UserPoolId=self.id, Username=name)
        except NotFound:
            return None
        return self._account(found, found["UserAttributes"]) if found["Username"] == name else None

    def page(self, after: str | None, limit: int) -> tuple[tuple[Account, ...], str | None]:
        """Return a page of accounts in the pool's own order, and where the next one begins; None: it is the last.

        Raises:
            InvalidInput: `after` is no place in this list. StoreUnavailable, Throttled: the pool could not answer.

        """
        begins = {"PaginationToken": after} if after else {}
        wrong = InvalidInput("the cursor does not belong to this list", field="cursor")
        with _pool_errors({"InvalidParameterException": wrong}):
            answer = self.client.list_users(UserPoolId=self.id, Limit=limit, **begins)
        found = tuple(self._account(user, user["Attributes"]) for user in answer["Users"])
        return found, answer.get("PaginationToken")

    def having(self, role: Role) -> Iterator[Account]:
        """Yield everybody who has `role`.

        Raises:
            StoreUnavailable, Throttled: the pool could not answer.

        """
        begins: dict[str, str] = {}
        while True:
            with _pool_errors():
                answer = self.client.list_users_in_group(UserPoolId=self.id, GroupName=role.value, Limit=MOST, **begins)
            yield from (self._account(user, user["Attributes"]) for user in answer["Users"])
            if "NextToken" not in answer:
                return
            begins = {"NextToken": answer["NextToken"]}

    def has_email(self, email: str) -> bool:
        """Return whether somebody has the address: it is what they may log in with.

        Raises:
            StoreUnavailable, Throttled: the pool could not answer.

        """
        with _pool_errors():
            answer = self.client.list_users(UserPoolId=self.id, Limit=1, Filter=f'email = "{email}"')
        return bool(answer["Users"])

    def apply(self, change: Change) -> None:
        """Make the account what it shall be; what is so already stays, so it may be done again.

        What is taken is taken before anything is given. Whoever loses something is signed out everywhere: no new token
        is made of an old log-in.

        Raises:
            NotFound: there is no such user any more. UserExists: somebody else has the address.
            Unprocessable: the pool refuses the address. StoreUnavailable, Throttled: the pool could not answer.

        """
        wanted, there = change.account, self.find(change.account.name)
        if there is None:
            if not change.creates:
                raise NotFound("no such user any more")
            self._create(wanted)
            there = Account(name=wanted.name, email=wanted.email, roles=frozenset(), node=wanted.node)
        with _pool_errors():
            self._take(there, wanted)
            self._give(there, wanted)
            if there.roles - wanted.roles or there.node != wanted.node or not wanted.enabled:
                self.client.admin_user_global_sign_out(**self._of(wanted.name))

    def _create(self, wanted: Account) -> None:
        attributes = {"email": wanted.email, "email_verified": "true", claims.TENANT: self.tenant}
        if wanted.node:
            attributes[claims.NODE] = wanted.node
        taken = UserExists("somebody has that name or address", user=wanted.name)
        errors = [{"field": "email", "problem": "the user pool does not take this address"}]
        refused = Unprocessable("nobody can be invited there", errors=errors)
        with _pool_errors({"UsernameExistsException": taken, "InvalidParameterException": refused}):
            self.client.admin_create_user(
                **self._of(wanted.name),
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
                DesiredDeliveryMediums=["EMAIL"],
            )

    def _take(self, there: Account, wanted: Account) -> None:
        if there.enabled and not wanted.enabled:
            self.client.admin_disable_user(**self._of(wanted.name))
        for role in sorted(there.roles - wanted.roles):
            self.client.admin_remove_user_from_group(**self._of(wanted.name), GroupName=role.value)

    def _give(self, there: Account, wanted: Account) -> None:
        if there.node != wanted.node and wanted.node:
            moved = [{"Name": claims.NODE, "Value": wanted.node}]
            self.client.admin_update_user_attributes(**self._of(wanted.name), UserAttributes=moved)
        elif there.node != wanted.node:
            self.client.admin_delete_user_attributes(**self._of(wanted.name), UserAttributeNames=[claims.NODE])
        for role in sorted(wanted.roles - there.roles):
            self.client.admin_add_user_to_group(**self._of(wanted.name), GroupName=role.value)
        if wanted.enabled and not there.enabled:
            self.client.admin_enable_user(**self._of(wanted.name))

    def _of(self, name: str) -> dict[str, str]:
        return {"UserPoolId": self.id, "Username": name}

    def _account(self, user: Mapping[str, Any], attributes: list[Mapping[str, str]]) -> Account:
        told = {one["Name"]: one["Value"] for one in attributes}
        return Account(
            name=user["Username"],
            email=told.get("email", ""),
            roles=self._roles(user["Username"]),
            node=told.get(claims.NODE) or None,
            enabled=user["Enabled"],
            status=user["UserStatus"],
        )

    def _roles(self, name: str) -> frozenset[Role]:
        """Return the roles of a user; other groups of the pool mean nothing here."""
        groups: list[str] = []
        begins: dict[str, str] = {}
        while True:
            with _pool_errors():
                answer = self.client.admin_list_groups_for_user(**self._of(name), Limit=MOST, **begins)
            groups += (group["GroupName"] for group in answer["Groups"])
            if "NextToken" not in answer:
                return frozenset(role for role in Role if role.value in groups)
            begins = {"NextToken": answer["NextToken"]}
