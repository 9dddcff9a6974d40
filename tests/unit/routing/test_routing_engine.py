"""What holds of every decision, whatever the contract's section, the contact, the caller and the floor."""

import random
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.routing import criteria, policy
from chalicelib.routing.floor import Floor, Presence, QueueState
from chalicelib.routing.models import CallerFacts, ContactFacts, Decision, Past, TargetKind
from chalicelib.tenancy.models import Tenant
from tests.support.routing_plans import FULL, NOW, agent, planned

FEWER = settings(max_examples=min(40, settings().max_examples))
"""Drawing a situation costs more than deciding it."""

QUEUES = ("after-sales", "complaints", "telesales", "english")
PEOPLE = ("ann", "bob", "cat", "dan")
TENANTS = (
    planned(),
    planned(FULL),
    planned(FULL, after_sales="round", complaints="everyone", telesales="by-skill", english="near"),
    planned({**FULL, "memory": {**FULL["memory"], "of": "queue"}, "rules": []}, after_sales="least", english="shares"),
    planned({**FULL, "branches": [], "key_accounts": None, "history": []}, after_sales="two-sites", complaints="round"),
)


@st.composite
def agents(draw: st.DrawFn, name: str) -> Any:
    few = st.integers(0, 2)
    return agent(
        name,
        place=draw(few),
        presence=draw(st.sampled_from(Presence)),
        queues=frozenset(draw(st.sets(st.sampled_from(QUEUES)))),
        used=draw(st.integers(0, 1)),
        talk_s=float(draw(few)),
        handled=draw(few),
        idle_since=draw(st.none() | few.map(lambda minutes: NOW - timedelta(minutes=minutes))),
        ready_at=draw(st.none() | st.sampled_from([NOW, NOW + timedelta(seconds=5)])),
    )


@st.composite
def floors(draw: st.DrawFn) -> Floor:
    state = st.builds(
        QueueState,
        waiting=st.sampled_from([0, 99, 100, 500]),
        oldest_s=st.sampled_from([0.0, 600.0, 601.0]),
        last_tried=st.none() | st.sampled_from(PEOPLE),
    )
    return Floor(
        at=NOW - timedelta(seconds=draw(st.sampled_from([0, 30, 31]))),
        agents=tuple(draw(agents(name)) for name in PEOPLE[: draw(st.integers(0, 4))]),
        queues=draw(st.dictionaries(st.sampled_from(QUEUES), state)),
    )


@st.composite
def situations(draw: st.DrawFn) -> tuple[ContactFacts, Tenant, CallerFacts, datetime, Floor | None]:
    tenant = draw(st.sampled_from(TENANTS))
    past = st.builds(
        Past,
        at=st.sampled_from([NOW, NOW - timedelta(days=1), NOW - timedelta(days=40)]),
        agent=st.none() | st.sampled_from([*PEOPLE, "gone"]),
        queue=st.none() | st.sampled_from([*QUEUES, "gone"]),
        line=st.none() | st.sampled_from(["after-sales", "telesales"]),
        answered=st.booleans(),
    )
    place = st.tuples(st.sampled_from(["queue", "agent", "outside", "voicemail"]), st.sampled_from([*QUEUES, *PEOPLE]))
    facts = ContactFacts(
        line=tenant.lines[draw(st.sampled_from(sorted(tenant.lines)))],
        language=draw(st.none() | st.sampled_from(["zh-CN", "en-US", "fr-FR"])),
        menu_choice=draw(st.none() | st.sampled_from("0123*")),
        menu_path=draw(st.none() | st.sampled_from(["3", "30", "x"])),
        is_stray=draw(st.booleans()),
        id=draw(st.text(max_size=3)),
        channel=draw(st.sampled_from(["VOICE", "CHAT", "TASK"])),
        dialled=draw(st.none() | st.sampled_from(["+864008601234", "+862155360100", "+8610000000"])),
        branch=draw(st.none() | st.sampled_from(["pudong", "minhang", "nowhere"])),
        attributes=draw(st.dictionaries(st.just("campaign"), st.sampled_from(["spring", "winter"]))),
        tried=draw(st.frozensets(place, max_size=4)),
        excluded=draw(st.frozensets(st.sampled_from(PEOPLE), max_size=2)),
    )
    who = CallerFacts(
        number=draw(st.none() | st.sampled_from(["+8610", "+8621", "+86512555", "+14155550123", ""])),
        grade=draw(st.none() | st.sampled_from(["gold", "silver", "brass"])),
        manager=draw(st.none() | st.sampled_from(PEOPLE)),
        recent=tuple(draw(st.lists(past, max_size=4))),
        open_tickets=draw(st.integers(0, 2)),
    )
    return facts, tenant, who, NOW - timedelta(minutes=draw(st.sampled_from([0, 1, 1440]))), draw(st.none() | floors())


