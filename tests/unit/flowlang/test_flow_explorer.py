"""The explorer visits what can be reached and finds planted problems, each with a script that is a real path."""

from typing import Any

import pytest

from flowlang import document
from flowlang.explore import Bounds, NotAPath, Problem, Report, Step, explore, replay
from flowlang.load import Loaded
from tests.support.flow_documents import ARN, Document, action, good, with_action
from tests.support.flow_documents import document as flow_of
from tests.support.flow_scripts import assert_is_path

BYE = (
    action("bye", "MessageParticipant", {"Text": "Goodbye."}, go="end", errors={"NoMatchingError": "end"}),
    action("end", "DisconnectParticipant"),
)


def _loaded(raw: Document, name: str = "", kind: str | None = "CONTACT_FLOW") -> Loaded:
    return Loaded(
        flow=document.parse(raw), name=name, type=kind, ids=frozenset({f"arn:{name}"}) if name else frozenset()
    )


def _function(name: str, go: str, *, fails: str = "bye", limit_s: int = 8) -> dict[str, Any]:
    limits = {"LambdaFunctionARN": ARN + name, "InvocationTimeLimitSeconds": str(limit_s)}
    return action(name, "InvokeLambdaFunction", limits, go=go, errors={"NoMatchingError": fails})


def _explored(raw: Document, *others: Loaded, kind: str | None = "CONTACT_FLOW") -> Report:
    """Explore, and hold every script to be a path of the documents that passes the problem's action."""
    loaded = _loaded(raw, kind=kind)
    report = explore(loaded, others)
    for problem in report.problems:
        replay(loaded, problem.script, others)
        assert_is_path(problem.script, loaded, others)
        assert problem.action in {step.action for step in problem.script}
    return report


def _only(report: Report, code: str) -> Problem:
    found = [problem for problem in report.problems if problem.code == code]
    assert len(found) == 1, report.problems
    return found[0]


def test_a_good_flow_is_visited_whole_and_only_its_silent_end_is_told() -> None:
    report = _explored(good())
    assert (report.actions, report.reachable, report.visited) == (8, 8, 8)
    assert report.transitions == report.taken
    assert (report.unsupported, report.bounded, report.problems) == ((), False, ())


def test_the_report_has_the_agreed_keys() -> None:
    keys = {"file", "actions", "reachable", "visited", "transitions", "taken", "unsupported", "problems"}
    assert keys <= _explored(good()).to_json().keys()


def test_unknown_types_are_named_and_driven() -> None:
    report = _explored(flow_of(action("odd", "SayBoo", go="bye", errors={"Scared": "end"}), *BYE))
    assert report.unsupported == ("SayBoo",)
    assert (report.visited, report.taken) == (3, report.transitions)


def test_an_attribute_that_is_set_on_another_way_is_unset_on_this_one() -> None:
    report = _explored(
        flow_of(
            action("open", "CheckHoursOfOperation", go="bye", errors={"NoMatchingError": "bye"},
                   when=[("Equals", "True", "mark"), ("Equals", "False", "greet")]),
            action("mark", "UpdateContactAttributes", {"Attributes": {"name": "Ann"}}, go="greet",
                   errors={"NoMatchingError": "bye"}),
            action("greet", "MessageParticipant", {"Text": "Hi $.Attributes.name"}, go="end"),
            *BYE,
        )
    )  # fmt: skip
    problem = _only(report, "unset-read")
    assert (problem.severity, problem.action, problem.detail) == ("warning", "greet", "Attributes.name")
    assert problem.script[0] == Step("open", "result False")


def test_an_attribute_that_nothing_sets_is_told_once() -> None:
    read = [action(f"say{n}", "MessageParticipant", {"Text": "$.Attributes.who"}, go=f"say{n + 1}") for n in (1, 2)]
    report = _explored(flow_of(*read, action("say3", "DisconnectParticipant")))
    problem = _only(report, "unset-anywhere")
    assert (problem.severity, problem.action) == ("note", "say1")


