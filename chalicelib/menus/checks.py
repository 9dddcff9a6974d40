"""Menus: whether a tree may be published. Pure; tells everything that is wrong at once, each by its place in the tree.

A tree that passes has no dead end and no unreachable node (IVR-01): whoever presses nothing anywhere reaches an end,
and no way goes in a circle without asking the caller. What a language lacks is no problem: it is heard in the default
language and counted (TEN-05).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from chalicelib.menus.models import (
    KEYS,
    STAYS,
    TIMEOUTS_S,
    WORDS,
    Kind,
    Level,
    Node,
    Prompt,
    Tree,
)

NODES_MAX = 500
TREE_MAX_BYTES = 300_000
"""Of the JSON text: one item of the table takes 400 KB."""
TEXT_MAX_CHARACTERS = 1_500
"""Two texts go into one reply, and Amazon Connect speaks 3,000 characters at most (13.2)."""
RETRIES_MAX = 5
PLACES = frozenset({"name", "answer"})

_ID = re.compile(r"[a-z][a-z0-9-]{0,30}")
_RECORDING = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/\S{1,900}")
_PLACE = re.compile(r"\{([^{}]*)\}")

_COMMON = frozenset({"kind"})
_MAY: Mapping[Kind, frozenset[str]] = {
    Kind.MENU: frozenset({"prompt", "keys", "timeout_s", "retries", "no_input", "wrong_key", "otherwise"}),
    Kind.ANSWER: frozenset({"prompt", "retries", "otherwise"}),
    Kind.ENQUIRY: frozenset({"prompt", "enquiry", "level", "ask", "not_found", "no_input", "retries", "otherwise"}),
    Kind.ROUTE: frozenset({"prompt", "category", "sub_category", "queues"}),
    Kind.EMERGENCY: frozenset({"prompt", "category", "sub_category", "queues"}),
    Kind.LINE: frozenset({"prompt", "line"}),
    Kind.VOICEMAIL: frozenset({"prompt", "category", "sub_category"}),
    Kind.GOODBYE: frozenset({"prompt"}),
}
"""The fields that count at each kind."""
_MUST: Mapping[Kind, frozenset[str]] = {
    Kind.MENU: frozenset({"prompt", "keys"}),
    Kind.ANSWER: frozenset({"prompt"}),
    Kind.ENQUIRY: frozenset({"prompt", "enquiry"}),
    Kind.ROUTE: frozenset({"category"}),
    Kind.EMERGENCY: frozenset({"category", "queues"}),
    Kind.LINE: frozenset({"line"}),
    Kind.VOICEMAIL: frozenset(),
    Kind.GOODBYE: frozenset({"prompt"}),
}
_DEFAULTS: Mapping[str, Any] = {
    "timeout_s": 5, "retries": 2, "level": Level.NONE, "keys": {}, "queues": {},
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that keeps a tree from being published, at a path such as `nodes.main.keys.4`."""

    path: str
    problem: str


