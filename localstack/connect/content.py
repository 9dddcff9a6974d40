"""Flow content: would Amazon Connect publish it?"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from flowlang import document
from flowlang.catalogue.model import MOD
from flowlang.lint import Finding, refusals
from flowlang.lint.set_rules import lint_set
from flowlang.load import Loaded
from localstack.connect import arns
from localstack.connect.api_errors import InvalidParameter
from localstack.connect.engine import actions as actions  # noqa: PLC0414  fills the registry
from localstack.connect.engine import honour
from localstack.connect.engine.settings import Settings
from localstack.connect.resources import FlowModule

MAX_CONTENT_CHARS = 256_000
"""Amazon Connect's limit for one flow's content."""

CONTRACTS = "S04"
"""The rule that a module and its calls keep to its contract."""
MAX_PROBLEMS = 25
"""Amazon Connect shows problems in numbers that a person can read."""


def problems_of(
    content: str, flow_type: str, modules: Iterable[FlowModule] = (), contract: Mapping[str, Any] | None = None
) -> tuple[str, ...]:
    """What is wrong with the content of a flow (or of a module: `flow_type` "MODULE"); empty when nothing is.

    Calls of `modules` keep to the contracts of these, and a module keeps to its own `contract` (1).

    The rules are the linter's: the findings for which Amazon Connect refuses to publish. What the emulator cannot
    honour is refused in the same way, by its name.
    """
    if len(content) > MAX_CONTENT_CHARS:
        return (f"The content has {len(content)} characters, at most {MAX_CONTENT_CHARS} are allowed",)
    try:
        flow = document.parse(json.loads(content))
    except json.JSONDecodeError as error:
        return (f"The content is not JSON: {error}",)
    except document.InvalidDocument as error:
        return (str(error),)
    found = (
        *refusals(flow, flow_type=flow_type),
        *_unfit(Loaded(flow=flow, type=flow_type, contract=contract), modules),
    )
    if found := found[:MAX_PROBLEMS]:
        return tuple(f"{finding.code} {finding.action}: {finding.message}" for finding in found)
    return tuple(f"Not emulated: {why}" for why in honour.refusals(flow.actions, Settings())[:MAX_PROBLEMS])


def _unfit(own: Loaded, modules: Iterable[FlowModule]) -> tuple[Finding, ...]:
    """What breaks a contract: that of the module itself, or of one that it calls."""
    called = tuple(_loaded(one) for one in modules if one.contract and _calls(own, one))
    if own.contract is None and not called:
        return ()
    return tuple(finding for whose, finding in lint_set([own, *called]) if whose is own and finding.code == CONTRACTS)


def _calls(own: Loaded, module: FlowModule) -> bool:
    named = (action.parameters.get("FlowModuleId") for action in own.flow.actions if action.type == "InvokeFlowModule")
    return any(isinstance(one, str) and arns.bare_id(one) == module.id for one in named)


def _loaded(module: FlowModule) -> Loaded:
    return Loaded(
        flow=document.parse(module.content),
        name=module.name,
        type=MOD,
        ids=frozenset({module.id, module.arn}),
        contract=contract_of(module.contract),
    )


def contract_of(text: str) -> Mapping[str, Any] | None:
    """The contract that a module's Settings declare; None for none, which `{}` is, too.

    Raises InvalidParameter when they are no JSON object.
    """
    try:
        found = json.loads(text or "{}")
    except json.JSONDecodeError as error:
        msg = f"Settings is not JSON: {error}"
        raise InvalidParameter(msg) from error
    if not isinstance(found, Mapping):
        msg = "Settings is no JSON object"
        raise InvalidParameter(msg)
    return found or None


def digest(text: str) -> str:
    """The checksum that the API names a content by."""
    return hashlib.sha256(text.encode()).hexdigest()
