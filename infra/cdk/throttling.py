"""How many requests a second the REST API of a tenant takes: in all, and of what is costly. Pure.

The API is the tenant's own, so the limits of its stage are the tenant's (docs/adr/0021).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

REQUESTS_PER_SEAT: Final = 0.2
"""A second: a desktop asks every five seconds at most. The burst is twice that."""
LEAST_PER_S: Final = 10
COSTLY_PART: Final = 5
"""What reads thousands of items gets one in so many of the API's requests: reports cannot take the desks' share."""
LEAST_COSTLY_PER_S: Final = 2

COSTLY: Final[Sequence[tuple[str, str]]] = (
    ("GET", "/v1/audit"),
    ("GET", "/v1/audit/chain"),
    ("GET", "/v1/kpis"),
    ("GET", "/v1/kpis/targets"),
    ("GET", "/v1/menus/{line}/report"),
    ("GET", "/v1/recordings"),
    ("GET", "/v1/contacts/{contact_id}/recordings/{name}/verify"),
)
"""Routes that read a whole period or a whole object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Requests a second in the long run, and at once."""

    rate_per_s: int
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of the whole API, and of each costly route."""

    whole: Limit
    costly: Limit


def limits(seats: int) -> Limits:
    """Return the limits of a tenant with so many seats at its busiest."""
    rate = max(LEAST_PER_S, round(seats * REQUESTS_PER_SEAT))
    costly = max(LEAST_COSTLY_PER_S, rate // COSTLY_PART)
    return Limits(whole=Limit(rate_per_s=rate, burst=2 * rate), costly=Limit(rate_per_s=costly, burst=2 * costly))


def method_settings(told: Limits) -> list[Mapping[str, Any]]:
    """Return the stage's settings: the whole API's first, then those of the costly routes."""
    return [
        _setting("*", "/*", told.whole),
        *(_setting(method, _encoded(path), told.costly) for method, path in COSTLY),
    ]


def _setting(method: str, path: str, limit: Limit) -> Mapping[str, Any]:
    return {
        "ResourcePath": path,
        "HttpMethod": method,
        "ThrottlingRateLimit": limit.rate_per_s,
        "ThrottlingBurstLimit": limit.burst,
        "MetricsEnabled": True,
    }


def _encoded(path: str) -> str:
    """Return the path as a stage spells it: all slashes but the first are `~1`."""
    return "/" + path.removeprefix("/").replace("/", "~1")
