"""Metrics: a finished contact is counted inside its own transaction, exactly once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.metrics import policy, store
from chalicelib.metrics.counters import COUNTERS
from chalicelib.metrics.models import METRIC_PREFIX, Facts
from chalicelib.platform import observability
from chalicelib.platform.tenancy import TenantId


@dataclass(frozen=True, slots=True)
class Writes:
    """What a contact does to the counters: `kept` goes into its item, `actions` into the same transaction, by name.

    `changed` is by how much each counter moves, over all slots.
    """

    kept: Mapping[str, Any]
    actions: Mapping[str, Mapping[str, Any]]
    changed: Mapping[str, int]


def count(tenant: TenantId, table: str, facts: Facts | None, kept: Mapping[str, Any] | None) -> Writes:
    """Return the writes that make the counters hold `facts` and no longer what `kept` says an older copy added.

    `facts` None means that the contact counts nowhere; `kept` None or empty that nothing was counted before. Whoever
    does the actions together with storing the new `kept`, in one transaction, counts every contact exactly once.
    """
    new = policy.book(facts) if facts else None
    old = store.from_document(kept) if kept else None
    changes = policy.difference(old, new)
    shares = policy.difference(policy.share(old) if old else None, policy.share(new) if new else None)
    return Writes(
        kept=store.document(new) if new and new.counters else {},
        actions={
            **{f"count-{n}": store.addition(tenant, table, change) for n, change in enumerate(changes)},
            **{f"agent-{n}": store.agent_addition(tenant, table, change) for n, change in enumerate(shares)},
        },
        changed=policy.merge(change.counters for change in changes),
    )


def tell(writes: Writes) -> None:
    """Tell CloudWatch what was counted, after it was written; a correction tells a difference, also a negative one.

    The dashboard divides these sums by the registry's formulas. A batch that is cut off before its line of metrics is
    written is missing there and nowhere else: figures that count come from the table.
    """
    for name in writes.changed.keys() & COUNTERS.keys():
        observability.measure(METRIC_PREFIX + name, writes.changed[name])
