"""Agents and numbers of this moment through the Amazon Connect API."""

from typing import Any

import pytest

from tests.support.connect_calls import Refused
from tests.support.live_connect import Live


def screen(live: Live) -> dict[str, Any]:
    filters = {"RoutingProfiles": [live.id("support")]}
    (row,) = live("GetCurrentUserData", Filters=filters)["UserDataList"]
    return row


def values(row: dict[str, Any]) -> dict[str, float]:
    return {one["Metric"]["Name"]: one["Value"] for one in row["Collections"] if "Value" in one}


def numbers(live: Live, *names: str, **more: Any) -> list[dict[str, float]]:
    ask = {"Filters": {"Queues": [live.id("support")], "Channels": ["VOICE"]}, **more}
    found = live("GetCurrentMetricData", CurrentMetrics=[{"Name": name} for name in names], **ask)
    return [values(row) for row in found["MetricResults"]]


def code_of(live: Live, operation: str, **parameters: Any) -> str:
    with pytest.raises(Refused) as caught:
        live(operation, **parameters)
    return caught.value.code


def test_a_status_is_chosen_at_once_or_after_the_contact(live: Live) -> None:
    live.api.sign_in(person=True)
    ask = {"UserId": live.id("li.na")}
    live("PutUserStatus", **ask, AgentStatusId=live.id("Lunch"))
    assert screen(live)["Status"]["StatusName"] == "Lunch"
    live("PutUserStatus", **ask, AgentStatusId=live.id("Available"))
    live.queued_call()
    live.run()
    live.api.ok("POST", "/connect/agents/li.na/accept", {})
    live("PutUserStatus", **ask, AgentStatusId=live.id("Lunch"))
    shown = screen(live)
    assert (shown["Status"]["StatusName"], shown["NextStatus"]) == ("Available", "Lunch")
    assert shown["Contacts"][0]["AgentContactState"] == "CONNECTED"
    assert shown["ActiveSlotsByChannel"] == {"VOICE": 1}


def test_an_agent_who_is_not_signed_in_has_no_status_to_change(live: Live) -> None:
    ask = {"UserId": live.id("li.na"), "AgentStatusId": live.id("Lunch")}
    assert code_of(live, "PutUserStatus", **ask) == "InvalidRequestException"
    ask["UserId"] = live.id("nobody")
    assert code_of(live, "PutUserStatus", **ask) == "ResourceNotFoundException"


def test_a_missed_contact_and_after_contact_work_are_dismissed(live: Live) -> None:
    live.api.sign_in(person=True)
    contact_id = live.queued_call(patience_s=300)
    ask = {"UserId": live.id("li.na"), "ContactId": contact_id}
    assert code_of(live, "DismissUserContact", **ask) == "InvalidRequestException"
    live.run()
    live.api.ok("POST", "/connect/agents/li.na/miss", {})
    assert screen(live)["Contacts"][0]["AgentContactState"] == "MISSED"
    live("DismissUserContact", **ask)
    live.run()
    live.api.ok("POST", "/connect/agents/li.na/accept", {})
    live.api.ok("POST", f"/connect/calls/{contact_id}/hang-up", {})
    assert screen(live)["Contacts"][0]["AgentContactState"] == "ENDED"
    live("DismissUserContact", **ask)
    assert "Contacts" not in screen(live) or screen(live)["Contacts"] == []


def test_user_data_is_filtered(live: Live) -> None:
    live.api.sign_in()
    assert len(live("GetCurrentUserData", Filters={"Queues": [live.id("support")]})["UserDataList"]) == 1
    for filters in ({"Agents": [live.id("other")]}, {"ContactFilter": {"ContactStates": ["MISSED"]}}):
        assert live("GetCurrentUserData", Filters=filters)["UserDataList"] == []
    assert code_of(live, "GetCurrentUserData", Filters={}) == "InvalidRequestException"


