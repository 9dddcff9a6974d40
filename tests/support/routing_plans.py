"""The HR group with a routing section, and small floors of agents."""

import functools
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from chalicelib.routing import policy
from chalicelib.routing.floor import Agent, Floor, Presence, QueueState
from chalicelib.routing.models import CallerFacts, ContactFacts, Decision, Past
from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract_file import parse
from chalicelib.tenancy.models import Tenant, from_document

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday, 09:00 in Shanghai: the minute in which `sales-day` opens."""

_RAW = (Path(__file__).resolve().parents[2] / "tenants" / "hrgroup.yaml").read_text(encoding="utf-8")

FULL: dict[str, Any] = {
    "strategies": [
        {"id": "round", "kind": "hunting", "ring_s": 15, "most": 3},
        {"id": "in-order", "kind": "fixed-order", "ring_s": 10, "most": 5},
        {"id": "least", "kind": "least-talk", "ring_s": 20, "most": 2},
        {"id": "fewest", "kind": "fewest-contacts", "most": 2},
        {"id": "chance", "kind": "random", "most": 1},
        {"id": "shares", "kind": "weighted", "weights": {"ann": 3, "bob": 1, "cat": 0}, "most": 1},
        {"id": "everyone", "kind": "ring-all", "ring_s": 25, "most": 3},
        {
            "id": "by-skill",
            "kind": "skills",
            "require": [
                {"attribute": "Business", "source": "category", "level": 4},
                {"attribute": "Language", "value": "Mandarin", "level": 3},
            ],
            "relax": [
                {"after_s": 30, "levels": {"Business": 2}},
                {"after_s": 90, "drop": ["Language"]},
            ],
        },
        {"id": "near", "kind": "site-preferred", "after_s": 40},
        {"id": "beijing-first", "kind": "site-preferred", "site": "beijing", "after_s": 20},
        {"id": "two-sites", "kind": "site-shares", "shares": {"beijing": 3, "shanghai": 1}, "after_s": 45},
    ],
    "overflow": [
        {
            "id": "complaints-chain",
            "queues": ["complaints"],
            "wait_limit_s": 90,
            "skip_wait_s": 600,
            "hops": [
                {"to": "queue", "id": "telesales", "timeout_s": 60},
                {"to": "outside", "number": "+8613900000001", "timeout_s": 25},
                {"to": "ivr", "id": "self-service"},
            ],
        },
        {
            "id": "callers-return",
            "hops": [{"to": "callback", "id": "after-sales"}, {"to": "voicemail"}, {"to": "duty", "id": "manager"}],
        },
    ],
    "rules": [
        {"id": "rescue", "when": {"menu": ["30"]}, "queue": "complaints", "priority": 1, "overflow": "callers-return"},
        {"id": "campaign", "when": {"attributes": {"campaign": ["spring", "autumn"]}}, "queue": "telesales"},
        {"id": "chat", "when": {"channels": ["CHAT"]}, "strategy": "least"},
        {
            "id": "office-gold",
            "when": {"grades": ["silver"], "segments": ["office"], "lines": ["telesales"], "languages": ["zh-CN"]},
            "strategy": "in-order",
        },
        {"id": "east-repair", "when": {"categories": ["repair"], "regions": ["east"]}, "priority": 2},
        {"id": "sales-line", "when": {"numbers": ["+862155360100"], "regions": ["elsewhere"]}, "priority": 8},
    ],
    "segments": [{"id": "office", "hours": "sales-day"}, {"id": "all-day", "hours": "always"}],
    "attribution": {
        "lines": ["after-sales"],
        "regions": [
            {"id": "north", "prefixes": ["+8610", "+8622"], "site": "beijing"},
            {"id": "east", "prefixes": ["+8621", "+86512"], "queue": "telesales"},
            {"id": "east-coast", "prefixes": ["+86512555"], "queue": "english"},
        ],
        "elsewhere": "english",
        "after_s": 50,
    },
    "branches": [
        {
            "id": "pudong",
            "numbers": ["+862155360100"],
            "queue": "complaints",
            "site": "shanghai",
            "headquarters": "after-sales",
            "after_s": 70,
        },
        {"id": "minhang", "queue": "telesales", "headquarters": "english"},
    ],
    "memory": {"of": "agent", "lookback_days": 30, "timeout_s": 15, "lines": ["after-sales"]},
    "key_accounts": {"grades": ["gold"], "manager_s": 20, "seats": "complaints", "seats_s": 40},
    "history": [
        {"kind": "recent-contact", "by": 2, "queues": ["complaints"], "within_h": 48},
        {"kind": "repeated-contacts", "by": 1, "within_h": 2, "count": 3},
        {"kind": "open-ticket", "by": 1},
    ],
    "closed": [
        {
            "lines": ["telesales"],
            "hops": [{"to": "duty", "id": "manager", "timeout_s": 20}, {"to": "callback", "id": "telesales"}],
        }
    ],
    "duties": [
        {
            "id": "manager",
            "number": "+8613900000009",
            "days": [
                {"date": "2026-03-08", "number": "+8613900000008"},
                {"weekdays": ["saturday", "sunday"], "number": "+8613900000007"},
            ],
        }
    ],
    "presented_number": "+864008601234",
    "site_attribute": "City",
    "ageing_bound_s": 600,
    "floor_max_age_s": 30,
}
"""Every part of a routing section at once."""


def raw(routing: dict[str, Any] | None = None, **queue_strategies: str) -> dict[str, Any]:
    """Return the HR group's contract, not yet validated, with this section and strategies of queues (`_` for `-`)."""
    document: dict[str, Any] = yaml.load(_RAW, yaml.CSafeLoader)
    document["routing"] = json.loads(json.dumps(routing or {}))
    for duty in document["routing"].get("duties", []):
        for day in duty.get("days", []):
            if "date" in day:
                day["date"] = datetime.fromisoformat(day["date"]).date()
    for queue in document["queues"]:
        queue["strategy"] = queue_strategies.get(queue["id"].replace("-", "_"), "longest-idle")
    return document


