"""Lifecycle: what it decides. Where a history leads, and whether a change may follow it. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from chalicelib.lifecycle.models import (
    BrokenHistory,
    Change,
    Entry,
    GatesMissing,
    Move,
    MoveNotAllowed,
    NotRecorded,
    Proof,
    RecordClosed,
    RequestReused,
    Standing,
    State,
)
from chalicelib.platform.errors import Conflict

NEXT: Final[Mapping[State, tuple[State, ...]]] = {
    State.DRAFT: (State.VALIDATED, State.CLOSED),
    State.VALIDATED: (State.DRAFT, State.PROVISIONED, State.CLOSED),
    State.PROVISIONED: (State.VALIDATED, State.PILOT, State.OFFBOARDING),
    State.PILOT: (State.PROVISIONED, State.LIVE, State.OFFBOARDING),
    State.LIVE: (State.SUSPENDED, State.OFFBOARDING),
    State.SUSPENDED: (State.LIVE, State.OFFBOARDING),
    State.OFFBOARDING: (State.CLOSED,),
    State.CLOSED: (),
}
"""The transitions there are. A tenant with resources leaves by offboarding only; nothing leads out of closed."""

GATED: Final = frozenset({State.LIVE})
"""States that are entered, from wherever, only when every gate is recorded as done."""


def judge(standing: Standing, change: Change) -> None:
    """Accept `change` as the next entry after `standing`.

    Raises:
        RecordClosed: nothing follows the state closed.
        MoveNotAllowed: no transition leads there; `allowed` names those there are.
        GatesMissing: the state is gated and gates are missing; `missing` names them all.
        NotRecorded: a gate that is not recorded as done cannot be withdrawn.

    """
    refusal = _refusal_of_move(standing, change) if isinstance(change, Move) else _refusal_of_proof(standing, change)
    if refusal is not None:
        raise refusal


def _refusal_of_move(standing: Standing, move: Move) -> Conflict | None:
    state, allowed = standing.state, NEXT[standing.state]
    facts = {"state": state.value, "to": move.target.value, "allowed": [each.value for each in allowed]}
    if move.target not in allowed:
        if state is State.CLOSED:
            return RecordClosed("the tenant is closed: no state follows", **facts)
        told = ", ".join(allowed)
        return MoveNotAllowed(f"a tenant that is {state} can become {told}, not {move.target}", **facts)
    if move.target in GATED and standing.missing:
        missing = [gate.value for gate in standing.missing]
        told = ", ".join(missing)
        return GatesMissing(
            f"{move.target} needs gates that are not recorded as done: {told}", missing=missing, **facts
        )
    return None


def _refusal_of_proof(standing: Standing, proof: Proof) -> Conflict | None:
    facts = {"state": standing.state.value, "gate": proof.gate.value}
    if standing.state is State.CLOSED:
        return RecordClosed("the tenant is closed: no evidence is taken any more", **facts)
    if not proof.done and proof.gate not in standing.proofs:
        return NotRecorded(f"{proof.gate} is not recorded as done, so it cannot be withdrawn", **facts)
    return None


def after(standing: Standing, entry: Entry) -> Standing:
    """Return where the tenant stands after `entry`, which `judge` accepted."""
    change = entry.change
    if isinstance(change, Move):
        return replace(standing, state=change.target, since=entry.at, revision=entry.revision)
    proofs = {gate: kept for gate, kept in standing.proofs.items() if gate is not change.gate}
    if change.done:
        proofs[change.gate] = entry
    return replace(standing, proofs=proofs, revision=entry.revision)


def walk(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Standing]]:
    """Yield every entry with where the tenant stood before it.

    Raises:
        BrokenHistory: a revision is missing, or an entry is one that `judge` would have refused.

    """
    standing = Standing()
    for entry in entries:
        if entry.revision != standing.revision + 1:
            msg = f"the history goes from revision {standing.revision} to {entry.revision}"
            raise BrokenHistory(msg)
        try:
            judge(standing, entry.change)
        except Conflict as exc:
            msg = f"revision {entry.revision} of the history cannot be: {exc.detail}"
            raise BrokenHistory(msg) from exc
        yield entry, standing
        standing = after(standing, entry)


def standing(entries: Iterable[Entry]) -> Standing:
    """Return where the history `entries` leads; an empty one leads to a draft.

    Raises:
        BrokenHistory: as `walk`.

    """
    stood = Standing()
    for entry, before in walk(entries):
        stood = after(before, entry)
    return stood


def repeated(entries: Iterable[Entry], request_id: str, change: Change) -> Entry | None:
    """Return the entry that the request `request_id` made before, None when it made none.

    Raises:
        RequestReused: that request asked for something else.

    """
    found = next((entry for entry in entries if entry.request_id == request_id), None)
    if found is not None and found.change != change:
        raise RequestReused(f"the request id {request_id} named another request before", revision=found.revision)
    return found
