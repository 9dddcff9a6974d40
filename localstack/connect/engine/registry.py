"""The registry of action types: one small unit a type, found by its name in the flow language."""

from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any

from localstack.connect.engine.effects import Effect, Outcome

if TYPE_CHECKING:
    from localstack.connect.engine.interpreter import FlowRun

Parameters = Mapping[str, Any]
Performing = Generator[Effect, Any, Outcome]
Unit = Callable[["FlowRun", Parameters], Outcome | Performing]

UNITS: dict[str, Unit] = {}


def action[U: Callable[..., Any]](name: str) -> Callable[[U], U]:
    """Register the function below as the unit of one action type. Two units of one name are a defect."""

    def register(unit: U) -> U:
        if name in UNITS:
            msg = f"two units for {name}"
            raise ValueError(msg)
        UNITS[name] = unit
        return unit

    return register
