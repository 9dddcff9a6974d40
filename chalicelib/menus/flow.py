"""Menus: what a contact flow may invoke. One function: the same event always has the same answer.

Where a call stands travels as contact attributes, which the flow sets from the reply: so a step needs no table of
calls, an agent and a report see the way of the caller, and a repeated invocation (4.3) changes nothing. For the live
view the node is noted too (RTM-01), after the answer is made; no step reads it.
"""

import functools
import os
from typing import Final

from chalice.app import Blueprint

from chalicelib.identity.models import ATTRIBUTE, OF_CUSTOMER
from chalicelib.identity.models import Level as Reached
from chalicelib.menus import log
from chalicelib.menus.models import Ask, Caller, Heard, Input, Kind, Level, Phase, State, Step, Utterance
from chalicelib.menus.service import Greeting, Menus, Turn, Visit, packaged
from chalicelib.menus.store import Trees
from chalicelib.numbers import service as numbers
from chalicelib.platform import aws, clock, observability, settings
from chalicelib.platform.flow_door import NONE, ContactFlowEvent, flow_door
from chalicelib.realtime.service import Moments, Places
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)

SILENCE: Final = "silence"
"""What the flow says when no key came; any other input is the key itself."""
GREET: Final = "greet"
AGENT: Final = "agent"
"""An agent has answered."""
CLOSED: Final = "closed"
"""The outcome outside service hours where the menus have nothing for them: the line's off-hours service follows."""
_FLAG: Final = "true"
_NOTHING: Final = {
    "sayKind": NONE,
    "say": NONE,
    "sayRecording": NONE,
    "ask": NONE,
    "askText": NONE,
    "askRecording": NONE,
}


@functools.cache
def menus() -> Menus:
    """Return the use-cases wired for this process; a missing setting or package fails here, by name."""
    configured = settings.StoreSettings.load(os.environ)
    trees = Trees(aws.client("dynamodb", aws.CALLER_WAITS), configured.table)
    return Menus(tenancy.current(), trees, packaged(), clock.from_environment())


@functools.cache
def places() -> Places:
    """Return what notes where callers stand, wired for this process."""
    table = settings.StoreSettings.load(os.environ).table
    return Places(Moments(aws.client("dynamodb", aws.CALLER_WAITS), table, tenancy.current().id))


def handle(event: ContactFlowEvent, budget_s: float, service: Menus, noted: Places | None = None) -> dict[str, str]:
    """Answer the greeting of a call or of an agent, or what follows what the caller did; fall-backs are counted.

    `noted` is told at which node the caller stands now, when that is another one than before.
    """
    if event.parameter("event") == AGENT:
        return by_agent(event, service)
    visit, caller = visit_of(event, service), caller_of(event, service)
    if event.parameter("event") == GREET:
        greeting = service.greet(visit, caller, budget_s=budget_s)
        _measure([greeting.words], degraded=greeting.degraded)
        return greeted(greeting)
    turn = service.turn(visit, input_of(event), caller, budget_s=budget_s)
    heard = [*turn.step.says, *([turn.step.ask.prompt] if turn.step.ask else [])]
    _measure(heard, degraded=turn.degraded)
    if noted and turn.step.done is None and not turn.degraded and _moved(visit, turn):
        noted.stands(event.contact_id, turn.line, turn.step.state.node, service.now())
    return reply(turn, event.attributes.get("menuLog", ""), caller, service)


def _moved(visit: Visit, turn: Turn) -> bool:
    """Return whether the caller stands elsewhere than before: one who hears a node again has stood there all along."""
    before = visit.state
    return before is None or (visit.line, before.node) != (turn.line, turn.step.state.node)


def _measure(heard: list[Utterance], *, degraded: bool) -> None:
    observability.measure("LanguageFallback", float(sum(each.fell_back for each in heard)))
    # The door counts what it answers without the store; this is the same alarm.
    observability.measure("Degraded", float(degraded))


def visit_of(event: ContactFlowEvent, service: Menus) -> Visit:
    """Return where the call stands. A caller who comes back from the voicemail offer begins again, on his version."""
    said = event.attributes
    version = said.get("menuVersion", "")
    state = _state(said.get("menuState", ""), said.get("menuPath", ""))
    inside = said.get("menuOutcome", NONE) == NONE
    named = said.get("menuLine", "")
    stays = named in service.tenant.lines and inside and state
    return Visit(
        line=named if stays else numbers.resolve(service.tenant, event.dialled, event.parameter("line")).line.id,
        version=int(version) if version.isdecimal() else None,
        state=state if inside else None,
        steps=state.steps if state else 0,
        began_at=log.began_at(said.get("menuLog", "")),
        closed=said.get("offHours") == _FLAG,
    )


def caller_of(event: ContactFlowEvent, service: Menus) -> Caller:
    """Return who is calling, as the flow has found out."""
    said = event.attributes
    known = said.get("customerKnown") == _FLAG
    level = Level.KNOWN if known else Level.NONE
    if known and said.get(ATTRIBUTE) == Reached.VERIFIED.value and said.get(OF_CUSTOMER) == said.get("customerId"):
        level = Level.VERIFIED
    return Caller(
        language=_told(said.get("language")) or service.tenant.default_language,
        name=_told(said.get("customerName")) if known else None,
        grade=_told(said.get("grade")) if known else None,
        customer_id=_told(said.get("customerId")) if known else None,
        level=level,
    )


