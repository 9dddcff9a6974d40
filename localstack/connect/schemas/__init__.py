"""What leaves the emulator, as JSON Schemas (draft 2020-12) written from the reference.

The schemas are plain files beside this one and stand alone; any validator reads them. `README.md` lists them.
"""

import json
from pathlib import Path
from typing import Any, Literal

Name = Literal[
    "agent_event",
    "contact_event",
    "contact_event_tolerant",
    "contact_record",
    "flow_log",
    "lambda_event",
    "object_key",
]
"""A schema's name: its file without `.json`."""


def load(name: Name) -> dict[str, Any]:
    """The schema of that name."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
    return found
