"""Customers: what the audit trail tells of a change: the names of facts, and never their values. Pure."""

from typing import Any

from chalicelib.audit.models import Act
from chalicelib.customers.record import Facts

_PLAIN = ("name", "grade", "language", "region", "manager", "node", "identities")


def act(action: str, id_: str, *, before: Any = None, after: Any = None) -> Act:
    """Return what was done with a customer."""
    return Act(action=action, resource=f"customers/{id_}", before=before, after=after)


def named(facts: Facts) -> list[str]:
    """Return the names of what is known."""
    return changed(Facts(name=""), facts)


def changed(old: Facts, new: Facts) -> list[str]:
    """Return the names of what differs, the tenant's own fields last."""
    names = [name for name in _PLAIN if getattr(old, name) != getattr(new, name)]
    own = sorted({**old.fields, **new.fields})
    return names + [f"fields.{name}" for name in own if old.fields.get(name) != new.fields.get(name)]
