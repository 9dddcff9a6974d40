"""The menus of a contract: what can be told before the whole tree is made and checked. Authoring side only."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.menus.models import KEYS
from chalicelib.tenancy.contract_problems import Problem, items, mapping


def menu_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for every key of a line's nodes that no telephone has."""
    for i, line in enumerate(items(raw, "service_lines")):
        nodes = mapping(line, "nodes")
        for name in nodes:
            for key in mapping(mapping(nodes, name), "keys"):
                if not (isinstance(key, str) and len(key) == 1 and key in KEYS):
                    path = f"service_lines.{i}.nodes.{name}.keys.{key}"
                    yield Problem(path, f"expected a key of a telephone, one of {KEYS}")
