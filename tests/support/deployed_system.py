"""Both tenants as the end-to-end tests see them: how to call, and how to look at what came of it."""

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalicelib.platform.tenancy import partition, tenant_id
from chalicelib.tenancy.contract import Contract
from cli import api, aws
from cli.control import Call, Control, Event, PlannedCall
from cli.http import Refused
from cli.showcase import first_call

DEADLINE_S = 120.0
"""How long a machine that does much else may take until something is there. Nothing is proved by how soon it comes."""
BUSY = frozenset({429, 503})


def until[T](look: Callable[[], T | None], what: str, *, deadline_s: float = DEADLINE_S) -> T:
    """Return what `look` finds, trying again until it finds something; fail the test after `deadline_s`.

    An API that is busy (429, 503) asks to be asked again, which is done.
    """
    end = time.monotonic() + deadline_s
    while True:
        try:
            found = look()
        except Refused as refusal:
            if refusal.http_status not in BUSY:
                raise
            found = None
        if found is not None and found is not False:
            return found
        assert time.monotonic() < end, f"{what}: nothing after {deadline_s:.0f} s"
        time.sleep(0.1)


@dataclass(frozen=True)
class System:
    """Both tenants, deployed and staffed, at one endpoint."""

    url: str
    control: Control
    contracts: Mapping[str, Contract]
    stacks: Mapping[str, aws.Stack]
    apis: Mapping[str, api.Api] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        return aws.client(service, self.url)

    def set_policies(self, *, enabled: bool) -> None:
        """Switch IAM enforcement; every function ends with it, and a call that nobody looks at starts it again.

        A cold start on a busy machine may outlast a flow's time limit, which is not what these tests are about.
        """
        self.control.set_auth(enabled=enabled)
        for contract in self.contracts.values():
            self.call(first_call(contract))

    def call(self, planned: PlannedCall) -> Call:
        """Place a call, let it end, and return it with all its events."""
        contact_id = self.control.call(planned)
        self.control.run()
        call = self.control.look(contact_id)
        assert call.ended, call
        return call

    def stored(self, tenant: str, contact_id: str) -> dict[str, Any]:
        """Return the raw contact item as soon as it is in the tenant's table."""
        key = {"pk": {"S": partition(tenant_id(tenant), "CONTACT", contact_id)}, "sk": {"S": "CONTACT"}}
        table = self.stacks[tenant].output("TableName")
        return until(lambda: self.client("dynamodb").get_item(TableName=table, Key=key).get("Item"), "the contact item")

    def records(self, tenant: str) -> list[dict[str, Any]]:
        """Return every contact record on the tenant's stream, as the emulator sent it."""
        kinesis = self.client("kinesis")
        stream = self.stacks[tenant].output("ContactRecordStream")
        found: list[bytes] = []
        for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
            iterator = kinesis.get_shard_iterator(
                StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while iterator:
                page = kinesis.get_records(ShardIterator=iterator, Limit=1_000)
                found += [record["Data"] for record in page["Records"]]
                iterator = page["NextShardIterator"] if page["Records"] else None
        return [record for data in found if (record := _record(data)) is not None]


def role_of(system: System, tenant: str, function_output: str) -> str:
    """Return the ARN of the role that a function of the tenant runs as."""
    function = system.stacks[tenant].output(function_output)
    return str(system.client("lambda").get_function_configuration(FunctionName=function)["Role"])


@contextmanager
def robbed_of_table(system: System, tenant: str, function_output: str) -> Iterator[None]:
    """Switch IAM on and take what the function's role may do with DynamoDB, until the block ends."""
    iam = system.client("iam")
    role = role_of(system, tenant, function_output).rpartition("/")[2]
    kept = {
        name: document
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        if "dynamodb" in json.dumps(document := iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
    }
    assert kept, "the role has no permission on the table to begin with"
    for name in kept:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    system.set_policies(enabled=True)
    try:
        yield
    finally:
        for name, document in kept.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
        system.set_policies(enabled=False)


def work_ms(system: System, log_group: str, contacts: Collection[str]) -> list[float]:
    """Return the milliseconds of processor time that a flow's function tells of its answer for each of the contacts.

    Unlike the time that passes it does not grow with what else the machine does.
    """

    def told() -> list[float] | None:
        found = system.client("logs").filter_log_events(logGroupName=log_group)["events"]
        lines = [json.loads(one["message"]) for one in found if '"cpu_ms"' in one["message"]]
        mine = {line["contact_id"]: float(line["cpu_ms"]) for line in lines if line["contact_id"] in contacts}
        return list(mine.values()) if len(mine) == len(contacts) else None

    return until(told, f"a line of {log_group} on each of {len(contacts)} answers")


def _record(data: bytes) -> dict[str, Any] | None:
    """Return the contact record in `data`; None for the garbage that other tests put there."""
    try:
        value = json.loads(data)
    except ValueError:
        return None
    return value if isinstance(value, dict) and isinstance(value.get("InitiationTimestamp"), str) else None


def events(call: Call, kind: str) -> list[Event]:
    """Return the call's events of a kind."""
    return [event for event in call.events if event.kind == kind]


def decision(call: Call, function: str = "RouteContact") -> Event:
    """Return the one invocation of the routing function in the call."""
    (event,) = (event for event in events(call, "lambda") if function in str(event.facts["arn"]))
    return event


COUNTED = ("offered", "answered", "abandoned")


def outcomes(records: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Count contacts a queue by outcome from raw contact records; independent of the product's own code."""
    counts: dict[str, dict[str, int]] = {}
    for record in records:
        queue, attributes = record.get("Queue") or {}, record.get("Attributes") or {}
        if not queue.get("EnqueueTimestamp"):
            continue
        count = counts.setdefault(queue["Name"], dict.fromkeys(COUNTED, 0))
        count["offered"] += 1
        if record.get("Agent"):
            count["answered"] += 1
        elif record["DisconnectReason"] == "CUSTOMER_DISCONNECT" and attributes.get("voicemail") != "true":
            count["abandoned"] += 1
    return counts
