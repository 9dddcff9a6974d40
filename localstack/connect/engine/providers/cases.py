"""Cases: one domain an instance, in memory: templates, fields, contacts that are linked (2.3, 12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from localstack.connect.engine.providers.reading import Part

MOST_LINKED = 100
"""Related items of one case."""


class NotLinked(Exception):
    """The contact could not be linked to the case; what was done to the case is done."""


@dataclass(slots=True, kw_only=True)
class Case:
    """One case. `turn` orders changes: a larger one is later, also within one moment."""

    id: str
    template: str
    fields: dict[str, str]
    turn: int
    contacts: list[str] = field(default_factory=list)

    def field(self, name: str) -> str | None:
        """A field's value, None when it is unset."""
        return self.id if name == "case_id" else self.fields.get(name)


class Cases(Protocol):
    """Port: the cases of an instance. Refusals are ValueErrors that say why."""

    def create(self, case_id: str, template: str, fields: Mapping[str, str]) -> Case:
        """A new case. Refused when there is no such template, or a field that it requires is missing."""
        ...

    def get(self, case_id: str) -> Case | None:
        """The case with this id."""
        ...

    def update(self, case: Case, fields: Mapping[str, str]) -> None:
        """Change fields of a case."""
        ...

    def search(self, wanted: Mapping[str, str]) -> Sequence[Case]:
        """The cases whose fields are worth that; the latest change first."""
        ...

    def link(self, case: Case, contact_id: str) -> None:
        """Link a contact, once. Raises NotLinked when the case can have no more related items."""
        ...


class LocalCases:
    """Cases in memory. Without templates in the document, every template is accepted."""

    def __init__(
        self,
        templates: Mapping[str, tuple[str, ...]] | None = None,
        cases: Sequence[Case] = (),
        most: int = MOST_LINKED,
    ) -> None:
        self._templates = templates
        self._cases = {case.id: case for case in cases}
        self._most = most
        self._turn = len(cases)

    def create(self, case_id: str, template: str, fields: Mapping[str, str]) -> Case:
        """A new case."""
        if self._templates is not None:
            if template not in self._templates:
                msg = f"there is no case template {template}"
                raise ValueError(msg)
            missing = [name for name in self._templates[template] if not fields.get(name)]
            if missing:
                msg = f"case template {template} requires {', '.join(missing)}"
                raise ValueError(msg)
        made = self._cases[case_id] = Case(id=case_id, template=template, fields=dict(fields), turn=self._next())
        return made

    def get(self, case_id: str) -> Case | None:
        """The case with this id."""
        return self._cases.get(case_id)

    def update(self, case: Case, fields: Mapping[str, str]) -> None:
        """Change fields of a case."""
        case.fields.update(fields)
        case.turn = self._next()

    def search(self, wanted: Mapping[str, str]) -> Sequence[Case]:
        """The cases that fit, the latest change first."""
        found = [one for one in self._cases.values() if all(one.field(name) == value for name, value in wanted.items())]
        return sorted(found, key=lambda one: -one.turn)

    def link(self, case: Case, contact_id: str) -> None:
        """Link a contact, once."""
        if contact_id in case.contacts:
            return
        if len(case.contacts) >= self._most:
            msg = f"case {case.id} has {self._most} related items already"
            raise NotLinked(msg)
        case.contacts.append(contact_id)

    def _next(self) -> int:
        self._turn += 1
        return self._turn


def cases(part: Part) -> LocalCases:
    """Read the case domain of a document. Raises BadProviders."""
    listed = {one.text("id"): _required(one) for one in part.parts("templates")}
    existing = [_case(one, turn) for turn, one in enumerate(part.parts("cases"))]
    templates = listed if part.has("templates") else None
    read = LocalCases(templates, existing, int(part.number("most_related_items", MOST_LINKED)))
    part.done()
    return read


def _required(part: Part) -> tuple[str, ...]:
    required = part.texts("required")
    part.done()
    return required


def _case(part: Part, turn: int) -> Case:
    read = Case(id=part.text("id"), template=part.text("template", ""), fields=part.mapping("fields"), turn=turn)
    part.done()
    return read
