"""Rules on the document: its frame, identifiers, types and links."""

import re
from collections import Counter
from collections.abc import Iterator

from flowlang import references
from flowlang.catalogue import ACTIONS, MISSPELT, Status
from flowlang.catalogue.model import AH, CH, CMP, CQ, MOD
from flowlang.document import VERSION, Action, to_json
from flowlang.lint import values
from flowlang.lint.model import Hit, Severity, Subject, rule

MAX_ACTIONS = 250
MAX_CONTENT_CHARS = 256_000
MAX_IDENTIFIER_CHARS = 50
_ILLEGAL = re.compile(r"[%:(\\/)=$,;\[\]{}]")
_RESERVED = frozenset({
    "__proto__", "constructor", "__defineGetter__", "__defineSetter__", "toString", "hasOwnProperty", "isPrototypeOf",
    "propertyIsEnumerable", "toLocaleString", "valueOf",
})  # fmt: skip
_LEAVES = frozenset({
    "TransferToFlow", "TransferContactToQueue", "DequeueContactAndTransferToQueue", "TransferParticipantToThirdParty",
})  # fmt: skip


@rule("D01", Severity.REFUSED, f"The version is {VERSION}.")
def version(subject: Subject) -> Iterator[Hit]:
    """The only version that exists."""
    if subject.flow.version != VERSION:
        yield Hit("", f"the version is {subject.flow.version!r}", f'Write "Version": "{VERSION}"')


@rule("D02", Severity.REFUSED, f"A flow has 1 to {MAX_ACTIONS} actions and at most {MAX_CONTENT_CHARS} characters.")
def size(subject: Subject) -> Iterator[Hit]:
    """The service's limits."""
    count = len(subject.flow.actions)
    if not 1 <= count <= MAX_ACTIONS:
        yield Hit("", f"the flow has {count} actions", f"Keep it between 1 and {MAX_ACTIONS}; move parts to modules")
    length = len(to_json(subject.flow))
    if length > MAX_CONTENT_CHARS:
        yield Hit("", f"the flow has {length} characters", f"Keep it under {MAX_CONTENT_CHARS}; move parts to modules")


@rule("D03", Severity.REFUSED, "An identifier has 1 to 50 characters, none of them reserved.")
def identifiers(subject: Subject) -> Iterator[Hit]:
    """Characters and names that the service keeps for itself."""
    for action in subject.flow.actions:
        name = action.identifier
        if not 1 <= len(name) <= MAX_IDENTIFIER_CHARS or _ILLEGAL.search(name) or name in _RESERVED:
            mend = r"Use 1 to 50 characters other than % : ( \ / ) = $ , ; [ ] { }, and no JavaScript built-in's name"
            yield Hit(name, f"{name!r} is not a legal identifier", mend)


@rule("D04", Severity.REFUSED, "An identifier stands once.")
def duplicates(subject: Subject) -> Iterator[Hit]:
    """Two actions of one name cannot be told apart by transitions."""
    for name, count in Counter(action.identifier for action in subject.flow.actions).items():
        if count > 1:
            yield Hit(name, f"{count} actions are called {name!r}", "Rename all but one, and what leads to them")


@rule("D05", Severity.REFUSED, "StartAction names an action.")
def start(subject: Subject) -> Iterator[Hit]:
    """The entry must exist."""
    if subject.flow.start not in subject.actions:
        yield Hit("", f"StartAction {subject.flow.start!r} is no action of this flow", "Name the first action")


@rule("D06", Severity.REFUSED, "A module has Settings, a flow has none.")
def settings(subject: Subject) -> Iterator[Hit]:
    """The service asks for the (inert) settings of a module and refuses them in a flow."""
    if subject.flow_type == MOD and subject.flow.settings is None:
        yield Hit("", "a module without Settings", "Add Settings with InputParameters, OutputParameters, Transitions")
    if subject.flow_type not in {None, MOD} and subject.flow.settings is not None:
        yield Hit("", "a flow with Settings", "Remove Settings; only modules have them")


@rule("D07", Severity.ERROR, "Every symbolic reference of a template is known.")
def symbolic_references(subject: Subject) -> Iterator[Hit]:
    """A name that nothing will be put in for."""
    for reference in references.find(subject.flow):
        if subject.references is not None and reference.name not in subject.references:
            yield Hit(reference.action, f"unknown reference {{{{{reference.name}}}}}", "Correct its spelling")


@rule("D08", Severity.ERROR, "A template names resources by reference, never by ARN.")
def literal_arns(subject: Subject) -> Iterator[Hit]:
    """An ARN in source belongs to one account, Region and instance."""
    if subject.references is None:
        return
    for action in subject.flow.actions:
        for text in references.strings(action.parameters):
            if text.startswith("arn:"):
                yield Hit(action.identifier, f"the ARN {text!r} in source", "Use a reference such as {{queue.vip}}")


@rule("D10", Severity.WARNING, "An action has Identifier, Type, Parameters and Transitions, nothing else.")
def unknown_keys(subject: Subject) -> Iterator[Hit]:
    """And the document Version, StartAction, Actions, Metadata, and Settings where it is a module."""
    for name in subject.flow.unknown:
        yield Hit("", f"the document has {name!r}", "Remove it or correct its spelling")
    for action in subject.flow.actions:
        for name in action.unknown:
            yield Hit(action.identifier, f"the action has {name!r}", "Remove it or correct its spelling")


