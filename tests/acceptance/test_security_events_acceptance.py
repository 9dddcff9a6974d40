"""Log-ins and changes with AWS's own tools are in the audit trail (SEC-03)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.audit import events
from chalicelib.platform.dynamo import decode
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.platform.fields import Unusable
from tests.support.fake_dynamo import FakeDynamo, failure
from tests.support.rest import USER, get
from tests.support.rest_table import rest_table

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
OFFICER = {**USER, "cognito:username": "zhou", "cognito:groups": "compliance-officer"}
LEADER = {**USER, "cognito:username": "wang", "cognito:groups": "team-leader"}


@dataclass(frozen=True)
class Context:
    """What Lambda tells of an invocation."""

    aws_request_id: str = "r-1"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the tables of hrgroup."""
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path, now=MONDAY) as kept:
        yield kept


def login(source: str = "TokenGeneration_Authentication", groups: tuple[str, ...] = ("agent",)) -> dict[str, Any]:
    """Return the event of a pool that is about to give a token, in its first version."""
    return {
        "version": "1",
        "triggerSource": source,
        "region": "eu-central-1",
        "userPoolId": "eu-central-1_pool",
        "userName": "li.na",
        "callerContext": {"awsSdkVersion": "1", "clientId": "client-1"},
        "request": {
            "userAttributes": {"sub": "u-1", "custom:tenant": "hrgroup", "email": "li.na@example.org"},
            "groupConfiguration": {"groupsToOverride": list(groups), "iamRolesToOverride": [], "preferredRole": None},
        },
        "response": {"claimsOverrideDetails": None},
    }


def told(name: str, service: str = "cognito-idp", *, error: str = "", **parameters: Any) -> dict[str, Any]:
    """Return an event of EventBridge with what CloudTrail tells of one operation."""
    return {
        "version": "0",
        "source": f"aws.{service}",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventVersion": "1.10",
            "userIdentity": {
                "type": "AssumedRole",
                "principalId": "AROAX:wang",
                "arn": "arn:aws:sts::123456789012:assumed-role/Operators/wang",
            },
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "sourceIPAddress": "198.51.100.4",
            "requestParameters": parameters or None,
            "requestID": "req-1",
            "eventID": "ev-1",
            **({"errorCode": error} if error else {}),
        },
    }


def entries(table: FakeDynamo) -> list[Mapping[str, Any]]:
    """Return what stands in the trail."""
    return [decode(item) for (pk, _), item in sorted(table.items.items()) if "#AUDIT#" in pk]


def test_a_log_in_is_in_the_trail_before_there_is_a_token_and_the_event_goes_back_unchanged(table: FakeDynamo) -> None:
    event = login()
    assert events.note_security_events(event, Context()) == login()
    (entry,) = entries(table)
    assert (entry["actor"], entry["action"], entry["outcome"]) == ("li.na", "log-in", "done")
    assert entry["roles"] == ["agent"]
    assert entry["facts"] == {"how": "TokenGeneration_Authentication", "client": "client-1"}
    assert "li.na@example.org" not in json.dumps(entry, default=str)


def test_a_renewed_token_is_told_apart_from_a_log_in(table: FakeDynamo) -> None:
    events.note_security_events(login("TokenGeneration_RefreshTokens"), Context())
    assert [entry["action"] for entry in entries(table)] == ["log-in.renew"]


def test_there_is_no_token_without_its_entry(table: FakeDynamo) -> None:
    def refuse(_: str) -> None:
        raise failure("AccessDeniedException")

    table.before = refuse
    with pytest.raises(StoreUnavailable):
        events.note_security_events(login(), Context())


def test_a_change_of_somebodys_groups_is_in_the_trail_with_who_made_it(table: FakeDynamo) -> None:
    event = told("AdminAddUserToGroup", username="li.na", groupName="compliance-officer", userPoolId="p")
    events.note_security_events(event, Context())
    (entry,) = entries(table)
    assert entry["actor"].endswith("Operators/wang")
    assert (entry["action"], entry["resource"]) == ("aws.cognito-idp.AdminAddUserToGroup", "users/li.na")
    assert json.loads(entry["after"])["groupName"] == "compliance-officer"
    assert (entry["source"], entry["facts"]["event"]) == ("198.51.100.4", "ev-1")


