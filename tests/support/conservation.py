"""What must be true of all that leaves a world, checked as it arrives and then forgotten: for runs of any length.

Every contact is initiated once, ends once, is complete once and leaves one record; every visit to a queue has one
outcome; an agent's events tile the time from LOGIN to LOGOUT; no contact is with two agents, and no agent has more than
the profile allows. One message in so many is held to its schema.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from localstack.connect import schemas
from localstack.connect.engine import acd
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.metrics import as_waiting
from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.ports import Place, Ports, StoredObject, StreamRecord
from localstack.connect.engine.staff import OFFERED, REFUSED, Activity, Agent
from localstack.connect.engine.world import World
from tests.support.connect_ports import RECORDS, FakeCloud, FakeLambdas, fake_ports
from tests.support.schema_checks import hold

SAMPLE = 50
"""One message in so many is held to its schema."""
OVER = frozenset({"MISSED", "REJECTED", "ENDED", "ERROR"})
"""States of a contact on an agent's screen in which another agent may have it."""
OVER_OR_GONE = frozenset({"ENDED", "cleared"})
"""What an end or a caller who gives up does to a screen; the end itself is counted."""
SIGNED_OUT: dict[str, Any] = {}


class Broken(AssertionError):
    """Something that must always be true is not."""


def must(true: bool, what: str) -> None:  # noqa: FBT001  it reads as a sentence
    """Raise Broken unless it is true."""
    if not true:
        raise Broken(what)


class Ledger:
    """Takes what leaves a world, in the place of a cloud."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.happened: Counter[str] = Counter()
        """What people and chance have done, whoever it was, as it shows in what leaves."""
        self._initiated: set[str] = set()
        self._open: dict[str, str] = {}
        self._recorded: set[str] = set()
        self._screens: dict[str, dict[str, Any]] = {}
        self._moments: dict[str, str] = {}
        self._holders: dict[str, str] = {}

    def ports(self, lambdas: FakeLambdas) -> Ports:
        """The ports of a world that delivers to this ledger."""
        unused = fake_ports(lambdas, FakeCloud())
        return Ports(lambdas=lambdas, streams=self, bus=_Bus(self), objects=_Objects(self), logs=unused.logs)

    def put(self, place: Place, stream_arn: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        """Contact records and agent events."""
        del place
        for record in records:
            document = json.loads(record.data)
            if stream_arn == RECORDS:
                self._sampled("contact_record", document)
                self._record(document)
            else:
                self._sampled("agent_event", document)
                self._agent_event(document)
        return []

    def completed(self, contact: Contact) -> None:
        """A contact is over for good: its visit has exactly one outcome, and its agent's part is over."""
        self.counts["contacts"] += 1
        visit, leg = contact.visit, contact.leg
        if visit is not None:
            must(visit.outcome is not None, f"the visit of {contact.id} has no outcome")
            answered = visit.outcome is Outcome.ANSWERED
            must(answered == (leg is not None), f"{contact.id} was {visit.outcome} with agent {leg and leg.agent.id}")
        must(leg is None or leg.acw_ended_at is not None, f"the agent of {contact.id} was never done with it")
        must(contact.offered_to is None, f"{contact.id} is over and still offered")

    def event(self, event: dict[str, Any]) -> None:
        """A contact event."""
        self._sampled("contact_event", event)
        detail = event["detail"]
        kind, contact_id = detail["eventType"], detail["contactId"]
        if kind == "INITIATED":
            must(contact_id not in self._initiated, f"{contact_id} begins twice")
            self._initiated.add(contact_id)
            self.happened[f"begin {detail['channel']} {detail['initiationMethod']}"] += 1
        elif kind != "CONTACT_DATA_UPDATED":
            must(contact_id in self._open, f"{kind} of {contact_id}, which is not under way")
        if kind == "DISCONNECTED":
            must(self._open[contact_id] != kind, f"{contact_id} ends twice")
            self.happened["end"] += 1
        if self._open.get(contact_id) == "DISCONNECTED":
            must(kind in ("COMPLETED", "CONTACT_DATA_UPDATED"), f"{kind} of {contact_id} after its end")
        if kind == "COMPLETED":
            must(self._open.pop(contact_id) == "DISCONNECTED", f"{contact_id} is complete before its end")
        elif kind != "CONTACT_DATA_UPDATED":
            self._open[contact_id] = kind

    def settled(self) -> None:
        """Nothing is under way: every contact has ended and left its record, and every agent has signed out."""
        must(not self._open, f"contacts that never ended: {sorted(self._open)[:5]}")
        odd = self._initiated ^ self._recorded
        must(not odd, f"contacts without a record, or records of nobody: {sorted(odd)[:5]}")
        still = [agent for agent, screen in self._screens.items() if screen is not SIGNED_OUT]
        must(not still, f"agents who never signed out: {still[:5]}")

    def _record(self, record: dict[str, Any]) -> None:
        must(record["ContactId"] not in self._recorded, f"a second record of {record['ContactId']}")
        self._recorded.add(record["ContactId"])

    def _agent_event(self, event: dict[str, Any]) -> None:
        agent, kind = event["AgentARN"], event["EventType"]
        before, current = event["PreviousAgentSnapshot"], event["CurrentAgentSnapshot"]
        last = self._screens.get(agent, SIGNED_OUT)
        must((kind == "LOGIN") == (last is SIGNED_OUT), f"{kind} of {agent}")
        if kind != "LOGIN":
            must(before == last, f"{agent} was something else before {kind}")
        must(self._moments.get(agent, "") <= event["EventTimestamp"], f"the time of {agent} goes back")
        self._moments[agent] = event["EventTimestamp"]
        self._hands(agent, current["Contacts"])
        self._count(kind, last, current)
        self._screens[agent] = SIGNED_OUT if kind == "LOGOUT" else current

    def _count(self, kind: str, last: dict[str, Any], current: dict[str, Any]) -> None:
        """Count what somebody has done to the agent's screen or status; offers are nobody's deed."""
        if kind != "STATE_CHANGE":
            self.happened[kind] += kind != "HEART_BEAT"
            return
        for status in ("AgentStatus", "NextAgentStatus"):
            self.happened["status"] += (last[status] or {}).get("ARN") != (current[status] or {}).get("ARN")
        states = {one["ContactId"]: one["State"] for one in current["Contacts"]}
        for one in last["Contacts"]:
            before, now = one["State"], states.get(one["ContactId"], "cleared")
            if before != now and (before in OVER or now not in OVER_OR_GONE):
                self.happened[now] += 1

    def _hands(self, agent: str, contacts: Iterable[dict[str, Any]]) -> None:
        """Never two agents have one contact."""
        for held in [held for held, who in self._holders.items() if who == agent]:
            del self._holders[held]
        for one in contacts:
            if one["State"] not in OVER:
                other = self._holders.setdefault(one["ContactId"], agent)
                must(other == agent, f"{one['ContactId']} is with {other} and {agent}")

    def _sampled(self, name: schemas.Name, document: Any) -> None:
        self.counts[name] += 1
        if self.counts[name] % SAMPLE == 1:
            hold(name, [document])


