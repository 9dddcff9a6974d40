"""Contacts searched for through the Amazon Connect API."""

from datetime import timedelta
from typing import Any

from tests.support.connect_calls import refused
from tests.support.connect_world import MONDAY
from tests.support.live_connect import Live


def search(live: Live, **criteria: Any) -> list[str]:
    whole_day = {
        "Type": "INITIATION_TIMESTAMP",
        "StartTime": MONDAY - timedelta(hours=1),
        "EndTime": MONDAY + timedelta(days=1),
    }
    found = live("SearchContacts", TimeRange=whole_day, SearchCriteria=criteria)
    return [one["Id"] for one in found["Contacts"]]


def test_contacts_are_searched_by_what_they_are(live: Live) -> None:
    task = live("StartTaskContact", Name="Parcel lost", ContactFlowId=live.queue_flow().id)["ContactId"]
    call = live.queued_call()
    live("UpdateContactAttributes", InitialContactId=call, Attributes={"tier": "gold"})
    live("TagContact", ContactId=call, Tags={"team": "a"})
    assert set(search(live)) == {call, task}
    assert search(live, Channels=["TASK"]) == [task]
    assert search(live, InitiationMethods=["INBOUND"], QueueIds=[live.id("support")]) == [call]
    assert search(live, Name={"SearchText": ["parcel"], "MatchType": "MATCH_ANY"}) == [task]
    assert search(live, ContactTags={"TagCondition": {"TagKey": "team", "TagValue": "a"}}) == [call]
    gold = {"Criteria": [{"Key": "tier", "Values": ["gold"]}]}
    assert search(live, SearchableContactAttributes={**gold, "MatchType": "MATCH_ALL"}) == [call]
    assert search(live, SearchableContactAttributes={**gold, "MatchType": "MATCH_NONE"}) == [task]
    assert search(live, AgentIds=[live.id("li.na")]) == []


def test_names_match_in_part_or_as_a_whole(live: Live) -> None:
    flow = live.queue_flow().id
    names = ("Lost", "Parcel lost")
    short, long = (live("StartTaskContact", Name=name, ContactFlowId=flow)["ContactId"] for name in names)
    lost = {"SearchText": ["LOST"]}
    assert set(search(live, Name={**lost, "MatchType": "MATCH_ANY"})) == {short, long}
    assert search(live, Name={**lost, "MatchType": "MATCH_EXACT"}) == [short]


def test_contacts_are_searched_by_other_moments_and_by_moments_that_there_are_not(live: Live) -> None:
    due = MONDAY + timedelta(hours=2)
    later = live("StartTaskContact", Name="later", ContactFlowId=live.queue_flow().id, ScheduledTime=due)["ContactId"]
    call = live.queued_call()
    planned = {"TimeRange": {"Type": "SCHEDULED_TIMESTAMP", "StartTime": due, "EndTime": due + timedelta(minutes=1)}}
    going_on = {"TimestampCondition": {"Type": "DISCONNECT_TIMESTAMP", "ConditionType": "NOT_EXISTS"}}
    both = {"Criteria": [planned, going_on]}
    assert search(live, AdditionalTimeRange={**both, "MatchType": "MATCH_ALL"}) == [later]
    assert set(search(live, AdditionalTimeRange={**both, "MatchType": "MATCH_ANY"})) == {later, call}
    assert search(live, ActiveRegions=["eu-west-1"]) == []


def test_contacts_are_searched_by_the_agents_that_their_criteria_prefer(live: Live) -> None:
    call, other = live.queued_call(), live.queued_call()
    match = {"ComparisonOperator": "Match", "MatchCriteria": {"AgentsCriteria": {"AgentIds": [live.id("li.na")]}}}
    steps = [{"Expression": {"AttributeCondition": match}, "Expiry": {"DurationInSeconds": 60}}]
    live("UpdateContactRoutingData", ContactId=call, RoutingCriteria={"Steps": steps})
    asked = {"AgentCriteria": {"AgentIds": [live.id("li.na")], "MatchType": "MATCH_ANY"}}
    assert search(live, RoutingCriteria={"Steps": [asked]}) == [call]
    asked = {"AgentCriteria": {"AgentIds": [live.id("li.na")], "MatchType": "MATCH_NONE"}}
    assert search(live, RoutingCriteria={"Steps": [asked]}) == [other]


def test_what_cannot_be_searched_is_refused_by_name(live: Live) -> None:
    day = {"Type": "INITIATION_TIMESTAMP", "StartTime": MONDAY, "EndTime": MONDAY + timedelta(days=1)}
    wanted = {"AiAgents": {"Criteria": []}}
    refusal = refused(live, "SearchContacts", TimeRange=day, SearchCriteria=wanted)
    assert refusal.code == "InvalidRequestException"
    assert "AiAgents" in refusal.text
    long = {**day, "EndTime": MONDAY + timedelta(days=90)}
    assert refused(live, "SearchContacts", TimeRange=long).code == "InvalidParameterException"


def test_a_search_comes_in_pages_and_in_order(live: Live) -> None:
    ids = [live.api.call(at=f"2026-03-02T01:0{n}:00Z") for n in range(5)]
    live.run()
    day = {"Type": "INITIATION_TIMESTAMP", "StartTime": MONDAY, "EndTime": MONDAY + timedelta(days=1)}
    sort = {"FieldName": "INITIATION_TIMESTAMP", "Order": "ASCENDING"}
    first = live("SearchContacts", TimeRange=day, Sort=sort, MaxResults=3)
    rest = live("SearchContacts", TimeRange=day, Sort=sort, MaxResults=3, NextToken=first["NextToken"])
    assert [one["Id"] for one in first["Contacts"] + rest["Contacts"]] == ids
    assert first["TotalCount"] == 5
