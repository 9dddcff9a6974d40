"""Agents who are persons: everything they do is asked for over the control API."""

from collections.abc import Iterator
from typing import Any

import pytest

from localstack.connect.directory import Document
from tests.support.connect_world import identifier
from tests.support.control_client import Api

LI = "/connect/agents/li.na"


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()
    made.virtual()
    made.sign_in(person=True)
    yield made
    made.control.close()


def ringing(api: Api) -> str:
    """A call that rings at li.na."""
    contact_id = api.call(script=[{"press": "1"}])
    assert api.ok("POST", "/connect/run", {"until": "idle"})["awaiting"] == [contact_id]
    return contact_id


def talking(api: Api) -> str:
    contact_id = ringing(api)
    api.ok("POST", f"{LI}/accept", {})
    api.ok("POST", "/connect/run", {"until": "idle"})
    return contact_id


def states(screen: Any) -> list[str]:
    return [contact["state"] for contact in screen["contacts"]]


def test_the_world_stands_still_until_the_agent_decides(api: Api) -> None:
    contact_id = ringing(api)
    screen = api.ok("GET", LI)
    assert states(screen) == ["CONNECTING"]
    assert screen["contacts"][0]["contact_id"] == contact_id
    assert api.ok("POST", "/connect/run", {"until": "idle"})["awaiting"] == [contact_id]
    assert states(api.ok("POST", f"{LI}/accept", {})) == ["CONNECTED"]
    assert api.ok("POST", "/connect/run", {"until": "idle"})["idle"] is True


def test_a_call_from_accept_to_the_end_of_after_contact_work(api: Api) -> None:
    contact_id = talking(api)
    assert states(api.ok("POST", f"{LI}/hold", {})) == ["CONNECTED_ONHOLD"]
    assert states(api.ok("POST", f"{LI}/resume", {})) == ["CONNECTED"]
    assert states(api.ok("POST", f"{LI}/hang-up", {"contact_id": contact_id})) == ["ENDED"]
    assert api.ok("GET", f"/connect/calls/{contact_id}")["ended"] is False
    assert states(api.ok("POST", f"{LI}/close", {"instance": "small"})) == []
    api.ok("POST", "/connect/run", {"until": "idle"})
    assert [record["Agent"]["NumberOfHolds"] for record in api.small.cloud.records] == [1]


@pytest.mark.parametrize("deed", ["reject", "miss"])
def test_a_missed_call_stays_on_the_screen_until_it_is_cleared(api: Api, deed: str) -> None:
    ringing(api)
    assert states(api.ok("POST", f"{LI}/{deed}", {})) == ["MISSED"]
    api.ok("POST", "/connect/run", {"until": "idle"})
    assert states(api.ok("GET", LI)) == ["MISSED"]
    assert states(api.ok("POST", f"{LI}/clear", {})) == ["CONNECTING"]


def test_a_status_waits_for_the_end_of_the_call(api: Api) -> None:
    talking(api)
    screen = api.ok("POST", f"{LI}/status", {"status": "Lunch"})
    assert (screen["status"], screen["next_status"]) == ("Available", "Lunch")
    api.ok("POST", f"{LI}/hang-up", {})
    screen = api.ok("POST", f"{LI}/close", {})
    assert (screen["status"], screen["next_status"]) == ("Lunch", None)


def test_transfers_are_made_by_queue_agent_or_quick_connect(api: Api) -> None:
    small = api.small
    small.queue("experts")
    flow = small.flow("to experts", *_straight(), kind="QUEUE_TRANSFER")
    config = {"QueueConfig": {"QueueId": identifier("experts"), "ContactFlowId": flow.id}}
    body = {"QuickConnectConfig": {"QuickConnectType": "QUEUE", **config}}
    small.put(Document(id="qc", arn="", name="Experts", kind="transfer-destination", body=body))
    small.queue("support", quick_connect_ids=("qc",))
    contact_id = talking(api)
    for to in ({"queue": "experts"}, {"agent": "li.na"}, {"quick_connect": "Experts"}):
        screen = api.ok("POST", f"{LI}/transfer", to)
        assert screen["contacts"][0]["transfer"]["state"] == "queued"
        assert states(screen) == ["CONNECTED_ONHOLD"]
        screen = api.ok("POST", f"{LI}/cancel-transfer", {})
        assert (states(screen), screen["contacts"][0]["transfer"]) == (["CONNECTED"], None)
    told = api.ok("GET", f"/connect/calls/{contact_id}")
    assert told["state"] == "connected"
    assert len(told["segments"]) == 4


