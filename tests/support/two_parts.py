"""hrgroup as a tree of two regions, east and west, with things of the west in every room, over tables in memory."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import app
from chalicelib.access.models import Role
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.ingest import Ingest as AgentIngest
from chalicelib.agents.store import Agents
from chalicelib.callbacks.models import Callback
from chalicelib.callbacks.store import Callbacks
from chalicelib.completions.service import Complaints, Expectations
from chalicelib.completions.store import Completions
from chalicelib.contacts.service import Ingest
from chalicelib.contacts.store import Contacts
from chalicelib.platform.dynamo import encode
from chalicelib.services import service as services
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract_file import parse
from chalicelib.tenancy.models import Tenant
from chalicelib.voicemail.service import Keeper
from chalicelib.voicemail.store import Messages
from tests.support.agent_events import Life, encoded
from tests.support.contact_records import agent, queue, record, when
from tests.support.fake_cognito import FakePool
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import send
from tests.support.rest_table import rest_table
from tests.support.tenants import INSTANCE_ARN, TENANTS

TABLE: Final = "trunkline-hrgroup"
WEST_NUMBER, EAST_NUMBER, CALLER = "+862155360100", "+864008601234", "+8613700137000"
WEST_AGENT, EAST_AGENT, WEST_USER = "wu.xi", "li.dong", "west.newcomer"
CONTACT, MESSAGE = "west-contact", "west-message"
AT: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
TREE: Final = [
    {"id": "group", "name": "Headquarters", "kind": "headquarters"},
    {"id": "east", "name": "East", "kind": "region", "parent": "group", "queues": ["english"], "agents": [EAST_AGENT]},
    {
        "id": "west",
        "name": "West",
        "kind": "region",
        "parent": "group",
        "numbers": [WEST_NUMBER],
        "queues": ["telesales"],
        "agents": [WEST_AGENT],
    },
]


def contract(approved: Sequence[str] = ()) -> dict[str, Any]:
    """Return hrgroup's contract with the tree, a question that agents ask, and the actions under approval."""
    raw: dict[str, Any] = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    asked = {"id": "name", "ask": {"zh-CN": "请问您贵姓？", "en-US": "Your name, please?"}, "field": "name"}
    raw["security"] = {**raw["security"], "approvals": {"actions": list(approved), "lapse_s": 3_600}}
    return {**raw, "organisation": TREE, "identity": {"questions": [asked], "needed": 1}}


def user(name: str, node: str | None, *roles: str) -> dict[str, str]:
    """Return the claims of somebody who was granted `node`; None: the headquarters."""
    claims = {"sub": name, "custom:tenant": "hrgroup", "cognito:username": name, "cognito:groups": ",".join(roles)}
    return {**claims, **({"custom:node": node} if node else {})}


def users() -> FakePool:
    """Return a pool with somebody of every part who has every role, as `user` claims, and a newcomer of the west."""
    pool = FakePool()
    for node, names in ((None, ("chief", "root", "zhao")), ("east", (EAST_AGENT,)), ("west", (WEST_AGENT,))):
        pool.staff(names, *Role, node=node)
    pool.staff((WEST_USER,), Role.AGENT, node="west")
    return pool


@contextmanager
def two_parts(
    patch: pytest.MonkeyPatch, folder: Path, approved: Sequence[str] = (), pool: FakePool | None = None
) -> Iterator[FakeDynamo]:
    """Let the REST function serve the tree over tables that hold nothing yet."""
    with rest_table(patch, folder, pool=pool or users()) as table:
        text = document_text(compile_contract(parse(contract(approved), source="test")))
        (folder / "hrgroup.json").write_text(text, encoding="utf-8")
        tenancy.current.cache_clear()
        yield table


def furnish(table: FakeDynamo) -> dict[str, str]:
    """Put things of the west where records and events put them; return the names that were drawn for the others."""
    tenant = tenancy.current()
    _contacts(table)
    _agents(table, tenant, datetime.now(UTC))
    callback = Callback(
        id="west-callback", phone=CALLER, line="telesales", queue="telesales", language="zh-CN", asked_at=AT, attempts=3
    )
    Callbacks(table, TABLE, tenant.id, 365).promise(callback, AT)
    places = ((WEST_AGENT, "director"), (EAST_AGENT, "director"))
    for version, (name, position) in enumerate(places):
        body = {"position": position, "version": version}
        _asked("PUT", "/v1/people/{user}", body, user("root", None, "tenant-administrator"), path={"user": name})
    return {"number": _ticket(), "customer": _customer()}


