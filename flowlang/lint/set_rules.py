"""Rules on several flows together: who depends on whom, and whether a call of a module fits the module."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flowlang import paths
from flowlang.catalogue.model import AH, AW, CH, CQ, CW, MOD
from flowlang.document import Action, scalar_text
from flowlang.explore.library import Book, Library, shown_name
from flowlang.lint.model import Finding, Hit, Severity
from flowlang.load import Loaded

MAX_NESTED_MODULES = 5
_NAMES_A_FLOW = {
    "TransferToFlow": "ContactFlowId", "CreateTask": "ContactFlowId", "CreateCallbackContact": "ContactFlowId",
    "StartOutboundChatContact": "ContactFlowArn", "InvokeFlowModule": "FlowModuleId",
}  # fmt: skip
_HOOK_TYPES = {
    "CustomerQueue": CQ, "AgentWhisper": AW, "CustomerWhisper": CW, "CustomerHold": CH, "AgentHold": AH,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """One action of a flow that names another flow of the set; `hook` is the event hook, '' for no hook."""

    action: Action
    hook: str
    target: Book


class FlowSet:
    """The flows under the linter, with what leads from each to the others."""

    def __init__(self, flows: Sequence[Loaded]) -> None:
        library = Library(flows[0], flows[1:])
        self.books: tuple[Book, ...] = tuple(library.books.values())
        self.links: Mapping[str, tuple[Link, ...]] = {book.name: tuple(_links(library, book)) for book in self.books}

    def reached(self, book: Book) -> set[str]:
        """Return the names of the flows that a flow leads to, over any number of others."""
        seen: set[str] = set()
        waiting = [link.target.name for link in self.links[book.name]]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += [link.target.name for link in self.links[name]]
        return seen


def _links(library: Library, book: Book) -> Iterator[Link]:
    for action in book.loaded.flow.actions:
        for hook, value in _named(action):
            if isinstance(value, str) and not any(True for _ in paths.find(value)):
                target = library.find(value, "" if hook else shown_name(book, action))
                if target is not None:
                    yield Link(action, hook, target)


def _named(action: Action) -> Iterator[tuple[str, Any]]:
    if action.type in _NAMES_A_FLOW:
        yield "", action.parameters.get(_NAMES_A_FLOW[action.type])
    hooks = action.parameters.get("EventHooks") if action.type == "UpdateContactEventHooks" else None
    yield from hooks.items() if isinstance(hooks, Mapping) else ()


SetCheck = Callable[[FlowSet], Iterator[tuple[Book, Hit]]]


@dataclass(frozen=True, slots=True)
class SetRule:
    """One rule on a set of flows; `summary` says what must hold."""

    code: str
    severity: Severity
    summary: str
    check: SetCheck


RULES_OF_SETS: dict[str, SetRule] = {}
"""The rules on sets by their codes."""


def _rule(code: str, severity: Severity, summary: str) -> Callable[[SetCheck], SetCheck]:
    def register(check: SetCheck) -> SetCheck:
        RULES_OF_SETS[code] = SetRule(code, severity, summary, check)
        return check

    return register


def lint_set(flows: Sequence[Loaded]) -> Iterator[tuple[Loaded, Finding]]:
    """Yield what only shows when the flows are seen together, each finding with its flow."""
    if flows:
        among = FlowSet(flows)
        for code in sorted(RULES_OF_SETS):
            rule = RULES_OF_SETS[code]
            for book, hit in rule.check(among):
                yield book.loaded, Finding(code, rule.severity, hit.action, hit.message, hit.mend)


@_rule("S01", Severity.WARNING, "No flow depends on itself, over others or directly.")
def cycles(among: FlowSet) -> Iterator[tuple[Book, Hit]]:
    """A flow must exist before another names it: a cycle is deployed in two steps."""
    for book in among.books:
        for link in among.links[book.name]:
            if link.target is book or book.name in among.reached(link.target):
                other = "itself" if link.target is book else repr(link.target.loaded.name or link.target.name)
                message = f"this flow and {other} depend on each other" if link.target is not book else (
                    "this flow depends on itself")  # fmt: skip
                yield book, Hit(link.action.identifier, message, "Create the flows first, then put in their content")


@_rule("S02", Severity.WARNING, f"Modules are nested at most {MAX_NESTED_MODULES} deep.")
def nesting(among: FlowSet) -> Iterator[tuple[Book, Hit]]:
    """A module that calls itself is never deep enough."""
    calls = {name: [link for link in links if link.action.type == "InvokeFlowModule"]
             for name, links in among.links.items()}  # fmt: skip
    for book in among.books:
        for link in calls[book.name]:
            if _depth(calls, link.target.name) > MAX_NESTED_MODULES:
                message = f"modules are nested more than {MAX_NESTED_MODULES} deep from here"
                yield book, Hit(link.action.identifier, message, "Join modules, or call them one after another")


def _depth(calls: Mapping[str, list[Link]], name: str) -> int:
    """Return how many modules stand in each other below a name, up to one more than is allowed."""
    level, depth = {name}, 1
    while depth <= MAX_NESTED_MODULES:
        level = {link.target.name for one in level for link in calls[one]}
        if not level:
            break
        depth += 1
    return depth


@_rule("S03", Severity.REFUSED, "A module is called and a flow is transferred to.")
def right_kind(among: FlowSet) -> Iterator[tuple[Book, Hit]]:
    """InvokeFlowModule names a module; everything else names a flow."""
    for book in among.books:
        for link in among.links[book.name]:
            wants_module = link.action.type == "InvokeFlowModule"
            known = wants_module is False or link.target.loaded.type is not None
            if known and link.target.is_module is not wants_module:
                found, wanted = ("module", "flow") if link.target.is_module else ("flow", "module")
                name = link.target.loaded.name or link.target.name
                message = f"{link.action.type} names the {found} {name!r}"
                yield book, Hit(link.action.identifier, message, f"Name a {wanted}")


@_rule("S05", Severity.WARNING, "A hook names a flow of its own type.")
def hook_types(among: FlowSet) -> Iterator[tuple[Book, Hit]]:
    """For instance a customer queue flow behind CustomerQueue."""
    for book in among.books:
        for link in among.links[book.name]:
            wanted, found = _HOOK_TYPES.get(link.hook), link.target.loaded.type
            if wanted is not None and found not in {wanted, None, MOD}:
                yield book, Hit(link.action.identifier, f"the hook {link.hook} names a {found}", f"Name a {wanted}")


@_rule("S04", Severity.REFUSED, "A module and its calls keep to the module's contract.")
def contracts(among: FlowSet) -> Iterator[tuple[Book, Hit]]:
    """Branches, input and result data are those that the module's settings declare."""
    for book in among.books:
        if book.loaded.contract is not None:
            for action in book.loaded.flow.actions:
                if action.type == "EndFlowModuleExecution":
                    yield from ((book, hit) for hit in _returned(action, book.loaded.contract))
        for link in among.links[book.name]:
            if link.action.type == "InvokeFlowModule" and link.target.loaded.contract is not None:
                yield from ((book, hit) for hit in _called(link.action, link.target.loaded.contract))


