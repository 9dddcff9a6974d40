"""One example a row of the decision table, and what holds for every input."""

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.routing import overflow, policy
from chalicelib.routing.models import CallerFacts, ContactFacts, Reason, Target, TargetKind
from chalicelib.tenancy.models import Tenant
from tests.support.tenants import tenant

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HR = tenant("hrgroup")
TAXI = tenant("taxihotline")
NOBODY = CallerFacts()
GOLD = CallerFacts(grade="gold")


def contact(
    menu_choice: str | None = None, language: str | None = None, *, line: str = "after-sales", is_stray: bool = False
) -> ContactFacts:
    return ContactFacts(line=HR.lines[line], language=language, menu_choice=menu_choice, is_stray=is_stray)


@st.composite
def situations(draw: st.DrawFn) -> tuple[ContactFacts, Tenant, CallerFacts]:
    """Draw a contact of one of the tenants, with plausible and with absurd facts."""
    whose = draw(st.sampled_from([HR, TAXI]))
    facts = ContactFacts(
        line=draw(st.sampled_from([whose.lines[name] for name in sorted(whose.lines)])),
        language=draw(st.none() | st.sampled_from(["zh-CN", "en-US", "fr-FR"]) | st.text()),
        menu_choice=draw(st.none() | st.sampled_from("0123456789*#") | st.text()),
        is_stray=draw(st.booleans()),
        number_known=draw(st.booleans()),
    )
    return facts, whose, CallerFacts(grade=draw(st.none() | st.sampled_from(["gold", "silver"]) | st.text()))


def queue(name: str, timeout_s: int, reason: Reason) -> Target:
    return Target(kind=TargetKind.QUEUE, id=name, timeout_s=timeout_s, reason=reason)


def voicemail(line: str) -> Target:
    return Target(kind=TargetKind.VOICEMAIL, id=line, timeout_s=120, reason=Reason.NOBODY_ANSWERED)


