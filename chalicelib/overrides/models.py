"""Overrides: what they are. One small document a tenant, its parts, and the edits of it. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.platform.errors import Conflict, NotFound, Unprocessable
from chalicelib.tenancy.models import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyOverride:
    """A queue follows this strategy of the contract instead; a number that is None stays the contract's."""

    strategy: str
    ring_s: int | None = None
    most: int | None = None
    after_s: int | None = None

    def numbers(self) -> dict[str, int]:
        """Return the numbers that are changed, by their contract names."""
        told = {"ring_s": self.ring_s, "most": self.most, "after_s": self.after_s}
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundOverride:
    """An overflow chain has these bounds instead; None is no bound."""

    wait_limit_s: int | None
    skip_wait_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """Everything that is changed. Version 0 is the contract alone; every change counts on by one.

    `queues` and `chains` are keyed by the contract's ids. A name that a later contract no longer has stays here and
    does nothing.
    """

    version: int = 0
    at: datetime | None = None
    actor: str | None = None
    queues: Mapping[str, StrategyOverride] = field(default_factory=dict)
    chains: Mapping[str, BoundOverride] = field(default_factory=dict)
    rules_off: frozenset[str] = frozenset()
    head_start_off: bool = False


NONE = Overrides()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditStrategy:
    """The queue follows `override`, or its contract again (None)."""

    queue: str
    override: StrategyOverride | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditBounds:
    """The overflow chain has the bounds of `override`, or its contract's again (None)."""

    chain: str
    override: BoundOverride | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRule:
    """The rule is asked (as in the contract), or is left out."""

    rule: str
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EditHeadStart:
    """Better ranks have the contract's head start, or strict priority instead."""

    enabled: bool


type Edit = EditStrategy | EditBounds | EditRule | EditHeadStart


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The tenant as decisions see it now: the contract with the overrides of `version`; None: they are not known."""

    tenant: Tenant
    version: int | None


class Outdated(Conflict):
    """Somebody changed the overrides since they were read; `version` is the present one."""

    code, title = "outdated", "Changed meanwhile"


class NoSuchPart(NotFound):
    """The contract has no queue, chain or rule of that name."""


class NotPossible(Unprocessable):
    """The contract does not allow the value; `errors` has the field."""
