"""docs/kpi.md: the page of the KPI registry (KPI-01). `python -m cli.kpi_page` writes it; a test holds it current."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from chalicelib.metrics.counters import COUNTERS, INSTANCE_COUNTERS, OFFER_COUNTERS, STAFF_COUNTERS
from chalicelib.metrics.models import BOOKING_RULE, Kpi
from chalicelib.metrics.registry import DEFAULT_SERVICE_LEVEL, EVERY_KPI, OF_ALL_OFFERED, SERVICE_LEVELS
from chalicelib.metrics.unfed import UNFED

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "kpi.md"

_HEAD: Final = """# KPIs

Written by `python -m cli.kpi_page` from `chalicelib/metrics/registry.py`. Every KPI is defined once (KPI-01);
reports, targets of contracts, the REST API, the command line, simulations and the dashboard read that definition.

A KPI is a sum of counters divided by a sum of counters, over any period and group: averages are never averaged. Without
a denominator there is no number.
"""
_VARIANTS: Final = f"""
## The variants of the service level

A contract names one as `kpis.service_level` (left out: `{DEFAULT_SERVICE_LEVEL}`); reports say which. Counters hold
what all of them need, so a change of the variant shows in reports of the past too: announce it.
"""
_BOOKED: Final = f"""
## Counters

Counters are kept per quarter-hour of UTC. {BOOKING_RULE[0].upper()}{BOOKING_RULE[1:]}
([0011](adr/0011-figures-are-booked-where-the-contact-was-offered.md)). A late or corrected record restates that
quarter-hour, so every answer carries `as_of`.

A complaint is what somebody wrote down as one: an agent, of a contact ([agent-desk.md](agent-desk.md)), or whoever
opened a ticket without a contact ([tickets.md](tickets.md)). A call counts once, however many agents wrote it down.
Only where a contract has no lists to complete contacts from is it the category that the menus gave the first contact.
What tickets add is of no line, queue or number: `-`. The dashboard shows what the ingest of contact records counts,
so neither K17 nor K49.
"""
_STAFF: Final = """
Not stored, but told by the changes of agents' statuses when a report is made, for the quarter-hours in which the time
was spent: of agents, teams, sites and the tenant, in periods of two days at most.
"""
_OFFERS: Final = """
Not stored either, but told by the turns of agents (DSK-05), of the same groups, in periods of a day at most. Ringing
counts in the quarter-hour of the answer that it led to.
"""
_INSTANCE: Final = """
Not stored, and not told by line or number: Amazon Connect counts what it refuses in CloudWatch alone, where
quarter-hours are kept for 63 days. Told of the tenant to whoever sees all of it.
"""
_MODELS: Final = """
## Figures of queueing models

Not of the glossary: a simulated day is held against Erlang A and C by these ([simulate.md](simulate.md)).
"""
_MISSING: Final = """
## Not fed yet

These are defined by the glossary, and no stored data gives them yet; in brackets what brings the data. The response
time, which the glossary has under K52 beside the voice quality, is no quotient of counters: `GET /v1/slo` tells it
([runbooks/slo.md](runbooks/slo.md)).
"""


def page() -> str:
    """Return the text of the page."""
    return "\n".join(
        [
            _HEAD,
            *_table(("Id", "KPI", "Formula", "Unit", "Better", "Owner", "Version"), map(_kpi, EVERY_KPI)),
            "\n## How they are computed\n",
            *_table(("Id", "Numerator", "Denominator", "Stored fields"), map(_sums, EVERY_KPI)),
            _VARIANTS,
            *_table(("Variant", "Formula"), ((f"`{name}`", kpi.formula) for name, kpi in SERVICE_LEVELS.items())),
            _BOOKED,
            *_table(("Counter", "Holds"), ((f"`{name}`", text) for name, text in COUNTERS.items())),
            _STAFF,
            *_table(("Counter", "Holds"), ((f"`{name}`", text) for name, text in STAFF_COUNTERS.items())),
            _OFFERS,
            *_table(("Counter", "Holds"), ((f"`{name}`", text) for name, text in OFFER_COUNTERS.items())),
            _INSTANCE,
            *_table(("Counter", "Holds"), ((f"`{name}`", text) for name, text in INSTANCE_COUNTERS.items())),
            _MODELS,
            *_table(("Figure", "Formula", "Unit"), ((k.name, k.formula, k.unit) for k in OF_ALL_OFFERED.values())),
            _MISSING,
            *_table(("Id", "KPI", "Formula", "Missing"), ((u.id, u.name, u.formula, u.missing) for u in UNFED)),
            "",
        ]
    )


def _kpi(kpi: Kpi) -> tuple[str, ...]:
    return kpi.id, kpi.name, kpi.formula, kpi.unit, kpi.direction, kpi.owner, str(kpi.version)


def _sums(kpi: Kpi) -> tuple[str, ...]:
    return kpi.id, _sum(kpi.numerator), _sum(kpi.denominator), "; ".join(kpi.source)


def _sum(parts: Mapping[str, int]) -> str:
    """Return `answered + abandoned - short_abandoned` of the factors."""
    text = " ".join(f"{'-' if factor < 0 else '+'} {_times(name, factor)}" for name, factor in parts.items())
    return text.removeprefix("+ ")


def _times(name: str, factor: int) -> str:
    return f"`{name}`" if abs(factor) == 1 else f"{abs(factor):,} x `{name}`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    yield from ("| " + " | ".join(row) + " |" for row in rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
