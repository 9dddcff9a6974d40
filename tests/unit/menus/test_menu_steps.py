"""A step through a menu: a table for each kind of node, and what holds for every tree, caller and input."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.menus import checks, policy
from chalicelib.menus.models import Caller, Exit, Heard, Input, Kind, Level, Node, Phase, State, Step, Tree
from tests.support.menu_trees import EN, FOUND, INPUTS, KNOWN, PLACES, SMALL, STRANGER, ZH, any_tree, said, tree

SILENCE = Input(heard=Heard.NOTHING)


def key(text: str) -> Input:
    return Input(heard=Heard.KEY, text=text)


def typed(text: str) -> Input:
    return Input(heard=Heard.DIGITS, text=text)


def walk(*given: Input, caller: Caller = STRANGER, of: Tree | None = None, closed: bool = False) -> Step:
    """Begin a call and give the inputs one after the other."""
    menus = of or tree()
    step = policy.begin(menus, caller, ZH, closed=closed)
    for each in given:
        assert step.done is None
        step = policy.step(menus, step.state, each, caller, ZH)
    return step


def heard(step: Step) -> list[str]:
    """What the caller hears in this step, in order."""
    asked = [step.ask.prompt.text] if step.ask else []
    return [each.text for each in step.says] + asked


def exits(step: Step) -> list[tuple[str, str, str]]:
    return [(entry.node, entry.choice, entry.exit.value) for entry in step.log]


def test_a_call_begins_with_the_first_menu() -> None:
    step = walk()
    assert heard(step) == ["the main menu"]
    assert step.ask is not None
    assert (step.ask.timeout_s, step.ask.digits) == (5, False)


def test_a_key_leads_to_a_category_and_a_sub_category_two_levels_down() -> None:
    step = walk(key("2"), key("1"))
    assert step.done is not None
    assert (step.done.category, step.done.sub_category) == ("business", "open-account")
    assert step.done.queues == {ZH: "after-sales", EN: "english"}
    assert step.state.path == ("2", "1")
    assert exits(step) == [("business", "1", "key"), ("open-account", "-", "route")]


def test_silence_and_wrong_keys_are_said_and_counted_together() -> None:
    first, second = walk(SILENCE), walk(SILENCE, key("*"))
    assert heard(first) == ["no_input", "the main menu"]
    assert heard(second) == ["wrong_key", "the main menu"]
    assert second.state.tries == 2
    last = walk(SILENCE, key("*"), SILENCE)
    assert heard(last) == ["no_input", "to an agent"]
    assert last.done is not None
    assert last.done.category == "human-service"
    assert exits(last) == [("main", "-", "gave-up"), ("person", "-", "route")]


def test_who_gives_up_in_a_menu_goes_where_that_menu_says() -> None:
    step = walk(key("2"), SILENCE, SILENCE)
    assert heard(step) == ["no_input", "to a clerk"]
    assert step.done is not None
    assert step.done.category == "business"


@pytest.mark.parametrize(("pressed", "expected"), [("*", "the main menu"), ("#", "the main menu")])
def test_a_key_may_lead_back_and_to_the_top(pressed: str, expected: str) -> None:
    step = walk(key("2"), key(pressed))
    assert heard(step) == [expected]
    assert step.state.trail == ("main",)


def test_after_an_answer_a_caller_may_repeat_go_back_or_reach_a_human() -> None:
    answer = walk(key("2"), key("2"))
    assert heard(answer) == ["the fees", "again"]
    assert answer.says[0].recording == "s3://acme/fees.wav"
    assert heard(walk(key("2"), key("2"), key("1"))) == ["the fees", "again"]
    assert heard(walk(key("2"), key("2"), key("2"))) == ["the business menu"]
    person = walk(key("2"), key("2"), key("0"))
    assert person.done is not None
    assert person.done.category == "human-service"


def test_who_says_nothing_after_an_answer_is_served_and_told_goodbye() -> None:
    step = walk(key("2"), key("2"), SILENCE)
    assert heard(step) == ["goodbye"]
    assert step.done is not None
    assert step.done.kind is Kind.GOODBYE
    assert exits(step) == [("fees", "-", "done")]


def test_an_enquiry_asks_looks_up_and_tells() -> None:
    asked = walk(key("3"))
    assert heard(asked) == ["your number"]
    assert asked.ask is not None
    assert asked.ask.digits
    looking = walk(key("3"), typed("2041"))
    assert looking.lookup is not None
    assert (looking.lookup.enquiry, looking.lookup.reference, looking.lookup.owned) == ("result", "2041", False)
    told = walk(key("3"), typed("2041"), Input(heard=Heard.FOUND, text="accepted"))
    assert heard(told) == ["it is accepted", "again"]
    assert told.state.phase is Phase.AFTER


def test_an_unknown_reference_is_asked_again_and_then_a_person_helps() -> None:
    missing = Input(heard=Heard.NOT_FOUND)
    assert heard(walk(key("3"), typed("1"), missing)) == ["not_found", "your number"]
    given = [each for _ in range(3) for each in (typed("1"), missing)]
    step = walk(key("3"), *given)
    assert heard(step) == ["not_found", "to an agent"]


def test_a_failed_look_up_is_an_apology_and_a_person_never_silence() -> None:
    step = walk(key("3"), typed("2041"), Input(heard=Heard.FAILED))
    assert heard(step) == ["apology", "to an agent"]
    assert exits(step)[0] == ("result", "-", "failed")


def test_an_enquiry_below_its_level_is_refused() -> None:
    step = walk(key("4"))
    assert heard(step) == ["refused", "to an agent"]
    assert step.lookup is None
    assert exits(step)[1] == ("bill", "-", "refused")


def test_a_known_caller_needs_no_reference_for_what_is_his() -> None:
    step = walk(key("4"), caller=KNOWN)
    assert step.lookup is not None
    assert (step.lookup.reference, step.lookup.owned) == ("c-10001", True)


def test_a_matching_number_only_identifies() -> None:
    nodes = {**SMALL, "bill": replace(SMALL["bill"], level=Level.VERIFIED)}
    assert heard(walk(key("4"), caller=KNOWN, of=tree(nodes))) == ["refused", "to an agent"]
    verified = replace(KNOWN, level=Level.VERIFIED)
    assert walk(key("4"), caller=verified, of=tree(nodes)).lookup is not None


@pytest.mark.parametrize(
    ("pressed", "kind"), [("5", Kind.LINE), ("6", Kind.VOICEMAIL), ("7", Kind.GOODBYE), ("9", Kind.EMERGENCY)]
)
def test_every_other_kind_ends_the_menu_at_once(pressed: str, kind: Kind) -> None:
    step = walk(key(pressed))
    assert step.done is not None
    assert step.done.kind is kind
    assert step.ask is None


def test_a_closed_line_has_its_own_menu_or_none() -> None:
    none = walk(closed=True)
    assert none.done is not None
    assert none.done.kind is Kind.VOICEMAIL
    offers = Node(kind=Kind.MENU, prompt=said("we are closed"), keys={"9": "rescue"}, otherwise="message")
    closed = tree({**SMALL, "night": offers}, closed="night")
    assert heard(walk(closed=True, of=closed)) == ["we are closed"]
    rescue = walk(key("9"), closed=True, of=closed)
    assert rescue.done is not None
    assert rescue.done.kind is Kind.EMERGENCY


def test_a_language_that_lacks_a_prompt_hears_the_default_one_and_it_is_noted() -> None:
    nodes = {**SMALL, "main": replace(SMALL["main"], prompt=said("只有中文", ""))}
    step = walk(caller=replace(STRANGER, language=EN), of=tree(nodes))
    assert step.ask is not None
    assert (step.ask.prompt.text, step.ask.prompt.fell_back) == ("只有中文", True)
    assert not walk(caller=replace(STRANGER, language=EN)).ask.prompt.fell_back  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("caller", "expected"),
    [(KNOWN, "dear gold 王芳"), (replace(KNOWN, grade="silver"), "welcome 王芳"), (STRANGER, "welcome")],
)
def test_a_recognised_caller_is_greeted_by_grade_or_name_a_stranger_neutrally(caller: Caller, expected: str) -> None:
    assert policy.greeting(tree(), caller, ZH).text == expected


@settings(max_examples=60)
@given(any_tree(), st.data(), st.sampled_from([STRANGER, KNOWN, replace(KNOWN, language=EN)]))
def test_every_walk_through_a_tree_that_may_be_published_ends_with_words_and_a_category(
    menus: Tree, data: st.DataObject, caller: Caller
) -> None:
    assert checks.problems(menus, PLACES) == ()
    step = policy.begin(menus, caller, ZH, closed=False)
    inputs = 0
    while step.done is None:
        assert (step.ask is None) != (step.lookup is None)
        given_ = data.draw(FOUND if step.lookup else INPUTS)
        again = policy.step(menus, step.state, given_, caller, ZH)
        step = policy.step(menus, step.state, given_, caller, ZH)
        assert step == again
        inputs += 1
        assert inputs <= policy.MAX_STEPS
        assert heard(step) or step.lookup or step.done
    if step.done.kind in {Kind.ROUTE, Kind.EMERGENCY}:
        assert step.done.category


def test_a_caller_who_goes_round_for_ever_is_led_to_a_person() -> None:
    step = walk(*[key("8")] * (policy.MAX_STEPS - 1))
    assert step.done is None
    step = walk(*[key("8")] * policy.MAX_STEPS)
    assert step.done is not None
    assert exits(step)[0] == ("main", "-", "too-many-steps")


def test_a_state_that_the_tree_does_not_know_leads_to_a_person() -> None:
    step = policy.step(tree(), State(node="gone"), SILENCE, STRANGER, ZH)
    assert step.done is not None
    assert step.done.category == "human-service"
    assert step.log[0].exit is Exit.FAILED
