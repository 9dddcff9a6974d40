"""Run a call through a flow in this process, on a virtual clock, and keep what was heard, done and walked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowlang import tasks
from flowlang.explore import Step
from flowlang.load import Loaded
from localstack.connect.alone.calls import Script, script
from localstack.connect.alone.functions import Handler, ports
from localstack.connect.alone.walk import keys
from localstack.connect.alone.world import FlowWorld
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import Told


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a call.

    `steps` are the actions entered, each with the name of its flow. `told` is the transcript: what everybody heard and
    did, and why.
    """

    contact: Contact
    steps: tuple[tuple[str, str], ...]

    @property
    def told(self) -> tuple[Told, ...]:
        """The transcript."""
        return tuple(self.contact.transcript)

    @property
    def lines(self) -> list[str]:
        """The transcript as lines: the second of the call, what kind of thing, the text."""
        began = self.contact.transcript[0].at if self.contact.transcript else None
        return [f"{(one.at - began).total_seconds():7.1f} {one.kind:12} {one.text}" for one in self.told if began]

    @property
    def heard(self) -> list[str]:
        """What the caller heard."""
        return [one.text for one in self.told if one.kind == "hears"]


def run(
    flow: str | Path | Loaded,
    *,
    functions: Mapping[str, Handler] | None = None,
    others: str | Path | Iterable[Loaded] = (),
    way: Sequence[Step] = (),
    **told: Any,
) -> Ran:
    """Place a call and run it to its end.

    `flow` is a file or a loaded flow, `others` a folder of flows and modules that it may refer to, or loaded ones,
    `functions` are Python functions `(event, context)` by the name in their ARN. `told` are the keys of a script:
    `script=[{"press": "1"}]`, `agents=1`, `open=True`, `attributes={...}`, `answers={"look_up": [{...}, "error"]}` ...
    Along `way`, a script of the explorer, the caller presses its keys and actions fail or result as it says.

    Raises:
        flowlang.tasks.Unreadable: a file holds no flow.
        localstack.connect.alone.calls.BadScript: a key or value is not what a script has.

    """
    if way:
        told = {"agents": 0, "script": keys(way), **told}
    begun: Script = script(told)
    first = list(tasks.read(Path(flow))) if isinstance(flow, str | Path) else [flow]
    more = tasks.read_folder(Path(others)) if isinstance(others, str | Path) else others
    world = FlowWorld([*first, *more], ports({**begun.answers, **(functions or {})}), begun, way)
    contact = world.call(begun.plan)
    return Ran(contact, tuple(world.walk.entered))
