"""The contract of a tenant of twice the size: every line, menu, queue, number, opening hours and profile once more."""

from collections.abc import Mapping
from typing import Any

import yaml

from tests.support.synthesis import TENANTS

NAMED = ("hours", "service_lines", "queues", "routing_profiles")


def twice(tenant: str, name: str) -> str:
    """Return the contract of `tenant` doubled, as YAML, for a tenant called `name`. Languages stay: all are offered."""
    contract = yaml.safe_load((TENANTS / f"{tenant}.yaml").read_text(encoding="utf-8")) | {"tenant": name}
    names = {one["id"]: f"{one['id']}-b" for kind in NAMED for one in contract[kind]}
    names |= {one["number"]: _another(one["number"]) for one in contract["entry_numbers"]}
    for kind in (*NAMED, "entry_numbers"):
        contract[kind] += [_renamed(one, names) for one in contract[kind]]
    return str(yaml.safe_dump(contract, allow_unicode=True, sort_keys=False))


def _another(number: str) -> str:
    """Return a number that differs in its last digit."""
    return f"{number[:-1]}{(int(number[-1]) + 5) % 10}"


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Return a copy in which every text that is one of `names` is the other name."""
    if isinstance(value, Mapping):
        return {key: _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value
