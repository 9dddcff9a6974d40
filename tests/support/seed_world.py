"""One of the project's tenants on the engine: flows, decisions, floor, and a table that remembers callers."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.customers.service import CallerStore, Profile
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import HangUp, WaitFor
from tests.support.decided_world import Decided
from tests.support.fake_dynamo import FakeDynamo
from tests.support.known_customers import know
from tests.support.taken_in import ingest

QUICK = {"talk_s": 10, "acw_s": 1}
"""Habits of an agent who is soon free again."""
DEAF = {"accept_share": 0.0}
"""Habits of an agent who answers no call."""


class SeedWorld(Decided):
    """The tenant `tenant`: callers are known from `table`, where `remember` takes finished contacts in."""

    def __init__(self, tenant: str, table: FakeDynamo | None = None, **more: Any) -> None:
        super().__init__(tenant, **more)
        self.table = FakeDynamo() if table is None else table
        self.customers = CallerStore(self.table, f"trunkline-{tenant}")
        self.wires = replace(self.wires, routing=replace(self.wires.routing, callers=self.customers))
        self._ingest = ingest(self.table, self.tenant)
        self._remembered = 0

    def known(self, phone: str, grade: str, manager: str | None = None) -> None:
        """Let a caller be a customer of a grade, with an account manager."""
        profile = Profile(customer_id=f"c-{phone[-4:]}", name="王芳", grade=grade, manager=manager)
        know(self.table, self.customers.table, self.tenant.id, phone, profile)

    def rings_in(self, seconds: float, caller: str, *keys: Any, to: str, wait_s: float = 300, **plan: Any) -> Contact:
        """Let somebody call so many seconds from now, and hang up so long after the last key; nothing runs yet."""
        at = self.world.now + timedelta(seconds=seconds)
        return self.call(*keys, WaitFor(wait_s), HangUp(), to=to, caller=caller, at=at, **plan)

    def to_lunch(self, username: str) -> None:
        """Let an agent be there for no more calls."""
        agent = next(one for one in self.world.floor.agents() if one.user.username == username)
        self.sign_in(agent.user, "Lunch")

    def wait(self, seconds: float) -> None:
        """Let so much time pass, then take in what has finished."""
        self.run(until=self.world.now + timedelta(seconds=seconds))
        new, self._remembered = self.cloud.records[self._remembered :], len(self.cloud.records)
        for record in new:
            self._ingest.take(json.dumps(record).encode())

    def answered_at(self, contact: Contact) -> datetime:
        """Return when an agent answered the call; a call that nobody answered fails the test."""
        agent = self.chain(contact)[-1]["Agent"]
        assert agent is not None, self.rung(contact)
        return datetime.fromisoformat(agent["ConnectedToAgentTimestamp"])

    def waited_s(self, contact: Contact) -> dict[str, int]:
        """Return how long the call stood in each queue, in order."""
        return {one["Queue"]["Name"]: one["Queue"]["Duration"] for one in self.chain(contact) if one["Queue"]}
