"""Customers under any sequence of requests, on the real store over a table in memory, against a plain model of them."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from chalicelib.customers.fields import BadFacts
from chalicelib.customers.models import Keyed
from chalicelib.customers.record import (
    PHONE,
    CannotMerge,
    Facts,
    HasMerged,
    Identity,
    IdTaken,
    Merged,
    Outdated,
    Search,
)
from chalicelib.customers.service import CallerStore
from chalicelib.organisation.service import sight_of
from chalicelib.platform.errors import Forbidden, InvalidInput, NotFound, StoreUnavailable
from tests.support.customer_registry import NOW, WANG, facts, registry, tenant
from tests.support.fake_dynamo import FakeDynamo, failure

PHONES = ("+8613800138000", "+8613900139000", "+8613700137000")
TENANT = tenant()

names = st.sampled_from(["Li Na", "li bo", "Wang Fang", "王芳", "Zoë", "a b", "ab"])
some_facts = st.builds(
    Facts,
    name=names,
    grade=st.sampled_from([None, "gold", "silver"]),
    region=st.sampled_from([None, "suzhou"]),
    fields=st.fixed_dictionaries(
        {}, optional={"city": st.sampled_from(["suzhou", "wuxi"]), "points": st.integers(-9, 99)}
    ),
    identities=st.lists(st.sampled_from([Identity(PHONE, one) for one in PHONES]), max_size=2, unique=True).map(tuple),
)


class AnyRequests(RuleBasedStateMachine):
    """Customers are made, edited, merged, taken apart and forgotten in any order; the table says so."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.client = FakeDynamo()
        self.registry = registry(self.client)
        self.entered: dict[str, Facts] = {}
        self.parent: dict[str, str] = {}
        self.order: dict[str, list[str]] = {}

    @rule(target=ids, told=some_facts)
    def make(self, told: Facts) -> str:
        holders = [sum(one in facts.identities for facts in self.entered.values()) for one in told.identities]
        if max(holders, default=0) >= 5:
            with pytest.raises(CannotMerge):
                self.registry.create(told, WANG)
            told = replace(told, identities=())
        id_ = self.registry.create(told, WANG).record.id
        self.entered[id_], self.order[id_] = told, []
        return id_

    @rule(id_=ids, told=some_facts)
    def edit(self, id_: str, told: Facts) -> None:
        told = replace(told, identities=self.entered[id_].identities)
        if id_ in self.parent:
            with pytest.raises(Merged):
                self.registry.edit(id_, told, WANG, revision=self.revision(id_))
            return
        self.registry.edit(id_, told, WANG, revision=self.revision(id_))
        self.entered[id_] = told

    @rule(into=ids, absorbed=ids)
    def merge(self, into: str, absorbed: str) -> None:
        if into in self.parent or absorbed in self.parent:
            with pytest.raises(Merged):
                self.registry.merge(into, absorbed, WANG)
        elif into == absorbed or 1 + len(self.below(into)) + len(self.below(absorbed)) > 8:
            with pytest.raises(CannotMerge):
                self.registry.merge(into, absorbed, WANG)
        else:
            self.registry.merge(into, absorbed, WANG)
            self.parent[absorbed] = into
            self.order[into].append(absorbed)

    @rule(id_=ids)
    def take_apart(self, id_: str) -> None:
        into = self.parent.pop(id_, None)
        if into is None:
            return
        apart = self.registry.unmerge(into, id_, WANG)
        self.order[into].remove(id_)
        assert apart.record.facts == self.entered[id_]

    @rule(target=ids, id_=consumes(ids))
    def forget(self, id_: str) -> object:
        if id_ in self.parent or self.order[id_]:
            with pytest.raises((Merged, HasMerged)):
                self.registry.delete(id_, WANG, revision=self.revision(id_))
            return id_
        self.registry.delete(id_, WANG, revision=self.revision(id_))
        del self.entered[id_]
        return multiple()

    def revision(self, id_: str) -> int:
        return self.registry.kept.family(id_)[id_].revision

    def below(self, id_: str) -> list[str]:
        return [deeper for child in self.order[id_] for deeper in (child, *self.below(child))]

    def root(self, id_: str) -> str:
        return self.root(self.parent[id_]) if id_ in self.parent else id_

    def together(self, root: str) -> Facts:
        told = [self.entered[root], *(self.entered[one] for one in self.below(root))]
        known = {
            name: next((getattr(one, name) for one in told if getattr(one, name) is not None), None)
            for name in ("grade", "region")
        }
        own = {name: value for one in reversed(told) for name, value in one.fields.items()}
        identities = tuple(dict.fromkeys(identity for one in told for identity in one.identities))
        return replace(told[0], **known, fields=own, identities=identities)

    @invariant()
    def every_record_is_as_it_was_entered_and_every_customer_is_all_of_its_records(self) -> None:
        for id_, told in self.entered.items():
            assert self.registry.kept.family(id_)[id_].facts == told
            if id_ in self.parent:
                with pytest.raises(Merged):
                    self.registry.customer(id_)
            else:
                assert self.registry.customer(id_).shown == self.together(id_)

    @invariant()
    def a_call_finds_exactly_the_customers_that_have_the_number(self) -> None:
        store = CallerStore(self.client, "table")
        for phone in PHONES:
            having = {self.root(id_) for id_, told in self.entered.items() if Identity(PHONE, phone) in told.identities}
            caller = store.find(TENANT.id, phone, now=NOW, within_s=1)
            shown = (caller.profile,) if caller.profile else caller.candidates
            assert {one.customer_id for one in shown} == having
            assert all(one.name == self.entered[one.customer_id].name for one in shown)
            assert (caller.profile is None) == (len(having) != 1)

    @invariant()
    def every_list_has_every_customer_once_in_order(self) -> None:
        roots = {id_ for id_ in self.entered if id_ not in self.parent}
        for sort in ("name", "created", "grade", "points"):
            up = [one.record.id for one in self.registry.search(Search(sort=sort), after=None, limit=100).customers]
            down = self.registry.search(Search(sort=sort, descending=True), after=None, limit=100).customers
            assert set(up) == roots
            assert len(up) == len(roots)
            assert [one.record.id for one in down] == up[::-1]

    @invariant()
    def every_narrowing_gives_what_a_look_at_all_would_give(self) -> None:
        everybody = {id_: self.together(id_) for id_ in self.entered if id_ not in self.parent}
        for search, fits in (
            (Search(grade="gold"), lambda one: one.grade == "gold"),
            (Search(sort="grade", grade="gold"), lambda one: one.grade == "gold"),
            (Search(name="LI "), lambda one: one.name.casefold().startswith("li")),
            (Search(sort="city", where={"city": "wuxi"}), lambda one: one.fields.get("city") == "wuxi"),
            (Search(number=PHONES[0]), lambda one: Identity(PHONE, PHONES[0]) in one.identities),
        ):
            found = self.registry.search(search, after=None, limit=100).customers
            assert {one.record.id for one in found} == {id_ for id_, one in everybody.items() if fits(one)}


