"""Identity: what is decided. Whether an answer is right, and how sure that makes us. Pure."""

import hmac
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.agents.models import IN_THE_WAY, OFFERED, House
from chalicelib.customers.registry import Facts
from chalicelib.identity.models import Chain, Hand, Level, Locked, State
from chalicelib.tenancy.models import IdentityQuestion, IdentityTerms

NOT_TAKEN: Final = IN_THE_WAY - OFFERED
"""States of a contact that stands on a screen although nobody there serves it: it was missed or declined."""
_BLANK = re.compile(r"[\s\-.,/()]+")


def level(state: State, terms: IdentityTerms, customer_id: str | None) -> Level:
    """Return how sure we are: a known customer is identified, one who has passed enough questions verified."""
    if customer_id is None:
        return Level.UNKNOWN
    passed = about(state, customer_id).passed
    return Level.VERIFIED if len(passed) >= terms.needed else Level.IDENTIFIED


def about(state: State, customer_id: str | None) -> State:
    """Return what was asked about this customer: when another one was chosen, all but the wrong answers begins anew."""
    if customer_id == state.customer_id:
        return state
    return replace(state, customer_id=customer_id, passed=(), failed=())


def needed(terms: IdentityTerms | None, operation: str) -> Level | None:
    """Return the level that the contract declares for an operation; None: it needs none."""
    declared = terms.operations.get(operation) if terms else None
    return None if declared is None else Level(declared)


def is_right(question: IdentityQuestion, answer: str, known: Facts) -> bool:
    """Return whether `answer` is what is known of the customer; what is not known is never right.

    Case, width, blanks and punctuation do not matter. The time that it takes tells nothing of where a difference is.
    """
    told = _plain(answer).encode()
    # Every value is compared, so that the number of comparisons tells nothing either.
    found = [hmac.compare_digest(told, _plain(value).encode()) for value in _values(question, known)]
    return bool(told) and any(found)


def _values(question: IdentityQuestion, known: Facts) -> Collection[str]:
    if question.field == "name":
        return [known.name]
    if question.field == "phone":
        return [one.value for one in known.identities if one.kind == "phone"]
    value = known.fields.get(question.field)
    return [] if value is None else [str(value)]


def _plain(text: str) -> str:
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)).casefold()


def attempt(state: State, question: IdentityQuestion, terms: IdentityTerms) -> None:
    """Accept that `question` is asked now.

    Raises:
        Locked: too many answers were wrong, or this question was answered before.

    """
    if state.wrong >= terms.attempts:
        raise Locked("too many answers were wrong in this call", reason="attempts")
    if question.id in {*state.passed, *state.failed}:
        raise Locked("this question was answered before in this call", reason="asked")


def answered(state: State, question: IdentityQuestion, *, right: bool) -> State:
    """Return the state after an answer."""
    if right:
        return replace(state, passed=(*state.passed, question.id), revision=state.revision + 1)
    return replace(state, failed=(*state.failed, question.id), wrong=state.wrong + 1, revision=state.revision + 1)


def on_screen(house: House, user: str, now: datetime) -> tuple[str, ...]:
    """Return the contacts that `user` serves: offered, connected or in wrap-up, on the screen of one who is there."""
    here = (agent.snapshot for agent in house.agents if agent.name == user and not agent.is_gone(now))
    return tuple(
        work.contact_id for snapshot in here if snapshot for work in snapshot.works if work.state not in NOT_TAKEN
    )


def hand(chains: Mapping[str, Chain]) -> Hand:
    """Return whom somebody serves, from the chains of the contacts on the own screen."""
    customers = {chain.customer_id for chain in chains.values()} - {None}
    candidates = {one for chain in chains.values() for one in chain.candidates}
    return Hand(
        contacts=frozenset(chains) | {chain.initial_id for chain in chains.values()},
        customers=frozenset(str(one) for one in customers | candidates),
        numbers=frozenset(chain.number for chain in chains.values() if chain.number),
    )


def is_on_hand(held: Hand, *, customer_id: str | None, number: str | None, contact_id: str | None) -> bool:
    """Return whether what is asked for is of somebody who is served.

    A contact that is named must be; then the customer decides, without one the number. Nobody named is nobody served.
    """
    if contact_id is not None and contact_id not in held.contacts:
        return False
    if customer_id is not None:
        return customer_id in held.customers
    if number is not None:
        return number in held.numbers
    return contact_id is not None
