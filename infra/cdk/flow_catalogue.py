"""Which flows and modules a tenant has, what they refer to, and their finished content. Pure; knows no AWS.

`contact_flows/manifest.yaml` lists the templates; a tenant's contract decides how many of each there are. References to
infrastructure stay names such as `queue.after-sales` until `content` asks the caller for their ARNs.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import yaml

from chalicelib.platform.flow_door import NONE
from chalicelib.routing import priority
from chalicelib.tenancy.contract import Contract, ServiceLine
from chalicelib.tenancy.contract_base import Language
from chalicelib.tenancy.models import ASIDE
from flowlang import document, references
from infra.cdk import line_facts, menu_catalogue, prompt_catalogue, waiting_prompts
from infra.cdk.dependency_order import components
from infra.cdk.line_facts import one_of
from infra.cdk.prompt_catalogue import FLOWS, Fallback

Scope = Literal["tenant", "language", "line", "line-language"]

LAMBDAS = frozenset({"estimate_wait", "lookup_customer", "menu_step", "request_callback", "route_contact"})
"""The functions that a flow may invoke."""


@dataclass(frozen=True, slots=True)
class FlowUnit:
    """One flow or module of a tenant. `references` are fully qualified: `flow.service.after-sales.en-US`.

    `line` and `language` are None where the unit is the same for all of them.
    """

    name: str
    kind: Literal["flow", "module"]
    type: str
    description: str
    references: frozenset[str]
    template: str
    line: str | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class _Template:
    """An entry of the manifest. `needs` is a quality of a line without which it has no use for the module."""

    name: str
    file: str
    kind: Literal["flow", "module"]
    type: str
    scope: Scope
    description: str
    needs: Literal["recording", "identification", "callback", "notice-call", "survey"] | None = None


def flow_units(contract: Contract) -> tuple[FlowUnit, ...]:
    """Return every flow and module of the tenant, always in the same order: dependencies first, except in cycles.

    Raises:
        InvalidInput: a line has a prompt that no flow plays, or menus with a dead end.

    """
    prompt_catalogue.require_known(contract)
    menu_catalogue.trees(contract)
    units = {_qualified(unit): unit for template in _manifest().values() for unit in _variants(template, contract)}
    order = [
        name for component in components({name: unit.references for name, unit in units.items()}) for name in component
    ]
    return tuple(units[name] for name in order)


def content(unit: FlowUnit, contract: Contract, arn_of: Callable[[str], str]) -> str:
    """Return the unit's flow language as JSON text. `arn_of` gives the ARN (or a token) of a qualified reference."""
    flow = references.render(_flow(unit.template), _Resolver(contract, unit.line, unit.language, arn_of))
    actions = (
        replace(action, parameters=prompt_catalogue.spoken_or_played(action.parameters)) for action in flow.actions
    )
    return document.to_json(replace(flow, actions=tuple(actions)))


def cycles(units: tuple[FlowUnit, ...]) -> tuple[frozenset[str], ...]:
    """Return the groups of flows that refer to each other in a circle: they need a deployment in two steps."""
    known = {_qualified(unit): unit for unit in units}
    groups = [
        group
        for group in components({name: unit.references for name, unit in known.items()})
        if len(group) > 1 or group[0] in known[group[0]].references
    ]
    return tuple(frozenset(known[name].name for name in group) for group in groups)


def entry_flow(contract: Contract, number_e164: str) -> str:
    """Return the name of the flow that answers `number_e164`.

    Raises:
        LookupError: the number is not one of the tenant's.

    """
    for number in contract.entry_numbers:
        if number.number == number_e164:
            return f"inbound.{number.line}"
    msg = f"{number_e164} is not an entry number of {contract.tenant}"
    raise LookupError(msg)


def fallbacks(contract: Contract) -> tuple[Fallback, ...]:
    """Return everything that callers get in the default language because their own lacks it (TEN-05)."""
    return tuple(sorted((*prompt_catalogue.fallbacks(contract), *menu_catalogue.fallbacks(contract))))


@cache
def _manifest() -> Mapping[str, _Template]:
    raw = yaml.safe_load((FLOWS / "manifest.yaml").read_text(encoding="utf-8"))
    return {entry["name"]: _Template(**entry) for entry in raw["flows"]}


@cache
def _flow(template: str) -> document.Flow:
    return document.parse((FLOWS / _manifest()[template].file).read_text(encoding="utf-8"))


def _variants(template: _Template, contract: Contract) -> Iterator[FlowUnit]:
    """Yield the template's units: one for each line and language of its scope that has a use for it."""
    lines = [line for line in contract.service_lines if _wanted(template, line, contract)]
    if not lines:
        return
    by_line: list[str | None] = [line.id for line in lines] if template.scope.startswith("line") else [None]
    by_language: list[Language | None] = [None]
    if template.scope.endswith("language"):
        by_language = list(contract.languages.offered)
    for line in by_line:
        for language in by_language:
            yield _unit(template, contract, line, language)


def _unit(template: _Template, contract: Contract, line: str | None, language: Language | None) -> FlowUnit:
    asked: set[str] = set()

    def note(name: str) -> str:
        asked.add(name)
        return name

    references.render(_flow(template.name), _Resolver(contract, line, language, note))
    return FlowUnit(
        name=_name(template.name, line, language),
        kind=template.kind,
        type=template.type,
        description=template.description,
        references=frozenset(asked),
        template=template.name,
        line=line,
        language=language,
    )


def _name(*parts: str | None) -> str:
    return ".".join(part for part in parts if part is not None)


def _qualified(unit: FlowUnit) -> str:
    return f"{unit.kind}.{unit.name}"


