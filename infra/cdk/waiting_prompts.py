"""What the queue flow's blocks hold: one block a way of waiting, and a text for each step of the estimated wait. Pure.

Way 0 is the tenant's own; the others are the ways of some queues (QUE-02). A wait is told in steps that a caller
understands, rounded up; the next lower step is at least a quarter lower, so no wait is told a little lower than before.
"""

from collections.abc import Iterator, Mapping

from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_base import Language
from chalicelib.tenancy.contract_waiting import WAYS, QueueWay, Way
from chalicelib.tenancy.terms import CHAIN_TERMS

STEPS_MIN = (2, 3, 5, 10, 15, 20, 30)
"""Whole minutes of `wait_about`; below is `wait_soon`, beyond `wait_long`."""
OF_WAYS: Mapping[str, str] = {"wait_music": "music", "wait_hint": "message"}
"""Prompts that differ by way, with the field of the contract that replaces them."""
STEPPED = "wait_about"


KEYS: Mapping[str, str] = {"callback": "1", "voicemail": "2", "self-service": "3"}
"""The keys by which a caller leaves the line, whatever the tenant: the queue flow has a block for each."""


def keys(contract: Contract) -> Mapping[str, str]:
    """Return the ways out of the line that the tenant offers, with their keys."""
    offered = {*contract.waiting.leave_for, *(("callback",) if contract.waiting.callback else ())}
    return {way: key for way, key in KEYS.items() if way in offered}


def fact(contract: Contract, name: str) -> str | None:
    """Return what `wait.<name>` stands for: `interval_s.<n>`, `queues.<n>` with a line for each queue, a term of
    callbacks, or nothing for what the tenant has: more than one way (`ways`), a way out, a message when unattended.

    Raises:
        LookupError: nobody can have it.

    """
    facts = _facts(contract)
    if name not in facts:
        msg = f"no {name!r}; expected one of {', '.join(sorted(facts))}"
        raise LookupError(msg)
    return facts[name]


def _facts(contract: Contract) -> Mapping[str, str | None]:
    found, waiting = ways(contract), contract.waiting
    terms = waiting.callback or CHAIN_TERMS
    facts: dict[str, str | None] = {
        "ways": "" if len(found) > 1 else None,
        "unattended": "" if waiting.unattended == "voicemail" else None,
        "callback_attempts": str(terms.attempts),
        "callback_retry_s": str(terms.retry_s),
    }
    facts |= {way: "" if way in keys(contract) else None for way in KEYS}
    for n in range(WAYS):
        way = found[n] if n < len(found) else None
        facts[f"interval_s.{n}"] = str(way.interval_s or waiting.interval_s) if way else None
        facts[f"queues.{n}"] = "\n".join(way.queues) if isinstance(way, QueueWay) else None
    return facts


def ways(contract: Contract) -> tuple[Way, ...]:
    """Return the tenant's way of waiting and then those of queues."""
    return (contract.waiting, *contract.waiting.by_queue)


def own_text(contract: Contract, key: str, way: int) -> Mapping[Language, str] | None:
    """Return the text of the contract that replaces the prompt `key` in `way`; None: there is none."""
    field = OF_WAYS.get(key)
    return getattr(ways(contract)[way], field) if field else None


def stepped(text: str, minutes: str) -> str:
    """Return `text` with the minutes of a step in the place of {minutes}.

    Raises:
        LookupError: there is no such step.

    """
    if minutes not in {str(step) for step in STEPS_MIN}:
        msg = f"no step of {minutes} minutes; the steps are {STEPS_MIN}"
        raise LookupError(msg)
    return text.replace("{minutes}", minutes)


def gaps(contract: Contract, language: Language) -> Iterator[str]:
    """Yield the key of every text of a way that `language` lacks: its callers hear the default language (TEN-05)."""
    for n in range(len(ways(contract))):
        for key in OF_WAYS:
            text = own_text(contract, key, n)
            if text is not None and language not in text:
                yield f"{key}.{n}" if n else key
