"""Supervisors who listen to calls and barge in (MonitorContact)."""

from typing import Any

import pytest

from tests.support.connect_calls import refused
from tests.support.connect_world import CALLER
from tests.support.live_connect import Live

ENHANCED = "ENHANCED_CONTACT_MONITORING"
BOTH = ["SILENT_MONITOR", "BARGE"]


class Desk:
    """A call between a caller and li.na, who is a person, and zhou, a supervisor who serves no queue."""

    def __init__(self, live: Live) -> None:
        self.live = live
        small = live.small
        live.second_queue()
        none = small.profile("supervisors", ("second", 1, 0))
        self.user = small.user("zhou", none)
        self.sign_in("zhou")
        live.api.sign_in(person=True)
        self.call = live.queued_call()
        self.agent("li.na", "accept")
        live.run("2026-03-02T01:02:00Z")

    def sign_in(self, username: str) -> None:
        agents = [{"username": username, "person": True}]
        self.live.api.ok("POST", "/connect/agents", {"instance": "small", "agents": agents})

    def agent(self, username: str, deed: str, **body: Any) -> Any:
        return self.live.api.ok("POST", f"/connect/agents/{username}/{deed}", body)

    def conflict(self, username: str, deed: str, **body: Any) -> str:
        status, answer = self.live.api.ask("POST", f"/connect/agents/{username}/{deed}", body)
        assert status == 409, answer
        return str(answer["error"])

    def monitor(self, **more: Any) -> str:
        asked = {"ContactId": self.call, "UserId": self.user.id, **more}
        return str(self.live("MonitorContact", **asked)["ContactId"])

    def enhanced(self) -> None:
        self.live("UpdateInstanceAttribute", AttributeType=ENHANCED, Value="true")

    def record(self, contact_id: str) -> dict[str, Any]:
        self.live.run()
        (record,) = self.live.record(contact_id)
        return record


@pytest.fixture
def desk(live: Live) -> Desk:
    return Desk(live)


def test_a_supervisor_listens_until_the_call_is_over(desk: Desk) -> None:
    monitor = desk.monitor()
    screen = desk.live.api.ok("GET", "/connect/agents/zhou")
    assert [(one["contact_id"], one["state"]) for one in screen["contacts"]] == [(monitor, "CONNECTED")]
    desk.live.run("2026-03-02T01:03:00Z")
    desk.agent("li.na", "hang-up")
    desk.agent("li.na", "close")
    record = desk.record(monitor)
    assert (record["InitiationMethod"], record["Channel"], record["DisconnectReason"]) == (
        "MONITOR", "VOICE", "AGENT_DISCONNECT",
    )  # fmt: skip
    assert (record["PreviousContactId"], record["InitialContactId"]) == (desk.call, desk.call)
    assert record["CustomerEndpoint"]["Address"] == CALLER
    assert (record["Agent"]["Username"], record["Agent"]["AfterContactWorkDuration"]) == ("zhou", 0)
    assert record["Queue"] is None
    assert record["Agent"]["StateTransitions"] == [
        {
            "state": "SILENT_MONITOR",
            "stateStartTimestamp": "2026-03-02T01:02:00Z",
            "stateEndTimestamp": "2026-03-02T01:03:00Z",
        }
    ]
    watched = desk.record(desk.call)
    assert (watched["NextContactId"], watched["Agent"]["StateTransitions"]) == (None, None)
    assert desk.live.api.ok("GET", "/connect/agents/zhou")["contacts"] == []


def test_a_supervisor_leaves_and_the_call_goes_on(desk: Desk) -> None:
    monitor = desk.monitor()
    desk.agent("zhou", "hang-up")
    desk.live.run("2026-03-02T01:04:00Z")
    assert desk.live.api.ok("GET", f"/connect/calls/{desk.call}")["state"] == "connected"
    assert desk.record(monitor)["DisconnectReason"] == "AGENT_DISCONNECT"
    desk.live("StopContact", ContactId=desk.monitor())
    assert desk.live.api.ok("GET", f"/connect/calls/{desk.call}")["state"] == "connected"


