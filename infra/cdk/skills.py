"""Which attributes of agents a tenant's routing asks for, with every value that it may ask for. Pure.

They are Amazon Connect's predefined attributes, without which routing criteria are refused (11.4).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.routing import strategies
from chalicelib.routing.attribution import ELSEWHERE
from chalicelib.routing.criteria import HELD
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_strategies import RingAll, SitePreferred, SiteShares, Skills
from chalicelib.tenancy.models import from_document

CHANNELS = ("CHAT", "EMAIL", "TASK", "VOICE")


def attributes(contract: Contract) -> Mapping[str, tuple[str, ...]]:
    """Return each attribute with its values, both in alphabetical order; empty for a contract that asks for none."""
    values: dict[str, set[str]] = {}
    for name, value in (*_skills(contract), *((contract.routing.site_attribute, site) for site in _sites(contract))):
        values.setdefault(name, set()).add(value)
    if rings_desks(contract):
        name, value, _level = HELD
        values.setdefault(name, set()).add(value)
    return {name: tuple(sorted(values[name])) for name in sorted(values)}


def rings_desks(contract: Contract) -> bool:
    """Whether any group of agents is offered contacts at its desks, during which the contact asks for nobody."""
    return any(isinstance(one, RingAll) and one.rings == "desks" for one in contract.routing.strategies)


def aims_at_agents(contract: Contract) -> bool:
    """Whether decisions ask single agents, whom they reserve."""
    return strategies.aims_at_agents(from_document(compile_contract(contract)).plan)


def _skills(contract: Contract) -> Iterator[tuple[str, str]]:
    for strategy in contract.routing.strategies:
        if isinstance(strategy, Skills):
            for one in strategy.require:
                for value in [one.value] if one.value else _facts(contract)[one.source or ""]:
                    yield one.attribute, value


def _facts(contract: Contract) -> Mapping[str, list[str]]:
    """Return every value that a fact of a contact can have; the names are those of `Requirement.source`."""
    lines = contract.service_lines
    regions = contract.routing.attribution.regions if contract.routing.attribution else []
    return {
        "category": [option.category for line in lines for option in line.menu],
        "language": list(contract.languages.offered),
        "channel": list(CHANNELS),
        "line": [line.id for line in lines],
        "region": [*(region.id for region in regions), ELSEWHERE],
    }


def _sites(contract: Contract) -> Iterator[str]:
    routing = contract.routing
    places: list[Any] = [*(routing.attribution.regions if routing.attribution else ()), *routing.branches]
    yield from (place.site for place in places if place.site)
    for strategy in routing.strategies:
        if isinstance(strategy, SitePreferred) and strategy.site:
            yield strategy.site
        if isinstance(strategy, SiteShares):
            yield from strategy.shares