def _straight() -> tuple[dict[str, Any], ...]:
    return ({"Identifier": "go", "Type": "TransferContactToQueue", "Parameters": {}, "Transitions": {}},)


def test_leaving_a_transfer_sends_the_caller_on(api: Api) -> None:
    api.small.queue("experts")
    contact_id = talking(api)
    api.ok("POST", f"{LI}/transfer", {"queue": "experts"})
    status, answer = api.ask("POST", f"{LI}/conference", {})
    assert (status, answer["error"]) == (409, "the other party is not on the line yet")
    assert states(api.ok("POST", f"{LI}/leave", {})) == ["ENDED"]
    told = api.ok("GET", f"/connect/calls/{contact_id}")
    assert told["state"] == "queued"
    api.ok("POST", f"/connect/calls/{contact_id}/hang-up")
    assert api.ok("GET", f"/connect/calls/{contact_id}")["state"] == "ended"


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("/connect/agents/nobody/accept", {}, 404, "there is no user nobody"),
        (f"{LI}/accept", {}, 409, "accept fits 0 contacts of li.na: name one by contact_id"),
        (f"{LI}/accept", {"contact_id": "x"}, 404, "li.na has no contact x"),
        (f"{LI}/accept", {"instance": "nowhere"}, 404, "there is no instance nowhere"),
        (f"{LI}/accept", {"contact_id": 5}, 400, "contact_id is 5, expected str"),
        (f"{LI}/status", {"status": "Asleep"}, 404, "there is no agent status Asleep"),
        (f"{LI}/status", {}, 400, "status is missing"),
        (f"{LI}/dance", {}, 404, "there is no /_trunkline/connect/agents/li.na/dance"),
        ("/connect/agents", {"instance": "small", "agents": [{"username": "li.na", "person": 1}]}, 400,
         "person is 1, expected bool"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(api: Api, path: str, body: Any, status: int, error: str) -> None:
    assert api.ask("POST", path, body) == (status, {"error": error})


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"queue": "a", "agent": "b"}, 400), ({"queue": "nope"}, 404), ({"quick_connect": "nope"}, 404)],
)
def test_a_transfer_needs_one_destination_that_exists(api: Api, body: Any, status: int) -> None:
    talking(api)
    assert api.ask("POST", f"{LI}/transfer", body)[0] == status


@pytest.mark.parametrize("deed", ["hold", "hang-up", "close", "clear", "leave", "cancel-transfer", "resume"])
def test_a_deed_at_the_wrong_moment_is_refused(api: Api, deed: str) -> None:
    contact_id = ringing(api)
    status, answer = api.ask("POST", f"{LI}/{deed}", {"contact_id": contact_id})
    assert (status, bool(answer["error"])) == (409, True)
    assert states(api.ok("GET", LI)) == ["CONNECTING"]


def test_an_agent_who_is_not_signed_in_can_do_nothing(api: Api) -> None:
    api.small.user("away", next(iter(api.small.instance.routing_profiles.values())))
    assert api.ask("GET", "/connect/agents/away") == (404, {"error": "away is not signed in"})


def test_an_agent_dials_and_talks(api: Api) -> None:
    callee = {"answers": ["answer"], "ring_s": 4}
    screen = api.ok("POST", f"{LI}/dial", {"to": "+8613900000001", "from": "+862155360100", "callee": callee})
    assert (states(screen), screen["contacts"][0]["customer"]) == (["CONNECTING"], "+8613900000001")
    api.ok("POST", "/connect/run", {"until": "idle"})
    assert states(api.ok("GET", LI)) == ["CONNECTED"]
    assert states(api.ok("POST", f"{LI}/hang-up", {})) == ["ENDED"]


@pytest.mark.parametrize("callee", [{"answers": ["maybe"]}, {"answers": []}, {"ring_s": -1}, []])
def test_a_callee_is_read_strictly(api: Api, callee: Any) -> None:
    body = {"to": "+8613900000001", "from": "+862155360100", "callee": callee}
    assert api.ask("POST", f"{LI}/dial", body)[0] == 400