TestAnyRequests = AnyRequests.TestCase
TestAnyRequests.settings = settings(max_examples=20, stateful_step_count=20)


def test_merging_and_taking_apart_restores_every_item_but_its_revision() -> None:
    client = FakeDynamo()
    customers = registry(client)
    gold = customers.create(facts("Li Na", PHONES[0], grade="gold"), WANG).record.id
    other = customers.create(facts("Na Li", PHONES[0], PHONES[1], region="suzhou"), WANG).record.id
    before = told(client)
    merged = customers.merge(gold, other, WANG)
    assert (merged.shown.region, merged.shown.grade, merged.members) == ("suzhou", "gold", (other,))
    assert [one.value for one in merged.shown.identities] == list(PHONES[:2])
    customers.unmerge(gold, other, WANG)
    assert told(client) == before


def told(client: FakeDynamo) -> dict[tuple[str, str], dict[str, object]]:
    """Return every item that is not of the trail, without what counts writes; what tells nothing is not there."""
    counts = {"revision", "changed_at"}
    items = {
        key: {name: value for name, value in item.items() if name not in counts}
        for key, item in client.items.items()
        if "#AUDIT#" not in key[0]
    }
    return {key: item for key, item in items.items() if item.keys() != {"pk", "sk"}}


def test_what_is_merged_goes_along_when_its_customer_is_merged_and_comes_back_with_it() -> None:
    customers = registry(FakeDynamo())
    first, second, third = (customers.create(facts(name), WANG).record.id for name in ("A", "B", "C"))
    customers.merge(first, second, WANG)
    assert set(customers.merge(third, first, WANG).members) == {first, second}
    assert customers.unmerge(first, second, WANG).shown.name == "B"
    assert customers.customer(third).members == (first,)
    assert customers.unmerge(third, first, WANG).members == ()