def _wanted(template: _Template, line: ServiceLine, contract: Contract) -> bool:
    match template.needs:
        case "recording":
            return line.recording != "none"
        case "identification":
            return line.identification
        case "callback":
            return contract.waiting.callback is not None
        case "notice-call":
            return "call" in contract.voicemail.ways
        case "survey":
            return line.survey is not None
        case None:
            return True


class _Resolver:
    """Text of each reference as one unit sees it. Call with the reference's name."""

    def __init__(
        self, contract: Contract, line: str | None, language: Language | None, arn_of: Callable[[str], str]
    ) -> None:
        self._contract = contract
        self._line = next((item for item in contract.service_lines if item.id == line), None)
        self._language = language or contract.languages.default
        self._arn_of = arn_of

    def __call__(self, name: str) -> str | None:
        """Return the text, None when this tenant has no such thing; LookupError when nobody can have it."""
        kind, _, rest = name.partition(".")
        kinds: dict[str, Callable[[str], str | None]] = {
            "lambda": self._lambda, "queue": self._queue, "hours": self._hours, "flow": self._flow_or_module,
            "module": self._flow_or_module, "prompt": self._prompt, "line": self._of_line,
            "recording": self._recording, "refusal": self._refusal, "language": self._of_language,
            "voice": self._of_language, "ageing": self._ageing, "wait": self._wait,
            "agents": self._agents, "survey": self._survey,
        }  # fmt: skip
        return one_of(kinds, kind)(name if kind in {"flow", "module", "language", "voice"} else rest)

    def _lambda(self, name: str) -> str:
        return self._arn_of(f"lambda.{one_of({known: known for known in LAMBDAS}, name)}")

    def _queue(self, name: str) -> str | None:
        queue = self._this_line().default_queue if name == "default" else name
        if queue == ASIDE:
            return self._arn_of(f"queue.{ASIDE}")
        return self._arn_of(f"queue.{queue}") if any(item.id == queue for item in self._contract.queues) else None

    def _hours(self, name: str) -> str | None:
        hours = self._this_line().hours if name == "line" else name
        return self._arn_of(f"hours.{hours}") if any(item.id == hours for item in self._contract.hours) else None

    def _flow_or_module(self, name: str) -> str | None:
        kind, _, rest = name.partition(".")
        template_name, _, asked = rest.partition(".")
        template = _manifest().get(template_name)
        if template is None or template.kind != kind:
            msg = f"the manifest has no {kind} {template_name!r}"
            raise LookupError(msg)
        offered: dict[str, Language] = {code: code for code in self._contract.languages.offered}
        language = offered.get(asked) if asked else self._language
        if language is None or (self._line and not _wanted(template, self._line, self._contract)):
            return None
        line_id = self._this_line().id if template.scope.startswith("line") else None
        suffix = language if template.scope.endswith("language") else None
        return self._arn_of(_name(kind, template_name, line_id, suffix))

    def _prompt(self, key: str) -> str | None:
        text = prompt_catalogue.prompt(self._contract, self._line, self._language, key)
        # A prompt may name the line or the language; what it may not do is hold another prompt or an ARN.
        return text and re.sub(r"\{\{((?:line|language)\.\w+)\}\}", lambda match: self(match[1]) or "", text)

    def _of_line(self, name: str) -> str | None:
        line = self._this_line()
        facts = {
            "id": line.id,
            "numbers": "\n".join(one.number for one in self._contract.entry_numbers if one.line == line.id),
            "name": prompt_catalogue.name(self._contract, line, self._language),
            "recording": None if line.recording == "none" else line.recording,
            "off_hours": line.off_hours,
            "default_queue": line.default_queue,
            "closed": self._has_treatment(line),
            "survey_classes": str(self._contract.kpis.survey_classes),
        }
        return one_of(facts, name)

    def _has_treatment(self, line: ServiceLine) -> str | None:
        """Return nothing for a line whose closed hours have a treatment of their own (ACD-15), None for others."""
        return "" if any(line.id in closed.lines for closed in self._contract.routing.closed) else None

    def _recording(self, name: str) -> str | None:
        if name == "notice":
            told = line_facts.NOTICES.get(self._this_line().recording)
            return self._prompt(told) if told else NONE
        return line_facts.recording(self._this_line(), name)

    def _refusal(self, name: str) -> str | None:
        return line_facts.refusal(self._this_line(), name)

    def _survey(self, name: str) -> str | None:
        return line_facts.survey(self._contract, self._this_line(), name)

    def _ageing(self, name: str) -> str | None:
        """Return the seconds of a head start of class 1 to 8, nothing for `on`; None without a bound (ACD-08)."""
        classes = {"on": 0} | {str(head_start): head_start for head_start in range(1, priority.LAST)}
        head_start = one_of(classes, name)
        bound_s = self._contract.routing.ageing_bound_s
        if bound_s is None:
            return None
        return str(priority.head_start_s(head_start, bound_s)) if head_start else ""

    def _wait(self, name: str) -> str | None:
        return waiting_prompts.fact(self._contract, name)

    def _agents(self, name: str) -> str | None:
        """Return nothing where some agents have a greeting of their own; None where none has (IVR-09)."""
        return one_of({"greetings": "" if self._contract.agent_greetings else None}, name)

    def _of_language(self, name: str) -> str:
        voice = prompt_catalogue.speech(self._language).voice
        return one_of({"language.code": self._language, "voice.name": voice}, name)

    def _this_line(self) -> ServiceLine:
        if self._line is None:
            msg = "this flow is the same for all lines, so it has no line"
            raise LookupError(msg)
        return self._line
