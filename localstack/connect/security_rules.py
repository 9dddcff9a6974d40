"""What a security profile is limited to: kept and shown, and held against nobody."""

from collections.abc import Mapping
from typing import Any

from localstack.connect.api_errors import InvalidParameter

RESTRICTIONS = (
    "AllowedAccessControlTags",
    "TagRestrictedResources",
    "HierarchyRestrictedResources",
    "AllowedAccessControlHierarchyGroupId",
    "GranularAccessControlConfiguration",
)
REFUSED = ("Applications", "AllowedFlowModules", "AllowedAIAgents")


def restrictions(request: Mapping[str, Any]) -> dict[str, Any]:
    """The restrictions of a request. Raises InvalidParameter for what is not emulated."""
    refused = [name for name in REFUSED if request.get(name)]
    if refused:
        msg = f"This emulator has no {', '.join(refused)} of security profiles"
        raise InvalidParameter(msg)
    return {name: request[name] for name in RESTRICTIONS if request.get(name)}
