"""Where a contact belongs: rules, branches, regions, menu."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.routing import attribution, policy
from chalicelib.routing.models import CallerFacts, Step
from chalicelib.tenancy.models import Attribution, MenuOption, Region
from tests.support.routing_plans import (
    FULL,
    NOW,
    agent,
    caller,
    contact,
    decide,
    floor,
    part,
    passed,
    past,
    places,
    planned,
)

SUNDAY = NOW - timedelta(days=1)

RULES = planned(part("rules", "segments", "attribution", "strategies", "overflow", "duties", "presented_number"))
REGIONS = planned(part("attribution"))
BRANCHES = planned(part("branches"))


@pytest.mark.parametrize(
    ("facts", "who", "rule", "queue"),
    [
        ({"menu_path": "30", "menu_choice": "3"}, caller(), "rescue", "complaints"),
        ({"menu_path": "309", "menu_choice": "3"}, caller(), "rescue", "complaints"),
        ({"menu_path": "3", "menu_choice": "3"}, caller("+8621"), None, "telesales"),
        ({"menu_choice": "1", "attributes": {"campaign": "spring"}}, caller(), "campaign", "telesales"),
        ({"menu_choice": "1", "attributes": {"campaign": "winter"}}, caller("+8610"), None, "after-sales"),
        ({"menu_choice": "1", "channel": "CHAT"}, caller("+8610"), "chat", "after-sales"),
        ({"line": "telesales"}, caller(grade="silver"), "office-gold", "telesales"),
        ({"line": "telesales", "language": "en-US"}, caller(grade="silver"), None, "telesales"),
        ({"line": "telesales"}, caller(grade="gold"), None, "telesales"),
        ({"line": "after-sales"}, caller("+8610", grade="silver"), None, "after-sales"),
        ({"menu_choice": "2"}, caller("+862155550000"), "east-repair", "telesales"),
        ({"menu_choice": "1"}, caller("+862155550000"), None, "telesales"),
        ({"dialled": "+862155360100"}, caller("+14155550123"), "sales-line", "english"),
        ({"dialled": "+862155360100", "line": "telesales"}, caller("+14155550123"), None, "telesales"),
    ],
)
def test_the_first_rule_that_applies_decides_and_is_recorded(
    facts: dict[str, Any], who: CallerFacts, rule: str | None, queue: str
) -> None:
    decision = decide(RULES, who, **facts)
    assert (decision.record.rule, decision.record.queue) == (rule, queue)
    ids = [one["id"] for one in FULL["rules"]]
    before = ids[: ids.index(rule)] if rule else ids
    assert {f"rule {name}: not-matched" for name in before} <= passed(decision)


def test_a_rule_brings_its_own_strategy_priority_and_chain() -> None:
    rescue = decide(RULES, caller(), menu_path="30", menu_choice="3")
    assert (rescue.priority, rescue.reason) == (1, "rule")
    assert places(rescue) == [
        "queue complaints 225 rule",
        "callback after-sales 300 overflow",
        "voicemail after-sales 120 overflow",
        "outside +8613900000009 30 overflow",
        "queue after-sales 300 overflow",
    ]
    assert decide(RULES, caller(), channel="CHAT", menu_choice="1").record.strategy == "least"
    assert decide(RULES, caller("+862155550000"), menu_choice="2").priority == 2


def test_a_segment_holds_while_its_timetable_is_open_in_the_tenants_zone() -> None:
    silver = caller(grade="silver")
    call = contact(RULES, line="telesales")
    for now, segments, rule in (
        (NOW, ("office", "all-day"), "office-gold"),
        (NOW - timedelta(minutes=1), ("all-day",), None),
        (NOW + timedelta(hours=12), ("all-day",), None),
        (NOW + timedelta(hours=12, minutes=-1), ("office", "all-day"), "office-gold"),
        (SUNDAY, ("all-day",), None),
    ):
        record = policy.decide(call, RULES, silver, now).record
        assert (record.segments, record.rule) == (segments, rule)


def test_a_contact_for_no_line_is_not_asked_any_rule() -> None:
    decision = decide(RULES, caller(), is_stray=True, menu_path="30", menu_choice="3")
    assert (decision.reason, decision.record.rule, places(decision)[0]) == (
        "unknown-number",
        None,
        "queue after-sales 300 unknown-number",
    )


@pytest.mark.parametrize(
    ("number", "region", "first"),
    [
        ("+861065550000", "north", "queue after-sales 300 menu-choice"),
        ("+8610", "north", "queue after-sales 300 menu-choice"),
        ("+861", "elsewhere", "queue english 50 caller-elsewhere"),
        ("+862155550000", "east", "queue telesales 50 caller-region"),
        ("+8651255400000", "east", "queue telesales 50 caller-region"),
        ("+8651255500000", "east-coast", "queue english 50 caller-region"),
        ("+8613800138000", "elsewhere", "queue english 50 caller-elsewhere"),
        ("+14155550123", "elsewhere", "queue english 50 caller-elsewhere"),
        (None, "elsewhere", "queue english 50 caller-elsewhere"),
    ],
)
def test_the_longest_prefix_of_the_callers_number_decides_the_region(
    number: str | None, region: str, first: str
) -> None:
    decision = decide(REGIONS, caller(number), menu_choice="1")
    assert (decision.record.region, places(decision)[0]) == (region, first)
    assert decision.reason == first.rsplit(maxsplit=1)[-1]


def test_a_region_is_followed_by_the_queue_that_the_menu_says() -> None:
    assert places(decide(REGIONS, caller("+862155550000"), menu_choice="3")) == [
        "queue telesales 50 caller-region",
        "queue complaints 225 menu-choice",
        "queue after-sales 300 overflow",
        "voicemail after-sales 120 nobody-answered",
    ]


def test_a_region_whose_queue_is_the_menus_own_changes_nothing() -> None:
    decision = decide(REGIONS, caller(None), menu_choice="1", language="en-US")
    assert places(decision)[0] == "queue english 450 menu-choice"
    assert (decision.record.region, decision.reason) == ("elsewhere", "menu-choice")


def test_a_region_with_a_site_asks_its_agents_first() -> None:
    decision = decide(REGIONS, caller("+861065550000"), menu_choice="1")
    assert decision.targets[0].steps == (Step(skills=(("Site", "beijing", 1),), expiry_s=50),)


def test_regions_count_only_on_their_lines() -> None:
    decision = decide(REGIONS, caller("+862155550000"), line="telesales")
    assert (decision.record.region, decision.record.queue) == (None, "telesales")
    everywhere = planned({"attribution": {**FULL["attribution"], "lines": []}})
    assert decide(everywhere, caller("+8651255500000"), line="telesales").record.region == "east-coast"


def test_without_a_default_group_a_stranger_has_the_menus_queue() -> None:
    tenant = planned({"attribution": {key: value for key, value in FULL["attribution"].items() if key != "elsewhere"}})
    decision = decide(tenant, caller(None), menu_choice="1")
    assert (decision.record.region, places(decision)[0]) == ("elsewhere", "queue after-sales 300 menu-choice")


@given(st.text(alphabet="+0123456789", max_size=14))
def test_every_number_has_exactly_one_region(number: str) -> None:
    plan = REGIONS.plan
    found = attribution.region_of(plan.attribution, number, "after-sales")
    assert found is not None
    fitting = [
        (len(prefix), one["id"])
        for one in FULL["attribution"]["regions"]
        for prefix in one["prefixes"]
        if number.startswith(prefix)
    ]
    assert found.id == (max(fitting)[1] if fitting else "elsewhere")


@pytest.mark.parametrize(
    ("facts", "branch", "first"),
    [
        ({"dialled": "+862155360100"}, "pudong", "queue complaints 70 branch"),
        ({"dialled": "+862155360100", "branch": "minhang"}, "minhang", "queue telesales 60 branch"),
        ({"dialled": "+864008601234", "branch": "pudong"}, "pudong", "queue complaints 70 branch"),
        ({"dialled": "+864008601234", "branch": "nowhere"}, None, "queue after-sales 300 default-line"),
        ({"dialled": "+862155360100", "branch": "nowhere"}, "pudong", "queue complaints 70 branch"),
        ({}, None, "queue after-sales 300 default-line"),
    ],
)
def test_a_branch_is_chosen_or_dialled(facts: dict[str, Any], branch: str | None, first: str) -> None:
    decision = decide(BRANCHES, **facts)
    assert (decision.record.branch, places(decision)[0]) == (branch, first)


def test_a_branch_overflows_to_its_headquarters() -> None:
    decision = decide(BRANCHES, branch="pudong")
    assert places(decision) == [
        "queue complaints 70 branch",
        "queue after-sales 300 headquarters",
        "voicemail after-sales 120 nobody-answered",
    ]
    assert decision.targets[0].steps == (Step(skills=(("Site", "shanghai", 1),), expiry_s=70),)
    assert places(decide(BRANCHES, branch="minhang"))[:2] == [
        "queue telesales 60 branch",
        "queue english 450 headquarters",
    ]


def test_a_rule_comes_before_a_branch_and_a_branch_before_a_region() -> None:
    tenant = planned(
        part("rules", "segments", "attribution", "strategies", "overflow", "duties", "presented_number", "branches")
    )
    who = caller("+862155550000")
    facts = {"branch": "minhang", "menu_choice": "3"}
    assert decide(tenant, who, menu_path="30", **facts).reason == "rule"
    assert decide(tenant, who, **facts).reason == "branch"
    assert decide(tenant, who, menu_choice="3").reason == "caller-region"


def test_a_rule_without_a_queue_gives_its_strategy_to_a_branch() -> None:
    rules = [{"id": "never", "when": {"grades": ["gold"]}, "priority": 1}, {"id": "all", "strategy": "least"}]
    tenant = planned({**part("branches", "strategies"), "rules": rules})
    record = decide(tenant, branch="pudong").record
    assert (record.branch, record.rule, record.strategy) == ("pudong", "all", "least")
    assert "rule never: not-matched" in {f"{one.what}: {one.why}" for one in record.passed}


@pytest.mark.parametrize(("number", "value"), [("+861065550000", "north"), ("+14155550123", "elsewhere")])
def test_a_skill_may_be_the_callers_region(number: str, value: str) -> None:
    only = [{"id": "by-region", "kind": "skills", "require": [{"attribute": "Area", "source": "region"}]}]
    attributed = {key: value for key, value in FULL["attribution"].items() if key != "elsewhere"}
    tenant = planned({"strategies": only, "attribution": attributed}, after_sales="by-region")
    steps = decide(tenant, caller(number), menu_choice="1").targets[0].steps
    assert ("Area", value, 1) in steps[0].skills
    nowhere = planned({"strategies": only}, after_sales="by-region")
    assert decide(nowhere, caller(number), menu_choice="1").targets[0].steps == ()


def test_the_site_of_a_branch_comes_before_the_site_of_a_region() -> None:
    tenant = planned(part("attribution", "branches"))
    decision = decide(tenant, caller("+861065550000"), branch="pudong")
    assert decision.targets[0].steps[0].skills == (("Site", "shanghai", 1),)
    decision = decide(tenant, caller("+861065550000"), branch="minhang")
    assert decision.targets[0].steps[0].skills == (("Site", "beijing", 1),)
    assert decision.targets[0].steps[0].expiry_s == 60


def test_the_site_is_asked_beside_the_first_skills_and_the_skills_alone_afterwards() -> None:
    tenant = planned({**part("attribution", "strategies"), "site_attribute": "City"}, after_sales="by-skill")
    first, second, *_ = decide(tenant, caller("+861065550000"), menu_choice="1").targets[0].steps
    skills = (("Business", "consultation", 4), ("Language", "Mandarin", 3))
    assert (first, second) == (
        Step(skills=(*skills, ("City", "beijing", 1)), expiry_s=50),
        Step(skills=skills, expiry_s=30),
    )


def test_a_step_never_asks_for_more_than_amazon_connect_allows() -> None:
    require = [{"attribute": f"A{n}", "value": "x"} for n in range(8)]
    skills = {"strategies": [{"id": "eight", "kind": "skills", "require": require}]}
    tenant = planned({**part("attribution"), **skills}, after_sales="eight")
    first, second = decide(tenant, caller("+861065550000"), menu_choice="1").targets[0].steps
    assert (len(first.skills), first.skills[-1]) == (8, ("Site", "beijing", 1))
    assert len(second.skills) == 8


def test_a_strategy_that_finds_a_site_itself_is_not_given_another() -> None:
    for strategy, site in (("near", "beijing"), ("beijing-first", "beijing")):
        tenant = planned(part("attribution", "strategies"), after_sales=strategy)
        steps = decide(tenant, caller("+861065550000"), menu_choice="1").targets[0].steps
        assert [step.skills for step in steps] == [(("Site", site, 1),)]
    assert steps[0].expiry_s == 20


TABLE = "1380000000" + "1380010001" + "2010000---" + "2110000002"
"""From 138 0000 on the first region, from 138 0010 on the second, from 201 none, from 211 the third."""
THREE = Attribution(regions=tuple(Region(id=name, queue=name, site=name) for name in "abc"), table=TABLE)


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+8613799999999", "elsewhere"),
        ("+8613800000000", "a"),
        ("+8613800099999", "a"),
        ("+8613800100000", "b"),
        ("+8620099999999", "b"),
        ("+8620100000000", "elsewhere"),
        ("+8621100000", "c"),
        ("+862110000", "c"),
        ("+86211000", "elsewhere"),
        ("+8699999999999", "c"),
        ("+12110000000", "elsewhere"),
        ("2110000000", "elsewhere"),
        (None, "elsewhere"),
    ],
)
def test_a_number_belongs_where_the_entry_before_its_first_digits_says(number: str | None, region: str) -> None:
    found = attribution.region_of(THREE, number, "any")
    assert found is not None
    assert (found.id, found.queue) == (region, None if region == "elsewhere" else region)


def test_an_emergency_goes_to_the_queue_of_its_menu_before_everybody_and_past_every_rule() -> None:
    tenant = planned(
        {**part("rules", "segments", "attribution", "strategies", "memory", "overflow", "duties", "presented_number")}
        | {"ageing_bound_s": 600}
    )
    handed = MenuOption(digit="9", category="emergency", queues={"zh-CN": "complaints"})
    facts: dict[str, Any] = {
        "menu_path": "9",
        "menu_choice": "9",
        "attributes": {"campaign": "spring"},
        "chosen": handed,
        "is_stray": True,
    }
    who = caller(grade="gold", recent=(past(1, agent="ann"),))
    state = floor(agent("ann", queues=frozenset({"complaints", "after-sales"})))
    plain = decide(tenant, who, state, **{**facts, "is_stray": False})
    rushed = decide(tenant, who, state, emergency=True, **facts)
    assert plain.record.rule == "campaign"
    assert (rushed.record.rule, rushed.record.queue, rushed.reason) == (None, "complaints", "emergency")
    assert (rushed.record.rank, rushed.priority, rushed.head_start_s) == (1, 1, 0)
    assert places(rushed)[0].startswith("queue complaints")
    assert rushed.category == "emergency"