def test_a_failed_log_in_is_a_refused_one(table: FakeDynamo) -> None:
    event = told("InitiateAuth", error="NotAuthorizedException", clientId="c", authParameters={"PASSWORD": "hunter2"})
    events.note_security_events(event, Context())
    (entry,) = entries(table)
    assert (entry["action"], entry["outcome"], entry["facts"]["reason"]) == (
        *("log-in", "refused"),
        "NotAuthorizedException",
    )


def test_no_secret_of_a_request_gets_into_the_trail(table: FakeDynamo) -> None:
    event = told("AdminSetUserPassword", username="li.na", password="hunter2", clientSecret="s3cret")
    events.note_security_events(event, Context())
    assert "hunter2" not in str(entries(table))
    assert "s3cret" not in str(entries(table))


def test_a_change_of_the_instance_past_our_flows_is_in_the_trail(table: FakeDynamo) -> None:
    event = told("UpdateContactFlowContent", "connect", InstanceId="i-1", ContactFlowId="f-1", Content="{}" * 4_000)
    events.note_security_events(event, Context())
    (entry,) = entries(table)
    assert (entry["action"], entry["resource"]) == ("aws.connect.UpdateContactFlowContent", "connect/f-1")
    assert json.loads(entry["after"])["size_bytes"] > 8_000, "a large change is kept by size and digest"


@pytest.mark.parametrize("event", [{}, {"detail": None}, {"detail": {"eventSource": "x"}}])
def test_what_is_neither_is_refused_loudly(table: FakeDynamo, event: dict[str, Any]) -> None:
    with pytest.raises(Unusable):
        events.note_security_events(event, Context())
    assert entries(table) == []


def test_a_compliance_officer_finds_log_ins_of_the_tenant_page_by_page(table: FakeDynamo) -> None:
    for _ in range(5):
        events.note_security_events(login(), Context())
    now = decode(next(iter(table.items.values())))["at"]
    period = {"from": f"{now[:10]}T00:00:00Z", "to": f"{now[:10]}T23:59:59.999Z", "actor": "li.na", "limit": "2"}
    found, cursor = [], None
    while True:
        query = {**period, **({"cursor": cursor} if cursor else {})}
        status, page = get(app.app, "/v1/audit", query=query, claims=OFFICER)
        assert status == 200
        found += [entry["number"] for entry in page["entries"]]
        if (cursor := page["cursor"]) is None:
            break
    assert found == [5, 4, 3, 2, 1]


@pytest.mark.req("SEC-03")
def test_the_trail_answers_by_kind_actor_object_and_time_and_a_platform_operator_sees_no_content(
    table: FakeDynamo,
) -> None:
    for _ in range(2):
        events.note_security_events(login(), Context())
    for query in ({"number": "+8613800138000"}, {"name": "Wang"}):
        assert get(app.app, "/v1/customers", query=query, claims=LEADER)[0] == 200
    now = decode(next(iter(table.items.values())))["at"]
    day = {"from": f"{now[:10]}T00:00:00Z", "to": f"{now[:10]}T23:59:59.999Z"}

    def found(claims: dict[str, str] = OFFICER, **query: str) -> list[dict[str, Any]]:
        status, page = get(app.app, "/v1/audit", query={**day, **query}, claims=claims)
        assert status == 200, page
        return list(page["entries"])

    assert [one["actor"] for one in found(action="log-in")] == ["li.na", "li.na"]
    assert [one["actor"] for one in found(action="customers")] == ["wang", "wang"]
    assert [one["facts"] for one in found(action="customers.search", actor="wang", resource="customers")] == [
        {"name": "Wang"},
        {"number": "+8613800138000"},
    ]
    assert found(action="customers", actor="li.na") == []
    assert found(action="custom") == []
    operator = {**OFFICER, "cognito:username": "op", "cognito:groups": "platform-operator"}
    (last, first) = found(operator, action="customers.search")
    assert (last["redacted"], last["facts"], first["facts"]) == (True, {"name": "***"}, {"number": "***"})
    assert not any(one["redacted"] for one in found(action="customers"))
    assert get(app.app, "/v1/audit", query={**day, "action": "no kind!"}, claims=OFFICER)[0] == 400
