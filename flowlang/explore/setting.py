"""What actions set: attributes, hooks and namespaces that a success fills."""

from collections.abc import Iterator

from flowlang.explore.outcomes import Here, Outcome, results, unit
from flowlang.explore.provided import FILLS, given
from flowlang.explore.values import known_text


@unit("UpdateContactAttributes", "UpdateFlowAttributes", "UpdateContactEventHooks")
def _set(here: Here) -> Iterator[Outcome]:
    facts = [(name, known_text(value, here.state)) for name, value in given(here.action)]
    yield here.on(None, "goes on", here.state.with_facts(facts))


@unit(*sorted(FILLS.keys() - {"InvokeLambdaFunction", "ConnectParticipantWithLexBot", "ShowView", "InvokeFlowModule"}))
def _fill(here: Here) -> Iterator[Outcome]:
    root = FILLS[here.action.type]
    yield from results(here, here.state.with_facts([(root, None)], root))
