"""Routing: what a contact flow may invoke.

The tenant's document and the queues of the instance travel with the function. If either is broken there is no safe
answer to give: the function fails, and the error branch of the flow takes the default queue that is written into the
flow itself.
"""

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass

from chalice.app import Blueprint

from chalicelib.customers.service import CallerStore
from chalicelib.numbers import service as numbers
from chalicelib.platform import aws, clock, observability, settings
from chalicelib.platform.flow_door import NONE, ContactFlowEvent, flow_door
from chalicelib.routing.models import Decision, Reason, Target, TargetKind
from chalicelib.routing.service import ContactFacts, Routing
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)

TARGETS = 3
"""Targets that a reply has room for; the policy never makes more."""


@dataclass(frozen=True, slots=True)
class Wired:
    """The use-cases of this process, and the Amazon Connect id of each of the contract's queues."""

    routing: Routing
    queue_ids: Mapping[str, str]


@functools.cache
def wired() -> Wired:
    """Return the use-cases wired for this process; a missing or malformed setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    queue_ids = settings.text_map(os.environ, "TRUNKLINE_QUEUES")
    tenant = tenancy.current()
    if missing := sorted(set(tenant.queues) - set(queue_ids)):
        msg = f"TRUNKLINE_QUEUES lacks the queues {', '.join(missing)}"
        raise settings.BadSetting(msg)
    store = CallerStore(aws.client("dynamodb", aws.CALLER_WAITS), configured.table)
    return Wired(Routing(store, tenant, clock.from_environment()), queue_ids)


def handle(event: ContactFlowEvent, budget_s: float, wires: Wired) -> dict[str, str]:
    """Decide where the contact goes; exactly one read, none for a withheld number.

    An unknown number is counted for an alarm (NUM-02), a queue in another language than the caller's too (TEN-05).
    """
    contact = facts(event, wires)
    observability.measure("UnknownNumber", float(not contact.number_known))
    decision = wires.routing.route(contact, event.caller, budget_s=budget_s)
    observability.measure("LanguageFallback", float(decision.targets[0].reason is Reason.LANGUAGE_FALLBACK))
    return reply(decision, event, wires)


def handle_degraded(event: ContactFlowEvent, wires: Wired) -> dict[str, str]:
    """Answer when the store does not: the default queue, flagged (ACD-21)."""
    return reply(wires.routing.degraded(facts(event, wires)), event, wires)


def facts(event: ContactFlowEvent, wires: Wired) -> ContactFacts:
    """Return what the event tells of the contact; the line is the dialled number's (NUM-02)."""
    found = numbers.resolve(wires.routing.tenant, event.dialled, event.parameter("line"))
    return ContactFacts(
        line=found.line,
        language=event.parameter("language"),
        menu_choice=event.parameter("menuChoice"),
        is_stray=found.is_fallback,
        number_known=found.number_known,
    )


def reply(decision: Decision, event: ContactFlowEvent, wires: Wired) -> dict[str, str]:
    """Return the flat map that the flow branches on and keeps as contact attributes."""
    first = decision.targets[0]
    flat = {
        "queue": first.id,
        "queueArn": _arn(first, event, wires),
        "queueName": wires.routing.tenant.queues[first.id].name,
        "category": decision.category or NONE,
        "priority": str(decision.priority),
        "reason": decision.reason.value,
        "strategy": decision.strategy,
        "degraded": "true" if decision.is_degraded else "false",
        "degradedFlag": Reason.DEGRADED.value if decision.is_degraded else NONE,
        "line": decision.line,
        "language": decision.language,
        "contractVersion": decision.version,
        "decidedAt": decision.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "targetCount": str(len(decision.targets)),
    }
    for position in range(TARGETS):
        target = decision.targets[position] if position < len(decision.targets) else None
        flat |= _slot(f"target{position + 1}", target, event, wires)
    return flat


def _slot(name: str, target: Target | None, event: ContactFlowEvent, wires: Wired) -> dict[str, str]:
    """Return the keys of one target; a slot that is not used says `none`, so that no path of a flow is ever unset."""
    return {
        f"{name}Type": target.kind.value if target else NONE,
        f"{name}Id": target.id if target else NONE,
        f"{name}Arn": _arn(target, event, wires) if target else NONE,
        f"{name}TimeoutS": str(target.timeout_s) if target else "0",
        f"{name}Reason": target.reason.value if target else NONE,
    }


def _arn(target: Target, event: ContactFlowEvent, wires: Wired) -> str:
    if target.kind is not TargetKind.QUEUE:
        return NONE
    if event.instance_arn is None:
        msg = "the event names no Amazon Connect instance, so no queue can be named"
        raise ValueError(msg)
    return f"{event.instance_arn}/queue/{wires.queue_ids[target.id]}"


@bp.lambda_function(name="route_contact")
@flow_door(
    "route_contact",
    tenant=lambda: tenancy.current().id,
    degraded=lambda event: handle_degraded(event, wired()),
    logged=("line", "queue", "priority", "reason", "degraded", "contractVersion"),
)
def route_contact(event: ContactFlowEvent, budget_s: float) -> dict[str, str]:
    """Tell the flow where the contact goes, and why."""
    return handle(event, budget_s, wired())


if settings.is_entry(__name__):
    wired()
