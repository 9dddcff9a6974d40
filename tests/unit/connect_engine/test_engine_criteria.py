"""Routing criteria: steps that expire, levels and ranges, preferred agents (reference 11.4)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from localstack.connect.engine.contact import Contact
from localstack.connect.engine.criteria import MAX_AND, MAX_OR, MAX_STEPS, holds, read
from localstack.connect.engine.plan import HangUp, WaitFor
from tests.support.connect_world import MONDAY, Small, action, arn, identifier, say, staff, texts, to_queue
from tests.support.one_action import go

Json = dict[str, Any]


def has(value: str, level: float, name: str = "language") -> Json:
    condition = {"Name": name, "Value": value, "ProficiencyLevel": level}
    return {"AttributeCondition": {**condition, "ComparisonOperator": "NumberGreaterOrEqualTo"}}


def between(value: str, least: float, most: float) -> Json:
    limits = {"MinProficiencyLevel": least, "MaxProficiencyLevel": most}
    return {"AttributeCondition": {"Name": "language", "Value": value, "ComparisonOperator": "Range", "Range": limits}}


def agents(*ids: str) -> Json:
    match = {"AgentsCriteria": {"AgentIds": list(ids)}}
    return {"AttributeCondition": {"ComparisonOperator": "Match", "MatchCriteria": match}}


def step(expression: Json, expiry_s: int | None = None) -> Json:
    return {"Expression": expression} | ({"Expiry": {"DurationInSeconds": str(expiry_s)}} if expiry_s else {})


def asking(*steps: Json) -> Small:
    """A world whose callers ask for those steps in the queue `support`."""
    small = Small()
    small.queue("support")
    small.profile("support", ("support", 1, 0))
    ask = action("ask", "UpdateContactRoutingCriteria", {"RoutingCriteria": {"Steps": list(steps)}}, "set",
                 errors={"NoMatchingError": "bye"})  # fmt: skip
    small.number(small.flow("main", ask, *to_queue("support")))
    return small


def speaker(small: Small, username: str, *proficiencies: tuple[str, str, float], **habits: Any) -> str:
    profile = next(iter(small.instance.routing_profiles.values()))
    user = small.user(username, profile, proficiencies=proficiencies)
    small.sign_in(user, talk_s=30, **habits)
    return user.id


def criteria_of(small: Small, contact: Contact) -> list[Json]:
    found: list[Json] = small.record_of(contact)["RoutingCriteria"]
    return found


ZH5, ZH2, EN4 = ("language", "zh", 5.0), ("language", "zh", 2.0), ("language", "en", 4.0)


@pytest.mark.parametrize(
    ("expression", "fits", "fails"),
    [
        (has("zh", 3), (ZH5,), (ZH2,)),
        (between("zh", 1, 3), (ZH2,), (ZH5,)),
        ({"AndExpression": [has("zh", 1), has("en", 4)]}, (ZH5, EN4), (ZH5,)),
        ({"OrExpression": [has("zh", 5), has("en", 4)]}, (EN4,), (ZH2,)),
        ({"NotAttributeCondition": has("en", 1)["AttributeCondition"]}, (ZH2,), (ZH2, EN4)),
    ],
)
def test_only_an_agent_who_satisfies_the_step_is_offered_the_contact(
    expression: Json, fits: tuple[Any, ...], fails: tuple[Any, ...]
) -> None:
    small = asking(step(expression))
    speaker(small, "a.other", *fails)
    contact = small.call(talk_s=30)
    small.run(until=MONDAY + timedelta(seconds=60))
    assert contact.attempts == 0
    speaker(small, "b.right", *fits)
    small.run()
    assert small.record_of(contact)["Agent"]["Username"] == "b.right"
    assert contact.attempts == 1


def test_preferred_agents_are_named_by_id_or_arn() -> None:
    small = asking(step(agents(arn("agent", "b.mine"))))
    speaker(small, "a.idle-longer")
    speaker(small, "b.mine")
    contact = small.call()
    small.run()
    assert small.record_of(contact)["Agent"]["Username"] == "b.mine"


def test_steps_expire_one_after_another_and_then_anybody_will_do() -> None:
    small = asking(step(has("zh", 5), 10), step(has("zh", 4), 15))
    speaker(small, "li.na", ("language", "zh", 1.0))
    contact = small.call()
    small.run()
    record = small.record_of(contact)
    assert 25 <= record["Queue"]["Duration"] <= 28
    (criteria,) = record["RoutingCriteria"]
    assert [one["Status"] for one in criteria["Steps"]] == ["EXPIRED", "EXPIRED"]
    assert criteria["Index"] == 0
    assert criteria["ActivationTimestamp"] == record["Queue"]["EnqueueTimestamp"]
    assert criteria["Steps"][0]["Expression"] == has("zh", 5)
    assert criteria["Steps"][0]["Expiry"] == {"DurationInSeconds": 10}


def test_the_step_that_found_the_agent_is_joined_and_the_rest_never_was() -> None:
    small = asking(step(has("zh", 5), 10), step(has("zh", 1), 15), step(has("zh", 1)))
    speaker(small, "li.na", ("language", "zh", 1.0))
    contact = small.call()
    small.run()
    statuses = [one["Status"] for one in criteria_of(small, contact)[0]["Steps"]]
    assert statuses == ["EXPIRED", "JOINED", "INACTIVE"]


def test_hanging_up_interrupts_the_active_step() -> None:
    small = asking(step(has("zh", 5), 10), step(has("zh", 1)))
    contact = small.call(WaitFor(5), HangUp())
    small.run()
    assert [one["Status"] for one in criteria_of(small, contact)[0]["Steps"]] == ["INTERRUPTED", "INACTIVE"]
    assert small.timeline_is_empty()


def test_a_missed_offer_does_not_stop_the_clock() -> None:
    small = asking(step(has("zh", 5), 25))
    speaker(small, "lazy", ZH5, accept_share=0.0)
    speaker(small, "other")
    contact = small.call()
    small.run()
    record = small.record_of(contact)
    assert record["Agent"]["Username"] == "other"
    assert record["Queue"]["Duration"] in (26, 27, 28)


def test_new_criteria_in_the_queue_start_again_and_interrupt_the_old_ones() -> None:
    small = asking(step(has("zh", 5), 100), step(has("zh", 4)))
    again = {"RoutingCriteria": {"Steps": [step(has("en", 4))]}}
    small.flow(
        "Default customer queue",
        say("s", "Wait for somebody else.", "c"),
        action("c", "UpdateContactRoutingCriteria", again, "end", errors={"NoMatchingError": "end"}),
        action("end", "EndFlowExecution"),
        kind="CUSTOMER_QUEUE",
    )
    contact = small.call()
    small.run(until=MONDAY + timedelta(seconds=20))
    speaker(small, "li.na", EN4)
    small.run()
    old, new = criteria_of(small, contact)
    assert [one["Status"] for one in old["Steps"]] == ["INTERRUPTED", "DEACTIVATED"]
    assert [one["Status"] for one in new["Steps"]] == ["JOINED"]
    assert (old["Index"], new["Index"]) == (0, 1)


def test_criteria_stay_when_the_contact_moves_to_another_queue() -> None:
    small = asking(step(has("zh", 5), 10), step(has("zh", 4)))
    small.queue("other")
    small.profile("support", ("other", 1, 0))
    move = action("m", "DequeueContactAndTransferToQueue", {"QueueId": arn("queue", "other")}, "end",
                  errors={"NoMatchingError": "end"})  # fmt: skip
    wait = {"Messages": [{"Text": "Please hold."}], "InterruptFrequencySeconds": "25"}
    music = action("w", "MessageParticipantIteratively", wait, "m", errors={"NoMatchingError": "end"})
    end = action("end", "EndFlowExecution")
    small.flow("Default customer queue", music, move, end, kind="CUSTOMER_QUEUE")
    contact = small.call()
    small.run(until=MONDAY + timedelta(seconds=26))
    speaker(small, "li.na", ("language", "zh", 4.0))
    small.run(until=MONDAY + timedelta(seconds=34))
    assert contact.latest is not contact
    assert contact.latest.attempts == 0
    small.run()
    assert [one["Status"] for one in criteria_of(small, contact)[0]["Steps"]] == ["EXPIRED", "INTERRUPTED"]
    assert [one["Status"] for one in criteria_of(small, contact.latest)[0]["Steps"]] == ["EXPIRED", "JOINED"]


def test_the_agent_must_have_the_queue_in_the_profile() -> None:
    small = asking(step(agents(identifier("b.mine"))))
    small.queue("other")
    small.agent("b.mine", small.profile("elsewhere", ("other", 1, 0)))
    contact = small.call(patience_s=30)
    small.run()
    assert contact.attempts == 0


def test_every_change_of_a_step_is_an_event() -> None:
    small = asking(step(has("zh", 5), 10))
    contact = small.call(patience_s=20)
    small.run()
    changes = [
        e["detail"]
        for e in small.cloud.events
        if e["detail"]["contactId"] == contact.id and "RoutingCriteria.Step.Status" in str(e["detail"])
    ]
    steps = [one["routingCriteria"]["Steps"][0]["Status"] for one in changes]
    assert steps == ["ACTIVE", "EXPIRED"]


def test_criteria_may_come_from_a_function() -> None:
    small = Small()
    document = {"Steps": [step({"OrExpression": [has("zh", 1)]})]}
    small.lambdas.answers["criteria"] = {"criteria": document, "text": json.dumps(document)}
    call = action("l", "InvokeLambdaFunction",
                  {"LambdaFunctionARN": "arn:aws:lambda:us-east-1:000000000000:function:criteria",
                   "InvocationTimeLimitSeconds": "8", "ResponseValidation": {"ResponseType": "JSON"}})  # fmt: skip
    for path in ("$.External.criteria", "$.External.text"):
        label, contact = go(small, "UpdateContactRoutingCriteria", {"RoutingCriteria": path}, before=(call,))
        assert label == "next"
        assert contact.criteria is not None


BAD: list[Any] = [
    None,
    "text",
    {"Steps": []},
    {"Steps": [step(has("zh", 1))] * (MAX_STEPS + 1)},
    {"Steps": [{"Expression": {}}]},
    {"Steps": [{}]},
    {"Steps": [step(has("zh", 6))]},
    {"Steps": [step(between("zh", 4, 2))]},
    {"Steps": [step(agents())]},
    {"Steps": [step({"AndExpression": [has("zh", 1)] * (MAX_AND + 1)})]},
    {"Steps": [step({"OrExpression": [has("zh", 1)] * (MAX_OR + 1)})]},
    {"Steps": [step({"AndExpression": [{"OrExpression": [has("zh", 1)]}]})]},
    {"Steps": [step({"NotAttributeCondition": agents("a")["AttributeCondition"]})]},
    {"Steps": [step({"AttributeCondition": {"Name": "n", "Value": "v", "ComparisonOperator": "Equals"}})]},
]


@pytest.mark.parametrize("document", BAD)
def test_criteria_that_make_no_sense_take_the_error_branch(document: Any) -> None:
    small = Small()
    parameters = {} if document is None else {"RoutingCriteria": document}
    label, contact = go(small, "UpdateContactRoutingCriteria", parameters)
    assert label == "NoMatchingError"
    assert contact.criteria is None


def test_a_proficiency_that_is_not_there_has_no_level() -> None:
    assert not holds(read({"Steps": [step(has("zh", 1))]}).steps[0].expression, "a", {})


def test_criteria_do_not_count_in_an_agents_own_queue() -> None:
    small = asking(step(has("zh", 5)))
    user_id = speaker(small, "li.na")
    ask = action("ask", "UpdateContactRoutingCriteria", {"RoutingCriteria": {"Steps": [step(has("zh", 5))]}}, "set",
                 errors={"NoMatchingError": "bye"})  # fmt: skip
    own = action("set", "UpdateContactTargetQueue", {"AgentId": user_id}, "go", errors={"NoMatchingError": "bye"})
    small.number(small.flow("main", ask, own, to_queue("support")[1], to_queue("support")[2]))
    contact = small.call()
    small.run()
    assert small.record_of(contact)["Agent"]["Username"] == "li.na"
    assert texts(contact, "criteria") == []


def test_staff_without_proficiencies_serve_who_asks_for_nothing() -> None:
    small = asking(step(has("zh", 5)))
    small.number(small.flow("plain", *to_queue("support")))
    staff(small, "li.na")
    contact = small.call()
    small.run()
    assert contact.leg is not None
    assert small.record_of(contact)["RoutingCriteria"] is None
