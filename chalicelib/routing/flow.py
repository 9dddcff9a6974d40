"""Routing: what a contact flow may invoke.

The tenant's document and the queues of the instance travel with the function. If either is broken there is no safe
answer to give: the function fails, and the error branch of the flow takes the default queue that is written into the
flow itself.
"""

import functools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint

from chalicelib.customers.service import CallerStore
from chalicelib.numbers import service as numbers
from chalicelib.platform import aws, clock, observability, settings
from chalicelib.platform.flow_door import NONE, ContactFlowEvent, flow_door
from chalicelib.routing import criteria, explain, hops, priority, strategies
from chalicelib.routing.criteria import Leg
from chalicelib.routing.models import Decision, Reason, TargetKind
from chalicelib.routing.service import NO_FLOOR, Aims, ContactFacts, Floors, Groups, Overrides, Routing
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import MenuOption, Tenant

bp = Blueprint(__name__)

HANDED_OVER = frozenset({"route", "emergency"})
"""Outcomes of the menu after which it has told category and queue."""
TARGETS = 3
"""Targets that a reply describes in full; `targets` names them all."""
QUEUED = frozenset({TargetKind.QUEUE, TargetKind.CALLBACK})
"""Targets that stand in a queue of Amazon Connect."""
WAITING = "waiting"
"""What a queue flow sends as `stage` while the contact waits for agents; `aside` while a flow serves it."""
STAY = {"stay": "true"}
"""The whole answer to a contact that goes on waiting."""


@dataclass(frozen=True, slots=True)
class Wired:
    """The use-cases of this process, and the Amazon Connect id of each of the contract's queues.

    Without `groups` no desk rings: a group's telephones do, one after the other.
    """

    routing: Routing
    queue_ids: Mapping[str, str]
    groups: Groups | None = None


@functools.cache
def wired() -> Wired:
    """Return the use-cases wired for this process; a missing or malformed setting fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    queue_ids = settings.text_map(os.environ, "TRUNKLINE_QUEUES")
    tenant = tenancy.current()
    if missing := sorted(set(tenant.queues) - set(queue_ids)):
        msg = f"TRUNKLINE_QUEUES lacks the queues {', '.join(missing)}"
        raise settings.BadSetting(msg)
    client, reader = aws.client("dynamodb", aws.CALLER_WAITS), aws.reader(aws.CALLER_WAITS)
    store = CallerStore(reader, configured.table)
    floors, changed = _beside(reader, configured.table, tenant)
    aims = _aims(configured.table, tenant) if strategies.aims_at_agents(tenant.plan) else None
    groups = _groups(client, configured.table, tenant) if tenant.plan.rings_desks else None
    return Wired(Routing(store, tenant, clock.from_environment(), floors, changed, aims), queue_ids, groups)


def _beside(client: Any, table: str, tenant: Tenant) -> tuple[Floors, Overrides | None]:
    """Return floor and overrides from the table, as the contract needs them.

    What reads them is loaded here: no other tenant's cold start pays for it.
    """
    plan = tenant.plan
    if plan.needs_floor and plan.is_changeable:
        from chalicelib.overrides.service import kept_s  # noqa: PLC0415 - see above
        from chalicelib.routing import beside  # noqa: PLC0415 - see above

        return beside.of_table(client, table, tenant, kept_s(os.environ))
    if plan.needs_floor:
        from chalicelib.routing import live_floor  # noqa: PLC0415 - see above

        return live_floor.of_table(client, table, tenant), None
    if plan.is_changeable:
        from chalicelib.overrides import service as overrides  # noqa: PLC0415 - see above

        return NO_FLOOR, overrides.live(client, table, tenant, overrides.kept_s(os.environ))
    return NO_FLOOR, None


def _aims(table: str, tenant: Tenant) -> Aims:
    """Return what reserves agents in the table. It is loaded here: no other tenant's cold start pays for it."""
    from chalicelib.routing import reserving  # noqa: PLC0415 - see above

    return reserving.of_table(table, tenant)


