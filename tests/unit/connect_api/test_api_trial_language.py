"""The language of Amazon's test cases: overrides, completion, order, and what is refused."""

import json
from typing import Any

import pytest

from localstack.connect.trial_document import BadTrial, read
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import action, say
from tests.support.live_connect import Live
from tests.support.trial_cases import (
    END,
    INIT,
    WHO,
    check,
    ends,
    hours_then,
    mock,
    override,
    press,
    run,
    says,
    see,
    utter,
)


def two_lookups(live: Live) -> None:
    """A line that asks the same function twice, and says what it answered."""
    ask = {"LambdaFunctionARN": f"{FUNCTION}who:live", "InvocationTimeLimitSeconds": "8"}
    lost = {"NoMatchingError": "bye"}
    live.small.lambdas.answers["who"] = {"name": "the real one"}
    live.small.number(
        live.small.flow(
            "main",
            action("first", "InvokeLambdaFunction", ask, "one", errors=lost),
            say("one", "First $.External.name.", "second"),
            action("second", "InvokeLambdaFunction", ask, "two", errors=lost),
            say("two", "Then $.External.name.", "third"),
            action("third", "InvokeLambdaFunction", ask, "three", errors=lost),
            say("three", "At last $.External.name.", "bye"),
        )
    )


def answers(name: str) -> dict[str, Any]:
    return override("InvokeLambdaFunction", mock({"LoadedData": json.dumps({"name": name})}), LambdaFunctionARN=WHICH)


WHICH = f"{FUNCTION}who"


def test_each_override_holds_once_and_the_oldest_comes_first(live: Live) -> None:
    two_lookups(live)
    status, records = run(
        live,
        see("begin", INIT, answers("Ann"), answers("Bob"), then="one"),
        see("one", says("First Ann."), then="two"),
        see("two", says("Then Bob."), then="three"),
        see("three", says("At last the real one."), END),
    )
    assert status == "PASSED", records


def test_the_end_of_an_action_is_observed_and_its_result_can_be_asserted_from_then_on(live: Live) -> None:
    two_lookups(live)
    result = "$.LambdaInvocation.ResultData.name"
    done = see("done", ends("InvokeLambdaFunction", LambdaFunctionARN=WHICH), check(result, "Ann"), END)
    status, records = run(live, see("begin", INIT, answers("Ann"), then="done"), done, name="waited for")
    assert status == "PASSED", records
    early = see("early", says("First Ann."), check(result, "Ann"), END)
    status, records = run(live, see("begin", INIT, answers("Ann"), then="early"), early, name="not waited for")
    assert (status, records[-1]["Status"]) == ("FAILED", "FAILED")


def test_an_action_that_takes_its_error_branch_is_not_completed(live: Live) -> None:
    hours_then(live)
    failing = override("InvokeLambdaFunction", mock({"Value": "NoMatchingError"}, "Error"), LambdaFunctionARN=WHICH)
    done = see("done", ends("InvokeLambdaFunction", LambdaFunctionARN=WHICH))
    status, records = run(live, see("begin", INIT, failing, then="done"), done)
    assert (status, records[-1]["ObservationId"]) == ("FAILED", "done")


def test_a_false_assertion_ends_its_observation_and_what_it_leads_to(live: Live) -> None:
    hours_then(live)
    wrong = check("$.External.name", "Bob")
    status, records = run(
        live,
        see("begin", INIT, WHO, then="greeted"),
        see("greeted", says("welcome"), wrong, press("1"), then="asked"),
        see("asked", says("press 1"), END),
    )
    assert status == "FAILED"
    assert {one["ObservationId"] for one in records} == {"begin", "greeted"}


def test_actions_follow_their_transitions_whatever_order_they_are_listed_in(live: Live) -> None:
    hours_then(live)
    last = {**check("$.External.name", "nobody"), "Identifier": "last"}
    first = {**check("$.External.name", "Ann"), "Identifier": "first", "Transitions": {"NextAction": "last"}}
    _, records = run(live, see("begin", INIT, WHO, then="greeted"), see("greeted", says("welcome"), last, first))
    assert ["'Ann'" in one["Record"] and one["Status"] for one in records[-2:]] == ["PASSED", "FAILED"]


@pytest.mark.parametrize(
    ("observation", "problem"),
    [
        (see("a", says("x"), Usage={"Type": "AtLeast"}), "needs Times"),
        (see("a", says("x"), Usage={"Type": "Exactly", "Times": 0}), "whole number"),
        (see("a", says("x"), press("A")), "expected some of"),
        (see("a", says("x"), utter("")), "needs Text or SSML"),
        (see("a", says("x"), {**press("1"), "Transitions": {"NextAction": "gone"}}), "leads to 'gone'"),
        (see("a", {"Type": "MessageReceived", "Properties": {}}), "a message needs"),
        (see("a", ends("CheckHoursOfOperation")), "the end of CheckHoursOfOperation"),
        (see("a", INIT, override("TransferContactToQueue", mock({"Value": "Full"}, "Error"))), "no error 'Full'"),
        (see("a", INIT, override("TransferContactToQueue", mock({}))), "not mocked with a response"),
        (see("a", INIT, override("CheckHoursOfOperation", mock({"Value": "Maybe"}))), "InHours or OutOfHours"),
        (see("a", INIT, override("InvokeLambdaFunction", mock({"LoadedData": "[]"}))), "not a JSON object"),
        (see("a", INIT, override("InvokeLambdaFunction", {"Type": "SubstituteResource"})), "needs SubstituteArn"),
    ],
)
def test_content_that_the_pages_do_not_allow_is_refused_with_the_reason(
    observation: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadTrial, match=problem):
        read(json.dumps({"Version": "2019-10-30", "Observations": [observation]}))


def test_another_version_of_the_language_is_refused() -> None:
    with pytest.raises(BadTrial, match="2001-01-01"):
        read(json.dumps({"Version": "2001-01-01", "Observations": [see("a", INIT)]}))
