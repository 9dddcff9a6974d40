"""Service records under any sequence of events, on the real store over a table in memory, against a plain model."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.contacts.models import Contact, Result
from chalicelib.organisation.service import sight_of
from chalicelib.platform.dynamo import Contended, decode
from chalicelib.platform.errors import InvalidInput, NotFound, Throttled
from chalicelib.platform.sorted_lists import sort_text
from chalicelib.services import items, policy
from chalicelib.services.models import Entry, Kind, Outdated, Record, Search, Subject, Whom
from chalicelib.services.service import Feed, Services, feed
from chalicelib.tickets.models import Step, Ticket
from chalicelib.tickets.models import Subject as TicketSubject
from tests.support.customer_registry import NOW, WANG, facts, registry, tenant
from tests.support.fake_dynamo import FakeDynamo, failure

TENANT = tenant()
PHONES = ("+8613800138000", "+8613900139000")
WHOLE = Search(first="2026-01-01", last="2026-03-31")

fields = st.fixed_dictionaries(
    {}, optional={"city": st.sampled_from(["suzhou", "wuxi"]), "points": st.integers(-9, 99)}
)
people = st.builds(
    Whom,
    name=st.sampled_from([None, "Li Na", "li bo", "王芳", "Zoë"]),
    phone=st.sampled_from([None, *PHONES]),
    region=st.sampled_from([None, "suzhou"]),
    grade=st.sampled_from([None, "gold", "silver"]),
    fields=fields,
)


def services(client: FakeDynamo) -> tuple[Feed, Services]:
    """Return what makes service records, and what is done with them."""
    of = feed(client, "table", TENANT)
    trail = Trail(tenant=TENANT.id, kept=Log(client, "audit"), now=lambda: NOW)
    drawn = count(1)
    return of, Services(kept=of.kept, trail=trail, now=lambda: NOW, draw=lambda _below: next(drawn))


def contact(id_: str, days: int = 0, *, version: int = 1, **more: object) -> Contact:
    """Return a contact in which li.na served, begun so many days before NOW."""
    told = {"agent": "li.na", "answered_at": NOW, "caller": PHONES[0], "queue": "after-sales", **more}
    at = NOW - timedelta(days=days)
    return Contact(
        **{
            "id": id_,
            "at": at,
            "updated_at": at + timedelta(minutes=version),
            "channel": "VOICE",
            "method": "INBOUND",
            "result": Result.ANSWERED,
            "line": "-",
            **told,
        }  # type: ignore[arg-type]
    )


@contextmanager
def cut_short(client: FakeDynamo, at: int) -> Iterator[None]:
    """Let the store refuse the write of a single item that comes as number `at`, and every one after it."""
    puts = count(1)

    def refuse(operation: str) -> None:
        if operation == "PutItem" and next(puts) >= at:
            raise failure("ThrottlingException")

    client.before = refuse
    yield
    client.before = lambda _: None


class AnyEvents(RuleBasedStateMachine):
    """Contacts come in any order and repeatedly; services are entered, edited and forgotten; lists say what is so."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.client = FakeDynamo()
        self.feed, self.services = services(self.client)
        self.customers = registry(self.client)
        self.model: dict[str, Record] = {}
        self.customers.create(facts("Li Na", PHONES[0], grade="gold", fields={"city": "wuxi"}), WANG, id_="c-1")

    @rule(target=ids, told=people, days=st.integers(0, 55))
    def enter(self, told: Whom, days: int) -> str:
        at = NOW - timedelta(days=days)
        made = self.services.enter(Entry(whom=told), Subject(channel="VISIT"), WANG, served_at=at)
        self.model[made.id] = made
        return made.id

    @rule(target=ids, id_=st.sampled_from("abc"), whose=st.sampled_from([None, "c-1"]), cut_at=st.integers(0, 3))
    def call(self, id_: str, whose: str | None, cut_at: int) -> str:
        if cut_at:
            with cut_short(self.client, cut_at), suppress(Throttled):
                self.feed.heard(contact(id_, 20 * "abc".index(id_), customer_id=whose))
        self.feed.heard(contact(id_, 20 * "abc".index(id_), customer_id=whose))
        if id_ not in self.model:
            self.model[id_] = self.services.record(id_)
        return id_

    @rule(id_=ids, told=people)
    def edit(self, id_: str, told: Whom) -> None:
        if not self.model[id_].deleted:
            before = self.services.record(id_)
            self.model[id_] = self.services.edit(id_, Entry(whom=told), WANG, revision=before.revision)

    @rule(id_=consumes(ids))
    def forget(self, id_: str) -> None:
        if not self.model[id_].deleted:
            self.services.delete(id_, WANG, revision=self.services.record(id_).revision)
            self.model[id_] = replace(self.model[id_], deleted=True)

    @invariant()
    def every_search_is_what_sorting_everything_would_give(self) -> None:
        alive = [one for one in self.model.values() if not one.deleted]
        for search, fits, value in SEARCHES:
            wanted = sorted(filter(fits, alive), key=lambda one: (value(one), sort_text(one.whom.name), one.id))
            for down in (False, True):
                found = self.pages(replace(search, descending=down))
                assert found == [one.id for one in (wanted[::-1] if down else wanted)]

    def pages(self, search: Search) -> list[str]:
        found, after = [], None
        for _ in range(40):
            page = self.services.search(search, after=after, limit=3)
            found += [one.id for one in page.records]
            after = page.after
            if after is None:
                break
        return found


