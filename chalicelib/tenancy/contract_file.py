"""Reading a contract file: every problem of it at once, each with its path and what was expected (TEN-02)."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from chalicelib.platform.errors import InvalidInput
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_agents import status_problems
from chalicelib.tenancy.contract_completion import completion_problems
from chalicelib.tenancy.contract_customers import customer_problems
from chalicelib.tenancy.contract_go_live import go_live_problems
from chalicelib.tenancy.contract_greetings import greeting_problems
from chalicelib.tenancy.contract_identity import identity_problems
from chalicelib.tenancy.contract_limits import limit_problems
from chalicelib.tenancy.contract_menus import menu_problems
from chalicelib.tenancy.contract_numbers import number_problems
from chalicelib.tenancy.contract_organisation import organisation_problems
from chalicelib.tenancy.contract_problems import Problem, items, mapping, names, twice
from chalicelib.tenancy.contract_qualifications import qualification_problems
from chalicelib.tenancy.contract_realtime import realtime_problems
from chalicelib.tenancy.contract_reliability import reliability_problems
from chalicelib.tenancy.contract_routing_checks import routing_problems
from chalicelib.tenancy.contract_targets import target_problems
from chalicelib.tenancy.contract_voicemail import voicemail_problems
from chalicelib.tenancy.contract_waiting import waiting_problems

TAGS = frozenset(
    {
        *("7x24", "12-hours", "weekly"),
        *("hunting", "fixed-order", "least-talk", "fewest-contacts", "random", "weighted", "ring-all"),
        *("skills", "site-preferred", "site-shares"),
        *("queue", "callback", "outside", "duty", "voicemail", "ivr"),
    }
)
"""What tells the kinds of timetables, strategies and hops apart."""


class InvalidContract(InvalidInput):
    """The contract cannot be used; `problems` lists every offending field."""

    code, title = "invalid-contract", "Invalid tenant contract"

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        named = [str(problem) for problem in problems]
        super().__init__(f"{source}: {len(problems)} problem(s)\n{lines}", problems=named)
        self.problems = tuple(problems)


class _NoDuplicates(yaml.SafeLoader):
    """YAML in which the same key twice is an error instead of a silent overwrite."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's own signature
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                line = key_node.start_mark.line + 1
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice (line {line})", None)
            seen.add(key)
        return super().construct_mapping(node, deep)


