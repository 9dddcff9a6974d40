"""What Amazon Connect tells the outside about contacts and agents, put into the outbox."""

import functools
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from flowlang import catalogue
from flowlang.document import Action
from localstack.connect.directory import Flow, FlowModule, Instance
from localstack.connect.engine import events, records, times
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.effects import ActionFailed, Done, Outcome
from localstack.connect.engine.outbox import encode
from localstack.connect.engine.ports import Place
from localstack.connect.engine.staff import Agent

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

LOGIN, LOGOUT, STATE_CHANGE, HEART_BEAT = "LOGIN", "LOGOUT", "STATE_CHANGE", "HEART_BEAT"


class Entered(NamedTuple):
    """An action at a moment; `parameters` with references as they were when it was entered."""

    source: Flow | FlowModule
    action: Action
    at: datetime
    parameters: Mapping[str, Any]


class Reporter:
    """Builds each message at the moment of its fact, and addresses it by the instance's storage configs."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._last_update: tuple[str, str, datetime] | None = None

    def contact_event(self, contact: Contact, event_type: str, **detail: Any) -> None:
        """A contact event for EventBridge."""
        event = events.contact_event(contact, event_type, self._world.new_id("contact-event"), self._world.now)
        event["detail-type"] = self._world.settings.contact_event_detail_type
        event["detail"].update(detail)
        self._world.outbox.event(place_of(contact.instance), event)
        self._world.watch.told(contact, event_type)

    def data_updated(self, contact: Contact, what: str) -> None:
        """CONTACT_DATA_UPDATED, once for each contact, kind and moment."""
        update = (contact.id, what, self._world.now)
        if update != self._last_update:
            self._last_update = update
            self.contact_event(contact, "CONTACT_DATA_UPDATED", updatedProperties=[what])

    def contact_record(self, contact: Contact) -> None:
        """The contact record, for the instance's stream."""
        stream = _stream(contact.instance, "CONTACT_TRACE_RECORDS")
        if stream:
            body = records.contact_record(contact, self._world.now)
            self._world.outbox.record(place_of(contact.instance), stream, contact.id, body)

    def agent_event(self, agent: Agent, event_type: str, *, gone: bool = False) -> None:
        """An agent event, for the instance's stream; the next heartbeat is counted from here.

        `gone`: the agent has signed out; heartbeats go on only as long as `beats_until` says.
        """
        world = self._world
        snapshot = events.agent_snapshot(agent)
        body = events.agent_event(agent, event_type, world.new_id("agent-event"), world.now, snapshot)
        agent.last_snapshot = snapshot
        stream = _stream(agent.instance, "AGENT_EVENTS")
        if stream:
            world.outbox.record(place_of(agent.instance), stream, agent.user.arn, body, "agent-events")
        for told in world.on_agent:
            told(agent)
        world.timeline.cancel(agent.heartbeat)
        goes_on = world.now < agent.beats_until if gone else True
        if goes_on:
            agent.heartbeat = world.timeline.after(
                world.settings.heartbeat_s, lambda: world.floor.beat(agent), background=True
            )

    def logs(self, contact: Contact) -> bool:
        """Whether what the contact's flows do is logged: both the instance and the flow have logging on."""
        return contact.logging and _logs_flows(contact.instance)

    def outcome(
        self,
        contact: Contact,
        entered: "Entered",
        outcome: Outcome | ActionFailed,
        *,
        apart: bool,
        external: Mapping[str, Any],
    ) -> None:
        """Log what came of an action: on its line when it took no time, else (`apart`) on one of its own, as errors."""
        now = entered._replace(at=self._world.now)
        if isinstance(outcome, ActionFailed):
            if not apart:
                self.flow_log(contact, entered)
            self.flow_log(contact, now, f"Error: {outcome}")
        elif apart and entered.action.type == "InvokeLambdaFunction":
            self.flow_log(contact, now, external=external)
        elif not apart or (isinstance(outcome, Done) and outcome.result is not None):
            self.flow_log(contact, now, outcome.result if isinstance(outcome, Done) else None)

    def flow_log(
        self, contact: Contact, entered: "Entered", result: str | None = None, external: Mapping[str, Any] | None = None
    ) -> None:
        """A flow log line (16): an action is entered, or what has come of it. `external` is a function's answer."""
        source, action = entered.source, entered.action
        line: dict[str, Any] = {
            "ContactId": contact.id,
            "ContactFlowId": source.arn,
            "ContactFlowName": source.name,
            "ContactFlowModuleType": _block(action),
            "Identifier": action.identifier,
            "Timestamp": times.millis(entered.at),
            "Parameters": entered.parameters,
        }
        if result is not None:
            line["Results"] = result
        if external is not None:
            line["ExternalResults"] = external
        group = f"/aws/connect/{contact.instance.alias}"
        at_ms = int(entered.at.timestamp() * 1000)
        self._world.outbox.line(place_of(contact.instance), group, at_ms, encode(line).decode())


def place_of(instance: Instance) -> Place:
    """Where an instance's messages go."""
    return _place(instance.account, instance.region)


_place = functools.lru_cache(maxsize=64)(Place)
"""There are few places, and everything that leaves is addressed to one of them."""


def _stream(instance: Instance, resource_type: str) -> str:
    storage = instance.storage.get(resource_type)
    return storage.stream_arn if storage and storage.storage_type == "KINESIS_STREAM" else ""


def _logs_flows(instance: Instance) -> bool:
    return bool(instance.attributes.get("CONTACTFLOW_LOGS"))


def _block(action: Action) -> str:
    """Flow logs use the console's block names; an action whose block we do not know goes by its own name."""
    known = catalogue.ACTIONS.get(action.type)
    return (known.as_used(action.parameters).block if known else "") or action.type