ROWS = [
    # contact, queue of the first target, reason, category, priority
    (contact("1", is_stray=True), "after-sales", Reason.UNKNOWN_NUMBER, "consultation", 5),
    (contact("9"), "after-sales", Reason.MENU_UNKNOWN, None, 5),
    (contact("Timeout", "en-US"), "after-sales", Reason.MENU_UNKNOWN, None, 5),
    (contact(), "after-sales", Reason.DEFAULT_LINE, None, 5),
    (contact(None, "zh-CN"), "after-sales", Reason.DEFAULT_LINE, None, 5),
    (contact(None, "en-US"), "after-sales", Reason.LANGUAGE_FALLBACK, None, 5),
    (contact("3"), "complaints", Reason.MENU_CHOICE, "complaint", 3),
    (contact("3", "zh-CN"), "complaints", Reason.MENU_CHOICE, "complaint", 3),
    (contact("3", "en-US"), "english", Reason.MENU_CHOICE, "complaint", 5),
    (contact("3", "fr-FR"), "complaints", Reason.LANGUAGE_FALLBACK, "complaint", 3),
    (contact("1", line="telesales"), "telesales", Reason.MENU_CHOICE, "order", 5),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_row_of_the_decision_table(row: tuple[ContactFacts, str, Reason, str | None, int]) -> None:
    facts, first, reason, category, priority = row
    decision = policy.decide(facts, HR, NOBODY, NOW)
    assert decision.targets[0].id == first
    assert decision.targets[0].reason is decision.reason is reason
    assert (decision.category, decision.priority) == (category, priority)


def test_the_whole_list_of_an_english_complaint() -> None:
    decision = policy.decide(contact("3", "en-US"), HR, NOBODY, NOW)
    assert decision.targets == (
        queue("english", 450, Reason.MENU_CHOICE),
        queue("after-sales", 300, Reason.OVERFLOW),
        voicemail("after-sales"),
    )
    assert (decision.at, decision.line, decision.language) == (NOW, "after-sales", "en-US")
    assert (decision.strategy, decision.version) == ("longest-idle", HR.version)
    assert not decision.is_degraded


def test_a_line_without_voicemail_ends_in_its_queues() -> None:
    quiet = dataclasses.replace(contact("3"), line=dataclasses.replace(HR.lines["after-sales"], off_hours="announce"))
    kinds = [target.kind for target in policy.decide(quiet, HR, NOBODY, NOW).targets]
    assert kinds == [TargetKind.QUEUE, TargetKind.QUEUE]


@pytest.mark.parametrize(
    ("facts", "caller", "priority", "headline"),
    [
        (contact("1"), GOLD, 1, Reason.VIP_GRADE),
        (contact(), GOLD, 1, Reason.VIP_GRADE),
        (contact("3"), GOLD, 1, Reason.VIP_GRADE),
        (contact("3"), CallerFacts(grade="silver"), 3, Reason.MENU_CHOICE),
        (contact("1"), CallerFacts(grade="silver"), 3, Reason.VIP_GRADE),
        (contact("1"), CallerFacts(grade="bronze"), 5, Reason.MENU_CHOICE),
        (contact("1"), CallerFacts(grade=""), 5, Reason.MENU_CHOICE),
        (contact("9"), GOLD, 1, Reason.MENU_UNKNOWN),
        (contact("3", "fr-FR"), GOLD, 1, Reason.LANGUAGE_FALLBACK),
        (contact(is_stray=True), GOLD, 1, Reason.UNKNOWN_NUMBER),
    ],
)
def test_a_grade_moves_a_caller_ahead_and_says_so(
    facts: ContactFacts, caller: CallerFacts, priority: int, headline: Reason
) -> None:
    decision = policy.decide(facts, HR, caller, NOW)
    assert (decision.priority, decision.reason) == (priority, headline)
    assert decision.targets[0].reason is not Reason.VIP_GRADE


@pytest.mark.parametrize(
    ("threshold_s", "timeout_s"), [(1, 60), (4, 60), (5, 75), (20, 300), (120, 1800), (121, 1800), (86_400, 1800)]
)
def test_a_queue_is_tried_fifteen_thresholds_within_bounds(threshold_s: int, timeout_s: int) -> None:
    slow = dataclasses.replace(HR.queues["complaints"], threshold_s=threshold_s)
    changed = dataclasses.replace(HR, queues={**HR.queues, "complaints": slow})
    assert policy.decide(contact("3"), changed, NOBODY, NOW).targets[0].timeout_s == timeout_s


def test_degraded_is_the_default_queue_flagged_and_then_voicemail() -> None:
    decision = policy.degraded(contact("3", "en-US"), HR, NOW)
    assert decision.targets == (queue("after-sales", 300, Reason.DEGRADED), voicemail("after-sales"))
    assert decision.reason is Reason.DEGRADED
    assert decision.reason.value == "routing-degraded"
    assert decision.is_degraded
    assert (decision.category, decision.priority, decision.language) == ("complaint", 5, "en-US")


@given(situations())
def test_every_contact_gets_a_queue_of_its_own_tenant_first(
    situation: tuple[ContactFacts, Tenant, CallerFacts],
) -> None:
    facts, whose, caller = situation
    for decision in (policy.decide(facts, whose, caller, NOW), policy.degraded(facts, whose, NOW)):
        assert decision.targets[0].kind is TargetKind.QUEUE
        assert all(target.id in whose.queues for target in decision.targets if target.kind is TargetKind.QUEUE)
        assert 1 <= decision.priority <= 9


@given(situations())
def test_no_target_is_tried_twice_and_each_has_its_time(situation: tuple[ContactFacts, Tenant, CallerFacts]) -> None:
    facts, whose, caller = situation
    targets = policy.decide(facts, whose, caller, NOW).targets
    assert len({(target.kind, target.id) for target in targets}) == len(targets)
    assert all(overflow.WAIT_MIN_S <= target.timeout_s <= overflow.WAIT_MAX_S for target in targets)
    assert len(targets) <= 3


@given(situations())
def test_the_same_input_gives_the_same_list(situation: tuple[ContactFacts, Tenant, CallerFacts]) -> None:
    facts, whose, caller = situation
    assert policy.decide(facts, whose, caller, NOW) == policy.decide(facts, whose, caller, NOW)


@given(situations())
def test_a_grade_never_changes_where_a_caller_goes(situation: tuple[ContactFacts, Tenant, CallerFacts]) -> None:
    facts, whose, caller = situation
    assert policy.decide(facts, whose, caller, NOW).targets == policy.decide(facts, whose, NOBODY, NOW).targets


@given(situations())
def test_degraded_is_always_the_default_queue_of_the_line(situation: tuple[ContactFacts, Tenant, CallerFacts]) -> None:
    facts, whose, _ = situation
    assert policy.degraded(facts, whose, NOW).targets[0].id == facts.line.default_queue
