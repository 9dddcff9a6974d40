"""How a tenant's reserved concurrency is divided over its functions (REL-08). Pure."""

from collections.abc import Mapping

WEIGHTS: Mapping[str, int] = {
    "route_contact": 20,
    "lookup_customer": 16,
    "menu_step": 16,
    "ingest_contact_records": 16,
    "ingest_agent_events": 8,
    "api": 16,
    "recording_indexer": 2,
    "estimate_wait": 1,
    "request_callback": 2,
    "connect_linker": 2,
    "export_analytics": 1,
    "notify_voicemail": 1,
    "review_papers": 1,
    "review_qualifications": 1,
    "serve_privacy_requests": 1,
    "note_security_events": 2,
}
"""Shares in percent. What a caller waits for comes first; what reads a stream can wait and keeps its order."""


def split(total: int) -> dict[str, int]:
    """Divide `total` executions over the functions: at least one each, the rest by weight, the sum exactly `total`.

    Raises:
        ValueError: fewer executions than functions: one of them could never run.

    """
    if total < len(WEIGHTS):
        msg = f"capacity.reserved_concurrency must be at least {len(WEIGHTS)}, one for each function, not {total}"
        raise ValueError(msg)
    spare = total - len(WEIGHTS)
    whole = sum(WEIGHTS.values())
    shares = {name: 1 + spare * weight // whole for name, weight in WEIGHTS.items()}
    by_remainder = sorted(WEIGHTS, key=lambda name: (-(spare * WEIGHTS[name] % whole), name))
    for name in by_remainder[: total - sum(shares.values())]:
        shares[name] += 1
    return shares
