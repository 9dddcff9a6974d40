"""Identity: what is done. Lead the agent through the questions, compare, limit attempts, refuse (IDV-01, 02, 04)."""

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from chalicelib.access.service import Caller, is_front_desk
from chalicelib.agents.service import Agents, House
from chalicelib.audit import service as audit
from chalicelib.audit.models import Act, Actor, Noting, Outcome
from chalicelib.customers import registry as customers
from chalicelib.customers.registry import Customer
from chalicelib.identity import policy
from chalicelib.identity.connect import Notes
from chalicelib.identity.models import Chain, Guide, Level, Locked, NothingToAsk, State, TooUnsure
from chalicelib.identity.on_hand import check_on_hand
from chalicelib.identity.store import States
from chalicelib.identity.store import key as state_key
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.errors import NotFound, Unprocessable
from chalicelib.recordings import service as recordings
from chalicelib.recordings.models import Deed, NotRecordable, NotSo
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import IdentityQuestion, IdentityTerms

__all__ = ["Identity", "check", "check_on_hand", "state_key", "wired"]

ACTION: Final = "identity.answer"


class Floor(Protocol):
    """Port: see `agents.store.Agents`."""

    def house(self, *, consistent: bool = False) -> House:
        """Return all agents."""


class KeptStates(Protocol):
    """Port: see `store.States`."""

    def find(self, initial_id: str) -> State:
        """Return what was asked in a chain."""

    def save(self, initial_id: str, state: State, now: datetime, by: Actor, act: Act) -> None:
        """Write it over the revision before it."""


class Noted(Protocol):
    """Port: see `connect.Notes`."""

    def chain(self, contact_id: str) -> Chain:
        """Return the chain of a contact."""

    def note(self, contact_id: str, level: Level, customer_id: str) -> None:
        """Write the level onto the contact, and as whom the caller is verified."""


class Customers(Protocol):
    """Port: see `customers.registry.Registry`."""

    def customer(self, id_: str) -> Customer:
        """Return a customer, or raise NotFound."""


