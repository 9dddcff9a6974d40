"""Writes what the emulator needs of AWS's service authorization reference: the resource types of each action.

The reference comes with cfn-lint, which the local cloud's environment does not have:

    .venv/bin/python scripts/distil_authorization.py
"""

import json
import sys
from importlib import resources
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from localstack.connect.api_model import service_model  # noqa: E402  the path is set above
from localstack.connect.authorization import FILE  # noqa: E402


def text() -> str:
    """Every operation of Amazon Connect whose action the reference has, an operation a line."""
    file = resources.files("cfnlint.data.AdditionalSpecs") / "Policies.json"
    actions = json.loads(file.read_text(encoding="utf-8"))["connect"]["Actions"]
    lines = [
        f"  {json.dumps(name)}: {json.dumps(sorted(set(actions[name.lower()].get('Resources') or ())))}"
        for name in sorted(service_model().operation_names)
        if name.lower() in actions
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
