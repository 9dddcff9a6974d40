"""The content of flows that name each other, as documents that lie beside the template (docs/adr/0027). Pure.

One document for each such group: JSON that has for each flow a list of texts, and in every second place the name of
what belongs there. `lambdas/connect_linker` puts the ARNs in. Parts and not placeholders, so that no prompt of a tenant
can look like one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.tenancy.contract import Contract
from infra.cdk import flow_catalogue
from infra.cdk.flow_catalogue import FlowUnit

_MARK = "\x00"
"""Stands around a name while the content is rendered. In JSON text it is written as `\\u0000`."""
_WRITTEN = json.dumps(_MARK).strip('"')


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowDocument:
    """Flows that are published together, and what they name. `name` is that of the first of them."""

    name: str
    units: tuple[FlowUnit, ...]
    text: str

    @property
    def references(self) -> list[str]:
        """Return the qualified names that need an ARN, the flows themselves among them."""
        named = {name for unit in self.units for name in unit.references}
        return sorted(named | {f"flow.{unit.name}" for unit in self.units})


def documents(contract: Contract, units: tuple[FlowUnit, ...]) -> Iterator[FlowDocument]:
    """Yield a document for each group of `units` that refer to each other in a circle."""
    for group in flow_catalogue.cycles(units):
        members = tuple(sorted((unit for unit in units if unit.name in group), key=lambda unit: unit.name))
        flows = {f"flow.{unit.name}": parts(unit, contract) for unit in members}
        text = json.dumps(flows, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        yield FlowDocument(name=members[0].name, units=members, text=text)


def parts(unit: FlowUnit, contract: Contract) -> list[str]:
    """Return the unit's content in parts: texts, and in every second place the name of a reference.

    Raises:
        ValueError: a text of the tenant has the one character in it that marks names.

    """
    found = flow_catalogue.content(unit, contract, lambda name: f"{_MARK}{name}{_MARK}").split(_WRITTEN)
    if len(found) % 2 == 0 or not unit.references.issuperset(found[1::2]):
        msg = f"a text of the flow {unit.name} has the character U+0000 in it"
        raise ValueError(msg)
    return found
