"""For every rule on several flows: flows that break it together, and the same mended."""

from typing import Any

from flowlang import document
from flowlang.load import Loaded
from tests.support.flow_documents import action
from tests.support.flow_documents import document as flow_of

CONTRACT: dict[str, Any] = {
    "input": {
        "schema": {
            "type": "object",
            "properties": {"account": {"type": "string"}, "tries": {"type": "number"}},
            "required": ["account"],
        }
    },
    "resultData": {"schema": {"type": "object", "properties": {"tier": {"type": "string"}}}},
    "transitions": {"results": [{"name": "gold", "description": ""}]},
}
SETTINGS: dict[str, Any] = {"InputParameters": [], "OutputParameters": [], "Transitions": []}


def transfer(name: str, to: str) -> Loaded:
    """Return a flow that transfers to another."""
    return Loaded(
        flow=document.parse(
            flow_of(
                action("on", "TransferToFlow", {"ContactFlowId": to}, go="end", errors={"NoMatchingError": "end"}),
                action("end", "DisconnectParticipant"),
            )
        ),
        name=name,
        type="CONTACT_FLOW",
    )


def module(name: str, calls: str = "", contract: Any = None, **returns: Any) -> Loaded:
    """Return a module that calls another, if any, and returns something."""
    call = action("call", "InvokeFlowModule", {"FlowModuleId": calls}, go="done", errors={"NoMatchingError": "done"})
    actions = [call] if calls else []
    flow = flow_of(*actions, action("done", "EndFlowModuleExecution", returns), Settings=SETTINGS)
    return Loaded(flow=document.parse(flow), name=name, type="MODULE", contract=contract)


def caller(branch: str = "gold", **given: Any) -> Loaded:
    """Return a flow that calls the module `m` with this input and waits for this branch."""
    errors = {"NoMatchingCondition": "end", "NoMatchingError": "end"}
    call = action("call", "InvokeFlowModule", {"FlowModuleId": "m", "Input": given}, go="end", errors=errors,
                  when=[("Equals", branch, "end")])  # fmt: skip
    flow = flow_of(call, action("end", "DisconnectParticipant"))
    return Loaded(flow=document.parse(flow), name="caller", type="CONTACT_FLOW")


def hook(to: str) -> Loaded:
    """Return a flow that sets the queue flow to another."""
    flow = flow_of(
        action("hook", "UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": to}}, go="end",
               errors={"NoMatchingError": "end"}),
        action("end", "DisconnectParticipant"),
    )  # fmt: skip
    return Loaded(flow=document.parse(flow), name="hooker", type="CONTACT_FLOW")


def waiting(name: str) -> Loaded:
    """Return a customer queue flow."""
    prompts = action("wait", "MessageParticipantIteratively", {"Messages": [{"Text": "Please hold."}]})
    return Loaded(flow=document.parse(flow_of(prompts)), name=name, type="CUSTOMER_QUEUE")


def nested(depth: int) -> list[Loaded]:
    """Return modules of which each calls the next, and a flow that calls the first."""
    modules = [module(f"m{at}", f"m{at + 1}" if at < depth else "") for at in range(1, depth + 1)]
    first = caller()
    actions = [
        {**one, "Parameters": {"FlowModuleId": "m1"}} if one["Identifier"] == "call" else one
        for one in document.to_document(first.flow)["Actions"]
    ]
    return [Loaded(flow=document.parse(flow_of(*actions)), name="top", type="CONTACT_FLOW"), *modules]


SETS: dict[str, tuple[list[Loaded], list[Loaded]]] = {
    "S01": ([transfer("a", "b"), transfer("b", "c"), transfer("c", "a")], [transfer("a", "b"), transfer("b", "c")]),
    "S02": (nested(6), nested(5)),
    "S03": ([transfer("a", "m"), module("m")], [transfer("a", "b"), transfer("b", "elsewhere")]),
    "S04": (
        [caller("silver", account="$.Attributes.account"), module("m", contract=CONTRACT)],
        [caller("gold", account="$.Attributes.account", tries=3), module("m", contract=CONTRACT, Result="gold")],
    ),
    "S05": ([hook("b"), transfer("b", "elsewhere")], [hook("q"), waiting("q")]),
}
