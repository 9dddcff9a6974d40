"""Is a script a path? Read from the documents alone, without the explorer's own rules."""

from collections.abc import Sequence
from itertools import pairwise

from flowlang.document import Flow
from flowlang.explore import Step
from flowlang.load import Loaded

_LEAVE = {"TransferToFlow", "InvokeFlowModule", "TransferContactToQueue", "EndFlowModuleExecution"}
"""Types behind which the next action may stand in another document, or at its start."""


def assert_is_path(script: Sequence[Step], root: Loaded, others: Sequence[Loaded] = ()) -> None:
    """Hold every next step to be the target of a branch of the one before, or the start of another flow."""
    flows = {"": root.flow} | {one.name: one.flow for one in others}
    if script:
        assert (script[0].flow, script[0].action) == ("", root.flow.start)
    for here, there in pairwise(script):
        action = flows[here.flow].by_identifier()[here.action]
        if action.type in _LEAVE and there.action in _starts_and_returns(flows[there.flow], here, there):
            continue
        assert there.flow == here.flow
        assert there.action in {edge.target for edge in action.transitions.edges()}, (here, there)


def _starts_and_returns(flow: Flow, here: Step, there: Step) -> set[str]:
    """A start, or, behind the end of a module, any action that a branch of the caller leads to."""
    starts = {flow.start}
    targets = {edge.target for one in flow.actions for edge in one.transitions.edges()}
    return starts | (targets if here.flow != there.flow else set())