@pytest.mark.parametrize(
    ("path", "parameter"), [("$.External.queueArn", "QueueId"), ("$.StoredCustomerInput", "AgentId")]
)
def test_an_action_whose_whole_value_is_unset_fails(path: str, parameter: str) -> None:
    report = _explored(
        flow_of(
            _function("look-up", "ask", fails="ask"),
            action("ask", "GetParticipantInput",
                   {"Text": "?", "StoreInput": "True", "InputTimeLimitSeconds": "5",
                    "InputValidation": {"CustomValidation": {"MaximumLength": "4"}}},
                   go="queue", errors={"NoMatchingError": "queue"}),
            action("queue", "UpdateContactTargetQueue", {parameter: path}, go="bye", errors={"NoMatchingError": "bye"}),
            *BYE,
        )
    )  # fmt: skip
    problem = _only(report, "unset-read")
    assert (problem.severity, problem.action) == ("error", "queue")


def test_a_result_without_a_branch_is_a_dead_end() -> None:
    def forget(item: dict[str, Any]) -> None:
        item["Transitions"] = {"Conditions": item["Transitions"]["Conditions"][:1]}

    problem = _only(_explored(with_action("retry", forget)), "dead-end")
    assert (problem.action, problem.script[-1].choice) == ("retry", "DoneLooping")


def test_a_branch_into_nothing_is_a_dead_end() -> None:
    lost = with_action("look-up", lambda item: item["Transitions"].update(NextAction="nowhere"))
    assert _only(_explored(lost), "dead-end").action == "look-up"


def test_an_error_without_a_branch_fails_the_flow() -> None:
    bare = with_action("look-up", lambda item: item["Transitions"].pop("Errors"))
    problem = _only(_explored(bare), "unhandled-error")
    assert (problem.action, problem.detail) == ("look-up", "NoMatchingError")


def test_a_circle_without_the_caller_is_found_with_the_way_round() -> None:
    report = _explored(flow_of(_function("try", "bye", fails="again"), _function("again", "bye", fails="try"), *BYE))
    problem = _only(report, "silent-loop")
    assert [step.action for step in problem.script] == ["try", "again"]


def test_a_menu_that_fails_into_itself_is_a_circle() -> None:
    spin = with_action("ask", lambda item: item["Transitions"]["Errors"][2].update(NextAction="ask"))
    problem = _only(_explored(spin), "silent-loop")
    assert problem.script == (Step("log", "goes on"), Step("ask", "error NoMatchingError"))


@pytest.mark.parametrize("rounds", ["1", "3", "100"])
def test_a_counted_loop_is_no_circle(rounds: str) -> None:
    counted = flow_of(
        action("retry", "Loop", {"LoopCount": rounds}, go="bye",
               when=[("Equals", "ContinueLooping", "try"), ("Equals", "DoneLooping", "bye")]),
        _function("try", "bye", fails="retry", limit_s=1),
        *BYE,
    )  # fmt: skip
    report = _explored(counted)
    assert [one.code for one in report.problems if one.code != "long-silence"] == []
    assert (report.visited, report.taken) == (4, report.transitions)


def test_a_loop_that_starts_again_when_it_is_done_is_a_circle() -> None:
    again = flow_of(
        action("retry", "Loop", {"LoopCount": "2"}, go="bye",
               when=[("Equals", "ContinueLooping", "retry"), ("Equals", "DoneLooping", "retry")]),
        *BYE,
    )  # fmt: skip
    assert _only(_explored(again), "silent-loop").action == "retry"


@pytest.mark.parametrize(
    ("limits_s", "silent"), [((8, 8), False), ((8, 8, 3), False), ((8, 8, 4), True), ((8,) * 3, True)]
)
def test_functions_in_a_row_may_be_silent_for_less_than_20_s(limits_s: tuple[int, ...], silent: bool) -> None:  # noqa: FBT001
    names = [*(f"f{n}" for n in range(len(limits_s))), "bye"]
    chain = [_function(names[n], names[n + 1], limit_s=limit) for n, limit in enumerate(limits_s)]
    report = _explored(flow_of(*chain, *BYE))
    assert [one.code for one in report.problems] == (["long-silence"] if silent else [])


def test_a_prompt_between_functions_ends_the_silence() -> None:
    hold = action("hold", "MessageParticipant", {"Text": "One moment."}, go="f2", errors={"NoMatchingError": "bye"})
    flow = flow_of(_function("f0", "f1"), _function("f1", "hold"), hold, _function("f2", "bye"), *BYE)
    assert _explored(flow).problems == ()