def test_numbers_of_a_queue_follow_the_floor(live: Live) -> None:
    names = ("AGENTS_ONLINE", "AGENTS_AVAILABLE", "AGENTS_ON_CONTACT", "CONTACTS_IN_QUEUE", "SLOTS_AVAILABLE")
    assert numbers(live, *names) == [dict.fromkeys(names, 0.0)]
    live.api.sign_in(person=True)
    assert numbers(live, *names)[0] == {**dict.fromkeys(names, 0.0), **dict.fromkeys(
        ("AGENTS_ONLINE", "AGENTS_AVAILABLE", "SLOTS_AVAILABLE"), 1.0)}  # fmt: skip
    contact_id = live.queued_call()
    live.run()
    assert numbers(live, "CONTACTS_IN_QUEUE", "AGENTS_AVAILABLE", "SLOTS_ACTIVE")[0] == {
        "CONTACTS_IN_QUEUE": 1.0,
        "AGENTS_AVAILABLE": 0.0,
        "SLOTS_ACTIVE": 1.0,
    }
    live.api.ok("POST", "/connect/agents/li.na/accept", {})
    assert numbers(live, "CONTACTS_IN_QUEUE", "AGENTS_ON_CONTACT", "AGENTS_ON_CALL")[0] == {
        "CONTACTS_IN_QUEUE": 0.0,
        "AGENTS_ON_CONTACT": 1.0,
        "AGENTS_ON_CALL": 1.0,
    }
    live.api.ok("POST", f"/connect/calls/{contact_id}/hang-up", {})
    assert numbers(live, "AGENTS_AFTER_CONTACT_WORK", "AGENTS_STAFFED")[0] == {
        "AGENTS_AFTER_CONTACT_WORK": 1.0,
        "AGENTS_STAFFED": 1.0,
    }


def test_other_states_of_agents_are_counted(live: Live) -> None:
    live.api.sign_in(person=True)
    live.queued_call()
    live.run()
    live.api.ok("POST", "/connect/agents/li.na/miss", {})
    assert numbers(live, "AGENTS_ERROR")[0] == {"AGENTS_ERROR": 1.0}
    live.api.ok("POST", "/connect/agents/li.na/clear", {})
    live.run()
    live.api.ok("POST", "/connect/agents/li.na/accept", {})
    live("PutUserStatus", UserId=live.id("li.na"), AgentStatusId=live.id("Lunch"))
    assert numbers(live, "AGENTS_NON_PRODUCTIVE")[0] == {"AGENTS_NON_PRODUCTIVE": 0.0}


def test_the_oldest_age_is_in_milliseconds_without_a_grouping(live: Live) -> None:
    live.queued_call()
    live.run("2026-03-02T01:03:00Z")
    (alone,) = numbers(live, "OLDEST_CONTACT_AGE")
    (grouped,) = numbers(live, "OLDEST_CONTACT_AGE", Groupings=["QUEUE"])
    assert 100 < grouped["OLDEST_CONTACT_AGE"] < 180
    assert alone["OLDEST_CONTACT_AGE"] == grouped["OLDEST_CONTACT_AGE"] * 1000


def test_numbers_are_grouped_by_queue_channel_and_profile(live: Live) -> None:
    second = live.second_queue()
    live.queued_call()
    both = {"Queues": [live.id("support"), second.arn], "Channels": ["VOICE", "TASK"]}
    asked = {"CurrentMetrics": [{"Name": "CONTACTS_IN_QUEUE"}], "Groupings": ["QUEUE", "CHANNEL"]}
    found = live("GetCurrentMetricData", Filters=both, **asked)
    rows = {
        (row["Dimensions"]["Queue"]["Id"], row["Dimensions"]["Channel"]): values(row)["CONTACTS_IN_QUEUE"]
        for row in found["MetricResults"]
    }
    assert rows == {
        (live.id("support"), "VOICE"): 1.0,
        (live.id("support"), "TASK"): 0.0,
        (second.id, "VOICE"): 0.0,
        (second.id, "TASK"): 0.0,
    }
    assert found["ApproximateTotalCount"] == 4
    live.api.sign_in(person=True)
    by_profile = {"Filters": {"RoutingProfiles": [live.id("support")]}, "Groupings": ["ROUTING_PROFILE"]}
    (row,) = live("GetCurrentMetricData", CurrentMetrics=[{"Name": "AGENTS_ONLINE"}], **by_profile)["MetricResults"]
    assert (row["Dimensions"]["RoutingProfile"]["Id"], values(row)["AGENTS_ONLINE"]) == (live.id("support"), 1.0)


def test_rows_are_sorted_by_a_metric(live: Live) -> None:
    second = live.second_queue()
    live.queued_call()
    found = live(
        "GetCurrentMetricData",
        Filters={"Queues": [second.id, live.id("support")]},
        Groupings=["QUEUE"],
        CurrentMetrics=[{"Name": "CONTACTS_IN_QUEUE"}],
        SortCriteria=[{"SortByMetric": "CONTACTS_IN_QUEUE", "SortOrder": "DESCENDING"}],
    )
    assert [row["Dimensions"]["Queue"]["Id"] for row in found["MetricResults"]] == [live.id("support"), second.id]


