"""Writes what the emulator needs of CloudFormation's resource schemas: names, types and bounds, without descriptions.

The schemas come with cfn-lint, which the local cloud's environment does not have:

    .venv/bin/python scripts/distil_resource_schemas.py
"""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from localstack.connect.provisioners import PROVISIONERS  # noqa: E402  the path is set above
from localstack.connect.resource_rules import FILE  # noqa: E402

KEPT = ("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "required")
ESCAPED_TWICE = "\\\\\\\\"
"""Patterns that are escaped twice fit nothing, and those of another dialect cannot be read: both are left out."""


def _usable(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return ESCAPED_TWICE not in json.dumps(pattern)


def distilled(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    """One node of a schema, its references resolved."""
    if "$ref" in schema:
        return distilled(whole["definitions"][schema["$ref"].rpartition("/")[2]], whole)
    node = {key: schema[key] for key in KEPT if key in schema}
    if "pattern" in node and not _usable(node["pattern"]):
        del node["pattern"]
    if "properties" in schema:
        node["properties"] = {name: distilled(inner, whole) for name, inner in schema["properties"].items()}
    if isinstance(schema.get("items"), Mapping):
        node["items"] = distilled(schema["items"], whole)
    return node


def document() -> dict[str, Any]:
    """Every resource type that the emulator provisions."""
    found: dict[str, Any] = {}
    for kind in sorted(PROVISIONERS):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
        told = {path.removeprefix("/properties/") for path in schema.get("readOnlyProperties", [])}
        found[kind] = {**distilled(schema, schema), "readOnly": sorted(told)}
    return found


def text() -> str:
    """The file's content."""
    return json.dumps(document(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