def test_a_supervisor_barges_in_and_goes_back_to_listening(desk: Desk) -> None:
    desk.enhanced()
    monitor = desk.monitor(AllowedMonitorCapabilities=BOTH)
    desk.agent("zhou", "barge")
    assert "already" in desk.conflict("zhou", "barge")
    desk.live.run("2026-03-02T01:03:00Z")
    desk.agent("zhou", "listen")
    assert "listens only" in desk.conflict("zhou", "listen")
    told = desk.live.api.ok("GET", f"/connect/calls/{desk.call}")["events"]
    assert [one["text"] for one in told if one["kind"] == "monitoring"] == [
        "zhou listens", "zhou barges in", "zhou listens only",
    ]  # fmt: skip
    desk.agent("li.na", "hang-up")
    states = [one["state"] for one in desk.record(monitor)["Agent"]["StateTransitions"]]
    assert states == ["SILENT_MONITOR", "BARGE", "SILENT_MONITOR"]


def test_whoever_has_barged_in_is_a_party_of_the_call(desk: Desk) -> None:
    desk.enhanced()
    desk.monitor(AllowedMonitorCapabilities=BOTH)
    desk.agent("zhou", "barge")
    to = {"number": "+8613800000007"}
    assert "at most 3 parties" in desk.conflict("li.na", "transfer", **to)
    desk.agent("zhou", "listen")
    desk.agent("li.na", "transfer", **to)
    desk.live.run("2026-03-02T01:03:00Z")
    desk.agent("li.na", "conference")
    assert "at most 3 parties" in desk.conflict("zhou", "barge")


def test_only_one_barges_in_and_only_with_leave(desk: Desk) -> None:
    desk.enhanced()
    second = desk.live.small.user("wu", desk.live.small.profile("supervisors", ("second", 1, 0)))
    desk.sign_in("wu")
    desk.monitor(AllowedMonitorCapabilities=BOTH)
    desk.monitor(UserId=second.id, AllowedMonitorCapabilities=["SILENT_MONITOR"])
    assert "listen only" in desk.conflict("wu", "barge")
    third = desk.live.small.user("xu", desk.live.small.profile("supervisors", ("second", 1, 0)))
    desk.sign_in("xu")
    desk.monitor(UserId=third.id, AllowedMonitorCapabilities=BOTH)
    desk.agent("zhou", "barge")
    assert "another supervisor" in desk.conflict("xu", "barge")


def test_a_supervisor_who_listens_can_do_nothing_else_with_the_call(desk: Desk) -> None:
    desk.monitor()
    assert "cannot hold" in desk.conflict("zhou", "hold")
    assert "cannot transfer" in desk.conflict("zhou", "transfer", number="+8613800000007")


def test_listening_is_no_call_of_its_own(desk: Desk) -> None:
    desk.live.api.ok("POST", "/connect/limits", {"quotas": True, "concurrent_calls": 2})
    desk.monitor()
    other = desk.live.api.call(script=[])
    desk.live.run("2026-03-02T01:02:01Z")
    assert "refused" not in [one["kind"] for one in desk.live.api.ok("GET", f"/connect/calls/{other}")["events"]]


def test_no_more_than_five_listen(desk: Desk) -> None:
    profile = desk.live.small.profile("supervisors", ("second", 1, 0))
    for n in range(5):
        user = desk.live.small.user(f"s{n}", profile)
        desk.sign_in(f"s{n}")
        desk.monitor(UserId=user.id)
    refusal = refused(desk.monitor)
    assert refusal.code == "ServiceQuotaExceededException"
    assert "5 users" in refusal.text


def test_what_cannot_be_listened_to_is_refused_by_name(desk: Desk) -> None:
    small = desk.live.small
    away = small.user("away", small.profile("supervisors", ("second", 1, 0)))
    li = desk.live.id("li.na")
    refusal = refused(desk.monitor, UserId=li)
    assert refusal.code == "InvalidRequestException"
    assert "is the agent" in refusal.text
    refusal = refused(desk.monitor, UserId=away.id)
    assert refusal.code == "InvalidRequestException"
    assert "not signed in" in refusal.text
    refusal = refused(desk.monitor, AllowedMonitorCapabilities=BOTH)
    assert refusal.code == "InvalidRequestException"
    assert ENHANCED in refusal.text
    refusal = refused(desk.monitor, AllowedMonitorCapabilities=["SHOUT"])
    assert refusal.code == "InvalidRequestException"
    assert "SHOUT" in refusal.text
    assert refused(desk.monitor, ContactId="nobody").code == "ResourceNotFoundException"
    assert refused(desk.monitor, UserId="nobody").code == "ResourceNotFoundException"
    monitor = desk.monitor()
    refusal = refused(desk.monitor, ContactId=monitor)
    assert refusal.code == "InvalidRequestException"
    assert "no call" in refusal.text
    refusal = refused(desk.monitor)
    assert refusal.code == "InvalidRequestException"
    assert "free line" in refusal.text
    desk.enhanced()
    refusal = refused(desk.monitor)
    assert refusal.code == "InvalidRequestException"
    assert "is needed" in refusal.text
    desk.agent("li.na", "hang-up")
    gone = {"AllowedMonitorCapabilities": ["SILENT_MONITOR"]}
    refusal = refused(desk.monitor, **gone)
    assert refusal.code == "InvalidRequestException"
    assert "not connected" in refusal.text


