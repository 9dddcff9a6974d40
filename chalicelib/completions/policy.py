"""Completions: what is decided. Whether an entry fits the tenant's lists. Pure."""

from collections.abc import Iterator

from chalicelib.completions.models import Entry
from chalicelib.tenancy.models import CompletionLists

type Problem = dict[str, str]


def problems(entry: Entry, lists: CompletionLists) -> Iterator[Problem]:
    """Yield what does not fit the tenant's lists, by field."""
    subs = lists.categories.get(entry.category)
    if subs is None:
        yield _not_one_of("category", lists.categories)
    elif entry.sub_category not in subs:
        yield _not_one_of("sub_category", subs)
    if entry.result not in lists.results:
        yield _not_one_of("result", lists.results)
    if entry.next_step not in lists.next_steps:
        yield _not_one_of("next_step", lists.next_steps)
    elif entry.next_step in lists.ticketed and entry.ticket is None:
        yield {"field": "ticket", "problem": f"needed by the next step {entry.next_step}"}


def _not_one_of(field: str, known: object) -> Problem:
    names = ", ".join(known) if isinstance(known, (tuple, dict)) else ""
    return {"field": field, "problem": f"expected one of {names}"}
