"""The organisation: the only door for other capabilities."""

from chalicelib.organisation import policy
from chalicelib.organisation.models import Sight
from chalicelib.organisation.policy import (
    sees_agent,
    sees_contact,
    sees_figures,
    sees_node,
    site,
    team,
)
from chalicelib.platform.errors import Forbidden
from chalicelib.tenancy.models import Tenant

__all__ = [
    "Sight", "sees_agent", "sees_contact", "sees_figures", "sees_line", "sees_node", "sight_of", "site",
    "team",
]  # fmt: skip


def sees_line(seen: Sight | None, tenant: Tenant, line: str) -> bool:
    """Return whether the figures of a line are the user's to see: all of its numbers are bound within the subtree."""
    known = tenant.lines.get(line)
    numbers = known.numbers if known else ()
    return seen is None or (bool(numbers) and all(sees_figures(seen, None, number) for number in numbers))


def sight_of(tenant: Tenant, node: str | None) -> Sight | None:
    """Return what a user sees whose verified token grants `node`; None: the whole tenant (`policy.sight`).

    Raises:
        Forbidden: the node is none of the tenant's, so the user sees nothing.

    """
    seen = policy.sight(tenant.organisation, node)
    if seen is not None and not seen.nodes:
        raise Forbidden("your part of the organisation is not one of this tenant's", node=node)
    return None if seen is not None and seen.is_whole else seen