def load(path: Path) -> Contract:
    """Read and validate the contract in the YAML file `path`.

    Raises:
        InvalidContract: with every offending field; also for a file that is not YAML or is missing.

    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_NoDuplicates)  # noqa: S506 - a SafeLoader
    except OSError as exc:
        raise InvalidContract(path.name, [Problem("(file)", f"expected a readable file: {exc.strerror}")]) from exc
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        raise InvalidContract(path.name, [Problem("(file)", f"expected YAML: {exc}")]) from exc
    contract = parse(raw, source=path.name)
    if path.stem != contract.tenant:
        raise InvalidContract(path.name, [Problem("tenant", f"expected {path.stem!r}, the name of the file")])
    return contract


def parse(raw: Any, *, source: str) -> Contract:
    """Validate the parsed document `raw`, shape and references together.

    Raises:
        InvalidContract: with every offending field.

    """
    problems = list(_broken_references(raw)) if isinstance(raw, Mapping) else []
    try:
        contract = Contract.model_validate(raw)
    except ValidationError as exc:
        problems += [Problem(_path(error["loc"]), _expectation(error)) for error in exc.errors(include_url=False)]
        raise InvalidContract(source, sorted(set(problems))) from exc
    problems += limit_problems(contract)
    problems += number_problems(contract)
    problems += go_live_problems(contract, contract.checked_on)
    if problems:
        raise InvalidContract(source, sorted(set(problems)))
    return contract


def _path(loc: tuple[int | str, ...]) -> str:
    # Pydantic puts the tag of a tagged union ("weekly") into the path, behind a position; the file has no such field.
    parts = [
        part for before, part in zip((None, *loc), loc, strict=False) if not (_is_tag(part) and isinstance(before, int))
    ]
    return ".".join(str(part) for part in parts) or "(document)"


def _is_tag(part: int | str) -> bool:
    return part in TAGS


def _expectation(error: Any) -> str:
    match error["type"]:
        case "extra_forbidden":
            return "unknown field; remove it or correct its spelling"
        case "missing":
            return "required field is missing"
        case _:
            text = str(error["msg"]).removeprefix("Value error, ")
            return text if isinstance(error["input"], Mapping | list) else f"{text} (found {error['input']!r})"


def _broken_references(raw: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _duplicates(raw)
    kinds = ("hours", "queues", "service_lines", "routing_profiles")
    known = {kind: names(items(raw, kind), "id") for kind in kinds}
    for path, kind, value in _references(raw):
        if isinstance(value, str) and value not in known[kind]:
            yield Problem(path, f"no such entry in {kind}: {value!r}")
    yield from _languages(raw)
    yield from _unserved(raw)
    yield from routing_problems(raw)
    yield from menu_problems(raw)
    yield from waiting_problems(raw)
    yield from voicemail_problems(raw)
    yield from greeting_problems(raw)
    yield from target_problems(raw)
    yield from organisation_problems(raw)
    yield from qualification_problems(raw)
    yield from customer_problems(raw)
    yield from status_problems(raw)
    yield from completion_problems(raw)
    yield from identity_problems(raw)
    yield from realtime_problems(raw)
    yield from reliability_problems(raw)


def _duplicates(raw: Mapping[str, Any]) -> Iterator[Problem]:
    unique = (
        ("hours", "id"), ("queues", "id"), ("service_lines", "id"), ("routing_profiles", "id"),
        ("entry_numbers", "number"), ("grades", "grade"),
    )  # fmt: skip
    for key, field in unique:
        yield from twice(items(raw, key), field, key)
    for position, line in enumerate(items(raw, "service_lines")):
        yield from twice(items(line, "menu"), "digit", f"service_lines.{position}.menu")
    for position, hours in enumerate(items(raw, "hours")):
        yield from twice(items(hours, "holidays"), "date", f"hours.{position}.holidays")


def _references(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield (path, kind, id) of everything that names another part of the contract."""
    yield from _line_references(raw)
    for i, number in enumerate(items(raw, "entry_numbers")):
        yield f"entry_numbers.{i}.line", "service_lines", number.get("line")
    for i, queue in enumerate(items(raw, "queues")):
        yield f"queues.{i}.hours", "hours", queue.get("hours")
    for i, profile in enumerate(items(raw, "routing_profiles")):
        for j, entry in enumerate(items(profile, "queues")):
            yield f"routing_profiles.{i}.queues.{j}.queue", "queues", entry.get("queue")
    for i, agents in enumerate(items(mapping(raw, "demo"), "agents")):
        yield f"demo.agents.{i}.profile", "routing_profiles", agents.get("profile")


def _line_references(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for i, line in enumerate(items(raw, "service_lines")):
        yield f"service_lines.{i}.hours", "hours", line.get("hours")
        yield f"service_lines.{i}.default_queue", "queues", line.get("default_queue")
        yield f"service_lines.{i}.recording_refusal.queue", "queues", mapping(line, "recording_refusal").get("queue")
        for j, option in enumerate(items(line, "menu")):
            for language, queue in mapping(option, "queues").items():
                yield f"service_lines.{i}.menu.{j}.queues.{language}", "queues", queue


def _languages(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Every text and menu must exist in the default language; other languages fall back to it, counted (TEN-05)."""
    default = mapping(raw, "languages").get("default")
    if not isinstance(default, str):
        return
    for i, line in enumerate(items(raw, "service_lines")):
        texts = [(f"service_lines.{i}.name", line.get("name"))]
        texts += [(f"service_lines.{i}.prompts.{key}", text) for key, text in mapping(line, "prompts").items()]
        for j, option in enumerate(items(line, "menu")):
            texts += [(f"service_lines.{i}.menu.{j}.{key}", option.get(key)) for key in ("label", "queues")]
        for path, text in texts:
            if isinstance(text, Mapping) and default not in text:
                yield Problem(f"{path}.{default}", "required in the default language")


def _unserved(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """A queue that no profile serves would hold its callers for ever; a line without a number cannot be called."""
    served: set[str] = set().union(*(names(items(each, "queues"), "queue") for each in items(raw, "routing_profiles")))
    for i, queue in enumerate(items(raw, "queues")):
        if isinstance(queue.get("id"), str) and queue["id"] not in served:
            yield Problem(f"queues.{i}.id", f"no routing profile serves the queue {queue.get('id')!r}")
    dialled = names(items(raw, "entry_numbers"), "line")
    for i, line in enumerate(items(raw, "service_lines")):
        if isinstance(line.get("id"), str) and line["id"] not in dialled:
            yield Problem(f"service_lines.{i}.id", f"no entry number leads to the line {line.get('id')!r}")
