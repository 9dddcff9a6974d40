"""Which branches of an action the language can take at all.

Source: the order of evaluation after an action ran, section 1 of the reference material beside the project.
"""

from flowlang.catalogue import ACTIONS
from flowlang.catalogue.results import wait_results
from flowlang.document import Action, Edge

LEAVES = frozenset({"TransferToFlow", "TransferContactToQueue", "TransferContactToAgent"})
"""Types whose success ends this flow: their NextAction is never read."""

NO_CONDITION = "NoMatchingCondition"


def possible(action: Action) -> tuple[Edge, ...]:
    """Return the branches of an action that can be taken, each once, in the order in which they are tested."""
    kind = ACTIONS.get(action.type)
    if kind is not None and kind.terminal:
        return ()
    edges = [edge for edge in action.transitions.edges() if edge.kind != "next"]
    if action.transitions.conditions and not _open_ended(action):
        edges = [edge for edge in edges if edge.label != NO_CONDITION or edge.kind != "error"]
    if action.transitions.next_action is not None and follows(action):
        edges.append(Edge("next", "", action.transitions.next_action))
    return tuple(dict.fromkeys(edges))


def follows(action: Action) -> bool:
    """Tell whether NextAction is where the contact goes after some result."""
    if action.type in LEAVES or _stays_away(action):
        return False
    if not action.transitions.conditions:
        return not endless(action)
    return NO_CONDITION not in action.transitions.error_types() and _open_ended(action)


def endless(action: Action) -> bool:
    """Tell whether an action plays on for ever: loop prompts that nothing interrupts."""
    interrupted = "InterruptFrequencySeconds" in action.parameters or bool(action.transitions.conditions)
    return action.type == "MessageParticipantIteratively" and not interrupted


def _open_ended(action: Action) -> bool:
    """Tell whether the action can have a result that none of its conditions tests."""
    kind = ACTIONS.get(action.type)
    results = set(kind.as_used(action.parameters).result.values) if kind is not None else set()
    if action.type == "Wait":
        results = wait_results(action)
    tested = {operand for one in action.transitions.conditions for operand in one.operands if one.operator == "Equals"}
    return not results or bool(results - tested)


def _stays_away(action: Action) -> bool:
    """A third party is connected and the flow does not go on."""
    if action.type != "TransferParticipantToThirdParty":
        return False
    return str(action.parameters.get("ContinueFlowExecution", "")).casefold() == "false"
