"""Tickets under any sequence of requests, on the real store over a table in memory, against a plain model of them."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from chalicelib.audit.models import Act, Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.customers.service import CallerStore
from chalicelib.platform.errors import InvalidInput, NotFound, StoreUnavailable
from chalicelib.services.service import feed
from chalicelib.tickets import policy
from chalicelib.tickets.models import Change, NumberTaken, Opening, Outdated, Search, Step, StepNotAllowed, Subject
from chalicelib.tickets.service import Counting, Tickets
from chalicelib.tickets.store import Tickets as Kept
from tests.support import tenants
from tests.support.fake_dynamo import FakeDynamo, failure

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TENANT = tenants.tenant("hrgroup").id
WANG = Actor(user="wang", roles=("agent",))
PHONES = ("+8613800138000", "+8613900139000")


def tickets(client: FakeDynamo, draws: object = None, now: datetime = NOW) -> Tickets:
    trail = Trail(tenant=TENANT, kept=Log(client, "audit"), now=lambda: now)
    numbers = iter(draws or count(1))  # type: ignore[call-overload]
    return Tickets(
        kept=Kept(client, "table", TENANT, trail, 365),
        listing=feed(client, "table", tenants.tenant("hrgroup")),
        counting=Counting(TENANT, "table", ("complaint",)),
        left_out=(),
        now=lambda: now,
        draw=lambda _below: next(numbers),
    )


def opening(phone: str | None = PHONES[0], contact_id: str | None = "c-1", customer: str | None = None) -> Opening:
    subject = Subject(category="repair", text="The lift stands still.", phone=phone, customer_id=customer)
    return Opening(subject=subject, note="no power", channel="VOICE", contact_id=contact_id)


class AnyRequests(RuleBasedStateMachine):
    """Tickets are opened, changed and linked in any order; lists, callers and files say what the model says."""

    numbers = Bundle("numbers")

    def __init__(self) -> None:
        super().__init__()
        self.client = FakeDynamo()
        self.draws = count(1)
        self.at = NOW
        self.model: dict[str, list[tuple[str, str | None]]] = {}
        self.phone: dict[str, str] = {}
        self.links: dict[str, set[str]] = {}

    def service(self) -> Tickets:
        self.at += timedelta(minutes=1)
        return tickets(self.client, self.draws, self.at)

    @rule(target=numbers, phone=st.sampled_from(PHONES))
    def open(self, phone: str) -> str:
        file = self.service().open(opening(phone, contact_id=None), WANG)
        number = file.ticket.number
        self.model[number] = [("accept", None)]
        self.phone[number], self.links[number] = phone, set()
        return number

    @rule(number=numbers, step=st.sampled_from(Step), who=st.sampled_from(["lifts", "cleaning"]), late=st.booleans())
    def take(self, number: str, step: Step, who: str, late: bool) -> None:  # noqa: FBT001 - hypothesis names it
        passed = self.model[number]
        assignee = who if step is Step.ASSIGN else None
        change = Change(step=step, note="n", revision=len(passed) - late, assignee=assignee)
        if late:
            with pytest.raises(Outdated):
                self.service().take(number, change, WANG)
        elif step not in policy.allowed(Step(passed[-1][0])):
            with pytest.raises(StepNotAllowed):
                self.service().take(number, change, WANG)
        else:
            self.service().take(number, change, WANG)
            passed.append((step.value, assignee))

    @rule(number=numbers, contact=st.sampled_from(["c-1", "c-2", "c-3"]))
    def link(self, number: str, contact: str) -> None:
        self.service().link(number, contact, WANG)
        self.links[number].add(contact)

    @invariant()
    def every_file_is_the_model_s(self) -> None:
        for number, passed in self.model.items():
            file = tickets(self.client).file(number)
            assert [(each.step.value, each.assignee) for each in file.steps] == passed
            assert [each.revision for each in file.steps] == list(range(1, len(passed) + 1))
            assert {link.contact_id for link in file.contacts} == self.links[number]

    @invariant()
    def every_list_is_the_model_s(self) -> None:
        service = tickets(self.client)
        for step in Step:
            found = service.search(Search(step=step), after=None, limit=100)
            assert {each.number for each in found.tickets} == {n for n, p in self.model.items() if p[-1][0] == step}
        for who in ("lifts", "cleaning"):
            found = service.search(Search(assignee=who), after=None, limit=100)
            assert {each.number for each in found.tickets} == {n for n, p in self.model.items() if self.acts(p) == who}

    @invariant()
    def a_caller_s_open_tickets_are_in_the_one_query(self) -> None:
        store = CallerStore(self.client, "table")
        for phone in PHONES:
            mine = {n for n, p in self.model.items() if self.phone[n] == phone and p[-1][0] != "close"}
            caller = store.find(TENANT, phone, now=self.at + timedelta(minutes=1), within_s=1)
            assert {each.number for each in caller.tickets} == mine or len(mine) > 10

    @invariant()
    def every_change_is_in_the_trail(self) -> None:
        entries = [key for key in self.client.items if "#AUDIT#" in key[0]]
        assert len(entries) >= sum(len(passed) for passed in self.model.values())

    @staticmethod
    def acts(passed: list[tuple[str, str | None]]) -> str | None:
        if passed[-1][0] == "close":
            return None
        return next((who for _, who in reversed(passed) if who), None)


TestAnyRequests = AnyRequests.TestCase
TestAnyRequests.settings = settings(max_examples=25, stateful_step_count=20)


def test_a_taken_number_is_drawn_again_and_at_last_refused() -> None:
    client = FakeDynamo()
    tickets(client, [7]).open(opening(), WANG)
    assert tickets(client, [7, 7, 8]).open(opening(), WANG).ticket.number == policy.number(8)
    with pytest.raises(NumberTaken):
        tickets(client, [7] * 8).open(opening(), WANG)


def test_a_ticket_is_found_by_its_customer_its_caller_and_its_contact() -> None:
    client = FakeDynamo()
    number = tickets(client).open(opening(customer="c-10001"), WANG).ticket.number
    service = tickets(client)
    for search in (Search(customer_id="c-10001"), Search(phone=PHONES[0])):
        assert [each.number for each in service.search(search, after=None, limit=5).tickets] == [number]
    assert service.kept.numbers_of("c-1") == (number,)
    assert service.search(Search(phone=PHONES[1]), after=None, limit=5).tickets == ()


def test_pages_follow_each_other_without_a_gap_or_a_repeat() -> None:
    client = FakeDynamo()
    for minute in range(7):
        tickets(client, [minute], NOW + timedelta(minutes=minute)).open(opening(), WANG)
    seen, after = [], None
    for _ in range(4):
        page = tickets(client).search(Search(step=Step.ACCEPT), after=after, limit=2)
        seen += [each.number for each in page.tickets]
        after = page.after
        if after is None:
            break
    assert seen == [policy.number(minute) for minute in reversed(range(7))]


def test_a_foreign_cursor_is_refused() -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        tickets(FakeDynamo()).search(Search(step=Step.ACCEPT), after="T#other#TICKET", limit=2)


@pytest.mark.parametrize("number", ["00000001", "abc", "00000018"])
def test_a_number_that_is_none_is_not_found(number: str) -> None:
    with pytest.raises(NotFound):
        tickets(FakeDynamo()).file(number)
    with pytest.raises(NotFound):
        tickets(FakeDynamo()).link(number, "c-1", WANG)


def test_of_two_steps_at_once_one_wins_and_the_other_is_told() -> None:
    client = FakeDynamo()
    number = tickets(client).open(opening(), WANG).ticket.number
    seen = tickets(client).file(number).ticket
    change = Change(step=Step.ASSIGN, note="n", revision=seen.revision, assignee="lifts")
    after, passed = policy.take(seen, change, actor="li.na", at=NOW)
    tickets(client).take(number, change, WANG)
    with pytest.raises(Outdated):
        tickets(client).kept.change(after, passed, WANG, Act(action="ticket.step", resource="r"))
    assert len(tickets(client).file(number).steps) == 2


def test_when_the_store_fails_nothing_is_written() -> None:
    def refuse(operation: str) -> None:
        if operation == "TransactWriteItems":
            raise failure("InternalServerError")

    client = FakeDynamo(refuse)
    with pytest.raises(StoreUnavailable):
        tickets(client).open(opening(), WANG)
    assert client.items == {}
