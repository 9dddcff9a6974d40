"""Lifecycle: what it does. Tell where the tenant stands, and take the next entry. The only door for others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from chalicelib.audit.models import Act, Actor
from chalicelib.licences.service import Licences
from chalicelib.lifecycle import policy
from chalicelib.lifecycle.models import AgentsMissing, Change, Entry, Move, PapersMissing, Standing
from chalicelib.lifecycle.store import Lost
from chalicelib.platform.tenancy import TenantId
from chalicelib.tenancy.models import Tenant

TRIES: Final = 5
"""Writes of one request. Each lost one means that somebody else wrote an entry at the same moment."""


class History(Protocol):
    """Port: the entries that are kept; see `store.History`."""

    def entries(self, tenant: TenantId) -> tuple[Entry, ...]:
        """Return every entry, oldest first."""

    def append(self, tenant: TenantId, entry: Entry, by: Actor, act: Act) -> None:
        """Write `entry` and what the audit trail keeps of it, or raise Lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The whole history and where it leads."""

    entries: tuple[Entry, ...]
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a request: its entry, the record with it, and whether an earlier delivery had made it."""

    entry: Entry
    record: Record
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """The lifecycle of one tenant. `unserved` tells the skills for which no agent is qualified on this day."""

    tenant: Tenant
    history: History
    now: Callable[[], datetime]
    unserved: Callable[[], Sequence[str]]

    def record(self) -> Record:
        """Return the history and where it leads.

        Raises:
            StoreUnavailable, Throttled: the store could not answer.

        """
        entries = self.history.entries(self.tenant.id)
        return Record(entries=entries, standing=policy.standing(entries))

    def take(self, change: Change, *, actor: Actor, request_id: str) -> Taken:
        """Append `change` in the name of `actor`; the same request again changes nothing.

        A change is judged against the very history that its entry follows: whoever loses the race for a revision is
        judged again after the winner.

        Raises:
            MoveNotAllowed, GatesMissing, NotRecorded, RecordClosed, RequestReused: it may not follow.
            PapersMissing: live is asked for, and a licence or paper is missing or expired on this day.
            AgentsMissing: live is asked for, and nobody is qualified for a skill that requires something.
            Lost: others wrote at every try.
            StoreUnavailable, Throttled: the store could not answer; the request may be repeated.

        """
        for attempt in range(TRIES):
            record = self.record()
            made = policy.repeated(record.entries, request_id, change)
            if made is not None:
                return Taken(entry=made, record=record, repeated=True)
            policy.judge(record.standing, change)
            if isinstance(change, Move) and change.target in policy.GATED:
                self._refuse_unready()
            entry = Entry(
                revision=record.standing.revision + 1,
                at=self.now().replace(microsecond=0),
                actor=actor.user,
                request_id=request_id,
                contract=self.tenant.version,
                change=change,
            )
            try:
                self.history.append(self.tenant.id, entry, actor, _act(record.standing, entry))
            except Lost:
                if attempt == TRIES - 1:
                    raise
                continue
            entries = (*record.entries, entry)
            grown = Record(entries=entries, standing=policy.after(record.standing, entry))
            return Taken(entry=entry, record=grown, repeated=False)
        raise Lost("others wrote to the history at every try")

    def _refuse_unready(self) -> None:
        """Let nobody go live whose papers or agents are not in order today, whatever was recorded before."""
        uncovered = Licences(self.tenant, self.now).review().uncovered
        if uncovered:
            lacks = [f"{each.field} ({each.about}): {each.reason}" for each in uncovered]
            raise PapersMissing(f"licences or numbers are not in order: {'; '.join(lacks)}", papers=lacks)
        if skills := list(self.unserved()):
            raise AgentsMissing(f"no agent is qualified today for: {', '.join(skills)}", skills=skills)


def _act(standing: Standing, entry: Entry) -> Act:
    """Return what the audit trail keeps of the entry that follows `standing`."""
    before: dict[str, object] = {"state": standing.state.value, "revision": standing.revision}
    change = entry.change
    after: dict[str, object] = {"revision": entry.revision, "contract": entry.contract}
    if isinstance(change, Move):
        after |= {"state": change.target.value, "reason": change.reason}
    else:
        after |= {"gate": change.gate.value, "done": change.done, "evidence": change.evidence}
    return Act(action="tenant.change", resource="tenant", before=before, after=after)
