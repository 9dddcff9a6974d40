"""Lifecycle: what it is. States, gates, the entries of the history, and the refusals. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.platform.errors import Conflict


class State(StrEnum):
    """Where a tenant stands (TEN-09). A tenant of which nothing is recorded yet is a draft."""

    DRAFT = "draft"
    VALIDATED = "validated"
    PROVISIONED = "provisioned"
    PILOT = "pilot"
    LIVE = "live"
    SUSPENDED = "suspended"
    OFFBOARDING = "offboarding"
    CLOSED = "closed"


class Gate(StrEnum):
    """What must be recorded as done before a tenant is live (TEN-09)."""

    NUMBERS = "numbers"
    FLOW_TESTS = "flow-tests"
    QUALIFIED_AGENTS = "qualified-agents"
    LICENCE_CHECK = "licence-check"
    INTEGRATION_TEST = "integration-test"
    SIGNED_KPI_TARGETS = "signed-kpi-targets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The tenant goes to `target`."""

    target: State
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A gate is recorded as done, or (`done` false) an earlier record of it is withdrawn.

    `evidence` says where the proof lies or why it no longer holds.
    """

    gate: Gate
    evidence: str
    done: bool = True


type Change = Move | Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the history. `revision` counts from 1 without a gap; nothing is ever changed or removed.

    `actor` is the user name in the verified token, `request_id` the caller's own name of the request, and `contract`
    the version of the contract that was deployed at that time.
    """

    revision: int
    at: datetime
    actor: str
    request_id: str
    contract: str
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a history leads: the state, since when (None: no move yet), and the entry that holds of each gate."""

    state: State = State.DRAFT
    since: datetime | None = None
    revision: int = 0
    proofs: Mapping[Gate, Entry] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[Gate, ...]:
        """The gates that are not recorded as done, in the catalogue's order."""
        return tuple(gate for gate in Gate if gate not in self.proofs)


class MoveNotAllowed(Conflict):
    """No transition leads from the state that the tenant is in to the one asked for."""

    code, title = "transition-not-allowed", "Transition not allowed"


class GatesMissing(Conflict):
    """The tenant cannot go live yet; `missing` names the gates that are not recorded as done."""

    code, title = "gates-missing", "Gates missing"


class PapersMissing(Conflict):
    """The tenant cannot go live today; `papers` names what its licences and numbers lack (LIC-02)."""

    code, title = "papers-missing", "Papers missing"


class AgentsMissing(Conflict):
    """The tenant cannot go live today; `skills` are those that nobody is qualified to serve (PPL-06)."""

    code, title = "agents-missing", "Qualified agents missing"


class NotRecorded(Conflict):
    """A gate that is not recorded as done cannot be withdrawn."""

    code, title = "gate-not-recorded", "Gate not recorded"


class RecordClosed(Conflict):
    """The tenant is closed: its record takes no further entry."""

    code, title = "record-closed", "Record closed"


class RequestReused(Conflict):
    """The request id named another request before."""

    code, title = "request-id-reused", "Request id reused"


class BrokenHistory(ValueError):
    """The stored history has a gap or a move that no rule allows: somebody wrote past the product."""