def test_an_estimated_wait_needs_agents(live: Live) -> None:
    assert numbers(live, "ESTIMATED_WAIT_TIME") == [{}]
    live.api.sign_in(talk_s=60, acw_s=10)
    assert numbers(live, "ESTIMATED_WAIT_TIME") == [{"ESTIMATED_WAIT_TIME": 70.0}]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Filters": {}}, "InvalidParameterException"),
        ({"Filters": {"Queues": ["none"]}}, "ResourceNotFoundException"),
        ({"Filters": {"AgentStatuses": ["x"]}}, "InvalidParameterException"),
        ({"Groupings": ["MOOD"]}, "InvalidParameterException"),
        ({"Groupings": ["ROUTING_PROFILE"]}, "InvalidParameterException"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(live: Live, more: dict[str, Any], code: str) -> None:
    ask = {"Filters": {"Queues": [live.id("support")]}, "CurrentMetrics": [{"Name": "AGENTS_ONLINE"}], **more}
    assert code_of(live, "GetCurrentMetricData", **ask) == code


def test_a_waiting_contact_is_offered_to_the_agent_who_is_named(live: Live) -> None:
    live.second_queue()
    colleague = live.small.user("wang.wei", live.small.profile("others", ("second", 1, 0)))
    contact_id = live.queued_call()
    ask = {"ContactId": contact_id, "UserId": colleague.id}
    with pytest.raises(Refused) as caught:
        live("AssociateContactWithUser", **ask)
    assert caught.value.code == "InvalidRequestException"
    live.api.ok("POST", "/connect/agents", {"instance": "small", "agents": [{"username": "wang.wei", "person": True}]})
    live("AssociateContactWithUser", **ask)
    assert live.api.ok("GET", f"/connect/calls/{contact_id}")["state"] == "ringing"
    live.api.ok("POST", "/connect/agents/wang.wei/reject", {})
    assert live.api.ok("GET", f"/connect/calls/{contact_id}")["state"] == "queued"
    live.api.sign_in(person=True)
    assert live.api.ok("GET", "/connect/agents/li.na")["contacts"][0]["contact_id"] == contact_id
    with pytest.raises(Refused):
        live("AssociateContactWithUser", **ask)


def current(live: Live, *names: str, **more: Any) -> dict[str, list[float]]:
    """Values by the word of the grouping's dimension."""
    filters = {"Queues": [live.id("support")], **more.pop("filters", {})}
    wanted = [{"Name": name, "Unit": "COUNT"} for name in names]
    rows = live("GetCurrentMetricData", Filters=filters, CurrentMetrics=wanted, **more)["MetricResults"]
    return {str(list(row["Dimensions"].values())[-1:]): [c["Value"] for c in row["Collections"]] for row in rows}


def test_current_metrics_are_parted_by_status_and_by_kind_of_contact(live: Live) -> None:
    live.tasks_too()
    live.api.sign_in(person=True)
    live.api.ok("POST", "/connect/agents/li.na/status", {"status": "Lunch"})
    live.queued_call()
    live("StartTaskContact", Name="t", ContactFlowId=live.queue_flow().id)
    live.run("2026-03-02T01:02:00Z")
    (status, counted), *others = current(live, "AGENTS_ONLINE", Groupings=["AGENT_STATUS"]).items()
    assert (live.id("Lunch") in status, counted, others) == (True, [1.0], [])
    assert current(live, "CONTACTS_IN_QUEUE", Groupings=["SUBTYPE"]) == {
        "['connect:Task']": [1.0],
        "['connect:Telephony']": [1.0],
    }
    only = {"Subtypes": ["connect:Telephony"]}
    assert current(live, "CONTACTS_IN_QUEUE", filters=only) == {"[]": [1.0]}
    nobody = {"AgentStatuses": [live.id("Available")]}
    assert current(live, "AGENTS_ONLINE", "CONTACTS_IN_QUEUE", filters=nobody) == {"[]": [0.0, 2.0]}
    assert current(live, "CONTACTS_IN_QUEUE", Groupings=["VALIDATION_TEST_TYPE"]) == {}


def test_current_metrics_are_parted_by_the_routing_step(live: Live) -> None:
    contact_id = live.queued_call()
    match = {"ComparisonOperator": "Match", "MatchCriteria": {"AgentsCriteria": {"AgentIds": [live.id("li.na")]}}}
    steps = [{"Expression": {"AttributeCondition": match}, "Expiry": {"DurationInSeconds": 600}}]
    live("UpdateContactRoutingData", ContactId=contact_id, RoutingCriteria={"Steps": steps})
    (found,) = current(live, "CONTACTS_IN_QUEUE", Groupings=["ROUTING_STEP_EXPRESSION"])
    assert live.id("li.na") in found