def test_of_two_who_edit_what_they_both_read_one_is_told() -> None:
    customers = registry(FakeDynamo())
    made = customers.create(facts(), WANG).record
    customers.edit(made.id, facts("Na"), WANG, revision=1)
    with pytest.raises(Outdated) as caught:
        customers.edit(made.id, facts("Li"), WANG, revision=1)
    assert caught.value.facts == {"revision": 2}


def test_an_id_is_used_once_even_when_its_customer_is_forgotten() -> None:
    customers = registry(FakeDynamo())
    customers.create(facts(), WANG, id_="crm-77")
    customers.delete("crm-77", WANG, revision=1)
    with pytest.raises(IdTaken):
        customers.create(facts(), WANG, id_="crm-77")
    with pytest.raises(NotFound):
        customers.customer("crm-77")


def test_two_customers_do_not_type_the_same_digits() -> None:
    customers = registry(FakeDynamo())
    customers.create(facts(), WANG, id_="c-10001")
    with pytest.raises(IdTaken):
        customers.create(facts(), WANG, id_="d-10001")


def test_a_drawn_id_that_is_taken_is_drawn_again() -> None:
    customers = registry(FakeDynamo(), draws=iter([7, 7, 8]))
    assert [customers.create(facts(), WANG).record.id for _ in range(2)] == ["c-00000007", "c-00000008"]


def test_a_forgotten_customer_leaves_nothing_personal_behind() -> None:
    client = FakeDynamo()
    customers = registry(client)
    customers.create(facts("Li Na", PHONES[0], region="suzhou"), WANG, id_="c-1")
    customers.delete("c-1", WANG, revision=1)
    kept = " ".join(str(item) for key, item in client.items.items() if "#AUDIT#" not in key[0]).casefold()
    assert all(personal not in kept for personal in ("li na", "suzhou"))


def test_a_change_and_its_entry_are_written_together_or_not_at_all() -> None:
    client = FakeDynamo()
    customers = registry(client)
    customers.create(facts(), WANG, id_="c-1")
    before = dict(client.items)
    client.before = lambda operation: refuse() if operation == "TransactWriteItems" else None
    with pytest.raises(StoreUnavailable):
        customers.edit("c-1", facts("Na"), WANG, revision=1)
    assert client.items == before


def refuse() -> None:
    raise failure("AccessDeniedException")


def test_the_trail_says_what_was_changed_and_never_to_what() -> None:
    client = FakeDynamo()
    customers = registry(client)
    customers.create(facts("Li Na", PHONES[0]), WANG, id_="c-1")
    customers.edit("c-1", facts("Wang Fang", PHONES[0], grade="gold"), WANG, revision=1)
    trail = [item for key, item in client.items.items() if "#AUDIT#" in key[0]]
    assert [item["action"]["S"] for item in trail] == ["customer.create", "customer.edit"]
    assert trail[1]["after"]["S"] == '{"fields":["name","grade"]}'
    assert all(secret not in str(trail) for secret in ("Li Na", "Wang Fang", PHONES[0]))


def test_pages_follow_each_other_without_a_gap_or_a_repeat() -> None:
    customers = registry(FakeDynamo())
    for number in range(9):
        customers.create(facts(f"Customer {number}", grade="gold" if number % 2 else None), WANG, id_=f"c-{number}")
    for search in (Search(), Search(descending=True), Search(grade="gold"), Search(sort="grade", grade="gold")):
        whole = [one.record.id for one in customers.search(search, after=None, limit=100).customers]
        seen, after = [], None
        for _ in range(12):
            page = customers.search(search, after=after, limit=2)
            seen += [one.record.id for one in page.customers]
            after = page.after
            if after is None:
                break
        assert seen == whole


