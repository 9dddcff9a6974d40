"""The lists from which agents complete contacts (DSK-08). Authoring side only."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from chalicelib.tenancy.contract_base import Id, Model, TextByLanguage
from chalicelib.tenancy.contract_problems import Problem, items, mapping, twice


class Choice(Model):
    """One entry of a list: its id is what is kept, its name what a desk shows."""

    id: Id
    name: TextByLanguage = Field(min_length=1)


class Category(Choice):
    """What a contact was about; each has at least one sub-category."""

    sub_categories: list[Choice] = Field(min_length=1, max_length=100)


class NextStep(Choice):
    """What happens after the contact. One that needs a ticket is refused without its number."""

    needs_ticket: bool = False


class Completion(Model):
    """What agents choose from when they complete a contact."""

    categories: list[Category] = Field(min_length=1, max_length=100)
    results: list[Choice] = Field(min_length=1, max_length=50)
    next_steps: list[NextStep] = Field(min_length=1, max_length=50)


def completion_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for every id that stands twice in its list, and every name without the default language."""
    section, default = mapping(raw, "completion"), mapping(raw, "languages").get("default")
    for field in ("categories", "results", "next_steps"):
        path = f"completion.{field}"
        yield from twice(items(section, field), "id", path)
        yield from _unnamed(items(section, field), path, default)
    for i, category in enumerate(items(section, "categories")):
        path = f"completion.categories.{i}.sub_categories"
        yield from twice(items(category, "sub_categories"), "id", path)
        yield from _unnamed(items(category, "sub_categories"), path, default)


def _unnamed(choices: list[Mapping[str, Any]], path: str, default: object) -> Iterator[Problem]:
    for i, choice in enumerate(choices):
        named = mapping(choice, "name")
        if named and isinstance(default, str) and default not in named:
            yield Problem(f"{path}.{i}.name.{default}", "required in the default language")
