"""Users: what is done with them. Invite somebody, give and take roles, move, let in and keep out. The only door.

A change is decided on accounts as the user pool has them, written with its entry of the trail, then made in the pool.
Amazon Cognito knows no transactions: what was written and not made is made before the next change (see `store`).
"""

import functools
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from chalicelib.access.models import Caller, Role
from chalicelib.audit import service as audit
from chalicelib.audit.models import Act, Actor, Outcome
from chalicelib.organisation.service import Sight, sees_node
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.errors import Forbidden, NotFound, ProductError, Unprocessable
from chalicelib.tenancy import service as tenancy
from chalicelib.users import policy
from chalicelib.users.models import AboveYou, Account, BeingChanged, Change, Head, UserExists
from chalicelib.users.pool import Pool
from chalicelib.users.store import Changes

__all__ = ["Account", "Users", "wired"]

HELD: Final = timedelta(seconds=20)
"""How long whoever makes a change is left alone: longer than the function of the API may run."""
READS: Final = 10
"""Pages of the pool that are read at most for one answer of which not everybody may be seen."""


class Directory(Protocol):
    """Port: the accounts; see `pool.Pool`."""

    def find(self, name: str) -> Account | None:
        """Return an account by its name."""

    def page(self, after: str | None, limit: int) -> tuple[tuple[Account, ...], str | None]:
        """Return a page of accounts, and where the next one begins."""

    def having(self, role: Role) -> Iterable[Account]:
        """Return everybody who has a role."""

    def has_email(self, email: str) -> bool:
        """Return whether somebody has the address."""

    def apply(self, change: Change) -> None:
        """Make an account what it shall be; may be done again."""


