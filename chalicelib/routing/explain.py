"""A decision in words and in JSON: for the log, the contact's attributes and `trunkline route explain`. Pure."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from chalicelib.routing import criteria
from chalicelib.routing.models import Decision, Passed, Target

TEXT_MAX = 500
"""Longest text that is kept on a contact; attributes take 32 KB in all."""
FOUND_MAX = 250
"""The same for what was found."""


def targets_text(targets: Iterable[Target]) -> str:
    """Return the list in one line: `agent li.na 15 last-agent; queue english 450 menu-choice`."""
    rows = (f"{one.kind} {one.id} {one.timeout_s} {one.reason}" for one in targets)
    return "; ".join(rows)[:TEXT_MAX]


def passed_text(passed: Iterable[Passed]) -> str:
    """Return how often each reason passed something over, most often first: `away 3, busy 2`."""
    counted = Counter([one.why for one in passed])
    rows = sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    return ", ".join(f"{why} {count}" for why, count in rows)[:TEXT_MAX]


def found_text(decision: Decision) -> str:
    """Return in one line what the other attributes of a contact do not tell: `rank 1; region east; passed away 3`."""
    record = decision.record
    found = {
        "rank": str(record.rank),
        "segments": ", ".join(record.segments),
        "region": record.region,
        "branch": record.branch,
        "without": record.without,
        "raised by": ", ".join(record.raised_by),
        "passed": passed_text(record.passed),
    }
    return "; ".join(f"{name} {value}" for name, value in found.items() if value)[:FOUND_MAX]


def document(decision: Decision) -> dict[str, Any]:
    """Return the whole decision as JSON-compatible data."""
    record = decision.record
    return {
        "at": decision.at.isoformat(),
        "line": decision.line,
        "language": decision.language,
        "category": decision.category,
        "reason": decision.reason.value,
        "strategy": decision.strategy,
        "contract_version": decision.version,
        "priority": {
            "rank": record.rank,
            "queue_priority": decision.priority,
            "head_start_s": decision.head_start_s,
            "raised_by": list(record.raised_by),
        },
        "found": {
            "rule": record.rule,
            "segments": list(record.segments),
            "region": record.region,
            "branch": record.branch,
            "queue": record.queue,
            "strategy": record.strategy,
            "without": record.without.value if record.without else None,
        },
        "targets": [_target(target) for target in decision.targets],
        "legs": [
            {
                "kind": leg.target.kind.value,
                "id": leg.target.id,
                "timeout_s": leg.timeout_s,
                "criteria": criteria.document(leg.steps) if leg.steps else None,
            }
            for leg in criteria.legs(decision.targets)
        ],
        "passed": [{"what": one.what, "why": one.why.value} for one in record.passed],
    }


def _target(target: Target) -> dict[str, Any]:
    told = {
        "kind": target.kind.value,
        "id": target.id,
        "timeout_s": target.timeout_s,
        "reason": target.reason.value,
    }
    return told if target.queue is None else {**told, "queue": target.queue}
