"""What cannot be honoured in a flow, by name: such a flow is refused when it is loaded, never skipped in silence."""

from collections.abc import Iterable

from flowlang.catalogue import ACTIONS, MISSPELT, Status
from flowlang.document import Action
from localstack.connect.engine.registry import CHECKS, UNITS
from localstack.connect.engine.settings import Settings


def refusals(actions: Iterable[Action], settings: Settings) -> tuple[str, ...]:
    """Why a flow with these actions cannot be run; empty when it can."""
    return tuple(f"{action.identifier}: {why}" for action in actions if (why := _refusal(action, settings)))


def _refusal(action: Action, settings: Settings) -> str | None:
    known = ACTIONS.get(action.type)
    if known is None:
        meant = MISSPELT.get(action.type)
        return f"there is no action type {action.type}" + (f", {meant} is meant" if meant else "")
    if known.status is Status.REFUSED:
        return f"{action.type} is {known.status}"
    if action.type not in UNITS:
        return f"{action.type} is not emulated"
    if known.status is Status.UNDOCUMENTED and settings.unverified_actions == "refuse":
        return f"the parameters of {action.type} are not published"
    whys = (check(action.parameters, settings) for check in CHECKS.get(action.type, ()))
    return next((f"{action.type}: {why}" for why in whys if why), None)