def test_a_supervisor_disconnects_the_agent_and_goes_on_with_the_caller(desk: Desk) -> None:
    desk.enhanced()
    monitor = desk.monitor(AllowedMonitorCapabilities=BOTH)
    assert "listens only" in desk.conflict("zhou", "take-over")
    desk.agent("zhou", "barge")
    desk.live.run("2026-03-02T01:03:00Z")
    desk.agent("zhou", "take-over")
    desk.agent("li.na", "close")
    told = desk.live.api.ok("GET", f"/connect/calls/{desk.call}")
    assert (told["state"], told["segments"]) == ("connected", [desk.call, monitor])
    desk.agent("zhou", "hold")
    desk.live.run("2026-03-02T01:04:00Z")
    desk.agent("zhou", "resume")
    desk.live.api.ok("POST", f"/connect/calls/{desk.call}/hang-up", {})
    screen = desk.live.api.ok("GET", "/connect/agents/zhou")
    assert [one["state"] for one in screen["contacts"]] == ["ENDED"], "he has talked to the caller, and writes it up"
    desk.agent("zhou", "close")
    watched, record = desk.record(desk.call), desk.record(monitor)
    assert (watched["DisconnectReason"], watched["DisconnectTimestamp"]) == ("BARGED", "2026-03-02T01:03:00Z")
    assert (record["DisconnectReason"], record["InitiationMethod"]) == ("CUSTOMER_DISCONNECT", "MONITOR")
    assert (record["Agent"]["NumberOfHolds"], record["Agent"]["CustomerHoldDuration"]) == (1, 60)


def test_a_supervisor_who_has_barged_in_stays_when_the_agent_leaves(desk: Desk) -> None:
    desk.enhanced()
    monitor = desk.monitor(AllowedMonitorCapabilities=BOTH)
    desk.agent("zhou", "barge")
    desk.agent("li.na", "hang-up")
    assert desk.live.api.ok("GET", f"/connect/calls/{desk.call}")["state"] == "connected"
    desk.agent("zhou", "transfer", queue="second")
    desk.agent("zhou", "leave")
    assert desk.live.api.ok("GET", f"/connect/calls/{desk.call}")["state"] == "queued"
    desk.live.api.ok("POST", f"/connect/calls/{desk.call}/hang-up", {})
    for username in ("li.na", "zhou"):
        desk.agent(username, "close")
    assert desk.record(desk.call)["DisconnectReason"] == "AGENT_DISCONNECT"
    assert desk.record(monitor)["DisconnectReason"] == "AGENT_DISCONNECT"


def test_another_supervisor_listens_to_the_one_who_has_taken_over(desk: Desk) -> None:
    desk.enhanced()
    monitor = desk.monitor(AllowedMonitorCapabilities=BOTH)
    desk.agent("zhou", "barge")
    desk.agent("zhou", "take-over")
    desk.agent("li.na", "close")
    second = desk.live.small.user("wu", desk.live.small.profile("supervisors", ("second", 1, 0)))
    desk.sign_in("wu")
    asked = {"ContactId": monitor, "UserId": second.id, "AllowedMonitorCapabilities": ["SILENT_MONITOR"]}
    above = desk.live("MonitorContact", **asked)["ContactId"]
    desk.agent("zhou", "hang-up")
    desk.agent("zhou", "close")
    assert desk.record(above)["PreviousContactId"] == monitor
    assert desk.record(above)["DisconnectReason"] == "AGENT_DISCONNECT"
