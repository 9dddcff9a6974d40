"""On documents of any shape the explorer finishes within its bounds, and its scripts are real paths."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flowlang import document
from flowlang.catalogue import ACTIONS
from flowlang.explore import Bounds, explore, replay
from flowlang.load import Loaded
from tests.support.flow_scripts import assert_is_path

NAMES = st.sampled_from(["a", "b", "c", "d", "e", "nowhere"])
TYPES = st.sampled_from([*sorted(ACTIONS), "SayBoo"])
PATHS = st.sampled_from(
    ["$.Attributes.x", "$.Attributes.y", "$.External.z", "$.StoredCustomerInput", "$.Channel", "$.Modules.Result"]
)
SCALARS = st.sampled_from(["", "1", "2", "100", "True", "x", "-1", "1.5", "²"]) | PATHS | st.integers(-5, 5) | st.none()
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["x", "y", "CustomerQueue", "Value"]), inner, max_size=2)
    ),
    max_leaves=5,
)
KEYS = st.sampled_from([
    "Text", "StoreInput", "InputTimeLimitSeconds", "ComparisonValue", "LoopCount", "Attributes", "EventHooks",
    "ContactFlowId", "FlowModuleId", "Result", "Events", "InvocationTimeLimitSeconds", "InvocationType",
    "ContinueFlowExecution", "InterruptFrequencySeconds", "FlowAttributes", "Messages",
])  # fmt: skip
OPERATORS = st.sampled_from(["Equals", "NumberGreaterThan", "NumberLessThan", "TextContains", "KeyExists", "Is"])
CONDITIONS = st.fixed_dictionaries(
    {
        "NextAction": NAMES,
        "Condition": st.fixed_dictionaries({"Operator": OPERATORS, "Operands": st.lists(SCALARS, max_size=2)}),
    }
)
ERRORS = st.fixed_dictionaries(
    {
        "NextAction": NAMES,
        "ErrorType": st.sampled_from(
            ["NoMatchingError", "NoMatchingCondition", "InputTimeLimitExceeded", "QueueAtCapacity", "Odd"]
        ),
    }
)
TRANSITIONS = st.fixed_dictionaries(
    {},
    optional={
        "NextAction": NAMES,
        "Errors": st.lists(ERRORS, max_size=3),
        "Conditions": st.lists(CONDITIONS, max_size=3),
    },
)


def _actions(names: list[str]) -> Any:
    return st.tuples(*(
        st.fixed_dictionaries({
            "Identifier": st.just(name), "Type": TYPES, "Parameters": st.dictionaries(KEYS, VALUES, max_size=4),
            "Transitions": TRANSITIONS,
        })
        for name in names
    )).map(list)  # fmt: skip


DOCUMENTS = st.builds(
    lambda start, actions: {"Version": "2019-10-30", "StartAction": start, "Actions": actions},
    NAMES,
    st.integers(0, 5).flatmap(lambda count: _actions(["a", "b", "c", "d", "e"][:count])),
)
KINDS = st.sampled_from(["CONTACT_FLOW", "CUSTOMER_QUEUE", "MODULE", None])


@settings(max_examples=120)
@given(DOCUMENTS, DOCUMENTS, KINDS)
def test_any_document_is_explored_within_bounds_and_every_script_replays(raw: Any, other: Any, kind: Any) -> None:
    loaded = Loaded(flow=document.parse(raw), type=kind)
    others = (Loaded(flow=document.parse(other), name="x", type="MODULE"),)
    report = explore(loaded, others, bounds=Bounds(states=150))
    assert report.states <= 150
    assert report.visited <= report.reachable <= report.actions
    assert report.taken <= report.transitions
    for problem in report.problems:
        replay(loaded, problem.script, others)
        assert_is_path(problem.script, loaded, others)


@settings(max_examples=60)
@given(DOCUMENTS)
def test_what_is_taken_and_what_is_not_are_all_transitions(raw: Any) -> None:
    report = explore(Loaded(flow=document.parse(raw)), bounds=Bounds(states=150))
    assert report.taken + len(report.not_taken) == report.transitions
    assert report.visited + len(report.not_visited) == report.reachable
