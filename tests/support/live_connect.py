"""The Amazon Connect API over a running engine with fakes behind it: both doors, as clients see them."""

import time
from typing import Any

from localstack.connect.api_engine import Engine
from localstack.connect.directory import Flow, Queue
from tests.support.connect_calls import Connect
from tests.support.connect_world import INSTANCE_ID, action, identifier, to_queue
from tests.support.control_client import Api

START = "2026-03-02T01:00:00Z"


class Live:
    """One instance (`Api`'s), its virtual clock at Monday 09:00 in Shanghai, and a client of each door."""

    def __init__(self) -> None:
        self.api = Api()
        self.small = self.api.small
        self.connect = Connect(self.small.directory, Engine(self.api.control.driver))
        self.connect.limits = self.api.control.limits
        self.small.instance.attributes = {**self.small.instance.attributes, "OUTBOUND_CALLS": True}
        self.api.virtual(START)

    def __call__(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        return self.connect(operation, InstanceId=INSTANCE_ID, **parameters)

    def close(self) -> None:
        self.api.control.close()

    @staticmethod
    def nap(_seconds: float) -> None:
        """A moment for the other threads, instead of a client's pause between two looks."""
        time.sleep(0.005)

    def run(self, until: str | None = None) -> None:
        self.api.ok("POST", "/connect/run", {"until": until or "idle"})

    def queued_call(self, **more: Any) -> str:
        """A caller who waits in the queue, a minute after the start."""
        contact_id = self.api.call(script=[{"press": "1"}], **more)
        self.run("2026-03-02T01:01:00Z")
        return contact_id

    def queue_flow(self, name: str = "task", kind: str = "CONTACT_FLOW") -> Flow:
        return self.small.flow(name, *to_queue("support"), kind=kind)

    def transfer_flow(self) -> Flow:
        """A flow that goes to whatever queue the transfer has named."""
        go = action("go", "TransferContactToQueue", {}, "bye", errors={"NoMatchingError": "bye"})
        return self.small.flow("transfer", go, kind="QUEUE_TRANSFER")

    def tasks_too(self) -> None:
        """li.na serves tasks as well."""
        self.small.profile("support", ("support", 1, 0), ("second", 1, 0), concurrency={"VOICE": 1, "TASK": 1})

    def second_queue(self) -> Queue:
        return self.small.queue("second")

    def address(self, mailbox: str, **more: Any) -> str:
        """The id of a new e-mail address."""
        return str(self("CreateEmailAddress", EmailAddress=mailbox, **more)["EmailAddressId"])

    def record(self, contact_id: str) -> list[dict[str, Any]]:
        return [one for one in self.small.cloud.records if one["ContactId"] == contact_id]

    @staticmethod
    def id(name: str) -> str:
        return identifier(name)
