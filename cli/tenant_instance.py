"""A tenant's Amazon Connect instance in this process: what its stack would make, from contract and flow catalogue."""

import json
import uuid
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_timetable import timetable
from chalicelib.tenancy.models import ASIDE
from infra.cdk import flow_catalogue
from infra.cdk import hours as compiled
from localstack.connect.directory import (
    AgentStatus,
    Directory,
    Flow,
    FlowModule,
    Hours,
    Instance,
    PhoneNumber,
    Queue,
    RoutingProfile,
    Storage,
    User,
    everything,
)

NAMESPACE: Final = uuid.UUID("00000000-0000-4000-8000-0000000051a1")
_SEGMENTS: Final = {"queue": "queue", "hours": "operating-hours", "flow": "contact-flow", "module": "flow-module"}


@dataclass(frozen=True, slots=True)
class TenantInstance:
    """The instance of one tenant, alone in its directory. Ids are made from names, so they are always the same."""

    contract: Contract
    directory: Directory
    instance: Instance

    @property
    def queue_ids(self) -> dict[str, str]:
        """The Amazon Connect id of each of the contract's queues."""
        return {queue.id: _id(f"queue/{queue.id}") for queue in self.contract.queues}

    @property
    def available(self) -> AgentStatus:
        """The status in which agents are offered contacts."""
        return self.instance.statuses[_id("Available")]

    def user(self, username: str, profile: str, skilled: tuple[tuple[str, str, float], ...] = ()) -> User:
        """Create a user of a routing profile of the contract, with proficiencies (attribute, value, level)."""
        # An agent's ARN ends in the id, by which decisions ask for the agent.
        made = User(
            id=_id(f"user/{username}"),
            arn=f"{self.instance.arn}/agent/{_id(f'user/{username}')}",
            name=username,
            routing_profile_id=_id(f"profile/{profile}"),
            proficiencies=skilled,
        )
        self._put(made)
        return made

    def tell_agents(self, stream_arn: str) -> None:
        """Let agent events go to a stream."""
        events = Storage(
            id=_id("agent-events"), arn="", name="agent-events", resource_type="AGENT_EVENTS",
            storage_type="KINESIS_STREAM", stream_arn=stream_arn,
        )  # fmt: skip
        self._put(events)

    def furnish(self) -> None:
        """Put everything that calls need into the instance."""
        self._put(AgentStatus(id=_id("Available"), arn="", name="Available", type="ROUTABLE"))
        self._put(AgentStatus(id=_id("Offline"), arn="", name="Offline", type="OFFLINE"))
        for status in self.contract.agent_statuses:
            self._put(AgentStatus(id=_id(status.name), arn="", name=status.name, type="CUSTOM"))
        records = Storage(
            id=_id("records"), arn="", name="records", resource_type="CONTACT_TRACE_RECORDS",
            storage_type="KINESIS_STREAM", stream_arn="arn:aws:kinesis:us-east-1:000000000000:stream/records",
        )  # fmt: skip
        self._put(records)
        self._furnish_hours()
        self._furnish_queues()
        for unit in flow_catalogue.flow_units(self.contract):
            self._put(self._published(unit))
        for number in self.contract.entry_numbers:
            flow = _id(f"flow/{flow_catalogue.entry_flow(self.contract, number.number)}")
            made = PhoneNumber(
                id=_id(number.number), arn="", name=number.number, flow_id=flow, instance_id=self.instance.id
            )
            self._put(made)

    def _furnish_hours(self) -> None:
        for hours in self.contract.hours:
            table = timetable(hours)
            made = Hours(
                id=_id(f"hours/{hours.id}"),
                arn=self.reference(f"hours.{hours.id}"),
                name=hours.id,
                time_zone=table.time_zone or self.contract.time_zone,
                config=tuple(_slice(one.day, one.start, one.end) for one in compiled.week(table)),
                overrides=tuple(_override(one) for one in compiled.overrides(table)),
            )
            self._put(made)

    def _furnish_queues(self) -> None:
        for queue in self.contract.queues:
            made = Queue(
                id=_id(f"queue/{queue.id}"),
                arn=self.reference(f"queue.{queue.id}"),
                name=queue.id,
                hours_id=_id(f"hours/{queue.hours}"),
                max_contacts=queue.max_contacts,
                caller={"OutboundFlowId": _id("flow/outbound-whisper")},
            )
            self._put(made)
        hours_id = _id(f"hours/{self.contract.queues[0].hours}")
        self._put(Queue(id=_id(f"queue/{ASIDE}"), arn=self.reference(f"queue.{ASIDE}"), name=ASIDE, hours_id=hours_id))
        for profile in self.contract.routing_profiles:
            entries = tuple((_id(f"queue/{e.queue}"), "VOICE", e.priority, e.delay_s) for e in profile.queues)
            self._put(
                RoutingProfile(
                    id=_id(f"profile/{profile.id}"),
                    arn=self._arn("routing-profile", profile.id),
                    name=profile.id,
                    queues=entries,
                    concurrency={"VOICE": 1},
                    default_outbound_queue_id=entries[0][0],
                )
            )

    def _published(self, unit: flow_catalogue.FlowUnit) -> Flow | FlowModule:
        text = flow_catalogue.content(unit, self.contract, self.reference)
        arn = self.reference(f"{unit.kind}.{unit.name}")
        common: dict[str, Any] = {"id": _id(f"{unit.kind}/{unit.name}"), "arn": arn, "name": unit.name, "text": text}
        content = json.loads(text)
        if unit.kind == "module":
            return FlowModule(**common, content=content)
        return Flow(**common, type=unit.type, content=content)

    def reference(self, name: str) -> str:
        """Return the ARN of a qualified reference of the flow catalogue, such as `queue.english`."""
        kind, _, rest = name.partition(".")
        if kind == "lambda":
            return f"arn:aws:lambda:us-east-1:000000000000:function:{rest}:live"
        return f"{self.instance.arn}/{_SEGMENTS[kind]}/{_id(f'{kind}/{rest}')}"

    def existing(self, name: str) -> str:
        """Return the same ARN, of something that there is.

        Raises:
            LookupError: the instance has no such thing.

        """
        arn, kind = self.reference(name), name.partition(".")[0]
        known = flow_catalogue.LAMBDAS if kind == "lambda" else {one.arn for one in everything(self.instance)}
        if (name.partition(".")[2] if kind == "lambda" else arn) not in known:
            msg = f"the tenant {self.contract.tenant} has no {name}"
            raise LookupError(msg)
        return arn

    def _arn(self, segment: str, name: str) -> str:
        return f"{self.instance.arn}/{segment}/{_id(f'{segment}/{name}')}"

    def _put(self, resource: Any) -> None:
        self.directory.put(self.instance, resource)


def build(contract: Contract) -> TenantInstance:
    """Return the tenant's instance with its flows, queues, hours, routing profiles and numbers; nobody works there."""
    directory = Directory()
    instance_id = _id(f"instance/{contract.tenant}")
    instance = Instance(
        id=instance_id,
        arn=f"arn:aws:connect:us-east-1:000000000000:instance/{instance_id}",
        alias=contract.tenant,
        account="000000000000",
        region="us-east-1",
    )
    directory.add_instance(instance)
    made = TenantInstance(contract, directory, instance)
    made.furnish()
    return made


def _id(name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, name))


def _slice(day: str, start: tuple[int, int], end: tuple[int, int]) -> dict[str, Any]:
    return {
        "Day": day,
        "StartTime": {"Hours": start[0], "Minutes": start[1]},
        "EndTime": {"Hours": end[0], "Minutes": end[1]},
    }


def _override(one: compiled.Override) -> dict[str, Any]:
    return {
        "Name": one.name,
        "EffectiveFrom": one.first.isoformat(),
        "EffectiveTill": one.last.isoformat(),
        "Config": [_slice(part.day, part.start, part.end) for part in one.slices],
    }
