"""Privacy: the shape of what is kept of requests and holds. Pure. They are few: a tenant's lie in one partition."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.privacy.models import Hold, Kind, Person, Request, State, Walk

REQUEST: Final = "REQUEST#"
HOLD: Final = "HOLD#"
WALK: Final = "WALK"


def all_partition(tenant: TenantId) -> str:
    """Return the partition of the tenant's requests and holds."""
    return partition(tenant, "PRIVACY", tenant)


def request_key(tenant: TenantId, id_: str) -> dict[str, str]:
    """Return the key of a request."""
    return {"pk": all_partition(tenant), "sk": REQUEST + id_}


def hold_key(tenant: TenantId, id_: str) -> dict[str, str]:
    """Return the key of a hold."""
    return {"pk": all_partition(tenant), "sk": HOLD + id_}


def request_item(tenant: TenantId, request: Request) -> dict[str, Any]:
    """Return the item of a request; absent facts take no room."""
    return request_key(tenant, request.id) | _plain(asdict(request))


def request_of(item: Mapping[str, Any]) -> Request:
    """Return the request that `request_item` wrote."""
    told = _told(item)
    return Request(**{**told, "kind": Kind(told["kind"]), "state": State(told["state"])})


def hold_item(tenant: TenantId, hold: Hold) -> dict[str, Any]:
    """Return the item of a hold."""
    return hold_key(tenant, hold.id) | _plain(asdict(hold))


def hold_of(item: Mapping[str, Any]) -> Hold:
    """Return the hold that `hold_item` wrote."""
    return Hold(**_told(item))


def walk_key(tenant: TenantId) -> dict[str, str]:
    """Return the key of where the walk over the customers stands."""
    return {"pk": all_partition(tenant), "sk": WALK}


def walk_item(tenant: TenantId, walk: Walk) -> dict[str, Any]:
    """Return the item of where the walk stands."""
    return walk_key(tenant) | _plain(asdict(walk))


def walk_of(item: Mapping[str, Any]) -> Walk:
    """Return where the walk stands, as `walk_item` wrote it."""
    return Walk(**_values(item))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in values.items() if value is not None}
    return {name: _instant(value) if isinstance(value, datetime) else value for name, value in kept.items()}


def _told(item: Mapping[str, Any]) -> dict[str, Any]:
    values = _values(item)
    person = values.get("person")
    values["person"] = Person(**{name: tuple(value) for name, value in person.items()}) if person else None
    return values


def _values(item: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
    return {
        name: datetime.fromisoformat(value) if name.endswith("_at") or name in {"at", "until"} else value
        for name, value in values.items()
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
