"""Entry numbers over all contracts: a number leads to one tenant, which no contract alone can show."""

from collections import defaultdict
from collections.abc import Iterable

from chalicelib.tenancy.contract import Contract


def shared(contracts: Iterable[Contract]) -> dict[str, tuple[str, ...]]:
    """Return every number that more than one tenant claims, with these tenants in order. Pure."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for contract in contracts:
        for entry in contract.entry_numbers:
            owners[entry.number].add(contract.tenant)
    return {number: tuple(sorted(tenants)) for number, tenants in sorted(owners.items()) if len(tenants) > 1}


def told(clashes: dict[str, tuple[str, ...]]) -> str:
    """Return the clashes in words, one a line."""
    return "\n".join(
        f"{number} is an entry number of {' and of '.join(tenants)}; a number leads to one tenant"
        for number, tenants in clashes.items()
    )
