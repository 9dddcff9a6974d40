"""Approvals: what is done with them. Propose, decide, let an approved request pass once. The only door for others."""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from chalicelib.approvals import policy
from chalicelib.approvals.models import AlreadyDecided, ApprovalNeeded, ApprovalRefused, Asked, Proposal, State
from chalicelib.approvals.store import Proposals, position
from chalicelib.audit import service as audit
from chalicelib.audit.models import Act, Actor
from chalicelib.people import service as people
from chalicelib.people.models import Tree
from chalicelib.people.service import is_top
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.errors import Forbidden, NotFound
from chalicelib.platform.pages import BEFORE, Page, Shown, narrowed
from chalicelib.tenancy import service as tenancy

__all__ = ["Approvals", "Asked", "wired"]


class Kept(Protocol):
    """Port: see `store.Proposals`."""

    def find(self, id_: str) -> Proposal | None:
        """Return a proposal as of now."""

    def save(self, one: Proposal, by: Actor, act: Act) -> None:
        """Write a proposal over the revision before it, or raise AlreadyDecided."""

    def waiting(self, after: str | None, limit: int) -> tuple[tuple[Proposal, ...], str | None]:
        """Return a page of those that wait."""


class Staff(Protocol):
    """Port: see `people.service.Staff`."""

    def tree(self, at: datetime | None = None) -> tuple[int, Tree]:
        """Return who stands where now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """The approvals of one tenant; a proposal lapses after `lapse_s` seconds, decided or not."""

    kept: Kept
    staff: Staff
    lapse_s: int
    now: Callable[[], datetime]

    def passes(self, asked: Asked, by: Actor) -> None:
        """Accept a request under approval: that of a director, or one that was approved, which passes once.

        Raises:
            ApprovalNeeded: it waits for a superior, from now or before; `approval` is its id.
            ApprovalRefused: a superior refused it. Forbidden: nobody stands above who asks, who is no director either.
            AlreadyDecided: the same request was made at this moment.
            StoreUnavailable, Throttled: the store could not answer.

        """
        _, tree = self.staff.tree()
        if is_top(tree, by.user):
            return
        if by.user not in tree:
            raise Forbidden("this needs an approval, and you have no place among the people", action=asked.action)
        now, kept = self._now(), self.kept.find(policy.id_of(by.user, asked))
        stands = policy.state(kept, now) if kept else State.LAPSED
        if kept is not None and stands is State.APPROVED:
            used = replace(kept, told=State.USED, revision=kept.revision + 1)
            self.kept.save(used, by, _act("approvals.use", used))
            return
        if kept is not None and stands is State.REFUSED:
            raise ApprovalRefused(f"{kept.decided_by} refused this", approval=kept.id, note=kept.note)
        if kept is None or stands is not State.OPEN:
            kept = policy.proposal(by.user, asked, now, self.lapse_s, kept)
            self.kept.save(kept, by, _act("approvals.propose", kept))
        raise ApprovalNeeded(
            "a superior decides; make the same request again then",
            approval=kept.id,
            lapses_at=kept.lapses_at.isoformat(),
        )

    def decide(self, id_: str, told: State, note: str, by: Actor) -> Proposal:
        """Approve or refuse what somebody below proposed.

        Raises:
            NotFound: there is no such proposal of anybody below. Forbidden: it is the own one.
            AlreadyDecided: it was decided, or has lapsed.
            StoreUnavailable, Throttled: nothing was written.

        """
        kept, (_, tree) = self.kept.find(id_), self.staff.tree()
        if kept is not None and kept.proposer == by.user:
            raise Forbidden("nobody approves what they proposed", action="approvals.decide")
        if kept is None or not policy.decides(tree, by.user, kept.proposer):
            raise NotFound("no such proposal of anybody below you")
        now = self._now()
        if (stands := policy.state(kept, now)) is not State.OPEN:
            raise AlreadyDecided(f"the proposal is {stands}", state=stands.value)
        after = policy.decided(kept, told, by=by.user, note=note, at=now)
        self.kept.save(after, by, _act("approvals.decide", after))
        return after

    def waiting(self, user: str, *, after: str | None, limit: int) -> Page[Proposal]:
        """Return a page of the proposals that wait for `user`, and of the user's own, the oldest first.

        Raises:
            InvalidInput: `after` is no position of the list.
            StoreUnavailable, Throttled: the store could not answer.

        """
        now, (_, tree) = self._now(), self.staff.tree()

        def sees(one: Proposal) -> bool:
            mine = one.proposer == user or policy.decides(tree, user, one.proposer)
            return mine and policy.state(one, now) is State.OPEN

        shown = Shown[Proposal](sees=sees, place=position, beyond=BEFORE)
        return narrowed(shown, self.kept.waiting, after=after, limit=limit)

    def _now(self) -> datetime:
        return self.now().replace(microsecond=0)


def _act(action: str, one: Proposal) -> Act:
    facts = {"action": one.asked.action, "request": one.asked.request[:200], "proposer": one.proposer}
    after = {"state": one.told.value, "note": one.note, "lapses_at": one.lapses_at.isoformat()}
    return Act(action=action, resource=f"approvals/{one.id}", after=after, facts=facts)


@functools.cache
def wired() -> Approvals:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    table, tenant = settings.StoreSettings.load(os.environ).table, tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    kept = Proposals(client=client, table=table, tenant=tenant.id, trail=audit.trail())
    return Approvals(kept=kept, staff=people.wired(), lapse_s=tenant.approvals.lapse_s, now=clock.from_environment())