def planned(routing: dict[str, Any] | None = None, **queue_strategies: str) -> Tenant:
    """Return the compiled tenant with this routing section, as a function reads it."""
    return _planned(json.dumps(routing), tuple(sorted(queue_strategies.items())))


@functools.cache
def _planned(routing: str, queue_strategies: tuple[tuple[str, str], ...]) -> Tenant:
    contract = parse(raw(json.loads(routing), **dict(queue_strategies)), source="test")
    return from_document(json.loads(document_text(compile_contract(contract))))


def part(*names: str) -> dict[str, Any]:
    """Return some parts of the full section."""
    return {name: FULL[name] for name in names}


def contact(tenant: Tenant, *, line: str = "after-sales", **facts: Any) -> ContactFacts:
    """Return a call on the line."""
    return ContactFacts(line=tenant.lines[line], **facts)


def caller(number: str | None = "+8613800138000", **facts: Any) -> CallerFacts:
    """Return a caller."""
    return CallerFacts(number=number, **facts)


def past(hours_ago: float, *, line: str | None = "after-sales", **facts: Any) -> Past:
    """Return an answered contact of so long ago."""
    return Past(at=NOW - timedelta(hours=hours_ago), line=line, **{"answered": True, **facts})


def agent(name: str, **facts: Any) -> Agent:
    """Return an available agent of the after-sales queue; his id is `id-<name>`."""
    return Agent(
        **{
            "id": f"id-{name}",
            "name": name,
            "presence": Presence.AVAILABLE,
            "queues": frozenset({"after-sales"}),
            **facts,
        }
    )


def floor(*agents: Agent, age_s: float = 0, **queues: QueueState) -> Floor:
    """Return the floor of these agents, `age_s` old; `_` in a queue's name stands for `-`."""
    states = {name.replace("_", "-"): state for name, state in queues.items()}
    return Floor(at=NOW - timedelta(seconds=age_s), agents=agents, queues=states)


def places(decision: Decision) -> list[str]:
    """Return the list of a decision as `kind id seconds reason`."""
    return [f"{one.kind} {one.id} {one.timeout_s} {one.reason}" for one in decision.targets]


def passed(decision: Decision) -> set[str]:
    """Return what a decision passed over, as `what: why`."""
    return {f"{one.what}: {one.why}" for one in decision.record.passed}


def names(decision: Decision, kind: str = "agent") -> list[str]:
    """Return the ids of the targets of one kind."""
    return [target.id for target in decision.targets if target.kind == kind]


def idle(seconds: float) -> datetime:
    """Return since when an agent is idle who has been so for `seconds`."""
    return NOW - timedelta(seconds=seconds)


def shuffled(rows: Iterable[Agent], order: Any) -> tuple[Agent, ...]:
    """Return the rows in an order that `order`, a random source, decides."""
    found = list(rows)
    order.shuffle(found)
    return tuple(found)


def decide(tenant: Tenant, who: CallerFacts | None = None, state: Floor | None = None, **facts: Any) -> Decision:
    """Decide on a contact with these facts, now or at the time that they name."""
    return policy.decide(contact(tenant, **facts), tenant, who or caller(), facts.pop("now", NOW), state)
