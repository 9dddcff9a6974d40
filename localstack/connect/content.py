"""Flow content: would Amazon Connect publish it?"""

import json

from flowlang import document
from flowlang.lint import refusals
from localstack.connect.engine import actions as actions  # noqa: PLC0414  fills the registry
from localstack.connect.engine import honour
from localstack.connect.engine.settings import Settings

MAX_CONTENT_CHARS = 256_000
"""Amazon Connect's limit for one flow's content."""

MAX_PROBLEMS = 25
"""Amazon Connect shows problems in numbers that a person can read."""


def problems_of(content: str, flow_type: str) -> tuple[str, ...]:
    """What is wrong with the content of a flow (or of a module: `flow_type` "MODULE"); empty when nothing is.

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
    found = refusals(flow, flow_type=flow_type)[:MAX_PROBLEMS]
    if found:
        return tuple(f"{finding.code} {finding.action}: {finding.message}" for finding in found)
    return tuple(f"Not emulated: {why}" for why in honour.refusals(flow.actions, Settings())[:MAX_PROBLEMS])
