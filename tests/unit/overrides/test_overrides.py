"""What a supervisor may lay over the contract, and what the next decision makes of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.audit.models import Act, Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.overrides import policy
from chalicelib.overrides.models import (
    NONE,
    BoundOverride,
    Edit,
    EditBounds,
    EditHeadStart,
    EditRule,
    EditStrategy,
    NoSuchPart,
    NotPossible,
    Outdated,
    Overrides,
    StrategyOverride,
)
from chalicelib.overrides.policy import TUNABLE
from chalicelib.overrides.service import KEPT_S, Live, Overriding, Store, following
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.tenancy.models import Tenant
from tests.support.fake_dynamo import FakeDynamo, failure
from tests.support.routing_plans import FULL, part, planned

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHEN = Actor(user="chen")
ACT = Act(action="routing.change", resource="routing/queues/complaints/strategy")
AGEING = planned({**FULL, "ageing_bound_s": 600}, after_sales="round")


def overriding(client: FakeDynamo, settle: Callable[[], object] = lambda: None) -> Overriding:
    trail = Trail(tenant=AGEING.id, kept=Log(client, "audit"), now=lambda: NOW)
    kept = Store(client, "table", AGEING.id)
    return Overriding(tenant=AGEING, kept=kept, trail=trail, now=lambda: NOW, settle=settle)


def to(strategy: str, queue: str = "complaints", **numbers: int) -> EditStrategy:
    return EditStrategy(queue=queue, override=StrategyOverride(strategy=strategy, **numbers))


def after(*edits: Edit) -> Tenant:
    overrides = NONE
    for number, edit in enumerate(edits, start=1):
        changed = policy.edited(overrides, edit, AGEING)
        overrides = Overrides(**{**{name: getattr(changed, name) for name in PARTS}, "version": number})
    return policy.in_force(AGEING, overrides)


PARTS = ("queues", "chains", "rules_off", "head_start_off")


def test_a_queue_follows_the_strategy_that_it_was_given_and_no_other_queue_does() -> None:
    made = after(to("least"))
    assert made.queues["complaints"].strategy == "least"
    others = {name: queue for name, queue in made.queues.items() if name != "complaints"}
    assert others == {name: queue for name, queue in AGEING.queues.items() if name != "complaints"}


def test_numbers_are_the_queues_own_and_the_strategy_of_others_keeps_its_numbers() -> None:
    made = after(to("round", ring_s=40, most=1))
    own = made.plan.strategy(made.queues["complaints"].strategy)
    assert (own.id, own.kind, own.ring_s, own.most) == ("round@complaints", "hunting", 40, 1)
    shared = made.plan.strategy(made.queues["after-sales"].strategy)
    assert (shared.id, shared.ring_s, shared.most) == ("round", 15, 3)


def test_a_queue_may_go_back_to_amazon_connects_own_order() -> None:
    assert after(to("longest-idle", queue="after-sales")).queues["after-sales"].strategy == "longest-idle"


def test_an_overflow_chain_gets_other_bounds_or_none() -> None:
    chain = after(EditBounds(chain="complaints-chain", override=BoundOverride(wait_limit_s=30, skip_wait_s=None)))
    assert [(one.wait_limit_s, one.skip_wait_s) for one in chain.plan.overflow] == [(30, None), (None, None)]


def test_a_rule_that_is_off_is_not_asked_and_comes_back_in_its_place() -> None:
    off, on = EditRule(rule="campaign", enabled=False), EditRule(rule="campaign", enabled=True)
    assert "campaign" not in [one.id for one in after(off).plan.rules]
    assert after(off, on).plan.rules == AGEING.plan.rules


def test_a_head_start_gives_way_to_strict_priority() -> None:
    assert after(EditHeadStart(enabled=False)).plan.ageing_bound_s is None
    assert after(EditHeadStart(enabled=False), EditHeadStart(enabled=True)).plan.ageing_bound_s == 600


def test_the_version_of_the_tenant_tells_what_a_decision_followed() -> None:
    assert policy.in_force(AGEING, NONE) is AGEING
    assert after(to("least"), to("round")).version == f"{AGEING.version}+2"


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (to("gone"), "strategy"),
        (to("round", ring_s=4), "ring_s"),
        (to("round", ring_s=121), "ring_s"),
        (to("round", most=6), "most"),
        (to("everyone", most=1), "most"),
        (to("round", after_s=10), "after_s"),
        (to("near", after_s=0), "after_s"),
        (to("by-skill", ring_s=20), "ring_s"),
        (to("longest-idle", ring_s=20), "ring_s"),
        (
            EditBounds(chain="complaints-chain", override=BoundOverride(wait_limit_s=4, skip_wait_s=None)),
            "wait_limit_s",
        ),
        (
            EditBounds(chain="complaints-chain", override=BoundOverride(wait_limit_s=None, skip_wait_s=7_201)),
            "skip_wait_s",
        ),
    ],
)
def test_what_the_contract_does_not_allow_is_refused_by_the_name_of_its_field(edit: Edit, field: str) -> None:
    with pytest.raises(NotPossible) as refusal:
        policy.edited(NONE, edit, AGEING)
    errors: Any = refusal.value.facts["errors"]
    assert [error["field"] for error in errors] == [field]
    assert refusal.value.status == 422


@pytest.mark.parametrize(
    "edit",
    [
        to("round", queue="gone"),
        EditBounds(chain="gone", override=None),
        EditRule(rule="gone", enabled=False),
    ],
)
def test_what_the_contract_does_not_have_is_not_found(edit: Edit) -> None:
    with pytest.raises(NoSuchPart) as refusal:
        policy.edited(NONE, edit, AGEING)
    assert "gone" in refusal.value.detail


def test_without_a_head_start_in_the_contract_there_is_none_to_switch() -> None:
    with pytest.raises(NotPossible):
        policy.edited(NONE, EditHeadStart(enabled=True), planned(part("strategies")))


def test_bounds_of_the_contract_and_of_overrides_are_the_same() -> None:
    kinds = {one["kind"] for one in FULL["strategies"]}
    assert kinds == {*TUNABLE, "skills"}


ids = st.sampled_from(["round", "least", "everyone", "near", "by-skill", "longest-idle"])
edits = st.one_of(
    st.builds(to, ids, st.sampled_from(["complaints", "after-sales"])),
    st.builds(lambda queue: EditStrategy(queue=queue, override=None), st.sampled_from(["complaints", "after-sales"])),
    st.builds(EditRule, rule=st.sampled_from(["campaign", "chat", "rescue"]), enabled=st.booleans()),
    st.builds(EditHeadStart, enabled=st.booleans()),
    st.builds(
        EditBounds,
        chain=st.just("complaints-chain"),
        override=st.none() | st.just(BoundOverride(wait_limit_s=60, skip_wait_s=120)),
    ),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(edits, max_size=8))
def test_the_newest_edit_of_each_part_holds_and_returning_all_of_them_gives_the_contract(done: list[Edit]) -> None:
    client = FakeDynamo()
    supervisor = overriding(client)
    for edit in done:
        seen = supervisor.current().version
        supervisor.change(edit, seen=seen, by=CHEN, act=ACT)
    kept = supervisor.current()
    assert kept.version == supervisor.trail.verify("chen").entries  # type: ignore[attr-defined]
    newest = {_part(edit): edit for edit in done}
    expected = after(*newest.values())
    made = policy.in_force(AGEING, kept)
    assert (made.queues, made.plan) == (expected.queues, expected.plan)
    for edit in newest.values():
        supervisor.change(_back(edit), seen=supervisor.current().version, by=CHEN, act=ACT)
    back = policy.in_force(AGEING, supervisor.current())
    assert (back.queues, back.plan) == (AGEING.queues, AGEING.plan)


def _part(edit: Edit) -> tuple[str, str]:
    match edit:
        case EditStrategy():
            return "queue", edit.queue
        case EditBounds():
            return "chain", edit.chain
        case EditRule():
            return "rule", edit.rule
        case EditHeadStart():
            return "head-start", ""


def _back(edit: Edit) -> Edit:
    match edit:
        case EditStrategy():
            return EditStrategy(queue=edit.queue, override=None)
        case EditBounds():
            return EditBounds(chain=edit.chain, override=None)
        case EditRule():
            return EditRule(rule=edit.rule, enabled=True)
        case EditHeadStart():
            return EditHeadStart(enabled=True)


def test_two_supervisors_who_saw_the_same_do_not_both_win() -> None:
    client = FakeDynamo()
    overriding(client).change(to("least"), seen=0, by=CHEN, act=ACT)
    with pytest.raises(Outdated) as refusal:
        overriding(client).change(to("round"), seen=0, by=Actor(user="li"), act=ACT)
    assert refusal.value.facts["version"] == 1
    assert overriding(client).current().queues["complaints"].strategy == "least"


def test_one_who_writes_between_our_reading_and_our_writing_wins() -> None:
    class Meddling(FakeDynamo):
        once = True

        def transact_write_items(self, **request: Any) -> Any:
            if self.once:
                self.once = False
                overriding(self).change(to("least"), seen=0, by=Actor(user="li"), act=ACT)
            return super().transact_write_items(**request)

    client = Meddling()
    with pytest.raises(Outdated):
        overriding(client).change(to("round"), seen=0, by=CHEN, act=ACT)
    assert overriding(client).current().actor == "li"


def test_the_same_change_again_is_harmless_and_leaves_no_second_entry() -> None:
    client = FakeDynamo()
    for _ in range(2):
        assert overriding(client).change(to("least"), seen=0, by=CHEN, act=ACT).version == 1
    assert sum("#AUDIT#" in pk for pk, _ in client.items) == 1


def test_the_trail_tells_what_was_before_and_after() -> None:
    client = FakeDynamo()
    overriding(client).change(to("least"), seen=0, by=CHEN, act=ACT)
    (entry,) = Log(client, "audit").chain(AGEING.id, "chen")
    assert '"queues":{}' in entry.before
    assert '"queues":{"complaints":{"strategy":"least"}}' in entry.after


def test_a_name_that_a_later_contract_no_longer_has_does_nothing_and_is_shown() -> None:
    client = FakeDynamo()
    overriding(client).change(to("least"), seen=0, by=CHEN, act=ACT)
    overriding(client).change(EditRule(rule="campaign", enabled=False), seen=1, by=CHEN, act=ACT)
    later = planned({"strategies": [{"id": "other", "kind": "hunting"}]})
    kept = overriding(client).current()
    made = policy.in_force(later, kept)
    assert (made.queues, made.plan.rules) == (later.queues, ())
    assert policy.idle(later, kept) == ["queues/complaints", "rules/campaign"]


def look(live: Live) -> tuple[str, int | None]:
    live.ask(1.0)
    found = live.in_force()
    assert live.look() is found.tenant
    return found.tenant.queues["complaints"].strategy, found.version


class Moments:
    """A clock that passes only when it is told to."""

    now_s = 0.0

    def passes(self, seconds: float) -> None:
        self.now_s += seconds


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 3), st.sampled_from(["least", "round", None]))))
def test_what_is_decided_after_a_change_was_answered_follows_it_in_every_process(steps: list[Any]) -> None:
    client, clock = FakeDynamo(), Moments()
    processes = [
        following(AGEING, Store(client, "table", AGEING.id).read, KEPT_S, lambda: clock.now_s) for _ in range(3)
    ]
    supervisor = overriding(client, lambda: clock.passes(KEPT_S))
    answered = 0
    for process, pause_s, strategy in steps:
        clock.passes(pause_s)
        if strategy is not None:
            seen = supervisor.current().version
            answered = supervisor.change(to(strategy), seen=seen, by=CHEN, act=ACT).version
            clock.passes(0.001)
        assert look(processes[process])[1] == answered


def test_a_reading_serves_two_seconds_of_decisions_and_a_change_is_answered_after_them() -> None:
    client, clock = FakeDynamo(), Moments()
    live = following(AGEING, Store(client, "table", AGEING.id).read, KEPT_S, lambda: clock.now_s)
    assert [look(live) for _ in range(3)] == [("longest-idle", 0)] * 3
    assert client.calls == ["GetItem"]
    waited: list[float] = []
    overriding(client, lambda: waited.append(clock.now_s)).change(to("least"), seen=0, by=CHEN, act=ACT)
    clock.passes(KEPT_S)
    assert look(live) == ("longest-idle", 0)
    clock.passes(0.001)
    assert look(live) == ("least", 1)
    overriding(client, lambda: waited.append(clock.now_s)).change(to("least"), seen=0, by=CHEN, act=ACT)
    assert len(waited) == 2


def test_a_reading_that_is_not_kept_serves_one_decision() -> None:
    client = FakeDynamo()
    live = following(AGEING, Store(client, "table", AGEING.id).read, keep_s=0.0)
    assert look(live) == ("longest-idle", 0)
    overriding(client).change(to("least"), seen=0, by=CHEN, act=ACT)
    assert look(live) == ("least", 1)
    overriding(client).change(EditStrategy(queue="complaints", override=None), seen=1, by=CHEN, act=ACT)
    assert look(live) == ("longest-idle", 2)
    assert client.calls.count("GetItem") == 5


def test_a_reading_that_fails_leaves_the_newest_one_in_force_and_says_that_it_is_not_known() -> None:
    client = FakeDynamo()
    live = following(AGEING, Store(client, "table", AGEING.id).read, keep_s=0.0)
    overriding(client).change(to("least"), seen=0, by=CHEN, act=ACT)
    assert look(live) == ("least", 1)

    def refuse(_: str) -> None:
        raise failure("ProvisionedThroughputExceededException")

    client.before = refuse
    assert look(live) == ("least", None)
    assert look(following(AGEING, Store(client, "table", AGEING.id).read, keep_s=0.0)) == ("longest-idle", None)


def test_a_contract_with_nothing_to_change_is_never_read_for() -> None:
    assert not planned().plan.is_changeable
    assert AGEING.plan.is_changeable


def test_a_store_that_refuses_is_said_so() -> None:
    def refuse(_: str) -> None:
        raise failure("AccessDeniedException")

    with pytest.raises(StoreUnavailable):
        overriding(FakeDynamo(refuse)).current()
