"""References of the routing section to the rest of the contract, each with its path. Authoring side only."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.tenancy.contract_areas import area
from chalicelib.tenancy.contract_problems import Problem, items, mapping, names, texts, twice
from chalicelib.tenancy.models import ASIDE

NATIVE = "longest-idle"
"""The strategy that needs no entry: Amazon Connect's own."""
ELSEWHERE = "elsewhere"
"""The region of callers who belong to none."""
ANNOUNCEMENT = "announcement"
"""The self-service that decisions themselves end in."""

type Reference = tuple[str, str, Any]
"""(path, kind, id)."""


def routing_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield every reference to nothing, every double and every rule that can never decide."""
    section = mapping(raw, "routing")
    yield from _doubles(section)
    known = _known(raw, section)
    for path, kind, value in _references(raw, section):
        if isinstance(value, str) and value not in known[kind]:
            yield Problem(path, f"no such entry in {kind}: {value!r}")
    for i, queue in enumerate(items(raw, "queues")):
        if queue.get("id") == ASIDE:
            yield Problem(f"queues.{i}.id", f"{ASIDE} is the queue of those whom no agent serves")
    yield from _unreachable(section)
    yield from _unpresented(section)
    yield from _circles(section)


def _known(raw: Mapping[str, Any], section: Mapping[str, Any]) -> dict[str, set[str]]:
    return {
        "queues": names(items(raw, "queues"), "id"),
        "hours": names(items(raw, "hours"), "id"),
        "service_lines": names(items(raw, "service_lines"), "id"),
        "grades": names(items(raw, "grades"), "grade"),
        "entry_numbers": names(items(raw, "entry_numbers"), "number"),
        "routing.strategies": names(items(section, "strategies"), "id") | {NATIVE},
        "routing.overflow": names(items(section, "overflow"), "id"),
        "routing.segments": names(items(section, "segments"), "id"),
        "routing.duties": names(items(section, "duties"), "id"),
        "routing.attribution.regions": names(_regions(section), "id") | {ELSEWHERE},
    }


def _regions(section: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return items(mapping(section, "attribution"), "regions")


def _doubles(section: Mapping[str, Any]) -> Iterator[Problem]:
    for part in ("strategies", "overflow", "rules", "segments", "branches", "duties"):
        yield from twice(items(section, part), "id", f"routing.{part}")
    yield from twice(_regions(section), "id", "routing.attribution.regions")
    for i, region in enumerate(_regions(section)):
        if region.get("id") == ELSEWHERE:
            yield Problem(f"routing.attribution.regions.{i}.id", f"{ELSEWHERE} is the region of all others")
    yield from _shared(_regions(section), "prefixes", "routing.attribution.regions")
    yield from _shared_areas(_regions(section))
    yield from _shared(items(section, "branches"), "numbers", "routing.branches")
    yield from _shared(items(section, "overflow"), "queues", "routing.overflow")
    yield from _shared(items(section, "closed"), "lines", "routing.closed")
    for i, strategy in enumerate(items(section, "strategies")):
        if strategy.get("id") == NATIVE:
            yield Problem(f"routing.strategies.{i}.id", f"{NATIVE} is Amazon Connect's own strategy")


def _shared(entries: list[Mapping[str, Any]], field: str, path: str) -> Iterator[Problem]:
    """Yield a problem for every value that stands in the lists `field` of the entries more than once."""
    seen: set[str] = set()
    for i, entry in enumerate(entries):
        for j, value in enumerate(texts(entry, field)):
            if value in seen:
                yield Problem(f"{path}.{i}.{field}.{j}", f"{value} is defined twice")
            seen.add(value)


def _shared_areas(regions: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Yield a problem for every place that two regions name, also by another form of its name."""
    seen: set[object] = set()
    for i, region in enumerate(regions):
        for j, word in enumerate(texts(region, "areas")):
            if (place := area(word)) is not None and place in seen:
                yield Problem(f"routing.attribution.regions.{i}.areas.{j}", f"{word} is defined twice")
            seen.add(place)


def _references(raw: Mapping[str, Any], section: Mapping[str, Any]) -> Iterator[Reference]:
    for i, queue in enumerate(items(raw, "queues")):
        yield f"queues.{i}.strategy", "routing.strategies", queue.get("strategy")
    yield from _chain_references(section)
    yield from _rule_references(section)
    yield from _caller_references(section)
    for i, segment in enumerate(items(section, "segments")):
        yield f"routing.segments.{i}.hours", "hours", segment.get("hours")
    for i, treatment in enumerate(items(section, "closed")):
        yield from _each(f"routing.closed.{i}", treatment, "lines", "service_lines")
        yield from _hop_references(f"routing.closed.{i}", treatment)
    yield "routing.presented_number", "entry_numbers", section.get("presented_number")