def decide(situation: tuple[ContactFacts, Tenant, CallerFacts, datetime, Floor | None]) -> Decision:
    return policy.decide(*situation)


@FEWER
@given(situations())
def test_every_list_ends_in_something_that_always_works(situation: Any) -> None:
    facts, tenant, *_ = situation
    for decision in (decide(situation), policy.degraded(facts, tenant, NOW)):
        last = decision.targets[-1]
        assert last.kind in {TargetKind.VOICEMAIL, TargetKind.QUEUE, TargetKind.IVR}
        if last.kind is TargetKind.VOICEMAIL:
            assert (last.id, facts.line.off_hours) == (facts.line.id, "voicemail")
        if last.kind is TargetKind.QUEUE:
            assert last.id in tenant.queues
        if last.kind is TargetKind.IVR:
            assert last.id == "announcement"


@FEWER
@given(situations())
def test_no_place_stands_twice_and_none_was_tried_before_but_the_last(situation: Any) -> None:
    facts, *_ = situation
    places = [target.place for target in decide(situation).targets]
    assert len(set(places)) == len(places)
    assert not facts.tried & set(places[:-1])


@FEWER
@given(situations())
def test_the_same_input_gives_the_same_decision(situation: Any) -> None:
    assert decide(situation) == decide(situation)


@FEWER
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(situation: Any, order: random.Random) -> None:
    facts, tenant, who, now, state = situation
    if state is None:
        return
    rows = list(state.agents)
    order.shuffle(rows)
    queues = list(state.queues.items())
    order.shuffle(queues)
    other = Floor(at=state.at, agents=tuple(rows), queues=dict(queues))
    assert policy.decide(facts, tenant, who, now, other) == policy.decide(facts, tenant, who, now, state)


@FEWER
@given(situations())
def test_every_agent_is_asked_in_the_queue_that_comes_next(situation: Any) -> None:
    targets = decide(situation).targets
    for position, target in enumerate(targets):
        if target.queue is not None:
            following = next(one for one in targets[position:] if one.kind is TargetKind.QUEUE)
            assert following.id == target.queue


@FEWER
@given(situations())
def test_nobody_is_asked_who_is_excluded_signed_out_or_does_not_serve_the_queue(situation: Any) -> None:
    facts, *_, state = situation
    by_id = {one.id: one for one in state.agents} if state else {}
    for target in decide(situation).targets:
        for asked in target.agents:
            assert by_id[asked].presence is Presence.AVAILABLE
            assert target.queue in by_id[asked].queues
            assert by_id[asked].name not in facts.excluded


@FEWER
@given(situations())
def test_amazon_connect_can_take_every_leg(situation: Any) -> None:
    for leg in criteria.legs(decide(situation).targets):
        assert len(leg.steps) <= criteria.STEPS_MAX
        assert all(len(step.skills) <= criteria.SKILLS_MAX for step in leg.steps)
        assert all(step.expiry_s is None or step.expiry_s > 0 for step in leg.steps)
        assert leg.timeout_s > 0


@FEWER
@given(situations())
def test_a_floor_that_is_missing_or_old_never_fails_a_decision(situation: Any) -> None:
    facts, tenant, who, now, _ = situation
    old = Floor(at=now - timedelta(days=1), agents=(agent("ann"),))
    without = policy.decide(facts, tenant, who, now, None)
    stale = policy.decide(facts, tenant, who, now, old)
    assert without.targets == stale.targets
    assert all(target.queue is None for target in stale.targets)
    assert {stale.record.without, without.record.without} in ({None}, {"floor-missing", "floor-stale"})
