"""Flow content: would Amazon Connect publish it?"""

import json
from collections.abc import Mapping
from typing import Any

MAX_CONTENT_CHARS = 256_000
"""Amazon Connect's limit for one flow's content."""

MAX_ACTIONS = 250
"""Amazon Connect's limit of actions in one flow."""


def problems_of(content: str, flow_type: str) -> tuple[str, ...]:  # noqa: ARG001  # the type decides in the linter
    """What is wrong with the content of a flow (or of a module: `flow_type` "MODULE"); empty when nothing is."""
    if len(content) > MAX_CONTENT_CHARS:
        return (f"The content has {len(content)} characters, at most {MAX_CONTENT_CHARS} are allowed",)
    try:
        document = json.loads(content)
    except json.JSONDecodeError as error:
        return (f"The content is not JSON: {error}",)
    return tuple(_shape_problems(document)) or tuple(_link_problems(document))


def _shape_problems(document: Any) -> list[str]:
    if not isinstance(document, Mapping):
        return ["The content must be a JSON object"]
    found = []
    if document.get("Version") != "2019-10-30":
        found.append("Version must be 2019-10-30")
    actions = document.get("Actions")
    if not isinstance(actions, list) or not actions:
        return [*found, "Actions must be a list with at least one action"]
    if len(actions) > MAX_ACTIONS:
        found.append(f"The flow has {len(actions)} actions, at most {MAX_ACTIONS} are allowed")
    for number, action in enumerate(actions):
        if not isinstance(action, Mapping) or not action.get("Identifier") or not action.get("Type"):
            found.append(f"Action {number} must have an Identifier and a Type")
    return found


def _link_problems(document: Mapping[str, Any]) -> list[str]:
    names = [action["Identifier"] for action in document["Actions"]]
    found = [f"The identifier {name!r} is used twice" for name in sorted({n for n in names if names.count(n) > 1})]
    if document.get("StartAction") not in names:
        found.append(f"StartAction {document.get('StartAction')!r} is not an action of this flow")
    for action in document["Actions"]:
        transitions = action.get("Transitions") or {}
        branches = [transitions, *(transitions.get("Conditions") or []), *(transitions.get("Errors") or [])]
        found.extend(
            f"Action {action['Identifier']!r} leads to {branch['NextAction']!r}, which does not exist"
            for branch in branches
            if branch.get("NextAction") and branch["NextAction"] not in names
        )
    return found