class _Bus:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def put(self, place: Place, events: Sequence[dict[str, Any]]) -> Sequence[int]:
        del place
        for event in events:
            self._ledger.event(event)
        return []


class _Objects:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def put(self, place: Place, stored: StoredObject) -> bool:
        del place
        self._ledger.counts["objects"] += 1
        hold("object_key", [stored.key])
        return True


def check_floor(world: World) -> None:
    """Who is free and who waits: nobody waits whom a free agent could take now, and screens and contacts agree."""
    agents = world.floor.agents()
    for agent in agents:
        _check_desk(agent)
    for instance in {agent.instance.id: agent.instance for agent in agents}.values():
        waiting = [contact for contact in world.floor.waiting_in(instance) if contact.offered_to is None]
        free = [agent.as_free(agent.open_channels()) for agent in agents if agent.instance is instance]
        left = acd.match([one for one in free if one.channels], map(as_waiting, waiting), world.now)
        must(left == (), f"free agents and contacts that wait for them: {left[:3]}")


def _check_desk(agent: Agent) -> None:
    by_channel: Counter[str] = Counter()
    for handling in agent.desk.values():
        contact = handling.contact
        by_channel[contact.channel] += handling.activity is not Activity.PAUSED
        if handling.activity not in REFUSED:  # a missed contact may be over before it is cleared
            must(not contact.completed, f"{agent.user.username} has {contact.id}, which is over for good")
        if handling.activity in OFFERED and not handling.accepted:
            must(contact.offered_to is agent, f"{contact.id} rings at {agent.user.username} and is offered elsewhere")
    for channel, count in by_channel.items():
        must(count <= agent.profile.concurrency.get(channel, 0), f"{agent.user.username} has {count} of {channel}")