class Recorder(Protocol):
    """Port: see `recordings.service.Recordings`."""

    def turn(self, deed: Deed, contact_id: str, by: Actor) -> None:
        """Switch the recording of a contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The identity of one tenant's callers. Only the agent on whose screen a contact stands asks and answers."""

    floor: Floor
    states: KeptStates
    notes: Noted
    customers: Customers
    recorder: Recorder
    trail: Noting
    terms: IdentityTerms | None
    now: Callable[[], datetime]

    def guide(self, contact_id: str, by: Actor) -> Guide:
        """Return what the agent is led through, and how far the call is.

        Raises:
            NotFound: no such contact is on the agent's screen.
            NothingToAsk: the contract has no questions.
            Throttled, StoreUnavailable: somebody did not answer.

        """
        terms = self._terms()
        chain = self._chain(contact_id, by)
        return _guide(contact_id, chain, terms, self.states.find(chain.initial_id))

    def ask(self, contact_id: str, question_id: str, by: Actor) -> Guide:
        """Leave out of the recording what follows, when the question asks for a secret; return the guide.

        Raises:
            NotFound, NothingToAsk: as `guide`. Unprocessable: the contract has no such question.
            Locked: no more attempts, or the question was answered.
            Throttled, StoreUnavailable: somebody did not answer.

        """
        guide = self.guide(contact_id, by)
        question = self._question(question_id)
        self._check(guide, question, by)
        if question.secret:
            with _not_recorded():
                self.recorder.turn(Deed.SUSPEND, contact_id, by)
        return guide

    def answer(self, contact_id: str, question_id: str, answer: str, by: Actor) -> Guide:
        """Compare an answer with what is known of the customer, forget it, and note the level on the contact.

        Every attempt is in the audit trail with its question and outcome, never with the answer.

        Raises:
            NotFound, NothingToAsk, Unprocessable, Locked, Throttled, StoreUnavailable: as `ask`.
            Outdated: another answer of this call was given at this moment.

        """
        terms = self._terms()
        guide = self.guide(contact_id, by)
        question = self._question(question_id)
        self._check(guide, question, by)
        chain = self._chain(contact_id, by)
        customer_id = chain.customer_id or ""
        known = self.customers.customer(customer_id).shown
        state = policy.answered(guide.state, question, right=policy.is_right(question, answer, known))
        outcome = Outcome.DONE if question.id in state.passed else Outcome.REFUSED
        act = Act(action=ACTION, resource=f"contacts/{contact_id}", facts={"question": question.id}, outcome=outcome)
        self.states.save(chain.initial_id, state, self.now(), by, act)
        after = _guide(contact_id, chain, terms, state)
        self.notes.note(contact_id, after.level, customer_id)
        if question.secret:
            with _not_recorded():
                self.recorder.turn(Deed.RESUME, contact_id, by)
        return after

    def allow(self, operation: str, customer_id: str, by: Actor, *, desk: bool) -> None:
        """Accept that somebody does `operation` to the customer.

        What the contract declares a level for is done to the customer of a contact on the own screen, at that level.
        Whoever is not of the front `desk` and has no contact on the screen serves no caller: the level is not asked.

        Raises:
            TooUnsure: no contact on the screen is with that customer at the level; `needs` and `level` say which.
            Throttled, StoreUnavailable: somebody did not answer.

        """
        needs = policy.needed(self.terms, operation)
        works = self._works(by) if needs else []
        if needs is None or not (works or desk):
            return
        reached = max((self._level(work, customer_id) for work in works), key=_rank, default=Level.UNKNOWN)
        if reached.rank < needs.rank:
            detail = f"the caller must be {needs} as this customer and is {reached}"
            raise TooUnsure(detail, needs=needs.value, level=reached.value)

    def _level(self, contact_id: str, customer_id: str) -> Level:
        """Return how sure we are that the contact is with the customer; one that has ended meanwhile is with nobody."""
        try:
            chain = self.notes.chain(contact_id)
        except NotFound:
            return Level.UNKNOWN
        if chain.customer_id != customer_id:
            return Level.UNKNOWN
        return policy.level(self.states.find(chain.initial_id), self._terms(), customer_id)

    def _terms(self) -> IdentityTerms:
        if self.terms is None:
            raise NothingToAsk("the contract has no questions")
        return self.terms

    def _works(self, by: Actor) -> list[str]:
        """Return the contacts on the agent's screen."""
        screens = (agent.snapshot for agent in self.floor.house(consistent=True).agents if agent.name == by.user)
        return [work.contact_id for snapshot in screens if snapshot for work in snapshot.works]

    def _chain(self, contact_id: str, by: Actor) -> Chain:
        if contact_id not in self._works(by):
            raise NotFound("no such contact is on your screen")
        return self.notes.chain(contact_id)

    def _question(self, question_id: str) -> IdentityQuestion:
        found = next((one for one in self._terms().questions if one.id == question_id), None)
        if found is None:
            errors = [{"field": "question", "problem": "the contract has no such question"}]
            raise Unprocessable("the contract has no such question", errors=errors)
        return found

    def _check(self, guide: Guide, question: IdentityQuestion, by: Actor) -> None:
        """Accept that the question is asked; that one was asked too often is an entry of the trail."""
        if guide.customer_id is None:
            raise NothingToAsk("the caller is no customer whom we know")
        try:
            policy.attempt(guide.state, question, self._terms())
        except Locked as locked:
            facts = {"question": question.id, "reason": str(locked.facts["reason"])}
            resource = f"contacts/{guide.contact_id}"
            self.trail.note(by, Act(action=ACTION, resource=resource, facts=facts, outcome=Outcome.REFUSED))
            raise


@contextlib.contextmanager
def _not_recorded() -> Iterator[None]:
    """Accept that the contact is not being recorded: then there is nothing to leave out."""
    try:
        yield
    except (NotSo, NotRecordable):
        return


def _rank(level: Level) -> int:
    return level.rank


def _guide(contact_id: str, chain: Chain, terms: IdentityTerms, kept: State) -> Guide:
    state = policy.about(kept, chain.customer_id)
    return Guide(
        contact_id=contact_id,
        customer_id=chain.customer_id,
        level=policy.level(state, terms, chain.customer_id),
        questions=terms.questions,
        needed=terms.needed,
        attempts_left=max(0, terms.attempts - state.wrong),
        state=state,
    )


def check(operation: str, customer_id: str, caller: Caller) -> None:
    """Accept that the user does `operation` to the customer, who must be on hand for those who see no other.

    Where neither the caller's roles nor the contract ask anything, nothing is read.

    Raises:
        NotOnHand, TooUnsure, Throttled, StoreUnavailable: as `Identity.allow`.

    """
    check_on_hand(caller, customer_id=customer_id)
    if policy.needed(tenancy.current().identity, operation) is not None:
        wired().allow(operation, customer_id, caller.actor, desk=is_front_desk(caller.roles))


@functools.cache
def wired() -> Identity:
    """Return the use-case wired for this process; a missing setting fails here, by name."""
    table = settings.StoreSettings.load(os.environ).table
    instance_id = settings.instance_id(os.environ)
    tenant = tenancy.current()
    client = aws.client("dynamodb", aws.A_PERSON_WAITS)
    return Identity(
        floor=Agents(client, table, tenant.id, tenant.contacts_days),
        states=States(client, table, tenant.id, audit.trail()),
        notes=Notes(aws.client("connect", aws.A_PERSON_WAITS), instance_id),
        customers=customers.wired(),
        recorder=recordings.wired(),
        trail=audit.trail(),
        terms=tenant.identity,
        now=clock.from_environment(),
    )
