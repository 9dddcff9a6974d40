"""Tasks through the Amazon Connect API: paused, resumed, expiring, and made by templates."""

from typing import Any

import pytest

from tests.support.connect_calls import refused
from tests.support.live_connect import Live

FIELDS = [{"Id": {"Name": "Name"}, "Type": "NAME"}, {"Id": {"Name": "Order"}, "Type": "NUMBER"}]


def taken(live: Live) -> str:
    """A task that a person has accepted."""
    live.tasks_too()
    live.api.sign_in(person=True)
    contact_id = str(live("StartTaskContact", Name="Parcel", ContactFlowId=live.queue_flow().id)["ContactId"])
    live.run()
    live.api.ok("POST", "/connect/agents/li.na/accept", {})
    return contact_id


def test_a_task_is_paused_and_resumed(live: Live) -> None:
    contact_id = taken(live)
    assert refused(live, "ResumeContact", ContactId=contact_id).code == "ConflictException"
    live("PauseContact", ContactId=contact_id)
    (shown,) = live.api.ok("GET", "/connect/agents/li.na")["contacts"]
    assert shown["state"] == "PAUSED"
    assert refused(live, "PauseContact", ContactId=contact_id).code == "ConflictException"
    live("ResumeContact", ContactId=contact_id)
    live.api.ok("POST", "/connect/agents/li.na/pause", {})
    live.api.ok("POST", "/connect/agents/li.na/resume", {})
    described = live("DescribeContact", ContactId=contact_id)["Contact"]
    assert described["TotalPauseCount"] == 2
    assert described["TotalPauseDurationInSeconds"] == 0


def test_only_tasks_are_paused(live: Live) -> None:
    call = live.queued_call()
    assert refused(live, "PauseContact", ContactId=call).code == "InvalidRequestException"
    assert refused(live, "PauseContact", ContactId="nobody").code == "ResourceNotFoundException"


def expiry(minutes: int) -> dict[str, Any]:
    return {"connect:ContactExpiry": {"ValueMap": {"ExpiryDuration": {"ValueInteger": minutes}}}}


def test_a_task_may_be_given_another_life(live: Live) -> None:
    flow = live.queue_flow().id
    made = live("StartTaskContact", Name="Soon", ContactFlowId=flow, SegmentAttributes=expiry(5))["ContactId"]
    live.run("2026-03-02T01:06:00Z")
    assert live.record(made)[0]["DisconnectReason"] == "EXPIRED"
    wrong = {"Name": "n", "ContactFlowId": flow, "SegmentAttributes": expiry(0)}
    assert refused(live, "StartTaskContact", **wrong).code == "InvalidParameterException"


def template(live: Live, **more: Any) -> str:
    body = {"Name": "Complaint", "ContactFlowId": live.queue_flow().id, "Fields": FIELDS, **more}
    return str(live("CreateTaskTemplate", **body)["Id"])


def test_a_template_is_made_shown_changed_and_deleted(live: Live) -> None:
    template_id = template(live, Constraints={"RequiredFields": [{"Id": {"Name": "Order"}}]})
    shown = live("GetTaskTemplate", TaskTemplateId=template_id)
    assert (shown["Name"], shown["Status"], shown["Fields"]) == ("Complaint", "ACTIVE", FIELDS)
    live("UpdateTaskTemplate", TaskTemplateId=template_id, Status="INACTIVE")
    assert live("ListTaskTemplates", Status="ACTIVE")["TaskTemplates"] == []
    assert [one["Id"] for one in live("ListTaskTemplates", Name="Complaint")["TaskTemplates"]] == [template_id]
    assert refused(live, "CreateTaskTemplate", Name="Complaint", Fields=FIELDS).code == "InvalidParameterException"
    live("DeleteTaskTemplate", TaskTemplateId=template_id)
    assert refused(live, "GetTaskTemplate", TaskTemplateId=template_id).code == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("PropertyValidationException", {"Fields": [*FIELDS, FIELDS[0]]}),
        ("PropertyValidationException", {"Constraints": {"RequiredFields": [{"Id": {"Name": "Nothing"}}]}}),
        ("InvalidParameterException", {"ContactHooks": {"WrapUpFlowId": "f"}}),
        ("ResourceNotFoundException", {"ContactFlowId": "nowhere"}),
    ],
)
def test_a_template_that_makes_no_sense_is_refused(live: Live, code: str, more: dict[str, Any]) -> None:
    assert refused(live, "CreateTaskTemplate", **{"Name": "n", "Fields": FIELDS, **more}).code == code


def test_a_task_is_made_by_a_template(live: Live) -> None:
    template_id = template(live, Constraints={"RequiredFields": [{"Id": {"Name": "Order"}}]})
    asked = {"Name": "Order 7", "TaskTemplateId": template_id}
    refusal = refused(live, "StartTaskContact", **asked)
    assert refusal.code == "InvalidRequestException"
    assert "asks for Order" in refusal.text
    order = {"Order": {"Type": "NUMBER", "Value": "7"}}
    made = live("StartTaskContact", **asked, References=order)["ContactId"]
    live.run()
    live("StopContact", ContactId=made)
    live.run()
    record = live.record(made)[0]
    assert record["TaskTemplateInfo"]["Name"] == "Complaint"
    assert record["References"] == [{"Name": "Order", "Type": "NUMBER", "Value": "7"}]
    both = {**asked, "ContactFlowId": live.queue_flow().id}
    assert refused(live, "StartTaskContact", **both).code == "InvalidRequestException"
