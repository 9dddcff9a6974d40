"""The questions by which agents verify callers, and what needs it (IDV-01, IDV-02). Authoring side only."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from pydantic import Field

from chalicelib.tenancy.contract_base import Id, Model, TextByLanguage
from chalicelib.tenancy.contract_problems import Problem, items, mapping, names, twice

OF_EVERY_CUSTOMER: Final = ("name", "phone")

type Operation = Literal["customers.read", "customers.change", "customers.timeline", "customers.delete"]
"""An action of `access.actions.TABLE` that is done to one customer."""
type Needed = Literal["identified", "verified"]


class Question(Model):
    """What the agent asks, and the field of the customer with which the answer is compared.

    `field` is `name`, `phone` or one of the tenant's own. What is said while a `secret` is asked is not recorded.
    """

    id: Id
    ask: TextByLanguage = Field(min_length=1)
    field: Id
    secret: bool = False


class Identity(Model):
    """A caller is verified by `needed` right answers; after `attempts` wrong ones no more are taken in that call.

    `operations` says how sure the agent must be of the caller for what; what it does not name needs nothing.
    """

    questions: list[Question] = Field(min_length=1, max_length=10)
    needed: int = Field(default=2, ge=1, le=10)
    attempts: int = Field(default=2, ge=1, le=5)
    operations: dict[Operation, Needed] = Field(default_factory=dict)


def identity_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what keeps a caller from ever being verified: too few questions, or fields that no customer has."""
    section = mapping(raw, "identity")
    questions = items(section, "questions")
    yield from twice(questions, "id", "identity.questions")
    needed = section.get("needed", 2)
    if section and isinstance(needed, int) and needed > len(questions):
        yield Problem("identity.needed", f"expected at most {len(questions)}, the number of questions")
    known = {*OF_EVERY_CUSTOMER, *names(items(mapping(raw, "customers"), "fields"), "id")}
    default = mapping(raw, "languages").get("default")
    for i, question in enumerate(questions):
        if isinstance(question.get("field"), str) and question["field"] not in known:
            yield Problem(f"identity.questions.{i}.field", f"expected one of {', '.join(sorted(known))}")
        if isinstance(default, str) and mapping(question, "ask") and default not in mapping(question, "ask"):
            yield Problem(f"identity.questions.{i}.ask.{default}", "required in the default language")
