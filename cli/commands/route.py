"""`trunkline route`: the decision for a contact, explained, without a cloud."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from chalicelib.numbers import service as numbers
from chalicelib.platform import clock
from chalicelib.platform.errors import InvalidInput, NotFound
from chalicelib.routing import criteria, explain, policy
from chalicelib.routing.models import CallerFacts, ContactFacts, Decision, Step
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.models import Tenant, from_document
from cli import api, aws, options, route_state, terminal
from cli.route_state import StateFile

app = typer.Typer(no_args_is_help=True, help="Why a contact goes where it goes.")

TenantId = Annotated[str, typer.Option("--tenant", help="A tenant's id, the name of its file in tenants/.")]
From = Annotated[str | None, typer.Option("--from", help="The caller's number; left out, it is withheld.")]
To = Annotated[str | None, typer.Option("--to", help="The dialled number.")]
Line = Annotated[str | None, typer.Option("--line", help="The service line, when no number is given.")]
Menu = Annotated[str | None, typer.Option("--menu", help="The keys that the caller pressed, in order.")]
Language = Annotated[str | None, typer.Option("--language", help="The caller's language.")]
Grade = Annotated[str | None, typer.Option("--grade", help="The customer's grade.")]
Manager = Annotated[str | None, typer.Option("--manager", help="The customer's account manager.")]
Branch = Annotated[str | None, typer.Option("--branch", help="The branch that the caller chose.")]
Channel = Annotated[str, typer.Option("--channel", help="VOICE, CHAT, TASK or EMAIL.")]
Attributes = Annotated[
    list[str] | None, typer.Option("--attribute", help="NAME=VALUE of the contact; may be repeated.")
]
At = Annotated[str | None, typer.Option("--at", help="ISO instant with its zone, such as 2026-03-02T09:00+08:00.")]
State = Annotated[
    Path | None, typer.Option("--state", exists=True, dir_okay=False, help="Agents, queues, history: docs/routing.md.")
]
ContactId = Annotated[str, typer.Option("--id", help="The contact's id, which seeds chance.")]
Past = Annotated[
    str | None, typer.Option("--contact", help="A contact of the local cloud: what was decided when it was routed.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]


@app.callback()
def route() -> None:
    """Do nothing: that there is a callback makes typer keep `explain` as a command, although there is only one."""


@app.command("explain")
def explain_(  # noqa: PLR0913, PLR0917 - every fact of a contact is an option
    tenant: TenantId,
    past: Past = None,
    port: options.Port = aws.PORT,
    caller: From = None,
    dialled: To = None,
    line: Line = None,
    menu: Menu = None,
    language: Language = None,
    grade: Grade = None,
    manager: Manager = None,
    branch: Branch = None,
    channel: Channel = "VOICE",
    attribute: Attributes = None,
    at: At = None,
    state: State = None,
    contact_id: ContactId = "contact",
    as_json: AsJson = False,
) -> None:
    """Print where a contact goes, in which order, for how long, and why; what was passed over, and why not.

    With --contact, where a past one went: what is kept of its decision, and its hops.
    """
    if past is not None:
        _print(past_rows(_past(past, tenant, port)))
        return
    compiled = from_document(compile_contract(options.contract(tenant)))
    now = _instant(at)
    known = route_state.read(state) if state else StateFile()
    found = numbers.resolve(compiled, dialled, line)
    if line is not None and line not in compiled.lines:
        msg = f"{tenant} has no line {line!r}; expected one of {', '.join(sorted(compiled.lines))}"
        raise InvalidInput(msg)
    contact = ContactFacts(
        line=found.line,
        language=language,
        menu_choice=menu[0] if menu else None,
        menu_path=menu,
        is_stray=found.is_fallback,
        number_known=found.number_known,
        id=contact_id,
        channel=channel,
        dialled=dialled,
        branch=branch,
        attributes=_pairs(attribute or []),
    )
    who = CallerFacts(
        number=caller, grade=grade, manager=manager, recent=known.past(now), open_tickets=known.open_tickets
    )
    decision = policy.decide(contact, compiled, who, now, known.floor(now) if state else None)
    if as_json:
        typer.echo(json.dumps(explain.document(decision), ensure_ascii=False, indent=2))
        return
    _print(_told(decision, compiled))


def _print(rows: Iterable[str]) -> None:
    out = terminal.console()
    for row in rows:
        out.print(row, markup=False, soft_wrap=True)


def _past(contact_id: str, tenant: str, port: int) -> dict[str, Any]:
    url = aws.endpoint(port)
    found = api.connect(aws.stack(tenant, url), url).contact(contact_id)
    if found is None:
        msg = f"{tenant} has no contact {contact_id}"
        raise NotFound(msg)
    return found


def past_rows(contact: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is kept of a contact's decision. Pure."""
    facts = contact["facts"]
    yield f"contact {contact['contact_id']}, line {facts.get('line')}, {facts.get('language') or 'no language'}"
    yield f"reason {facts.get('reason') or '-'}; contract {facts.get('contract') or '-'}"
    for name in ("rule", "queue", "strategy", "found"):
        yield f"  {name:10} {facts.get(name) or '-'}"
    yield "Targets, in order:"
    yield from (f"  {n}. {target}" for n, target in enumerate((facts.get("targets") or "none").split("; "), 1))
    yield "Places that the caller has been to:"
    yield from (f"  {place}" for place in (facts.get("hops") or "none").split())


