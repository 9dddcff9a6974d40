"""Which values the documents at hand set at all: what none of them sets can only come from outside."""

from collections.abc import Iterable, Iterator, Mapping

from flowlang.document import Action, scalar_text

FILLS: Mapping[str, str] = {
    "InvokeLambdaFunction": "External",
    "ConnectParticipantWithLexBot": "Lex",
    "ShowView": "Views",
    "InvokeFlowModule": "Modules.Result",
    "UpdateContactTargetQueue": "Queue",
    "GetMetricData": "Metrics",
    "CreateWisdomSession": "Wisdom",
    "UpdateContactMediaStreamingBehavior": "MediaStreams",
    "GetCustomerProfile": "Customer",
    "CreateCustomerProfile": "Customer",
    "UpdateCustomerProfile": "Customer",
    "GetCustomerProfileObject": "Customer",
    "GetCalculatedAttributesForCustomerProfile": "Customer",
    "CreateCase": "Case",
    "GetCase": "Case",
    "UpdateCase": "Case",
    "EvaluateDataTableValues": "DataTables",
    "ListDataTableValues": "DataTableList",
}
"""Which namespace an action fills when it succeeds."""

_GROUPS: Mapping[str, str] = {"Attributes": "Attributes", "FlowAttributes": "FlowAttributes", "EventHooks": "hook"}
SETTERS = frozenset({"UpdateContactAttributes", "UpdateFlowAttributes", "UpdateContactEventHooks"})
"""Types that set values by name."""


def given(action: Action) -> Iterator[tuple[str, object]]:
    """Yield the names under which an action's values become known, with the values as they stand."""
    for parameter, root in _GROUPS.items() if action.type in SETTERS else ():
        values = action.parameters.get(parameter)
        for key, value in values.items() if isinstance(values, Mapping) else ():
            yield f"{root}.{key}", value.get("Value", "") if isinstance(value, Mapping) else value


def provided(actions: Iterable[Action]) -> frozenset[str]:
    """Return every value and namespace that one of these actions may set."""
    found: set[str] = set()
    for action in actions:
        found |= {name for name, _ in given(action)}
        if action.type in FILLS:
            found.add(FILLS[action.type])
        if scalar_text(action.parameters.get("StoreInput", "")).casefold() == "true":
            found.add("StoredCustomerInput")
        if scalar_text(action.parameters.get("InvocationType", "")).upper() == "ASYNCHRONOUS":
            found.add("LambdaInvocation.InvocationId")
    return frozenset(found)
