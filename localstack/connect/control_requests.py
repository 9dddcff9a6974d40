"""Bodies of the control API, read strictly: what a call, a script, an agent or a burst may say."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from localstack.connect.directory import Directory, Instance
from localstack.connect.engine import times
from localstack.connect.engine.faults import KINDS, Faults
from localstack.connect.engine.plan import (
    Answer,
    Audio,
    Callee,
    CallPlan,
    Choose,
    Deed,
    HangUp,
    LoseLine,
    Press,
    Say,
    TypeAhead,
    WaitFor,
)
from localstack.connect.engine.staff import Habits

ANSWERS: tuple[str, ...] = get_args(Answer)
KEYS = frozenset("0123456789*#")
DEEDS: Mapping[str, tuple[str, ...]] = {
    "press": (),
    "type_ahead": (),
    "say": (),
    "choose": ("data",),
    "wait_s": (),
    "hang_up": (),
    "lose_line": (),
}
"""What a step of a script may be, with what may stand beside it."""
USUAL_CALLEE = Callee()
BEST_SCORE = 5


class BadRequest(ValueError):
    """The body is not what the route takes; the text says which field and what was expected."""


@dataclass(frozen=True, slots=True)
class BurstCall:
    """One call of a burst."""

    at_s: float
    plan: CallPlan


def field(body: Mapping[str, Any], name: str, kind: type | tuple[type, ...], *, default: Any = ...) -> Any:
    """One field of a body. Raises BadRequest."""
    value = body.get(name, default)
    if value is ...:
        msg = f"{name} is missing"
        raise BadRequest(msg)
    if value is default:
        return value
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        msg = f"{name} is {value!r}, expected {_name(kind)}"
        raise BadRequest(msg)
    return value


def moment(body: Mapping[str, Any], name: str) -> datetime | None:
    """An ISO 8601 moment, None when it is absent or null."""
    value = field(body, name, (str, type(None)), default=None)
    if value is None:
        return None
    try:
        return times.parse(value)
    except ValueError as error:
        msg = f"{name} is {value!r}, expected an ISO 8601 moment"
        raise BadRequest(msg) from error


def seconds(body: Mapping[str, Any], name: str) -> float | None:
    """Seconds, None when absent or null."""
    value = field(body, name, (int, float, type(None)), default=None)
    if value is None:
        return None
    if value < 0:
        msg = f"{name} is {value}, expected at least 0"
        raise BadRequest(msg)
    return float(value)


def only_instance(directory: Directory, id_or_alias: str | None) -> Instance:
    """The instance that is meant; without a word about it, the only one."""
    instances = directory.instances()
    if id_or_alias is None and len(instances) == 1:
        return instances[0]
    if id_or_alias is None:
        msg = "instance is missing"
        raise BadRequest(msg)
    found = directory.instance(id_or_alias)
    if found is None:
        msg = f"there is no instance {id_or_alias}"
        raise LookupError(msg)
    return found


def digits(value: Any) -> str:
    """Keys of a telephone; "" = none."""
    if not isinstance(value, str) or not KEYS.issuperset(value):
        msg = f"digits are {value!r}, expected some of 0-9 * #"
        raise BadRequest(msg)
    return value


def call_plan(body: Mapping[str, Any]) -> CallPlan:
    """A call to place."""
    return CallPlan(
        to=field(body, "to", str),
        caller=field(body, "from", str),
        display_name=field(body, "display_name", str, default=""),
        sip_headers=_texts(body, "sip_headers"),
        siprec=field(body, "siprec", str, default=""),
        capabilities={side: _texts(given, side) for given in (_object(body, "capabilities"),) for side in given},
        script=tuple(_deed(step) for step in field(body, "script", list, default=())),
        patience_s=seconds(body, "patience_s"),
        talk_s=seconds(body, "talk_s"),
        interactive=field(body, "interactive", bool, default=False),
        callee=callee(body, "callee"),
        third_party=callee(body, "third_party"),
        audio=_audio(body),
    )


def _audio(body: Mapping[str, Any]) -> Audio | None:
    """How the line is, None when nothing is said of it: scores of 1 to 5, issues of each end."""
    if "audio" not in body:
        return None
    given = field(body, "audio", Mapping)
    scores = [field(given, name, (int, float)) for name in ("agent_score", "customer_score")]
    if not all(BEST_SCORE >= score >= 1 for score in scores):
        msg = f"scores are {scores}, expected 1 to 5"
        raise BadRequest(msg)
    issues = [tuple(field(given, name, list, default=())) for name in ("agent_issues", "customer_issues")]
    return Audio(agent_score=scores[0], customer_score=scores[1], agent_issues=issues[0], customer_issues=issues[1])


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = field(body, name, Mapping, default={})
    return found


def _texts(body: Mapping[str, Any], name: str) -> Mapping[str, str]:
    """An object whose values are texts; empty when it is absent."""
    found = _object(body, name)
    return {key: field(found, key, str) for key in found}


def callee(body: Mapping[str, Any], name: str) -> Callee:
    """Somebody who may be called in the course of a call; without a word about it he answers. `talk_s` null = stays."""
    usual = USUAL_CALLEE
    if name not in body:
        return usual
    given = field(body, name, Mapping, default={})
    answers = tuple(field(given, "answers", list, default=usual.answers))
    unknown = [answer for answer in answers if answer not in ANSWERS]
    if unknown or not answers:
        msg = f"answers of {name} are {list(answers)}, expected some of {', '.join(ANSWERS)}"
        raise BadRequest(msg)
    ring_s = seconds(given, "ring_s")
    talk_s = seconds(given, "talk_s") if "talk_s" in given else usual.talk_s
    greeting_s = seconds(given, "greeting_s")
    return Callee(
        greeting_s=usual.greeting_s if greeting_s is None else greeting_s,
        answers=answers,
        ring_s=usual.ring_s if ring_s is None else ring_s,
        talk_s=talk_s,
    )


def burst(body: Mapping[str, Any]) -> tuple[int, datetime | None, Sequence[BurstCall]]:
    """(seed, start, calls) of a burst."""
    calls = [BurstCall(seconds(one, "at_s") or 0.0, call_plan(one)) for one in field(body, "calls", list)]
    return field(body, "seed", int, default=1), moment(body, "start"), calls


def agent(body: Mapping[str, Any]) -> tuple[str, str, Habits]:
    """(username, status, habits) of an agent to sign in."""
    usual = Habits()

    def lasting(name: str) -> float:
        given = seconds(body, name)
        return float(getattr(usual, name)) if given is None else given

    habits = Habits(
        ring_s=lasting("ring_s"),
        accept_share=_share(body, "accept_share", usual.accept_share),
        talk_s=lasting("talk_s"),
        acw_s=lasting("acw_s"),
        clears_missed=field(body, "clears_missed", bool, default=True),
        person=field(body, "person", bool, default=False),
    )
    return field(body, "username", str), field(body, "status", str, default="Available"), habits


def faults(body: Mapping[str, Any]) -> Faults:
    """Faults of delivery to switch on; an empty body switches all off."""
    known = {one.name for one in dataclasses.fields(Faults)}
    if not known >= body.keys():
        msg = f"there are no faults {', '.join(sorted(body.keys() - known))}; known are {', '.join(sorted(known))}"
        raise BadRequest(msg)
    delays = field(body, "delays_s", Mapping, default={})
    if not set(KINDS) >= delays.keys():
        msg = f"delays_s has {', '.join(sorted(delays.keys() - set(KINDS)))}, expected some of {', '.join(KINDS)}"
        raise BadRequest(msg)
    return Faults(
        duplicate_share=_share(body, "duplicate_share", 0.0),
        loss_share=_share(body, "loss_share", 0.0),
        odd_share=_share(body, "odd_share", 0.0),
        shuffle=field(body, "shuffle", bool, default=False),
        delays_s={kind: seconds(delays, kind) or 0.0 for kind in KINDS if kind in delays},
    )


def _share(body: Mapping[str, Any], name: str, default: float) -> float:
    share = field(body, name, (int, float), default=default)
    if not 0 <= share <= 1:
        msg = f"{name} is {share}, expected 0 to 1"
        raise BadRequest(msg)
    return float(share)


def choice(body: Mapping[str, Any]) -> Choose:
    """What is chosen on a screen; "" = nothing."""
    return Choose(field(body, "choose", str), dict(field(body, "data", Mapping, default={})))


def _deed(step: Any) -> Deed:
    kinds = [kind for kind in DEEDS if isinstance(step, Mapping) and kind in step]
    if len(kinds) != 1 or not set(step) <= {kinds[0], *DEEDS[kinds[0]]}:
        msg = f"a step is {step!r}, expected one of {', '.join(DEEDS)}"
        raise BadRequest(msg)
    match kinds[0]:
        case "press":
            return Press(digits(step["press"]))
        case "type_ahead":
            return TypeAhead(digits(step["type_ahead"]))
        case "say":
            return Say(field(step, "say", str))
        case "choose":
            return choice(step)
        case "wait_s":
            return WaitFor(seconds(step, "wait_s") or 0.0)
        case last:
            return LoseLine() if last == "lose_line" else HangUp()


def _name(kind: type | tuple[type, ...]) -> str:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return " or ".join("null" if one is type(None) else one.__name__ for one in kinds)