def _instant(text: str | None) -> datetime:
    if text is None:
        return clock.system_now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError as exc:
        msg = f"--at {text}: expected an ISO instant such as 2026-03-02T09:00+08:00"
        raise InvalidInput(msg) from exc
    if at.tzinfo is None:
        msg = f"--at {text}: expected an instant with its zone, such as {text}+08:00"
        raise InvalidInput(msg)
    return at


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, found, value = text.partition("=")
        if not (name and found):
            msg = f"--attribute {text}: expected NAME=VALUE"
            raise InvalidInput(msg)
        pairs[name] = value
    return pairs


def _told(decision: Decision, tenant: Tenant) -> Iterator[str]:
    record = decision.record
    yield f"{tenant.name}, line {decision.line}, {decision.language}, at {decision.at.isoformat()}"
    yield f"reason {decision.reason}; contract {decision.version}"
    found = (
        ("rule", record.rule),
        ("segments", ", ".join(record.segments)),
        ("region", record.region),
        ("branch", record.branch),
        ("queue", record.queue),
        ("strategy", _strategy(decision)),
        ("priority", _priority(decision)),
    )
    for name, value in found:
        yield f"  {name:10} {value or '-'}"
    yield "Targets, in order:"
    for n, target in enumerate(decision.targets, 1):
        place = f"{target.kind} {target.id}" + (f" in {target.queue}" if target.queue else "")
        yield f"  {n}. {place:44} {target.timeout_s:>5} s  {target.reason}"
        if len(target.agents) > 1:
            yield f"     {', '.join(target.agents)}"
    yield "What Amazon Connect is told:"
    for leg in criteria.legs(decision.targets):
        yield f"  {leg.target.kind} {leg.target.id} for {leg.timeout_s} s"
        for step in leg.steps:
            yield f"     {_step(step)}"
    yield "Passed over:" if record.passed else "Nothing was passed over."
    for one in record.passed:
        yield f"  {one.what}: {one.why}"


def _strategy(decision: Decision) -> str:
    record = decision.record
    if record.without is None:
        return record.strategy
    return f"{record.strategy}, but {record.without}: left to Amazon Connect ({decision.strategy})"


def _priority(decision: Decision) -> str:
    record = decision.record
    told = f"rank {record.rank}, QueuePriority {decision.priority}"
    if decision.head_start_s:
        told += f", {decision.head_start_s} s head start"
    return told + (f", raised by {', '.join(record.raised_by)}" if record.raised_by else "")


def _step(step: Step) -> str:
    asked = (
        f"agents {', '.join(step.agents)}"
        if step.agents
        else " and ".join(f"{n} {v} >= {x}" for n, v, x in step.skills)
    )
    return f"{asked}, {'for ever' if step.expiry_s is None else f'{step.expiry_s} s'}"