def contact_of(table: FakeDynamo, name: str, queue_name: str, agent_name: str | None, **more: Any) -> None:
    """Take in the record of a contact in that queue, `minute` minutes after nine, with the attributes `said`."""
    is_west = queue_name.startswith("Telesales")
    at = {
        "InitiationTimestamp": when(60 * more.get("minute", 0)),
        "CustomerEndpoint": {"Address": CALLER, "Type": "TELEPHONE_NUMBER"},
        "SystemEndpoint": {"Address": WEST_NUMBER if is_west else EAST_NUMBER, "Type": "TELEPHONE_NUMBER"},
        "Queue": queue(queue_name),
    }
    line = "telesales" if is_west else "after-sales"
    said = {**record()["Attributes"], "line": line, "routeQueue": "none", "customerId": "none", **more.get("said", {})}
    who = agent(agent_name) if agent_name else None
    _ingest(table).take(json.dumps(record(name, Agent=who, Attributes=said, **at)).encode())


def _ingest(table: FakeDynamo) -> Ingest:
    tenant = tenancy.current()
    return Ingest(
        tenant=tenant,
        table=TABLE,
        contacts=Contacts(table, TABLE, tenant.id, 365, lambda: ""),
        instance_arn=None,
        pause=lambda _: None,
        chance=lambda: 0.5,
        listeners=(
            Expectations(Completions(table, TABLE, tenant.id, 365), Complaints(table, TABLE, tenant)),
            Keeper(Messages(table, TABLE, tenant.id, 365), tenant),
            services.feed(table, TABLE, tenant),
        ),
    )


def _contacts(table: FakeDynamo) -> None:
    contact_of(table, CONTACT, "Telesales (Mandarin)", WEST_AGENT)
    contact_of(
        table, MESSAGE, "Telesales (Mandarin)", None, said={"routeQueue": "telesales", "voicemail": "true"}, minute=2
    )
    recording = {
        "pk": f"T#hrgroup#CONTACT#{CONTACT}", "sk": "RECORDING#west.wav", "key": "connect/west.wav", "bucket": "b",
        "kind": "call", "size_bytes": 1, "stored_at": "2026-03-02T09:10:00Z",
    }  # fmt: skip
    table.items[recording["pk"], recording["sk"]] = encode(recording)


def _agents(table: FakeDynamo, tenant: Tenant, now: datetime) -> None:
    class NoDesk:
        def sign_off(self, agent: object, now: datetime) -> None:
            raise AssertionError(f"{agent} is refused at {now}")

    ingest = AgentIngest(
        store=Agents(table, TABLE, tenant.id, 365),
        turns=Turns(table, TABLE, tenant.id, 365),
        desk=NoDesk(),
        seats=tenant.seats,
        site_attribute="Site",
        instance_arn=INSTANCE_ARN,
        now=lambda: now,
    )
    for name in (WEST_AGENT, EAST_AGENT):
        life = Life(name, start=now - timedelta(seconds=30))
        life.login()
        for event in life.events:
            ingest.take(encoded(event))


def _asked(method: str, route: str, body: Mapping[str, Any], claims: Mapping[str, str], **more: Any) -> Any:
    headers = {"content-type": "application/json"}
    status, answer = send(app.app, method, route, headers=headers, body=json.dumps(body), claims=claims, **more)
    assert status < 300, answer
    return answer


def _ticket() -> str:
    body = {"subject": {"category": "repair", "text": "west-subject", "phone": CALLER}, "note": "west-note"}
    opened = _asked("POST", "/v1/tickets", body, user(WEST_AGENT, "west", "agent"))
    return str(opened["ticket"]["number"])


def _customer() -> str:
    body = {"name": "West Customer", "node": "west", "identities": [{"kind": "phone", "value": CALLER}]}
    return str(_asked("POST", "/v1/customers", body, user(WEST_AGENT, "west", "agent"))["customer_id"])
