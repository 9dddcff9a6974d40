"""What can happen where the participant hears, types, says or waits."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from flowlang.document import Edge, scalar_text, whole_number
from flowlang.explore import ways
from flowlang.explore.library import text
from flowlang.explore.outcomes import Here, Outcome, declared, results, unit
from flowlang.explore.state import State
from flowlang.explore.values import matching


def audible(parameters: Mapping[str, Any]) -> bool:
    """Tell whether a prompt says or plays anything."""
    return any(
        bool(scalar_text(value).strip(" .,"))
        for name in ("Text", "SSML", "PromptId", "Media")
        if (value := parameters.get(name)) is not None
    )


@unit("MessageParticipant", "MessageParticipantIteratively")
def _message(here: Here) -> Iterator[Outcome]:
    loud = here.action.type == "MessageParticipantIteratively" or audible(here.action.parameters)
    after = here.state.spoken_to() if loud else here.state
    if ways.endless(here.action):
        yield Outcome(choice="waits", end="waiting", interactive=True)
        return
    yield from results(here, after, interactive=True)


@unit("GetParticipantInput")
def _input(here: Here) -> Iterator[Outcome]:
    loud = audible(here.action.parameters)
    before = here.state.spoken_to() if loud else here.state
    limit_s = whole_number(text(here.action, "InputTimeLimitSeconds")) or 0
    # After a prompt it is the caller's turn: that silence is theirs.
    waited_s = 0 if loud else limit_s
    answered, silent = replace(before, told=False, silent_s=0), replace(before, told=False).silent_for(waited_s)
    if text(here.action, "StoreInput").casefold() == "true":
        typed = answered.with_facts([("StoredCustomerInput", None)])
        yield here.on(None, "type digits", typed, interactive=True)
        nothing = silent.with_facts([("StoredCustomerInput", "Timeout")])
        yield here.on(None, "type nothing", nothing, interactive=True)
        return
    yield from _keys(here, answered)
    target = here.action.transitions.on_error("InputTimeLimitExceeded")
    if target is not None:
        name = "InputTimeLimitExceeded" if "InputTimeLimitExceeded" in declared(here.action) else "NoMatchingError"
        yield here.goes("type nothing", Edge("error", name, target), silent, interactive=True)
    else:
        yield Outcome(choice="type nothing", end="failed", error="InputTimeLimitExceeded", interactive=True)


def _keys(here: Here, state: State) -> Iterator[Outcome]:
    conditions = here.action.transitions.conditions
    if not conditions:
        yield from results(here, state, "press", interactive=True)
        return
    tested = [operand for one in conditions for operand in one.operands]
    other = [key for key in "9876543210*#" if key not in tested][:1]
    seen: set[int | None] = set()
    for key in (*tested, *other):
        at = matching(conditions, key, state)
        if at not in seen:
            seen.add(at)
            yield here.branch(at, f"press {key}", state, interactive=True)


@unit(
    "ConnectParticipantWithLexBot",
    "ShowView",
    "Wait",
    "TransferParticipantToThirdParty",
    "CompleteOutboundCall",
    "AuthenticateParticipant",
)
def _takes_part(here: Here) -> Iterator[Outcome]:
    if here.action.type == "TransferParticipantToThirdParty" and not ways.follows(here.action):
        yield Outcome(choice="answers", end="transferred", interactive=True)
        return
    after = replace(here.state, silent_s=0) if here.action.type == "Wait" else here.state.spoken_to()
    root = {"ConnectParticipantWithLexBot": "Lex", "ShowView": "Views"}.get(here.action.type)
    yield from results(here, after.with_facts([(root, None)], root) if root else after, interactive=True)
