"""Chats of customers through the Amazon Connect API and its Participant Service."""

from typing import Any

from localstack.connect.api_engine import Engine
from tests.support.connect_world import identifier, say, to_queue
from tests.support.live_connect import Live
from tests.support.participant_calls import Participants

PLAIN = "text/plain"


class Chats:
    """A live API whose profile serves chats, with a client of the Participant Service."""

    def __init__(self, live: Live) -> None:
        self.live = live
        live.small.profile("support", ("support", 1, 0), concurrency={"VOICE": 1, "CHAT": 3})
        live.small.flow("chat", say("hello", "Welcome, $.Attributes.name", "set"), *to_queue("support"))
        live.small.put(live.small._storage("ATTACHMENTS", storage_type="S3", bucket="files", prefix="kept"))
        live.small.put(live.small._storage("CHAT_TRANSCRIPTS", storage_type="S3", bucket="transcripts"))
        engine = live.connect.engine
        assert isinstance(engine, Engine)
        self.participant = Participants(engine)
        live.api.sign_in(person=True)

    def start(self, **more: Any) -> dict[str, Any]:
        wanted = {"ContactFlowId": identifier("chat"), "ParticipantDetails": {"DisplayName": "Mei"}, **more}
        return self.live("StartChatContact", **wanted)

    def connected(self, **more: Any) -> tuple[str, str]:
        """(contact id, connection token) of a chat that its customer has connected to."""
        made = self.start(**more)
        token = self.participant.connect(made["ParticipantToken"])
        self.live.run()
        return made["ContactId"], token

    def says(self, token: str, text: str, **more: Any) -> dict[str, Any]:
        return self.participant("SendMessage", ConnectionToken=token, ContentType=PLAIN, Content=text, **more)

    def agent(self, deed: str, **body: Any) -> Any:
        return self.live.api.ok("POST", f"/connect/agents/li.na/{deed}", body)

    def read(self, token: str, **more: Any) -> list[str]:
        found = self.participant("GetTranscript", ConnectionToken=token, MaxResults=100, **more)
        return [line["Content"] for line in found["Transcript"] if "Content" in line]