SEARCHES: tuple[tuple[Search, Callable[[Record], bool], Callable[[Record], str]], ...] = (
    (replace(WHOLE, sort="name"), lambda _one: True, lambda one: sort_text(one.whom.name)),
    (replace(WHOLE, sort="date"), lambda _one: True, lambda one: f"{one.at:%Y-%m-%dt%H:%M:%Sz}"),
    (
        replace(WHOLE, sort="grade", grade="gold"),
        lambda one: one.whom.grade == "gold",
        lambda _one: "gold",
    ),
    (
        replace(WHOLE, sort="points", where={"city": "wuxi"}),
        lambda one: one.whom.fields.get("city") == "wuxi",
        lambda one: sort_text(one.whom.fields.get("points")),
    ),
    (
        replace(WHOLE, sort="number", number=PHONES[0], first="2026-02-01"),
        lambda one: one.whom.phone == PHONES[0] and f"{one.at:%m}" >= "02",
        lambda _one: PHONES[0],
    ),
    (
        replace(WHOLE, sort="region", name="LI"),
        lambda one: (one.whom.name or "").lower().startswith("li"),
        lambda one: sort_text(one.whom.region),
    ),
)

TestAnyEvents = AnyEvents.TestCase
TestAnyEvents.settings = settings(max_examples=8, stateful_step_count=10)


def test_a_record_shows_the_customer_as_he_was_when_he_was_served() -> None:
    client = FakeDynamo()
    of, kept = services(client)
    customers = registry(client)
    customers.create(facts("Li Na", PHONES[0], grade="gold", fields={"city": "wuxi", "income": 9}), WANG, id_="c-1")
    of.heard(contact("call", customer_id="c-1"))
    customers.edit("c-1", facts("Li Na Wang", PHONES[0], grade="silver"), WANG, revision=1)
    of.heard(contact("call", version=2, customer_id="c-1", category="repair"))
    of.heard(contact("later", customer_id="c-1"))
    then, now = kept.record("call"), kept.record("later")
    assert (then.whom.name, then.whom.grade, then.whom.fields) == ("Li Na", "gold", {"city": "wuxi"})
    assert then.subject.category == "repair"
    assert (now.whom.name, now.whom.grade) == ("Li Na Wang", "silver")


def test_a_contact_that_turns_out_to_be_another_customer_s_is_his() -> None:
    client = FakeDynamo()
    of, kept = services(client)
    customers = registry(client)
    customers.create(facts("Li Na"), WANG, id_="c-1")
    customers.create(facts("Wang Fang"), WANG, id_="c-2")
    customers.merge("c-2", "c-1", WANG)
    of.heard(contact("call"))
    assert kept.record("call").whom == Whom(phone=PHONES[0])
    of.heard(contact("call", version=2, customer_id="c-1"))
    assert kept.record("call").whom.name == "Wang Fang", "his record is merged into hers"


def test_what_somebody_entered_stays_when_the_contact_comes_again() -> None:
    of, kept = services(FakeDynamo())
    of.heard(contact("call"))
    kept.edit("call", Entry(whom=Whom(name="Zoë"), note="came by"), WANG, revision=1)
    of.heard(contact("call", version=2, customer_id="c-1", category="repair"))
    after = kept.record("call")
    assert (after.whom.name, after.note, after.subject.category) == ("Zoë", "came by", "repair")


@pytest.mark.parametrize("version", [1, 2])
def test_a_forgotten_record_tells_nothing_and_does_not_come_back(version: int) -> None:
    client = FakeDynamo()
    of, kept = services(client)
    of.heard(contact("call"))
    kept.edit("call", Entry(whom=Whom(name="Zoë", region="suzhou")), WANG, revision=1)
    kept.delete("call", WANG, revision=2)
    of.heard(contact("call", version=version))
    with pytest.raises(NotFound):
        kept.record("call")
    told = " ".join(str(item) for key, item in client.items.items() if "#SERVICE#" in key[0]).casefold()
    assert all(personal not in told for personal in ("zoë", "suzhou", PHONES[0], "servicesby"))


@pytest.mark.parametrize(
    "more",
    [{"agent": None}, {"answered_at": None, "result": Result.ABANDONED}, {"method": "MONITOR"}],
)
def test_a_contact_in_which_nobody_served_is_no_service(more: dict[str, object]) -> None:
    client = FakeDynamo()
    services(client)[0].heard(contact("call", **more))
    assert client.items == {}


