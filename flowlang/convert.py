"""The console's old export, converted to the flow language. What has no counterpart is kept and reported by name.

Source: section 18 of the reference material beside the project, and the exports that it was written from.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flowlang.catalogue import ACTIONS
from flowlang.catalogue.model import AH, AT, AW, CH, CQ, CW, IN, MOD, OW, QT
from flowlang.convert_blocks import BLOCKS
from flowlang.convert_branches import branches
from flowlang.convert_values import Block, Converted, InvalidExport, text_of
from flowlang.document import Action, ErrorBranch, Flow, InvalidDocument, Transitions

TYPES: Mapping[str, str] = {
    "contactFlow": IN, "customerQueue": CQ, "customerHold": CH, "customerWhisper": CW, "outboundWhisper": OW,
    "agentHold": AH, "agentWhisper": AW, "agentTransfer": AT, "queueTransfer": QT, "flowModule": MOD,
    "contactFlowModule": MOD,
}  # fmt: skip
"""Flow types as exports write them, and the API's names."""

_RESOURCES: Mapping[str, str] = {
    "Queue": "QueueId", "Agent": "AgentId", "ContactFlowId": "ContactFlowId", "AudioPrompt": "PromptId",
    "Hours": "HoursOfOperationId", "HoursOfOperation": "HoursOfOperationId",
}  # fmt: skip

_TYPES_OF_BLOCKS = Counter(one.shape.block for one in ACTIONS.values())
TYPE_OF_BLOCK: Mapping[str, str] = {
    one.shape.block: name
    for name, one in ACTIONS.items()
    if _TYPES_OF_BLOCKS[one.shape.block] == 1 and (one.shape.block, "") not in BLOCKS
}
"""What other blocks are by the console's name for them, of which no old export is public; it must mean one type."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """The flow, what the export says of itself, and what was kept without a counterpart."""

    flow: Flow
    name: str
    type: str | None
    notes: tuple[str, ...]


def convert(export: Mapping[str, Any]) -> Conversion:
    """Convert a parsed export.

    Raises:
        InvalidDocument: a part of it has a shape that cannot be meant.

    """
    try:
        return _convert(export)
    except InvalidExport as problem:
        raise InvalidDocument(problem.path, problem.expected) from problem


def _convert(export: Mapping[str, Any]) -> Conversion:
    metadata = export.get("metadata")
    about: Mapping[str, Any] = metadata if isinstance(metadata, Mapping) else {}
    kind = TYPES.get(str(export.get("type") or about.get("type")))
    blocks = [Block.read(raw, f"modules.{at}") for at, raw in enumerate(export["modules"])]
    converted = [_block(block, kind) for block in blocks]
    flow = Flow(
        start=text_of(export.get("start")),
        actions=tuple(action for action, _ in converted),
        metadata=_metadata(about, blocks),
        settings={"InputParameters": [], "OutputParameters": [], "Transitions": []} if kind == MOD else None,
    )
    notes = tuple(note for _, found in converted for note in found)
    return Conversion(flow, text_of(about.get("name")), kind, notes)


def _block(block: Block, kind: str | None) -> tuple[Action, tuple[str, ...]]:
    make = BLOCKS.get((block.type, block.target)) or BLOCKS.get((block.type, ""))
    made = make(block, kind) if make else Converted(TYPE_OF_BLOCK.get(block.type, block.type), block.as_it_stands())
    ways, odd = branches(made.type, block)
    ways, dropped = _publishable(made, ways, kind)
    kept = {name: block.raw_value(name) for name in block.unused()} if make else {}
    action = Action(identifier=block.id, type=made.type, parameters={**kept, **made.parameters}, transitions=ways)
    notes = tuple(_notes(block, kept, odd, known=make is not None))
    return action, (*notes, *(f"{block.id}: {block.type} has no branch {name} today; left out" for name in dropped))


def _publishable(made: Converted, ways: Transitions, flow_type: str | None) -> tuple[Transitions, tuple[str, ...]]:
    """Return the branches as the service asks for them today, and the names of those that it refuses.

    What old blocks did not have, or the designer left unconnected, leads where any other error leads.
    """
    kind = ACTIONS.get(made.type)
    if kind is None or kind.terminal:
        return ways, ()
    shape = kind.as_used(made.parameters, flow_type)
    refused = [one for one in ways.errors if one.error_type in shape.forbidden or "*" in shape.forbidden]
    errors = [one for one in ways.errors if one not in refused]
    otherwise = ways.on_error("NoMatchingError") or ways.next_action
    missing = sorted(shape.required - {one.error_type for one in errors}) if otherwise is not None else []
    errors += [ErrorBranch(name, otherwise or "") for name in missing]
    return replace(ways, errors=tuple(errors)), tuple(one.error_type for one in refused)


def _notes(block: Block, kept: Mapping[str, Any], odd: tuple[str, ...], *, known: bool) -> Iterator[str]:
    if not known and (by_name := TYPE_OF_BLOCK.get(block.type)):
        yield f"{block.id}: the block {block.type!r} is {by_name} by its name; its parameters are kept as they stand"
    elif not known:
        yield f"{block.id}: no counterpart for the block type {block.type!r}; kept by its name"
    for name in sorted(kept):
        yield f"{block.id}: no counterpart for the parameter {name!r} of {block.type}; kept as it stands"
    for name in odd if known else ():
        yield f"{block.id}: no counterpart for the branch {name!r} of {block.type}; kept as an error branch"


def _metadata(about: Mapping[str, Any], blocks: list[Block]) -> Mapping[str, Any]:
    placed = {block.id: {**_position(block), **_names(block)} for block in blocks}
    shown = {key: about[key] for key in ("name", "description", "entryPointPosition") if about.get(key)}
    return {**shown, "ActionMetadata": placed}


def _position(block: Block) -> Mapping[str, Any]:
    position = block.metadata.get("position")
    return {"position": position} if isinstance(position, Mapping) else {}


def _names(block: Block) -> Mapping[str, Any]:
    """The names that the console showed for resources, where today's exports keep them."""
    shown = {
        _RESOURCES[name]: {"displayName": shown}
        for one in block.parameters
        if (name := text_of(one.get("name"))) in _RESOURCES and (shown := text_of(one.get("resourceName")))
    }
    return {"parameters": shown} if shown else {}
