"""The menus of a contract: what can be told before the whole tree is made and checked. Authoring side only."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.menus.models import KEYS
from chalicelib.tenancy.contract_problems import Problem, items, mapping, texts

PROMPTS = ("prompt", "no_input", "wrong_key", "ask", "not_found")
"""The fields of a node that are prompts."""


def menu_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for every key of a line's nodes that no telephone has, and every language that is not offered."""
    offered = texts(mapping(raw, "languages"), "offered")
    for i, line in enumerate(items(raw, "service_lines")):
        nodes = mapping(line, "nodes")
        for name in nodes:
            path, node = f"service_lines.{i}.nodes.{name}", mapping(nodes, name)
            for key in mapping(node, "keys"):
                if key not in tuple(KEYS):
                    yield Problem(f"{path}.keys.{key}", f"expected a key of a telephone, one of {KEYS}")
            for where, by_language in _by_language(node):
                for language in by_language:
                    if language not in offered:
                        yield Problem(f"{path}.{where}.{language}", f"expected a language that is offered: {offered}")


def _by_language(node: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what a node says by language, each with its path: its queues, and the texts and recordings of prompts."""
    yield "queues", mapping(node, "queues")
    for prompt in PROMPTS:
        for part in ("text", "recording"):
            yield f"{prompt}.{part}", mapping(mapping(node, prompt), part)