def test_a_ticket_and_its_service_record_are_written_together() -> None:
    client = FakeDynamo()
    of, kept = services(client)
    registry(client).create(facts("Li Na", node="south"), WANG, id_="c-1")
    about = TicketSubject(category="repair", text="The lift stands still.", customer_id="c-1", phone=PHONES[1])
    ticket = Ticket(
        number="10000007", subject=about, channel="VOICE", opened_at=NOW, opened_by="li.na", step=Step.ACCEPT,
        revision=1, changed_at=NOW,
    )  # fmt: skip
    steps = list(of.opened(ticket))
    assert next(name for name, _, _ in steps) == "service"
    client.transact_write_items(TransactItems=[action for _, action, _ in steps])
    found = kept.record("10000007")
    assert (found.kind, found.whom.name, found.whom.phone, found.subject.category) == (
        Kind.TICKET, "Li Na", PHONES[1], "repair",
    )  # fmt: skip


def test_a_user_of_a_part_sees_the_records_of_that_part_only() -> None:
    client = FakeDynamo()
    _, kept = services(client)
    for node in ("shop", "south"):
        kept.enter(Entry(whom=Whom(node=node)), Subject(channel="VISIT"), WANG, served_at=NOW)
    north = sight_of(TENANT, "north")
    assert [one.whom.node for one in kept.search(WHOLE, after=None, limit=9, seen=north).records] == ["shop"]
    with pytest.raises(NotFound):
        kept.record("s-00000002", north)


def test_of_two_who_edit_what_they_both_read_one_is_told() -> None:
    of, kept = services(FakeDynamo())
    of.heard(contact("call"))
    kept.edit("call", Entry(whom=Whom(name="A")), WANG, revision=1)
    assert kept.edit("call", Entry(whom=Whom(name="A")), WANG, revision=1).revision == 2, "the same again"
    with pytest.raises(Outdated) as caught:
        kept.edit("call", Entry(whom=Whom(name="B")), WANG, revision=1)
    assert caught.value.facts == {"revision": 2}


@pytest.mark.parametrize(("operation", "known"), [("PutItem", False), ("TransactWriteItems", True)])
def test_a_record_that_changes_under_the_write_lets_the_contact_come_again(operation: str, known: bool) -> None:  # noqa: FBT001
    client = FakeDynamo()
    of, kept = services(client)
    if known:
        of.heard(contact("call"))

    def somebody_else(entered: str) -> None:
        if entered == operation:
            client.before = lambda _: None
            of.heard(contact("call", version=2))

    client.before = somebody_else
    with pytest.raises(Contended):
        of.heard(contact("call", version=3, category="repair"))
    of.heard(contact("call", version=3, category="repair"))
    assert kept.record("call").subject.category == "repair"


def test_five_orders_are_three_items_and_these_tell_which_orders_they_hold() -> None:
    client = FakeDynamo()
    of, kept = services(client)
    of.heard(contact("call"))
    assert client.calls == ["BatchGetItem", *["PutItem"] * 5], (
        "the record, two items of lists and one of each own field"
    )
    made = [decode(item) for item in client.items.values()]
    assert [item["sk"] for item in made] == ["SERVICE", "LIST#name", "LIST#grade", "LIST#city", "LIST#points"]
    assert sorted(items.orders_of(made)) == sorted(policy.sorts(TENANT))
    again = items.record_items(TENANT.id, kept.record("call"), items.orders_of(made), TENANT.contacts_days)
    assert again == {item["sk"]: item for item in made}


def test_a_search_reads_one_partition_a_month_and_never_the_table() -> None:
    client = FakeDynamo()
    of, kept = services(client)
    of.heard(contact("call"))
    client.calls.clear()
    kept.search(replace(WHOLE, first="2026-02-15", last="2026-03-02"), after=None, limit=5)
    assert client.calls == ["Query", "Query", "BatchGetItem"]


def test_a_cursor_of_another_list_is_refused() -> None:
    _, kept = services(FakeDynamo())
    with pytest.raises(InvalidInput):
        kept.search(replace(WHOLE, sort="grade", grade="gold"), after="silver\tli\tx", limit=5)


@pytest.mark.parametrize("cut_at", [1, 2, 3])
def test_a_store_that_refuses_in_the_middle_leaves_nothing_out_when_the_contact_comes_again(cut_at: int) -> None:
    client, undisturbed = FakeDynamo(), FakeDynamo()
    of, _ = services(client)
    services(undisturbed)[0].heard(contact("call"))
    with cut_short(client, cut_at), pytest.raises(Throttled):
        of.heard(contact("call"))
    assert len(client.items) == cut_at - 1
    of.heard(contact("call"))
    assert client.items == undisturbed.items
