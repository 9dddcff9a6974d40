"""Where branches are free, the explorer visits what a plain graph search reaches, and takes every branch of it."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowlang import document
from flowlang.explore import Bounds, Report, explore
from flowlang.load import Loaded
from tests.support.flow_documents import Document, action
from tests.support.flow_documents import document as flow_of
from tests.support.flow_graphs import random_flow, random_module, reachable, ways_out

SEEDS = st.integers(0, 2**32)


def _explored(source: Document, *others: Loaded, bounds: Bounds | None = None) -> Report:
    flow = document.parse(source)
    return explore(Loaded(flow=flow, name="main", type="CONTACT_FLOW"), others, bounds=bounds or Bounds(states=600))


def _seen(report: Report) -> tuple[int, int, int]:
    """Actions that can be reached, actions visited and transitions, as a report says."""
    return report.reachable, report.visited, report.transitions


def _there(source: Document) -> tuple[int, int, int]:
    """The same, as a graph search says when all that can be reached is visited."""
    found = reachable(source)
    ways = sum(len(ways_out(item)) for item in source["Actions"] if item["Identifier"] in found)
    return len(found), len(found), ways


def _left_out(report: Report) -> list[str]:
    """The actions and branches that the explorer left out. A loop that nothing leads back to is never done."""
    return [*report.not_visited, *(branch for branch in report.not_taken if "DoneLooping" not in branch)]


def _modules(chance: Random, size: int) -> list[Loaded]:
    """Return three modules, each of which may call the next."""
    sources = [random_module(size, chance, ["m1"]), random_module(size, chance, ["m2"]), random_module(size, chance)]
    return [Loaded(flow=document.parse(one), name=f"m{at}", type="MODULE") for at, one in enumerate(sources)]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 14), SEEDS)
def test_a_flow_with_free_branches_is_visited_whole(size: int, seed: int) -> None:
    source = random_flow(size, Random(seed))  # noqa: S311  repeatable
    report = _explored(source)
    assert (_seen(report), _left_out(report)) == (_there(source), [])


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_flows_with_modules_in_modules_are_visited_whole(seed: int) -> None:
    chance = Random(seed)  # noqa: S311  repeatable
    modules = _modules(chance, 5)
    source = random_flow(10, chance, modules=["m0", "m1"])
    report = _explored(source, *modules)
    found = reachable(source)
    # A module that never returns keeps what is behind it from being reached; then the report says so.
    assert report.visited + len(report.not_visited) == report.reachable == len(found)
    if all(_returns(one) for one in modules):
        assert report.visited == len(found)


def _returns(module: Loaded) -> bool:
    return "end" in reachable(document.to_document(module.flow))


@pytest.mark.parametrize("kinds", [("test", "say"), ("loop", "say"), ("loop", "test", "function"), ("menu",)], ids=str)
def test_a_flow_as_large_as_allowed_is_visited_whole_within_its_bound(kinds: tuple[str, ...]) -> None:
    source = random_flow(249, Random(str(kinds)), kinds)  # noqa: S311  repeatable
    report = _explored(source, bounds=Bounds(states=1_500))
    assert report.states <= 1_500
    assert (_seen(report), _left_out(report)) == (_there(source), [])
    assert report.bounded or report.without_values == ()


def test_many_tests_of_one_value_are_visited_whole() -> None:
    def comparison(number: int) -> dict[str, Any]:
        when = [("Equals", value, f"t{number + 1}") for value in ("a", "b", f"only-{number}")]
        return action(f"t{number}", "Compare", {"ComparisonValue": "$.Attributes.x"}, go=f"t{number + 1}",
                      errors={"NoMatchingCondition": f"t{number + 1}"}, when=when)  # fmt: skip

    source = flow_of(*(comparison(number) for number in range(60)), action("t60", "DisconnectParticipant"))
    report = _explored(source, bounds=Bounds())
    assert (report.visited, report.taken, report.bounded) == (61, 240, False)


def test_a_loop_of_a_hundred_rounds_and_one_within_it_are_left_again() -> None:
    def loop(name: str, inside: str, onward: str) -> dict[str, Any]:
        rounds = [("Equals", "ContinueLooping", inside), ("Equals", "DoneLooping", onward)]
        return action(name, "Loop", {"LoopCount": "100"}, go=onward, when=rounds)

    say = action("say", "MessageParticipant", {"Text": "Round."}, go="inner", errors={"NoMatchingError": "outer"})
    source = flow_of(loop("outer", "inner", "end"), loop("inner", "say", "outer"), say,
                     action("end", "DisconnectParticipant"))  # fmt: skip
    report = _explored(source)
    assert (report.visited, report.bounded) == (4, False)
    assert (_seen(report), _left_out(report)) == (_there(source), [])


CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")


def _by_channel(*behind: dict[str, Any]) -> Document:
    when = [("Equals", channel, "first") for channel in CHANNELS]
    test = action("test", "Compare", {"ComparisonValue": "$.Channel"}, go="end",
                  errors={"NoMatchingCondition": "end"}, when=when)  # fmt: skip
    return flow_of(test, *behind, action("end", "DisconnectParticipant"))


def test_behind_a_test_of_the_channel_voice_blocks_only_fail_on_others() -> None:
    errors = dict.fromkeys(("NoMatchingError", "NoMatchingCondition", "InputTimeLimitExceeded"), "end")
    menu = {"Text": "?", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    report = _explored(flow_of(
        action("test", "Compare", {"ComparisonValue": "$.Channel"}, go="say", errors={"NoMatchingCondition": "say"},
               when=[("Equals", "CHAT", "keys")]),
        action("keys", "GetParticipantInput", menu, go="end", errors=errors, when=[("Equals", "1", "pressed")]),
        action("pressed", "MessageParticipant", {"Text": "You pressed a key."}, go="end"),
        action("say", "MessageParticipant", {"Text": "Hello."}, go="end"),
        action("end", "DisconnectParticipant"),
    ))  # fmt: skip
    assert report.without_values == ("pressed",)
    (told,) = [problem for problem in report.problems if problem.code == "dropped-unheard"]
    assert [step.choice for step in told.script] == ["$.Channel is CHAT", "error NoMatchingError on CHAT", "end"]


def test_a_block_that_fails_on_a_channel_without_a_branch_is_an_unhandled_error() -> None:
    stream = {"MediaStreamingState": "Enabled", "Participants": [{"ParticipantType": "Customer"}],
              "MediaStreamType": "Audio"}  # fmt: skip
    report = _explored(_by_channel(action("first", "UpdateContactMediaStreamingBehavior", stream, go="end")))
    (found,) = [problem for problem in report.problems if problem.code == "unhandled-error"]
    assert found.script[0].choice in {f"$.Channel is {channel}" for channel in CHANNELS}


def test_a_prompt_on_a_task_has_no_effect_and_goes_on() -> None:
    source = _by_channel(action("first", "MessageParticipant", {"Text": "Hello."}, go="end"))
    report = _explored(source)
    assert (report.visited, report.taken) == (3, report.transitions)