def _chain_references(section: Mapping[str, Any]) -> Iterator[Reference]:
    for i, chain in enumerate(items(section, "overflow")):
        yield from _each(f"routing.overflow.{i}", chain, "queues", "queues")
        yield from _hop_references(f"routing.overflow.{i}", chain)


def _hop_references(path: str, owner: Mapping[str, Any]) -> Iterator[Reference]:
    kinds = {"queue": "queues", "callback": "queues", "duty": "routing.duties"}
    for j, hop in enumerate(items(owner, "hops")):
        if (kind := kinds.get(str(hop.get("to")))) is not None:
            yield f"{path}.hops.{j}.id", kind, hop.get("id")


def _rule_references(section: Mapping[str, Any]) -> Iterator[Reference]:
    lists = {
        "lines": "service_lines", "numbers": "entry_numbers", "grades": "grades", "segments": "routing.segments",
        "regions": "routing.attribution.regions",
    }  # fmt: skip
    for i, rule in enumerate(items(section, "rules")):
        path = f"routing.rules.{i}"
        for field, kind in lists.items():
            yield from _each(f"{path}.when", mapping(rule, "when"), field, kind)
        yield f"{path}.queue", "queues", rule.get("queue")
        yield f"{path}.strategy", "routing.strategies", rule.get("strategy")
        yield f"{path}.overflow", "routing.overflow", rule.get("overflow")


def _caller_references(section: Mapping[str, Any]) -> Iterator[Reference]:
    attribution = mapping(section, "attribution")
    yield from _each("routing.attribution", attribution, "lines", "service_lines")
    yield "routing.attribution.elsewhere", "queues", attribution.get("elsewhere")
    for i, region in enumerate(_regions(section)):
        yield f"routing.attribution.regions.{i}.queue", "queues", region.get("queue")
    for i, branch in enumerate(items(section, "branches")):
        yield from _each(f"routing.branches.{i}", branch, "numbers", "entry_numbers")
        yield f"routing.branches.{i}.queue", "queues", branch.get("queue")
        yield f"routing.branches.{i}.headquarters", "queues", branch.get("headquarters")
    yield from _each("routing.memory", mapping(section, "memory"), "lines", "service_lines")
    accounts = mapping(section, "key_accounts")
    yield from _each("routing.key_accounts", accounts, "grades", "grades")
    yield "routing.key_accounts.seats", "queues", accounts.get("seats")
    for i, history in enumerate(items(section, "history")):
        yield from _each(f"routing.history.{i}", history, "queues", "queues")


def _each(path: str, owner: Mapping[str, Any], field: str, kind: str) -> Iterator[Reference]:
    for j, value in enumerate(texts(owner, field)):
        yield f"{path}.{field}.{j}", kind, value


def _unreachable(section: Mapping[str, Any]) -> Iterator[Problem]:
    """A rule without conditions decides for everything; what stands after it decides nothing."""
    decided = False
    for i, rule in enumerate(items(section, "rules")):
        if decided:
            yield Problem(f"routing.rules.{i}", "never reached: a rule without conditions stands before it")
        decided = decided or not any(mapping(rule, "when").values())
    for i, history in enumerate(items(section, "history")):
        if history.get("kind") == "recent-contact" and not texts(history, "queues"):
            yield Problem(f"routing.history.{i}.queues", "expected the queues whose contacts count")


def _unpresented(section: Mapping[str, Any]) -> Iterator[Problem]:
    """A telephone outside sees a number of the tenant, or it is not rung at all (OUT-10)."""
    for path, hop in _hops(section):
        if str(hop.get("to")) in {"outside", "duty"} and section.get("presented_number") is None:
            yield Problem(path, "needs routing.presented_number, a number of the tenant (OUT-10)")
        if hop.get("to") == "ivr" and hop.get("id") == ANNOUNCEMENT:
            yield Problem(f"{path}.id", f"{ANNOUNCEMENT} is what a list without voicemail ends in")


def _hops(section: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for part in ("overflow", "closed"):
        for i, owner in enumerate(items(section, part)):
            for j, hop in enumerate(items(owner, "hops")):
                yield f"routing.{part}.{i}.hops.{j}", hop


def _circles(section: Mapping[str, Any]) -> Iterator[Problem]:
    """No target twice: a chain does not lead to a queue that it starts from, nor to one place two times (ACD-16)."""
    for i, chain in enumerate(items(section, "overflow")):
        seen = {("queue", queue) for queue in texts(chain, "queues")}
        for j, hop in enumerate(items(chain, "hops")):
            place = (str(hop.get("to")), str(hop.get("id") or hop.get("number")))
            if place in seen:
                yield Problem(f"routing.overflow.{i}.hops.{j}", f"{' '.join(place)} was tried before (ACD-16)")
            seen.add(place)
    for i, branch in enumerate(items(section, "branches")):
        if isinstance(branch.get("queue"), str) and branch["queue"] == branch.get("headquarters"):
            yield Problem(f"routing.branches.{i}.headquarters", "expected another queue than the branch's own")