class Kept(Protocol):
    """Port: the change that is being made; see `store.Changes`."""

    def read(self) -> Head:
        """Return the head as of now."""

    def begin(self, seen: Head, change: Change, until: datetime, by: Actor, act: Act) -> Head:
        """Write that a change is being made, with its entry, or raise BeingChanged."""

    def hold(self, seen: Head, until: datetime) -> Head:
        """Take over a change, or let it go at `until`, or raise BeingChanged."""

    def settle(self, seen: Head) -> Head:
        """Write that the change is made, or raise BeingChanged."""

    def drop(self, seen: Head, by: Actor, act: Act) -> Head:
        """Write that the change cannot be made, with an entry that says so, or raise BeingChanged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """The users of one tenant; `nodes` are the parts of its organisation, `root` the one that is the whole."""

    directory: Directory
    kept: Kept
    nodes: frozenset[str]
    root: str | None
    now: Callable[[], datetime]

    def page(self, seen: Sight | None, *, after: str | None, limit: int) -> tuple[tuple[Account, ...], str | None]:
        """Return at most `limit` users of the parts that are seen, and where the pool goes on; None: it does not.

        A page may hold fewer although the pool goes on: at most READS pages are read for it.

        Raises:
            InvalidInput: `after` is no place in this list. StoreUnavailable, Throttled: the pool could not answer.

        """
        found: list[Account] = []
        for _ in range(READS):
            accounts, after = self.directory.page(after, limit - len(found))
            found += (one for one in accounts if sees_node(seen, one.node))
            if after is None or len(found) == limit:
                break
        return tuple(found), after

    def find(self, name: str, seen: Sight | None) -> Account:
        """Return the user of that name.

        Raises:
            NotFound: there is none, or one of a part that is not seen.
            StoreUnavailable, Throttled: the pool could not answer.

        """
        account = self.directory.find(name)
        if account is None or not sees_node(seen, account.node):
            raise NotFound("no such user")
        return account

    def invite(self, account: Account, by: Caller, approve: Callable[[], None]) -> Account:
        """Make an account, which the person hears of by e-mail. The same invitation again changes nothing.

        Raises:
            AboveYou: a role or the part is not the caller's to give. UserExists: somebody has the name or the address.
            Unprocessable: there is no such part. BeingChanged: another change is being made.
            ProductError: what `approve` raises; StoreUnavailable, Throttled: the store or the pool could not answer.

        """
        head = self._free(by.actor)
        self._check_node(account.node, by.sight)
        policy.check(by.user, self._roles_of(by), None, account)
        there = self.directory.find(account.name)
        if there is not None and replace(there, status="") == account and sees_node(by.sight, there.node):
            return there
        if there is not None or self.directory.has_email(account.email):
            raise UserExists("somebody has that name or address", user=account.name)
        if policy.needs_approval(None, account):
            approve()
        self._make(head, Change(account=account, creates=True), None, by.actor, "users.invite")
        return self.find(account.name, by.sight)

    def change(
        self, name: str, alter: Callable[[Account], Account], by: Caller, action: str, approve: Callable[[], None]
    ) -> Account:
        """Let the user `name` be as `alter` says; the trail calls it `action`. What is so already changes nothing.

        Raises:
            NotFound: the caller sees no such user. AboveYou: the change is not the caller's to make.
            LastAdministrator: nobody could grant roles after it. Unprocessable: there is no such part.
            BeingChanged: another change is being made.
            ProductError: what `approve` raises; StoreUnavailable, Throttled: the store or the pool could not answer.

        """
        head = self._free(by.actor)
        before = self.find(name, by.sight)
        after = alter(before)
        if after == before:
            return before
        if after.node != before.node:
            self._check_node(after.node, by.sight)
        policy.check(by.user, self._roles_of(by), before, after)
        if policy.administers(before, self.root):
            policy.check_administrators(self.directory.having(Role.TENANT_ADMINISTRATOR), after, self.root)
        if policy.needs_approval(before, after):
            approve()
        self._make(head, Change(account=after), before, by.actor, action)
        return after

    def _roles_of(self, by: Caller) -> tuple[Role, ...]:
        """Return the caller's roles that the pool has, too: a token says for an hour what was so when it was made.

        Raises:
            Forbidden: the caller was let out or moved since.

        """
        account = self.directory.find(by.user)
        if account is None or not account.enabled or (self.nodes and account.node != by.node):
            raise Forbidden("your account was changed: log in again", user=by.user)
        return tuple(role for role in by.roles if role in account.roles)

    def _check_node(self, node: str | None, seen: Sight | None) -> None:
        if not sees_node(seen, node):
            raise AboveYou("you give no part of the organisation but those that you see", node=node)
        if node is not None and node not in self.nodes:
            errors = [{"field": "node", "problem": "is no part of this tenant's organisation"}]
            raise Unprocessable("there is no such part", errors=errors)

    def _free(self, by: Actor) -> Head:
        """Return the head when no change is being made; one that somebody broke off is made first.

        Raises:
            BeingChanged: somebody is at one. StoreUnavailable, Throttled: the store or the pool could not answer.

        """
        head = self.kept.read()
        if head.pending is None:
            return head
        if head.held_until and self.now() < head.held_until:
            raise BeingChanged("another change of a user is being made", user=head.pending.account.name)
        return self._carry_out(self.kept.hold(head, self.now() + HELD), head.pending, by, again=True)

    def _make(self, head: Head, change: Change, before: Account | None, by: Actor, action: str) -> None:
        act = Act(
            action=action,
            resource=f"users/{change.account.name}",
            before=_told(before) if before else None,
            after=_told(change.account),
        )
        self._carry_out(self.kept.begin(head, change, self.now() + HELD, by, act), change, by)

    def _carry_out(self, head: Head, change: Change, by: Actor, *, again: bool = False) -> Head:
        """Make the change in the pool; return the head after it.

        Whoever cannot lets go of it at once, and the next one tries `again`. What can never be made is dropped, and
        the trail says so: of the own change by a refusal, too.
        """
        try:
            self.directory.apply(change)
        except (NotFound, UserExists, Unprocessable) as impossible:
            facts = {"reason": impossible.detail}
            resource = f"users/{change.account.name}"
            act = Act(action="users.not-made", resource=resource, facts=facts, outcome=Outcome.REFUSED)
            dropped = self.kept.drop(head, by, act)
            if again:
                return dropped
            raise
        except ProductError:
            self.kept.hold(head, self.now())
            raise
        return self.kept.settle(head)


def _told(account: Account) -> dict[str, object]:
    """Return what the trail says of an account: nobody's address."""
    return {"roles": sorted(account.roles), "node": account.node, "enabled": account.enabled}


@functools.cache
def wired() -> Users:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    table, tenant = settings.StoreSettings.load(os.environ).table, tenancy.current()
    pool_arn = settings.required(os.environ, "TRUNKLINE_USER_POOL_ARN")
    cognito = aws.client("cognito-idp", aws.A_PERSON_WAITS)
    dynamodb = aws.client("dynamodb", aws.A_PERSON_WAITS)
    return Users(
        directory=Pool(client=cognito, id=pool_arn.rpartition("/")[2], tenant=tenant.id),
        kept=Changes(client=dynamodb, table=table, tenant=tenant.id, trail=audit.trail()),
        nodes=frozenset(part.id for part in tenant.organisation),
        root=next((part.id for part in tenant.organisation if part.parent is None), None),
        now=clock.from_environment(),
    )
