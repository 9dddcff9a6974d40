"""The rule table (ACD-14): ordered, the first rule that applies decides. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.routing.models import Passed, Why
from chalicelib.tenancy.models import Conditions, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rules may ask about; `segments` are all that hold now."""

    line: str
    language: str
    channel: str
    number: str | None = None
    menu: str | None = None
    category: str | None = None
    grade: str | None = None
    region: str | None = None
    segments: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


def first_match(rules: tuple[Rule, ...], facts: Facts) -> tuple[Rule | None, tuple[Passed, ...]]:
    """Return the first rule that applies, and those before it that do not."""
    passed: list[Passed] = []
    for rule in rules:
        if applies(rule.when, facts):
            return rule, tuple(passed)
        passed.append(Passed(what=f"rule {rule.id}", why=Why.NOT_MATCHED))
    return None, tuple(passed)


def applies(when: Conditions, facts: Facts) -> bool:
    """Return whether every condition that is given holds."""
    one_of = (
        (when.lines, facts.line),
        (when.numbers, facts.number),
        (when.languages, facts.language),
        (when.categories, facts.category),
        (when.grades, facts.grade),
        (when.regions, facts.region),
        (when.channels, facts.channel),
        *((values, facts.attributes.get(name)) for name, values in when.attributes.items()),
    )
    return (
        all(fact in allowed for allowed, fact in one_of if allowed)
        and (not when.menu or (facts.menu or "").startswith(when.menu))
        and (not when.segments or not set(when.segments).isdisjoint(facts.segments))
    )