def _groups(client: Any, table: str, tenant: Tenant) -> Groups:
    """Return what rings desks. It is loaded here: no other tenant's cold start pays for it."""
    from chalicelib.offers import service as offers  # noqa: PLC0415 - see above
    from chalicelib.routing.groups import AtDesks  # noqa: PLC0415 - see above

    return AtDesks(offers.of_table(client, table, tenant))


def handle(event: ContactFlowEvent, budget_s: float, wires: Wired) -> dict[str, str]:
    """Decide where the contact goes; exactly one read, none for a withheld number.

    A contact that waits is asked about at every turn of its queue flow; while its time lasts that costs no read.
    An unknown number is counted for an alarm (NUM-02), a queue in another language than the caller's too (TEN-05).
    """
    if _stays(event, wires):
        return STAY
    contact = facts(event, wires)
    observability.measure("UnknownNumber", float(not contact.number_known))
    decision = wires.routing.route(contact, event.caller, budget_s=budget_s)
    if wires.groups is not None:
        decision = wires.groups.offered(decision, contact)
    fallen_back = any(target.reason is Reason.LANGUAGE_FALLBACK for target in decision.targets)
    observability.measure("LanguageFallback", float(fallen_back))
    observability.measure("FloorUnknown", float(decision.record.without is not None))
    return reply(decision, event, wires)


def handle_degraded(event: ContactFlowEvent, wires: Wired) -> dict[str, str]:
    """Answer when the store does not: the default queue, flagged (ACD-21); a contact that waits stays where it is."""
    if event.parameter("stage") == WAITING:
        return STAY
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
        id=event.contact_id or "",
        channel=event.channel or "VOICE",
        dialled=event.dialled,
        menu_path=_keys(event.attributes.get("menuPath", "")),
        branch=event.parameter("branch") or event.attributes.get("branch"),
        chosen=_chosen(event),
        emergency=event.attributes.get("menuOutcome") == "emergency",
        attributes=event.attributes,
        tried=frozenset(hops.places(event.parameter("tried"))),
        in_queue_flow=event.parameter("stage") is not None,
    )


def _chosen(event: ContactFlowEvent) -> MenuOption | None:
    """Return what the menu handed over: its category, and its queue in the language that it found one for."""
    said = {name: event.attributes.get(name, NONE) for name in ("category", "menuQueue", "menuQueueLanguage")}
    if event.attributes.get("menuOutcome") not in HANDED_OVER or said["category"] == NONE:
        return None
    queues = {} if said["menuQueue"] == NONE else {said["menuQueueLanguage"]: said["menuQueue"]}
    return MenuOption(digit=event.parameter("menuChoice") or NONE, category=said["category"], queues=queues)


def _stays(event: ContactFlowEvent, wires: Wired) -> bool:
    since, timeout_s = event.parameter("since"), event.parameter("timeoutS")
    return event.parameter("stage") == WAITING and hops.stays(since, timeout_s, wires.routing.now())


def _keys(menu_path: str) -> str | None:
    """Return the keys in a path such as `main>3>0`; None when none was pressed."""
    return "".join(word for word in menu_path.split(">") if word.isdigit()) or None


