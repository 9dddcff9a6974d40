"""Flow content: would Amazon Connect publish it?"""

import json

from flowlang import document
from flowlang.lint import refusals

MAX_CONTENT_CHARS = 256_000
"""Amazon Connect's limit for one flow's content."""

MAX_PROBLEMS = 25
"""Amazon Connect shows problems in numbers that a person can read."""


def problems_of(content: str, flow_type: str) -> tuple[str, ...]:
    """What is wrong with the content of a flow (or of a module: `flow_type` "MODULE"); empty when nothing is.

    The rules are the linter's: the findings for which Amazon Connect refuses to publish.
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
    return tuple(f"{finding.code} {finding.action}: {finding.message}" for finding in found)