def test_a_blank_prompt_is_not_heard() -> None:
    hold = action("hold", "MessageParticipant", {"Text": " "}, go="f2", errors={"NoMatchingError": "bye"})
    flow = flow_of(_function("f0", "f1"), _function("f1", "hold"), hold, _function("f2", "bye"), *BYE)
    assert _only(_explored(flow), "long-silence").action == "f2"


def test_a_caller_who_never_heard_a_word_is_dropped() -> None:
    problem = _only(_explored(flow_of(_function("f", "bye", fails="end"), *BYE)), "dropped-unheard")
    assert (problem.severity, problem.script) == ("error", (Step("f", "error NoMatchingError"), Step("end", "end")))


def test_a_caller_who_is_dropped_after_a_failure_is_told_apart() -> None:
    silent = with_action("look-up", lambda item: item["Transitions"]["Errors"][0].update(NextAction="end"))
    problem = _only(_explored(silent), "dropped-unheard")
    assert (problem.severity, problem.script[-2].choice) == ("warning", "error NoMatchingError")


def test_a_contact_is_not_queued_where_no_queue_is_set() -> None:
    past = with_action("set-queue", lambda item: item["Transitions"]["Errors"][0].update(NextAction="transfer"))
    assert _only(_explored(past), "no-queue").action == "transfer"


def test_a_place_without_a_way_out_is_found() -> None:
    stuck = flow_of(
        action("a", "MessageParticipant", {"Text": "One."}, go="b"),
        action("b", "MessageParticipant", {"Text": "Two."}, go="a"),
    )
    assert _only(_explored(stuck), "no-way-out").action == "a"
    assert _explored(stuck, kind="CUSTOMER_QUEUE").problems == ()


def test_a_constant_decides_a_comparison() -> None:
    flow = flow_of(
        action("mark", "UpdateContactAttributes", {"Attributes": {"mode": "a"}}, go="test",
               errors={"NoMatchingError": "bye"}),
        action("test", "Compare", {"ComparisonValue": "$.Attributes.mode"}, go="bye",
               errors={"NoMatchingCondition": "bye"}, when=[("Equals", "a", "bye"), ("Equals", "b", "dead")]),
        action("dead", "MessageParticipant", {"Text": "Never."}, go="end"),
        *BYE,
    )  # fmt: skip
    report = explore(_loaded(flow), bounds=Bounds(states=1_000))
    assert report.without_values == ("dead",)


def test_what_a_branch_has_tested_is_known_at_the_next_test() -> None:
    def comparison(name: str, hit: str, miss: str) -> dict[str, Any]:
        return action(name, "Compare", {"ComparisonValue": "$.Channel"}, go=miss,
                      errors={"NoMatchingCondition": miss}, when=[("Equals", "VOICE", hit)])  # fmt: skip

    flow = flow_of(comparison("first", "second", "bye"), comparison("second", "bye", "dead"),
                   action("dead", "MessageParticipant", {"Text": "Never."}, go="end"), *BYE)  # fmt: skip
    assert explore(_loaded(flow)).without_values == ("dead",)


MODULE = flow_of(
    action("ask", "InvokeLambdaFunction", {"LambdaFunctionARN": ARN + "m", "InvocationTimeLimitSeconds": "8"},
           go="yes", errors={"NoMatchingError": "no"}),
    action("yes", "EndFlowModuleExecution", {"Result": "found"}),
    action("no", "EndFlowModuleExecution"),
    Settings={},
)  # fmt: skip
CALLS = flow_of(
    action("call", "InvokeFlowModule", {"FlowModuleId": "arn:finder"}, go="bye",
           errors={"NoMatchingError": "bye", "NoMatchingCondition": "bye"}, when=[("Equals", "found", "go")]),
    action("go", "TransferToFlow", {"ContactFlowId": "arn:next:$LATEST"}, go="bye", errors={"NoMatchingError": "bye"}),
    *BYE,
)  # fmt: skip


def test_flows_and_modules_that_are_given_are_followed() -> None:
    others = (_loaded(MODULE, "finder", "MODULE"), _loaded(flow_of(*BYE), "next"))
    report = _explored(CALLS, *others)
    assert (report.followed, report.stubbed) == (("finder", "next"), ())
    assert report.visited == report.reachable


def test_flows_and_modules_that_are_not_given_are_stubbed_and_named() -> None:
    report = _explored(CALLS)
    assert (report.followed, report.stubbed) == ((), ("arn:finder", "arn:next:$LATEST"))
    assert (report.visited, report.taken) == (report.reachable, report.transitions)


