"""Websockets of chats: who may open one, what is told on it, and what ends it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from localstack.connect.api_engine import Engine
from localstack.connect.participant_sockets import ParticipantSockets
from tests.support.connect_calls import Refused
from tests.support.connect_world import identifier, say, to_queue
from tests.support.live_connect import Live
from tests.support.participant_calls import Participants
from tests.support.websocket_client import SocketClient

PLAIN, EVENT = "text/plain", "application/vnd.amazonaws.connect.event."
BOTH = ["WEBSOCKET", "CONNECTION_CREDENTIALS"]


class Desk:
    """A live API with a chat flow, an agent who is a person, and customers with websockets."""

    def __init__(self, live: Live) -> None:
        self.live = live
        live.small.profile("support", ("support", 1, 0), concurrency={"VOICE": 1, "CHAT": 3})
        live.small.flow("chat", say("hello", "Welcome", "set"), *to_queue("support"))
        engine = live.connect.engine
        assert isinstance(engine, Engine)
        self.engine = engine
        self.participant = Participants(engine)
        self.sockets = ParticipantSockets(engine)
        self.open: list[SocketClient] = []
        live.api.sign_in(person=True)

    def start(self) -> dict[str, Any]:
        wanted = {"ContactFlowId": identifier("chat"), "ParticipantDetails": {"DisplayName": "Mei"}}
        return self.live("StartChatContact", **wanted)

    def connect(self, made: dict[str, Any], *kinds: str, **more: Any) -> dict[str, Any]:
        asked = {"ParticipantToken": made["ParticipantToken"], "Type": list(kinds or BOTH), **more}
        return self.participant("CreateParticipantConnection", **asked)

    def socket(self, connection: dict[str, Any]) -> SocketClient:
        self.open.append(SocketClient(self.sockets, connection["Websocket"]["Url"]))
        return self.open[-1]

    def talking(self) -> tuple[dict[str, Any], str, SocketClient]:
        """(what StartChatContact answered, connection token, subscribed websocket) of a chat with an agent."""
        made = self.start()
        connection = self.connect(made)
        socket = self.socket(connection)
        assert socket.subscribe()["content"]["status"] == "success"
        self.live.run()
        self.agent("accept")
        while socket.line().get("ParticipantRole") != "AGENT":
            pass
        return made, connection["ConnectionCredentials"]["ConnectionToken"], socket

    def agent(self, deed: str, **body: Any) -> Any:
        return self.live.api.ok("POST", f"/connect/agents/li.na/{deed}", body)


@pytest.fixture
def desk(live: Live) -> Iterator[Desk]:
    made = Desk(live)
    yield made
    for socket in made.open:
        socket.close()


def test_the_address_is_on_our_endpoint_and_good_for_a_day(desk: Desk) -> None:
    socket = desk.connect(desk.start(), "WEBSOCKET")
    assert set(socket) == {"Websocket"}
    assert socket["Websocket"]["Url"].startswith("ws://127.0.0.1:4566/participant/websocket/")
    assert socket["Websocket"]["ConnectionExpiry"] == "2026-03-03T01:00:00.000Z"
    assert set(desk.connect(desk.start())) == {"Websocket", "ConnectionCredentials"}


def test_the_flow_begins_when_the_customer_has_subscribed_and_the_customer_hears_all_of_it(desk: Desk) -> None:
    made = desk.start()
    socket = desk.socket(desk.connect(made))
    assert desk.live.api.ok("GET", f"/connect/calls/{made['ContactId']}")["state"] == "connecting"
    assert socket.subscribe() == {"topic": "aws/subscribe", "content": {"status": "success", "topics": ["aws/chat"]}}
    desk.live.run()
    joined, hello = socket.line(), socket.line()
    assert (joined["Type"], joined["ContentType"]) == ("EVENT", f"{EVENT}participant.joined")
    assert (joined["ParticipantRole"], joined["DisplayName"]) == ("CUSTOMER", "Mei")
    assert (hello["Type"], hello["ContentType"], hello["Content"]) == ("MESSAGE", PLAIN, "Welcome")
    assert (hello["ParticipantRole"], hello["ContactId"]) == ("SYSTEM", made["ContactId"])
    assert hello["InitialContactId"] == made["ContactId"]


def test_with_connect_participant_or_without_a_websocket_the_flow_begins_at_once(desk: Desk) -> None:
    for kinds, more in ((BOTH, {"ConnectParticipant": True}), (BOTH[1:], {})):
        made = desk.start()
        desk.connect(made, *kinds, **more)
        assert desk.live.api.ok("GET", f"/connect/calls/{made['ContactId']}")["state"] != "connecting"


def test_both_sides_are_heard_and_the_end_is_told(desk: Desk) -> None:
    _, token, socket = desk.talking()
    desk.agent("say", text="How can I help?")
    assert socket.line()["Content"] == "How can I help?"
    desk.participant("SendMessage", ConnectionToken=token, ContentType=PLAIN, Content="My parcel is lost")
    own = socket.line()
    assert (own["Content"], own["ParticipantRole"]) == ("My parcel is lost", "CUSTOMER")
    desk.participant("DisconnectParticipant", ConnectionToken=token)
    kinds = [socket.line()["ContentType"] for _ in range(3)]
    assert kinds == [f"{EVENT}participant.left", f"{EVENT}participant.left", f"{EVENT}chat.ended"]


def test_what_is_told_is_what_the_transcript_shows(desk: Desk) -> None:
    _, token, socket = desk.talking()
    desk.agent("say", text="你好")
    told = socket.line()
    (line, *_) = desk.participant("GetTranscript", ConnectionToken=token, MaxResults=1)["Transcript"]
    assert {key: told[key] for key in line} == line
    assert told["Content"] == "你好"


def test_typing_and_receipts_are_told_and_not_kept(desk: Desk) -> None:
    _, token, socket = desk.talking()
    desk.agent("say", text="Hello")
    message = socket.line()["Id"]
    desk.participant("SendEvent", ConnectionToken=token, ContentType=f"{EVENT}typing")
    assert (typing := socket.line())["ContentType"] == f"{EVENT}typing"
    assert (typing["Type"], typing["DisplayName"]) == ("EVENT", "Mei")
    read = {"ContentType": f"{EVENT}message.read", "Content": json.dumps({"messageId": message})}
    desk.participant("SendEvent", ConnectionToken=token, **read)
    told = socket.line()
    assert (told["Type"], told["MessageMetadata"]["MessageId"]) == ("MESSAGEMETADATA", message)
    (receipt,) = told["MessageMetadata"]["Receipts"]
    assert set(receipt) == {"RecipientParticipantId", "ReadTimestamp"}
    kept = desk.participant("GetTranscript", ConnectionToken=token, MaxResults=100)["Transcript"]
    assert not [line for line in kept if "typing" in line["ContentType"] or "metadata" in line["ContentType"]]
    with pytest.raises(Refused, match="ValidationException"):
        desk.participant("SendEvent", ConnectionToken=token, ContentType=f"{EVENT}message.read", Content="x")


def test_a_whisper_for_the_agent_is_not_told_to_the_customer(desk: Desk) -> None:
    desk.live.small.flow("whisper", say("w", "A chat from Mei", "end"), kind="AGENT_WHISPER")
    made = desk.start()
    socket = desk.socket(desk.connect(made))
    socket.subscribe()
    contact = desk.engine.ask(lambda world: world.contacts[made["ContactId"]])
    desk.engine.ask(lambda world: world.chats.system_says(contact, "for the agent", only="AGENT"))
    desk.engine.ask(lambda world: world.chats.system_says(contact, "for the customer", only="CUSTOMER"))
    said = [line["Content"] for line in (socket.line(), socket.line(), socket.line()) if "Content" in line]
    assert "for the agent" not in said
    assert "for the customer" in said


def test_two_connections_of_one_participant_hear_the_same(desk: Desk) -> None:
    made, _, first = desk.talking()
    second = desk.socket(desk.connect(made))
    second.subscribe()
    desk.agent("say", text="Hello")
    assert first.line() == second.line()


def test_a_client_that_has_gone_leaves_the_chat_as_it_is_and_may_come_back(desk: Desk) -> None:
    made, token, socket = desk.talking()
    socket.close()
    desk.open.remove(socket)
    contact = desk.engine.ask(lambda world: world.contacts[made["ContactId"]])
    assert contact.chat is not None
    assert contact.chat.hearers == {}
    desk.agent("say", text="Are you there?")
    again = desk.socket(desk.connect(made))
    again.subscribe()
    desk.participant("SendMessage", ConnectionToken=token, ContentType=PLAIN, Content="Yes")
    assert again.line()["Content"] == "Yes", "what was written meanwhile stands in the transcript"


def test_heartbeats_are_answered_before_and_after_subscribing(desk: Desk) -> None:
    socket = desk.socket(desk.connect(desk.start()))
    socket.say({"topic": "aws/heartbeat"})
    assert socket.hear() == {"topic": "aws/heartbeat"}
    socket.say({"topic": "aws/ping"})
    assert socket.hear() == {"topic": "aws/ping", "statusCode": 200, "statusContent": "OK"}


@pytest.mark.parametrize("asked", ["no json", "[]", '"x"', '{"topic": "aws/other"}', "{}"])
def test_what_nobody_understands_is_left_unanswered(desk: Desk, asked: str) -> None:
    socket = desk.socket(desk.connect(desk.start()))
    socket.say(asked)
    socket.put({"type": "websocket.receive", "bytes": b"\x00"})
    socket.say({"topic": "aws/heartbeat"})
    assert socket.hear() == {"topic": "aws/heartbeat"}


@pytest.mark.parametrize("content", [None, {}, {"topics": []}, {"topics": ["aws/agent"]}, "aws/chat"])
def test_other_topics_cannot_be_subscribed_to(desk: Desk, content: Any) -> None:
    socket = desk.socket(desk.connect(desk.start()))
    socket.say({"topic": "aws/subscribe", "content": content})
    assert socket.hear()["content"]["status"] == "failure"


def test_an_address_opens_one_connection_within_a_hundred_seconds(desk: Desk) -> None:
    connection = desk.connect(desk.start())
    assert desk.socket(connection).opened
    assert not desk.socket(connection).opened
    late = desk.connect(desk.start())
    desk.live.run("2026-03-02T01:01:40Z")
    assert not desk.socket(late).opened
    assert not desk.socket({"Websocket": {"Url": "ws://127.0.0.1:4566/participant/websocket/guessed"}}).opened


def test_nobody_subscribes_to_a_chat_that_is_over(desk: Desk) -> None:
    made, token, _ = desk.talking()
    late = desk.socket(desk.connect(made))
    desk.participant("DisconnectParticipant", ConnectionToken=token)
    assert late.subscribe()["content"]["status"] == "failure"


def test_a_connection_is_closed_when_its_day_is_over(desk: Desk) -> None:
    _, _, socket = desk.talking()
    desk.live.run("2026-03-03T01:00:01Z")
    assert socket.hear() is None


def test_calls_on_the_web_have_no_websocket(desk: Desk) -> None:
    with pytest.raises(Refused, match="WEBRTC_CONNECTION"):
        desk.connect(desk.start(), "WEBRTC_CONNECTION")