@rule("D11", Severity.WARNING, "No placeholder is left.")
def no_placeholders(subject: Subject) -> Iterator[Hit]:
    """Something is still to be put in: `{{queue.vip}}`, `${Queue}`, `<REPLACE_ME>`."""
    for action, parameter, text in values.placeholders(subject):
        if not text.startswith("{{"):
            yield Hit(action.identifier, f"{parameter.name} holds {text!r}", "Put in what it stands for")
    for reference in references.find(subject.flow):
        if subject.references is None and references.well_formed(reference.name):
            yield Hit(reference.action, f"{{{{{reference.name}}}}} is left", "Put in what it stands for")


@rule("T01", Severity.REFUSED, "Every action type exists.")
def known_types(subject: Subject) -> Iterator[Hit]:
    """Names that generated flows and even documents use are told apart from typing errors."""
    for action in subject.flow.actions:
        if action.type not in ACTIONS:
            meant = MISSPELT.get(action.type)
            mend = f"Write {meant}" if meant else "Use a type of the flow language"
            yield Hit(action.identifier, f"no action type {action.type!r}", mend)


@rule("T02", Severity.REFUSED, "An action stands in a flow type that allows it.")
def flow_types(subject: Subject) -> Iterator[Hit]:
    """For instance no DisconnectParticipant in a whisper, no EndFlowExecution in an inbound flow."""
    if subject.flow_type is None:
        return
    for action, kind in subject.typed():
        if subject.flow_type not in kind.flow_types and kind.status is not Status.REFUSED:
            allowed = ", ".join(sorted(kind.flow_types))
            message = f"{action.type} is not allowed in {subject.flow_type}"
            yield Hit(action.identifier, message, f"It may stand in {allowed}")


@rule("T03", Severity.WARNING, "An action type can be relied on.")
def reliable_types(subject: Subject) -> Iterator[Hit]:
    """Types whose service has ended or whose parameters nobody has published."""
    for action, kind in subject.typed():
        if kind.status in {Status.UNDOCUMENTED, Status.ENDED}:
            yield Hit(action.identifier, f"{action.type}: {kind.status}", "Do it another way")


@rule("T04", Severity.REFUSED, "An action type is one that the service takes.")
def taken_types(subject: Subject) -> Iterator[Hit]:
    """RouteContactToAgent and the blocks of journeys are documented, and refused in ordinary flows."""
    for action, kind in subject.typed():
        if kind.status is Status.REFUSED and subject.flow_type != CMP:
            yield Hit(action.identifier, f"{action.type}: {kind.status}", "Do it another way")


@rule("G01", Severity.REFUSED, "Every branch leads to an action of this flow.")
def dangling(subject: Subject) -> Iterator[Hit]:
    """A branch into nothing."""
    for action in subject.flow.actions:
        for edge in action.transitions.edges():
            if edge.target not in subject.actions:
                branch = f"{edge.kind} {edge.label}".strip()
                yield Hit(
                    action.identifier, f"the branch {branch!r} leads to {edge.target!r}", "Name an existing action"
                )


@rule("G02", Severity.WARNING, "Every action can be reached.")
def unreachable(subject: Subject) -> Iterator[Hit]:
    """Legal, but dead: no caller will ever get there."""
    for name in sorted(subject.actions.keys() - subject.reached(subject.flow.start)):
        yield Hit(name, "nothing leads here", "Connect it or remove it")


@rule("G03", Severity.REFUSED, "Every action that does not end the flow has a NextAction.")
def dead_ends(subject: Subject) -> Iterator[Hit]:
    """The service asks for it even where conditions decide; loop prompts never end, or end in their condition."""
    for action, kind in subject.typed():
        goes_on_by_itself = action.type == "MessageParticipantIteratively" and (
            not _interrupts(action) or action.transitions.conditions
        )
        if not kind.terminal and not goes_on_by_itself and action.transitions.next_action is None:
            yield Hit(action.identifier, f"{action.type} has no NextAction", "Lead it to the branch for 'no result'")


@rule("G04", Severity.REFUSED, "An action that ends the flow leads nowhere.")
def beyond_the_end(subject: Subject) -> Iterator[Hit]:
    """Terminal actions have empty transitions."""
    for action, kind in subject.typed():
        if kind.terminal and any(True for _ in action.transitions.edges()):
            yield Hit(action.identifier, f"{action.type} ends the flow and has transitions", "Write {} for Transitions")


@rule("G05", Severity.WARNING, "From everywhere there is a way out of the flow.")
def traps(subject: Subject) -> Iterator[Hit]:
    """A circle without an exit holds the caller for ever; only waiting and holding flows may."""
    loops = any(True for _ in subject.of_type("MessageParticipantIteratively"))
    if subject.flow_type in {CQ, CH, AH} or (subject.flow_type is None and loops):
        return
    leads_here: dict[str, list[str]] = {}
    for action in subject.actions.values():
        for edge in action.transitions.edges():
            leads_here.setdefault(edge.target, []).append(action.identifier)
    saved: set[str] = set()
    waiting = [action.identifier for action in subject.actions.values() if _leaves(action)]
    while waiting:
        name = waiting.pop()
        if name not in saved:
            saved.add(name)
            waiting.extend(leads_here.get(name, ()))
    for name in sorted(subject.reached(subject.flow.start) - saved):
        yield Hit(name, "no way leads from here to the end of the flow", "Add a branch to a disconnect or transfer")


def _interrupts(action: Action) -> bool:
    return "InterruptFrequencySeconds" in action.parameters


def _leaves(action: Action) -> bool:
    # An unknown type may be an end; rule T01 already speaks of it.
    return action.type in _LEAVES or action.type not in ACTIONS or ACTIONS[action.type].terminal
