"""Two systems with the same customers, under any sequence of changes, rounds and failures on both sides."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from chalicelib.adapters.models import Decision, Source, Unreachable
from chalicelib.adapters.service import probes
from chalicelib.customers.registry import Facts
from chalicelib.platform.errors import NotFound, StoreUnavailable
from tests.support.crm_pair import Pair
from tests.support.customer_registry import WANG, facts
from tests.support.fake_dynamo import FakeDynamo, failure

IDS = ("c-1", "c-2", "d-3")
PHONES = ("+8613800138000", "+8613900139000")


def as_facts(told: dict[str, object]) -> Facts:
    phone = told.get("phone")
    own = {"points": told["points"]} if "points" in told else {}
    plain = {name: told[name] for name in ("grade", "region") if name in told}
    return facts(str(told["name"]), *([str(phone)] if phone else []), fields=own, **plain)


some = st.fixed_dictionaries(
    {"name": st.sampled_from(["Li Na", "Wang", "Zoë"])},
    optional={
        "phone": st.sampled_from(PHONES),
        "grade": st.sampled_from(["gold", "silver"]),
        "region": st.sampled_from(["suzhou", "wuxi"]),
        "points": st.integers(0, 3),
    },
)


class AnyOrder(RuleBasedStateMachine):
    """Changes on both sides, rounds that break anywhere, changes that are told twice: both come to the same."""

    def __init__(self) -> None:
        super().__init__()
        self.pair = Pair(FakeDynamo())

    @rule(id_=st.sampled_from(IDS), told=some)
    def here(self, id_: str, told: dict[str, object]) -> None:
        self.pair.enter(id_, as_facts(told))

    @rule(id_=st.sampled_from(IDS), told=some)
    def there(self, id_: str, told: dict[str, object]) -> None:
        self.pair.theirs.keep(id_, told)  # type: ignore[arg-type]

    @rule(unheard=st.lists(st.booleans(), max_size=6), unsaid=st.lists(st.booleans(), max_size=6))
    def round(self, unheard: list[bool], unsaid: list[bool]) -> None:
        crm = self.pair.theirs
        crm.before, crm.after = breaking(unheard), breaking(unsaid)
        self.pair.round()
        crm.before, crm.after = breaking(()), breaking(())
        self.pair.at += timedelta(seconds=90)

    @rule(fail=st.integers(1, 12))
    def round_in_which_our_store_fails(self, fail: int) -> None:
        calls = count(1)

        def before(operation: str) -> None:
            if operation in {"PutItem", "TransactWriteItems"} and next(calls) == fail:
                raise failure("InternalServerError")

        self.pair.client.before = before
        try:
            self.pair.round()
        except StoreUnavailable:
            pass
        finally:
            self.pair.client.before = lambda _operation: None

    @rule()
    def tell_again(self) -> None:
        self.pair.theirs.feed += self.pair.theirs.feed[-2:]

    def teardown(self) -> None:
        self.pair.rest()
        for id_ in self.pair.errors():
            self.pair.adapter.decide(id_, Decision.RETRY, WANG)
        self.pair.rest()
        assert self.pair.errors() == {}
        for id_ in IDS:
            ours, theirs = self.pair.our_facts(id_), self.pair.theirs.customers.get(id_)
            assert (ours is None) == (theirs is None)
            if ours and theirs:
                known = {"name": ours.name, "phone": ours.phone, "grade": ours.grade, "region": ours.region}
                known["points"] = ours.fields.get("points")  # type: ignore[assignment]
                assert {name: value for name, value in known.items() if value is not None} == theirs.facts
        self._a_change_of_one_side_alone_is_both_sides()

    def _a_change_of_one_side_alone_is_both_sides(self) -> None:
        for id_, known in list(self.pair.theirs.customers.items()):
            now = self.pair.our_facts(id_)
            assert now is not None
            self.pair.enter(id_, replace(now, region="changed here"))
            self.pair.theirs.keep(id_, {**known.facts, "grade": "changed-there"})
            self.pair.rest()
            after = self.pair.our_facts(id_)
            assert after is not None
            assert (after.region, after.grade) == ("changed here", "changed-there"), "whatever the rules say"
            assert self.pair.theirs.customers[id_].facts["region"] == "changed here"


def breaking(plan: Iterable[bool]) -> object:
    """Return what lets the calls fail that the plan says, in order."""
    left = iter(plan)

    def fail(_call: str) -> None:
        if next(left, False):
            raise Unreachable("no answer")

    return fail


AnyOrder.TestCase.settings = settings(max_examples=15, stateful_step_count=10)
TestAnyOrder = AnyOrder.TestCase


def pair_of(ours: dict[str, object], theirs: dict[str, object]) -> Pair:
    """Return two systems that agreed on a customer and then both changed him, ours first."""
    both = Pair(FakeDynamo())
    both.enter("c-1", as_facts({"name": "Li Na", "grade": "gold", "region": "suzhou"}))
    both.rest()
    both.enter("c-1", as_facts(ours))
    both.theirs.keep("c-1", theirs)  # type: ignore[arg-type]
    both.rest()
    return both


def test_what_both_changed_is_by_the_rule_of_the_field() -> None:
    both = pair_of(
        {"name": "Ours", "grade": "ours", "region": "ours"}, {"name": "Theirs", "grade": "theirs", "region": "theirs"}
    )
    assert both.theirs.customers["c-1"].facts == {"name": "Theirs", "grade": "ours", "region": "theirs"}
    after = both.our_facts("c-1")
    assert after is not None
    assert (after.name, after.grade, after.region) == ("Theirs", "ours", "theirs")


def test_a_customer_whom_one_side_forgot_is_for_people_to_decide() -> None:
    both = Pair(FakeDynamo())
    both.enter("c-1", facts())
    both.rest()
    both.forget("c-1")
    both.rest()
    assert both.errors() == {"c-1": "undecided"}
    assert "c-1" in both.theirs.customers
    both.adapter.decide("c-1", Decision.DISMISS, WANG)
    both.rest()
    assert both.errors() == {}
    with pytest.raises(NotFound):
        both.adapter.decide("c-1", Decision.RETRY, WANG)


def test_what_our_contract_does_not_allow_is_on_the_error_list_until_it_is_mended_there() -> None:
    both = Pair(FakeDynamo())
    both.theirs.keep("c-1", {"name": "Li Na", "points": "many"})
    both.theirs.keep("x y", {"name": "No id of ours"})
    both.rest()
    assert both.errors() == {"c-1": "unprocessable", "x%20y%": "adapter-refused"}
    both.theirs.keep("c-1", {"name": "Li Na", "points": 7})
    both.rest()
    assert both.errors() == {"x%20y%": "adapter-refused"}
    after = both.our_facts("c-1")
    assert after is not None
    assert after.fields == {"points": 7}


def test_a_system_that_never_answers_a_customer_gives_him_up_after_half_an_hour_and_loses_nothing() -> None:
    both = Pair(FakeDynamo())

    def silent(call: str) -> None:
        if call == "find":
            raise Unreachable("no answer")

    both.theirs.before = silent
    both.enter("c-1", facts())
    both.rest()
    assert both.errors() == {"c-1": "adapter-unreachable"}
    both.theirs.before = lambda _call: None
    both.adapter.decide("c-1", Decision.RETRY, WANG)
    both.rest()
    assert both.theirs.customers["c-1"].facts == {"name": "Li Na"}


def test_a_system_that_fails_five_times_is_left_alone_for_a_minute_and_we_answer_ourselves() -> None:
    both = Pair(FakeDynamo())
    both.enter("c-1", facts("Li Na", PHONES[0]))

    def silent(_call: str) -> None:
        raise Unreachable("no answer")

    both.theirs.before = silent
    for _ in range(5):
        found = both.adapter.look_up(PHONES[0])
        assert (found.source, found.reason) == (Source.OURS, "no answer")
    both.theirs.calls.clear()
    assert both.adapter.look_up(PHONES[0]).customers == (("c-1", {"name": "Li Na", "phone": PHONES[0]}),)
    assert both.adapter.round(lambda: 60.0, WANG).paused
    assert both.theirs.calls == [], "nobody is asked"
    both.at += timedelta(minutes=1)
    both.theirs.before = lambda _call: None
    both.theirs.keep("c-1", {"name": "Li Na there", "phone": PHONES[0]})
    found = both.adapter.look_up(PHONES[0])
    assert (found.source, found.customers[0][1]["name"]) == (Source.THEIRS, "Li Na there")


def test_the_look_at_dependencies_sees_each_system_as_the_rounds_left_it() -> None:
    both = Pair(FakeDynamo())
    of = replace(both.ours.tenant, adapters=({"id": "crm", "fields": []}, {"id": "erp", "fields": []}))
    look = probes(both.client, "table", of, lambda: both.at)
    assert [(name, probe()) for name, probe in look.items()] == [
        ("crm", "no round has had an answer yet"), ("erp", "no round has had an answer yet"),
    ]  # fmt: skip
    both.round()
    assert look["crm"]() == ""

    def silent(_call: str) -> None:
        raise Unreachable("no answer")

    both.theirs.before = silent
    both.round()
    assert look["crm"]() == "1 calls in a row without an answer"
    for _ in range(4):
        both.round()
    assert look["crm"]() == "it is left alone after 5 calls without an answer"
    both.theirs.before = lambda _call: None
    both.at += timedelta(minutes=1)
    both.round()
    assert look["crm"]() == ""
    both.at += timedelta(minutes=16)
    assert look["crm"]().startswith("no round since")


def test_a_round_without_time_asks_nobody_and_loses_nothing() -> None:
    both = Pair(FakeDynamo())
    both.enter("c-1", facts())
    both.adapter.round(lambda: 0.0, WANG)
    assert both.theirs.calls == []
    both.rest()
    assert "c-1" in both.theirs.customers


def test_who_changed_a_customer_in_the_other_system_s_name_is_in_the_trail() -> None:
    both = Pair(FakeDynamo())
    both.theirs.keep("c-1", {"name": "Li Na"})
    both.rest()
    trail = [item for key, item in both.client.items.items() if "#AUDIT#" in key[0]]
    assert ("customer.create", "adapter:crm") in {(item["action"]["S"], item["actor"]["S"]) for item in trail}
