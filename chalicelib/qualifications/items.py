"""Qualifications: the shape of what is kept. `T#<tenant>#QUALIFICATION#<agent>` holds all of an agent. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from chalicelib.platform.instants import instant
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.qualifications.models import File, Result

OWN: Final = "OWN"
RESULT_PREFIX: Final = "RESULT#"


def agent_partition(tenant: TenantId, agent: str) -> str:
    """Return where everything of an agent lies."""
    return partition(tenant, "QUALIFICATION", agent)


def result_item(tenant: TenantId, result: Result) -> dict[str, Any]:
    """Return the item of a result; it is written once."""
    at = instant(result.recorded_at)
    return {
        "pk": agent_partition(tenant, result.agent),
        "sk": f"{RESULT_PREFIX}{result.on.isoformat()}#{at}#{result.kind}#{result.id}",
        "agent": result.agent,
        "kind": result.kind,
        "id": result.id,
        "on": result.on.isoformat(),
        "passed": result.passed,
        "recorded_at": at,
        "by": result.by,
    }


def own_item(tenant: TenantId, agent: str, skill: str) -> dict[str, Any]:
    """Return the item that says which skill is given back to an agent."""
    return {"pk": agent_partition(tenant, agent), "sk": OWN, "skill": skill}


def file_of(items: Iterable[Mapping[str, Any]]) -> File:
    """Return what the items of one agent tell; results oldest first."""
    results: list[Result] = []
    own: str | None = None
    for item in items:
        if item["sk"] == OWN:
            own = item["skill"]
        else:
            results.append(_result_of(item))
    return File(results=tuple(results), own_skill=own)


def _result_of(item: Mapping[str, Any]) -> Result:
    return Result(
        agent=item["agent"],
        kind=item["kind"],
        id=item["id"],
        on=date.fromisoformat(item["on"]),
        passed=item["passed"],
        recorded_at=datetime.fromisoformat(item["recorded_at"]),
        by=item["by"],
    )
