"""Tenants of the project whose first line asks its callers a question after the call."""

from typing import Any

import yaml

from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import parse
from tests.support.tenant_world import TENANTS


def surveyed(tenant: str = "propertycare", share_percent: int = 100, **changed: Any) -> Contract:
    """Return a tenant whose first line asks; `changed` are sections, and `prompts` those of the line."""
    raw = yaml.safe_load((TENANTS / f"{tenant}.yaml").read_text(encoding="utf-8"))
    line = raw["service_lines"][0]
    line |= {"survey": {"share_percent": share_percent}}
    line["prompts"] = {**line.get("prompts", {}), **changed.pop("prompts", {})}
    return parse({**raw, **changed}, source="test")