def input_of(event: ContactFlowEvent) -> Input:
    """Return what the caller did: typed digits, a key, or nothing."""
    digits = event.parameter("digits")
    if digits is not None:
        return Input(heard=Heard.DIGITS, text=digits)
    key = _told(event.attributes.get("menuInput")) or SILENCE
    return Input(heard=Heard.NOTHING) if key == SILENCE else Input(heard=Heard.KEY, text=key)


def greeted(greeting: Greeting) -> dict[str, str]:
    """Return the reply that has the greeting."""
    return {**_NOTHING, **_said((greeting.words,)), "version": str(greeting.version)}


def by_agent(event: ContactFlowEvent, service: Menus) -> dict[str, str]:
    """Return the reply that has the own greeting of the agent who has answered, if he has one. Nothing is read."""
    words = service.agent_greeting(event.parameter("agent") or "", caller_of(event, service))
    if words is None:
        return dict(_NOTHING)
    _measure([words], degraded=False)
    return {**_NOTHING, **_said((words,))}


def reply(turn: Turn, told: str, caller: Caller, service: Menus) -> dict[str, str]:
    """Return what the flow says and asks, and where the call stands now; `told` is the log so far."""
    step = turn.step
    began = told if log.began_at(told) else log.began(turn.began_at)
    return {
        **_NOTHING,
        **_said(step.says),
        **_asked(step),
        "version": str(turn.version),
        "line": turn.line,
        "state": _state_text(step.state),
        "path": ">".join((turn.start, *step.state.path)),
        "choice": step.state.path[0] if step.state.path else NONE,
        "log": log.more(began, step.log),
        **_handed_over(step, caller, service.tenant.default_language),
        "degraded": str(turn.degraded).lower(),
    }


def _handed_over(step: Step, caller: Caller, default: str) -> dict[str, str]:
    done = step.done
    nothing = dict.fromkeys(("outcome", "category", "subCategory", "queue", "queueLanguage"), NONE)
    if done is None:
        return nothing
    if done.kind is Kind.VOICEMAIL and not step.log:
        return {**nothing, "outcome": CLOSED}
    language = caller.language if caller.language in done.queues else default
    return {
        "outcome": done.kind.value,
        "category": done.category or NONE,
        "subCategory": done.sub_category or NONE,
        "queue": done.queues.get(language, NONE),
        "queueLanguage": language,
    }


def _said(says: tuple[Utterance, ...]) -> dict[str, str]:
    """Return what is said before a question, as one message: recordings cannot be joined, so the last one is played."""
    if not says:
        return {}
    recorded = [each for each in says if each.recording]
    text = " ".join(each.text for each in says)
    if not recorded:
        return {"sayKind": "text", "say": text}
    return {"sayKind": "recording", "say": text, "sayRecording": recorded[-1].recording or NONE}


def _asked(step: Step) -> dict[str, str]:
    """Return the input action that asks; at the end of a call its last words, after which the flow hangs up."""
    if step.ask is not None:
        return _prompted(_action(step.ask), step.ask.prompt)
    if step.done is not None and step.done.kind is Kind.GOODBYE:
        *before, last = step.says
        return {**_NOTHING, **_said(tuple(before)), **_prompted("goodbye", last)}
    return {}


def _action(ask: Ask) -> str:
    return "digits" if ask.digits else f"key-{ask.timeout_s}"


def _prompted(action: str, words: Utterance) -> dict[str, str]:
    if words.recording:
        return {"ask": f"{action}-recorded", "askText": words.text, "askRecording": words.recording}
    return {"ask": action, "askText": words.text}


def _state_text(state: State) -> str:
    return " ".join((state.node, state.phase.value, str(state.tries), str(state.steps), ">".join(state.trail) or "-"))


def _state(text: str, path: str) -> State | None:
    """Return the state that `_state_text` wrote; None when the call is not in the menu."""
    words = text.split(" ")
    if len(words) != 5:  # noqa: PLR2004 - the five words of `_state_text`
        return None
    node, phase, tries, steps, trail = words
    return State(
        node=node,
        phase=Phase(phase),
        tries=int(tries),
        steps=int(steps),
        trail=() if trail == "-" else tuple(trail.split(">")),
        path=tuple(path.split(">")[1:]),
    )


def _told(text: str | None) -> str | None:
    return None if text in {None, "", NONE} else text


def handle_degraded(event: ContactFlowEvent) -> dict[str, str]:
    """Refuse to guess: the flow's error branch knows the way to the default queue."""
    raise ValueError(f"the menu of contact {event.contact_id} has no degraded answer")


@bp.lambda_function(name="menu_step")
@flow_door(
    "menu_step",
    tenant=lambda: tenancy.current().id,
    degraded=handle_degraded,
    logged=("line", "version", "choice", "outcome", "category", "subCategory", "degraded"),
)
def menu_step(event: ContactFlowEvent, budget_s: float) -> dict[str, str]:
    """Tell the flow what the caller hears next."""
    return handle(event, budget_s, menus(), places())


if settings.is_entry(__name__):
    menus()
    places()