def reply(decision: Decision, event: ContactFlowEvent, wires: Wired) -> dict[str, str]:
    """Return the flat map that the flow branches on and keeps as contact attributes.

    `queue` is where the contact goes when a flow does not know what else to do, and whose message it is (`_named`).
    Criteria are JSON in one text. `stay` is `last` for one that waits and has nowhere to go.
    """
    legs = criteria.legs(decision.targets)
    tenant, record = wires.routing.tenant, decision.record
    queue = _named(legs, record.queue) or tenant.lines[decision.line].default_queue
    flat = {
        "queue": queue,
        "queueArn": _queue_arn(queue, event, wires),
        "queueName": tenant.queues[queue].name,
        "category": decision.category or NONE,
        "priority": str(decision.priority),
        "headStart": str(priority.head_start_class(record.rank, decision.head_start_s)),
        "reason": decision.reason.value,
        "strategy": decision.strategy,
        "rule": record.rule or NONE,
        "region": record.region or NONE,
        "without": record.without or NONE,
        "degraded": "true" if decision.is_degraded else "false",
        "degradedFlag": Reason.DEGRADED.value if decision.is_degraded else NONE,
        "line": decision.line,
        "language": decision.language,
        "contractVersion": decision.version,
        "decidedAt": decision.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "presentedNumber": tenant.plan.presented_number or NONE,
        **_onward(legs[0], event),
        "targetCount": str(len(legs)),
        "targets": explain.targets_text(decision.targets),
        "passed": explain.passed_text(record.passed) or NONE,
        "found": explain.found_text(decision),
    }
    for position in range(TARGETS):
        flat |= _slot(f"target{position + 1}", legs[position] if position < len(legs) else None, event, wires)
    return flat


def _named(legs: Sequence[Leg], meant: str | None) -> str | None:
    """Return the queue that a decision names: the next one while agents are looked for, else the one that was meant.

    A message that is left instead belongs to the group that could not answer, not to the queue behind it in the list.
    """
    if meant is not None and legs[0].target.kind not in (TargetKind.QUEUE, TargetKind.AGENT, TargetKind.GROUP):
        return meant
    return next((leg.target.id for leg in legs if leg.target.kind is TargetKind.QUEUE), meant)


def _onward(leg: Leg, event: ContactFlowEvent) -> dict[str, str]:
    """Return what a flow keeps while it acts on the first target: where the contact has been, what its queue is asked.

    The last resort is not forced upon a contact that waits: its caller keeps the place.
    """
    waits = event.parameter("stage") == WAITING
    asked = criteria.text(leg.steps) if leg.steps else None
    lifted = hops.lifted((event.attributes.get("routeCriteria"), asked))
    return {
        "stay": "last" if waits and leg.target.reason is Reason.NOBODY_ANSWERED else "no",
        "tried": hops.with_place(event.parameter("tried"), leg.target.place),
        "criteria": asked or hops.lifted((event.attributes.get("routeCriteria"),)) or NONE,
        "criteriaOff": lifted or NONE,
    }


def _slot(name: str, leg: Leg | None, event: ContactFlowEvent, wires: Wired) -> dict[str, str]:
    """Return the keys of one target; a slot that is not used says `none`, so that no path of a flow is ever unset."""
    if leg is None:
        empty = dict.fromkeys((f"{name}{part}" for part in ("Type", "Id", "Arn", "Reason", "Criteria")), NONE)
        return empty | {f"{name}TimeoutS": "0"}
    target = leg.target
    return {
        f"{name}Type": target.kind.value,
        f"{name}Id": target.id,
        f"{name}Arn": _queue_arn(target.id, event, wires) if target.kind in QUEUED else NONE,
        f"{name}TimeoutS": str(leg.timeout_s),
        f"{name}Reason": target.reason.value,
        f"{name}Criteria": criteria.text(leg.steps) if leg.steps else NONE,
    }


def _queue_arn(queue: str, event: ContactFlowEvent, wires: Wired) -> str:
    if event.instance_arn is None:
        msg = "the event names no Amazon Connect instance, so no queue can be named"
        raise ValueError(msg)
    return f"{event.instance_arn}/queue/{wires.queue_ids[queue]}"


@bp.lambda_function(name="route_contact")
@flow_door(
    "route_contact",
    tenant=lambda: tenancy.current().id,
    degraded=lambda event: handle_degraded(event, wired()),
    logged=(
        *("line", "queue", "priority", "reason", "degraded", "contractVersion"),
        *("strategy", "rule", "region", "without", "targets", "passed"),
    ),
)
def route_contact(event: ContactFlowEvent, budget_s: float) -> dict[str, str]:
    """Tell the flow where the contact goes, and why."""
    return handle(event, budget_s, wired())


if settings.is_entry(__name__):
    wired()
