"""Task templates: fields with types, defaults, what is required, and the flow of the tasks made by them (12). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from localstack.connect.directory import Document, Flow, Instance
from localstack.connect.engine.tasks import LONGEST_MIN, USUAL_MIN, TaskPlan

KIND = "task-template"
REFERENCE_TYPES: Mapping[str, str] = {
    "URL": "URL",
    "NUMBER": "NUMBER",
    "TEXT": "STRING",
    "TEXT_AREA": "STRING",
    "DATE_TIME": "DATE",
    "BOOLEAN": "STRING",
    "SINGLE_SELECT": "STRING",
    "EMAIL": "EMAIL",
}
"""What a field of the template is as a reference of the task."""
ON_SCREEN = frozenset({"QUICK_CONNECT", "SELF_ASSIGN"})
"""Fields that only steer the screen on which an agent makes a task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is said of a task besides its template."""

    name: str | None = None
    description: str | None = None
    references: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


def plan(instance: Instance, template: Document, wish: Wish) -> TaskPlan:
    """The task that a template makes of a wish.

    Raises ValueError when the template is inactive or names no flow, or when a value that it asks for is missing or
    does not fit.
    """
    body = template.body
    flow = instance.edition(Flow, body.get("ContactFlowId") or "")
    if body.get("Status", "ACTIVE") != "ACTIVE" or flow is None:
        msg = f"task template {template.name} is inactive, or names no flow"
        raise ValueError(msg)
    types = {one["Id"]["Name"]: one for one in body.get("Fields", ())}
    minutes = USUAL_MIN
    for name, value in _defaults(body).items():
        kind = types.get(name, {}).get("Type", "")
        if kind == "NAME":
            wish = replace(wish, name=wish.name or value)
        elif kind == "DESCRIPTION":
            wish = replace(wish, description=wish.description or value)
        elif kind == "EXPIRY_DURATION":
            minutes = _minutes(value)
        elif kind in REFERENCE_TYPES and name not in wish.references:
            reference = {"Type": REFERENCE_TYPES[kind], "Value": value}
            wish = replace(wish, references={**wish.references, name: reference})
    _check(template.name, types, _required(body), wish)
    return TaskPlan(
        flow=flow,
        name=wish.name or template.name,
        description=wish.description,
        references=wish.references,
        attributes=wish.attributes,
        delay_s=wish.delay_s,
        minutes=minutes,
        template=template,
    )


def _defaults(body: Mapping[str, Any]) -> dict[str, str]:
    given = (body.get("Defaults") or {}).get("DefaultFieldValues") or ()
    return {one["Id"]["Name"]: one["DefaultValue"] for one in given if one.get("DefaultValue")}


def _required(body: Mapping[str, Any]) -> list[str]:
    return [one["Id"]["Name"] for one in (body.get("Constraints") or {}).get("RequiredFields") or ()]


def _minutes(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= LONGEST_MIN:
        msg = f"the task expires after {value!r} minutes, expected 1 to {LONGEST_MIN}"
        raise ValueError(msg)
    return int(value)


def _check(template: str, types: Mapping[str, Mapping[str, Any]], required: list[str], wish: Wish) -> None:
    missing = [name for name in required if not _given(types.get(name, {}).get("Type", ""), name, wish)]
    if missing:
        msg = f"task template {template} asks for {', '.join(sorted(missing))}"
        raise ValueError(msg)
    for name, reference in wish.references.items():
        one = types.get(name, {})
        options = one.get("SingleSelectOptions") or ()
        value = str(reference.get("Value", ""))
        if one.get("Type") == "SINGLE_SELECT" and options and value not in options:
            msg = f"{name} is {value!r}, expected one of {', '.join(options)}"
            raise ValueError(msg)


def _given(kind: str, name: str, wish: Wish) -> bool:
    if kind in ON_SCREEN or kind == "EXPIRY_DURATION":
        return True
    if kind == "SCHEDULED_TIME":
        return wish.delay_s > 0
    if kind in ("NAME", "DESCRIPTION"):
        return bool(wish.name if kind == "NAME" else wish.description)
    return name in wish.references