def _returned(action: Action, contract: Mapping[str, Any]) -> Iterator[Hit]:
    result = scalar_text(action.parameters.get("Result", ""))
    if result and result not in _branches(contract):
        yield Hit(action.identifier, f"the contract has no branch {result!r}", "Declare it, or correct its spelling")
    data = action.parameters.get("ResultData")
    yield from _values(action, data, _properties(contract, "resultData"), "result")


def _called(action: Action, contract: Mapping[str, Any]) -> Iterator[Hit]:
    for condition in action.transitions.conditions:
        for operand in condition.operands:
            if operand not in _branches(contract):
                mend = "Use a branch that the module declares"
                yield Hit(action.identifier, f"the module has no branch {operand!r}", mend)
    given = action.parameters.get("Input")
    yield from _values(action, given, _properties(contract, "input"), "input")
    for name in _required(contract):
        if not isinstance(given, Mapping) or name not in given:
            yield Hit(action.identifier, f"the module asks for the input {name!r}", f"Give Input.{name}")


def _values(action: Action, given: Any, declared: Mapping[str, Any], what: str) -> Iterator[Hit]:
    for key, value in given.items() if isinstance(given, Mapping) else ():
        kind = declared.get(key)
        if kind is None:
            yield Hit(action.identifier, f"the contract has no {what} {key!r}", "Declare it, or leave it out")
        elif isinstance(value, str) and paths.parse(value) and isinstance(kind, Mapping) and (
            kind.get("type", "string") != "string"
        ):  # fmt: skip
            message = f"{what} {key!r} is a path, and the contract says {kind['type']}"
            yield Hit(action.identifier, message, "Declare it as string, or give a value")


def _branches(contract: Mapping[str, Any]) -> set[str]:
    transitions = contract.get("transitions")
    results = transitions.get("results") if isinstance(transitions, Mapping) else None
    return {str(one.get("name")) for one in results if isinstance(one, Mapping)} if isinstance(results, list) else set()


def _schema(contract: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    inner = contract.get(part)
    schema = inner.get("schema") if isinstance(inner, Mapping) else None
    return schema if isinstance(schema, Mapping) else {}


def _properties(contract: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    found = _schema(contract, part).get("properties")
    return found if isinstance(found, Mapping) else {}


def _required(contract: Mapping[str, Any]) -> list[str]:
    found = _schema(contract, "input").get("required")
    return [str(one) for one in found] if isinstance(found, list) else []