def test_a_problem_inside_another_flow_is_told_with_its_name() -> None:
    silent = _loaded(flow_of(_function("f", "end", fails="end"), BYE[1]), "next")
    problem = _only(_explored(CALLS, _loaded(MODULE, "finder", "MODULE"), silent), "dropped-unheard")
    assert (problem.flow, problem.action) == ("next", "end")


def test_flows_that_lead_to_each_other_in_silence_are_a_circle() -> None:
    def to(name: str) -> Document:
        return flow_of(action("go", "TransferToFlow", {"ContactFlowId": name}, go="bye",
                              errors={"NoMatchingError": "bye"}), *BYE)  # fmt: skip

    report = _explored(to("arn:other"), _loaded(to("arn:third"), "other"), _loaded(to("arn:other"), "third"))
    assert _only(report, "silent-loop").flow == "other"


def test_a_queue_flow_that_was_set_before_is_followed() -> None:
    waiting = _loaded(flow_of(action("hold", "MessageParticipantIteratively", {"Messages": [{"Text": "Wait."}]})),
                      "waiting", "CUSTOMER_QUEUE")  # fmt: skip
    hooked = good()
    hooked["StartAction"] = "hook"
    hooked["Actions"].append(
        action("hook", "UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "arn:waiting"}}, go="log",
               errors={"NoMatchingError": "bye"})
    )  # fmt: skip
    assert _explored(hooked, waiting).followed == ("waiting",)


def test_a_search_that_must_stop_says_so_and_still_visits_everything() -> None:
    marks = [
        action(f"m{n}", "Compare", {"ComparisonValue": f"$.Attributes.a{n}"}, go=f"m{n + 1}",
               errors={"NoMatchingCondition": f"m{n + 1}"}, when=[("Equals", "1", f"m{n + 1}")])
        for n in range(8)
    ]  # fmt: skip
    back = action("m8", "GetParticipantInput", {"Text": "?", "InputTimeLimitSeconds": "5"}, go="m0",
                  errors={"NoMatchingCondition": "m0", "InputTimeLimitExceeded": "m0", "NoMatchingError": "bye"},
                  when=[("Equals", "1", "m0")])  # fmt: skip
    loaded = _loaded(flow_of(*marks, back, *BYE))
    report = explore(loaded, bounds=Bounds(states=60))
    assert report.bounded
    assert report.states == 60
    assert (report.visited, report.taken) == (11, report.transitions)
    assert not explore(loaded, bounds=Bounds(states=100_000)).bounded


def test_time_is_a_bound_too() -> None:
    ticks = iter(range(1_000_000))
    report = explore(_loaded(good()), bounds=Bounds(budget_s=5, clock=lambda: float(next(ticks))))
    assert report.bounded


def test_the_same_flow_gives_the_same_report() -> None:
    assert explore(_loaded(good())).to_json() == explore(_loaded(good())).to_json()


@pytest.mark.parametrize(
    "script",
    [
        (Step("ask", "press 1"),),
        (Step("log", "press 1"),),
        (Step("log", "goes on"), Step("ask", "press 7")),
        (Step("log", "goes on"), Step("ask", "hang up"), Step("ask", "press 1")),
    ],
)
def test_a_script_that_is_no_path_is_refused(script: tuple[Step, ...]) -> None:
    with pytest.raises(NotAPath, match="step"):
        replay(_loaded(good()), script)


def test_of_two_tests_that_are_the_same_only_the_first_decides() -> None:
    flow = flow_of(
        action("test", "Compare", {"ComparisonValue": "$.Attributes.a"}, go="bye",
               errors={"NoMatchingCondition": "bye"},
               when=[("Equals", "$.Attributes.b", "bye"), ("Equals", "$.Attributes.b", "dead")]),
        action("dead", "MessageParticipant", {"Text": "Never."}, go="end"),
        *BYE,
    )  # fmt: skip
    assert _explored(flow).not_visited == ("dead",)


def test_loop_prompts_without_an_interrupt_are_where_a_waiting_caller_stays() -> None:
    hold = action("hold", "MessageParticipantIteratively", {"Messages": [{"Text": "Wait."}]}, go="bye")
    report = _explored(flow_of(hold, *BYE), kind="CUSTOMER_QUEUE")
    assert (report.reachable, report.visited, report.problems) == (1, 1, ())
