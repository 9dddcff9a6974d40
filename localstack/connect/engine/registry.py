"""The registry of action types: one small unit a type, found by its name in the flow language."""

from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any

from localstack.connect.engine.effects import Effect, Outcome
from localstack.connect.engine.settings import Settings

if TYPE_CHECKING:
    from localstack.connect.engine.interpreter import FlowRun

Parameters = Mapping[str, Any]
Performing = Generator[Effect, Any, Outcome]
Unit = Callable[["FlowRun", Parameters], Outcome | Performing]
Check = Callable[[Parameters, Settings], str | None]

UNITS: dict[str, Unit] = {}
CHECKS: dict[str, list[Check]] = {}
"""What a unit cannot honour: asked when a flow is loaded, not when the action is reached."""


def action[U: Callable[..., Any]](name: str) -> Callable[[U], U]:
    """Register the function below as the unit of one action type. Two units of one name are a defect."""

    def register(unit: U) -> U:
        if name in UNITS:
            msg = f"two units for {name}"
            raise ValueError(msg)
        UNITS[name] = unit
        return unit

    return register


def cannot(*names: str) -> Callable[[Check], Check]:
    """Register the function below: it says which use of these action types cannot be honoured here, None = all can."""

    def register(check: Check) -> Check:
        for name in names:
            CHECKS.setdefault(name, []).append(check)
        return check

    return register