@dataclass(frozen=True, slots=True, order=True)
class Fallback:
    """Something that callers of `language` get in the default language."""

    path: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What a tree may name: the languages offered, the default one first, and queues and other lines of the tenant."""

    line: str
    languages: tuple[str, ...]
    queues: frozenset[str]
    lines: frozenset[str]


def problems(tree: Tree, places: Places) -> tuple[Problem, ...]:
    """Return all that is wrong with the tree, sorted by path."""
    found = [*_ends(tree), *_shapes(tree, places)]
    for path, prompt in prompts(tree):
        found += _prompt(path, prompt, places)
    if not any(problem.path.startswith(("start", "closed", "human", "nodes")) for problem in found):
        found += [*_unreachable(tree), *_circles(tree)]
    return tuple(sorted(set(found)))


def fallbacks(tree: Tree, places: Places) -> tuple[Fallback, ...]:
    """Return everything that some caller hears, or is queued, in the default language; sorted."""
    others = places.languages[1:]
    gaps = [
        Fallback(path, language) for path, prompt in prompts(tree) for language in others if language not in prompt.text
    ]
    gaps += [
        Fallback(f"nodes.{name}.queues", language)
        for name, node in tree.nodes.items()
        for language in others
        if node.queues and language not in node.queues
    ]
    return tuple(sorted(gaps))


def prompts(tree: Tree) -> Iterator[tuple[str, Prompt]]:
    """Yield every prompt of the tree with its path."""
    for owner, holder in (("greetings", tree.greetings), ("phrases", tree.phrases)):
        for each in fields(holder):
            value = getattr(holder, each.name)
            if isinstance(value, Prompt):
                yield f"{owner}.{each.name}", value
    for grade, prompt in tree.greetings.by_grade.items():
        yield f"greetings.by_grade.{grade}", prompt
    for name, node in tree.nodes.items():
        for key in ("prompt", "no_input", "wrong_key", "ask", "not_found"):
            value = getattr(node, key)
            if value is not None:
                yield f"nodes.{name}.{key}", value


def leads_to(tree: Tree, node: Node) -> Iterator[str]:
    """Yield the nodes that a caller at `node` may come to; words such as `@back` only lead where he has been."""
    yield from (target for target in node.keys.values() if target not in WORDS)
    if node.kind in STAYS:
        yield node.otherwise or tree.human


def _ends(tree: Tree) -> Iterator[Problem]:
    """Check the three named nodes and the number of all."""
    if len(tree.nodes) > NODES_MAX:
        yield Problem("nodes", f"at most {NODES_MAX} nodes, not {len(tree.nodes)}")
    for name, target in (("start", tree.start), ("closed", tree.closed), ("human", tree.human)):
        if target is not None and target not in tree.nodes:
            yield Problem(name, f"no such node: {target!r}")
    start, human = tree.nodes.get(tree.start), tree.nodes.get(tree.human)
    if start is not None and start.kind is not Kind.MENU:
        yield Problem("start", f"must be a menu, not {start.kind}: callers would have no choice")
    if human is not None and human.kind is not Kind.ROUTE:
        yield Problem("human", f"must be a route, not {human.kind}: it is where everybody goes who needs a person")


def _shapes(tree: Tree, places: Places) -> Iterator[Problem]:
    for name, node in tree.nodes.items():
        path = f"nodes.{name}"
        if not _ID.fullmatch(name):
            yield Problem(path, "a node's id has up to 31 characters a-z, 0-9 and -, a letter first")
        yield from _fields(path, node)
        yield from _targets(path, node, tree)
        yield from _names(path, node, places)
        if node.timeout_s not in TIMEOUTS_S:
            yield Problem(f"{path}.timeout_s", f"must be one of {', '.join(map(str, TIMEOUTS_S))} seconds")
        if not 0 <= node.retries <= RETRIES_MAX:
            yield Problem(f"{path}.retries", f"must be 0 to {RETRIES_MAX}")


def _fields(path: str, node: Node) -> Iterator[Problem]:
    for each in fields(node):
        value = getattr(node, each.name)
        given = value is not None and value != _DEFAULTS.get(each.name)
        if given and each.name not in _MAY[node.kind] | _COMMON:
            yield Problem(f"{path}.{each.name}", f"has no meaning at the kind {node.kind}")
        if not given and each.name in _MUST[node.kind]:
            yield Problem(f"{path}.{each.name}", f"is required at the kind {node.kind}")
    if node.kind is Kind.ENQUIRY and node.ask is None and node.level is Level.NONE:
        yield Problem(f"{path}.ask", "without a level it must ask for a reference: there is no customer to look up")


def _targets(path: str, node: Node, tree: Tree) -> Iterator[Problem]:
    for key, target in node.keys.items():
        if len(key) != 1 or key not in KEYS:
            yield Problem(f"{path}.keys.{key}", "is not a key of a telephone")
        if target not in WORDS and target not in tree.nodes:
            yield Problem(f"{path}.keys.{key}", f"no such node: {target!r}")
    if node.otherwise is not None and node.otherwise not in tree.nodes:
        yield Problem(f"{path}.otherwise", f"no such node: {node.otherwise!r}")


def _names(path: str, node: Node, places: Places) -> Iterator[Problem]:
    for language, queue in node.queues.items():
        if language not in places.languages:
            yield Problem(f"{path}.queues.{language}", "is not a language of the tenant")
        if queue not in places.queues:
            yield Problem(f"{path}.queues.{language}", f"no such queue: {queue!r}")
    if node.queues and places.languages[0] not in node.queues:
        yield Problem(f"{path}.queues.{places.languages[0]}", "required in the default language")
    if node.line is not None and (node.line not in places.lines or node.line == places.line):
        yield Problem(f"{path}.line", f"no other line {node.line!r}")
    for name in ("category", "sub_category", "enquiry"):
        value = getattr(node, name)
        if value is not None and not _ID.fullmatch(value):
            yield Problem(f"{path}.{name}", "has up to 31 characters a-z, 0-9 and -, a letter first")


def _prompt(path: str, prompt: Prompt, places: Places) -> Iterator[Problem]:
    if places.languages[0] not in prompt.text:
        yield Problem(f"{path}.text.{places.languages[0]}", "required in the default language")
    for language, text in prompt.text.items():
        if language not in places.languages:
            yield Problem(f"{path}.text.{language}", "is not a language of the tenant")
        if not text.strip() or len(text) > TEXT_MAX_CHARACTERS:
            yield Problem(f"{path}.text.{language}", f"must have 1 to {TEXT_MAX_CHARACTERS} characters")
        if "$." in text:
            yield Problem(f"{path}.text.{language}", "is spoken as it stands: {name} stands for the caller's name")
        if unknown := sorted(set(_PLACE.findall(text)) - PLACES):
            yield Problem(
                f"{path}.text.{language}", f"nothing fills {{{unknown[0]}}}; there are {{name}} and {{answer}}"
            )
    yield from _recordings(path, prompt)


def _recordings(path: str, prompt: Prompt) -> Iterator[Problem]:
    for language, address in prompt.recording.items():
        if language not in prompt.text:
            yield Problem(
                f"{path}.recording.{language}", "needs a text beside it, spoken when the recording is missing"
            )
        if not _RECORDING.fullmatch(address):
            yield Problem(f"{path}.recording.{language}", "must be the address of an audio file: s3://bucket/key")


def _unreachable(tree: Tree) -> Iterator[Problem]:
    seen: set[str] = set()
    waiting = [name for name in (tree.start, tree.human, tree.closed) if name is not None]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += leads_to(tree, tree.nodes[name])
    for name in tree.nodes.keys() - seen:
        yield Problem(f"nodes.{name}", "unreachable: no key leads here")


def _circles(tree: Tree) -> Iterator[Problem]:
    """Follow a caller who presses nothing: he must reach an end, or the node is a dead end."""
    for first in tree.nodes:
        seen = [first]
        while (node := tree.nodes[seen[-1]]).kind in STAYS:
            onward = node.otherwise or tree.human
            if onward in seen:
                yield Problem(f"nodes.{first}", f"a dead end for who presses nothing: {' > '.join([*seen, onward])}")
                break
            seen.append(onward)