@pytest.mark.parametrize("cursor", ["x", "a\tb\tc#d", "zz\tzz\t", ""])
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    customers = registry(FakeDynamo())
    with pytest.raises(InvalidInput):
        customers.search(Search(sort="grade", grade="gold"), after=cursor, limit=2)


def test_a_search_reads_a_bounded_number_of_pages_and_goes_on() -> None:
    client = FakeDynamo()
    customers = registry(client)
    customers.create(facts("Zoë", grade="gold"), WANG, id_="c-z")
    for number in range(30):
        customers.create(facts(f"A {number:02d}"), WANG, id_=f"c-{number}")
    client.calls.clear()
    page = customers.search(Search(grade="gold"), after=None, limit=5)
    assert [one.record.id for one in page.customers] == ["c-z"]
    assert set(client.calls) == {"Query", "BatchGetItem"}
    assert len(client.calls) <= 2 * 10


def test_a_user_of_a_part_sees_and_changes_the_customers_of_that_part_only() -> None:
    customers = registry(FakeDynamo())
    for node in ("group", "north", "shop", "south", None):
        customers.create(facts(f"Of {node}", PHONES[0], node=node), WANG, id_=f"c-{node}".lower())
    north = sight_of(TENANT, "north")
    for search in (Search(), Search(number=PHONES[0])):
        page = customers.search(search, after=None, limit=10, seen=north)
        assert {one.record.id for one in page.customers} == {"c-north", "c-shop"}
    assert customers.customer("c-shop", north).shown.name == "Of shop"
    for hidden in ("c-south", "c-none", "c-group"):
        with pytest.raises(NotFound):
            customers.customer(hidden, north)
        with pytest.raises(NotFound):
            customers.merge("c-shop", hidden, WANG, seen=north)
        with pytest.raises(NotFound):
            customers.delete(hidden, WANG, revision=1, seen=north)
    with pytest.raises(Forbidden):
        customers.edit("c-shop", facts("Of shop", node="south"), WANG, revision=1, seen=north)
    with pytest.raises(Forbidden):
        customers.create(facts(node=None), WANG, seen=north)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"fields": {"colour": "red"}}, "fields.colour"),
        ({"fields": {"city": "beijing"}}, "fields.city"),
        ({"fields": {"points": "many"}}, "fields.points"),
        ({"fields": {"points": True}}, "fields.points"),
        ({"fields": {"since": "2026-02-30"}}, "fields.since"),
        ({"node": "west"}, "node"),
        ({"language": "fr-FR"}, "language"),
        ({"identities": (Identity(PHONE, "110"),)}, "identities.0"),
        ({"identities": (Identity("email", "Li@example.com"),)}, "identities.0"),
    ],
)
def test_what_the_contract_does_not_know_is_refused_by_its_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(BadFacts) as caught:
        registry(FakeDynamo()).create(replace(facts(), **wrong), WANG)  # type: ignore[arg-type]
    assert [error["field"] for error in caught.value.facts["errors"]] == [field]  # type: ignore[attr-defined]


def test_an_address_of_a_channel_is_told_apart_from_a_number() -> None:
    client = FakeDynamo()
    customers = registry(client)
    identities = (Identity("email", "li@example.com"), Identity("wechat", "李 #1"), Identity(PHONE, PHONES[0]))
    customers.create(facts(identities=identities), WANG, id_="c-1")
    assert customers.customer("c-1").shown.identities == identities
    assert {one.holders[0].customer_id for one in customers.kept.claims(identities).values()} == {"c-1"}


def test_the_typed_id_leads_to_the_first_number_as_it_is_now() -> None:
    client = FakeDynamo()
    customers, store = registry(client), CallerStore(client, "table")
    customers.create(facts("Li Na"), WANG, id_="c-10001")
    assert store.keyed(TENANT.id, "10001", within_s=1) is None
    customers.edit("c-10001", facts("Li Na", PHONES[1], PHONES[0]), WANG, revision=1)
    assert store.keyed(TENANT.id, "10001", within_s=1) == Keyed(customer_id="c-10001", phone=PHONES[1])
