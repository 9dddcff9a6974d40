"""The own screen of an agent: what the floor says stands on it, and with whom Amazon Connect says each contact is."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.agents.items import AGENT_PREFIX, agent_item, state_of
from chalicelib.agents.models import AgentState, Shift, Snapshot, Status, StatusType, Work
from chalicelib.platform.dynamo import decode, encode
from chalicelib.platform.tenancy import TenantId
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest_table import NO_CONTACT


def stands(table: FakeDynamo, tenant: str, user: str, *contact_ids: str, **more: Any) -> None:
    """Let contacts stand on the screen of `user`, as agent events do; `state` is theirs, `heard_at` the newest one's.

    Without a contact the screen is empty.
    """
    now = datetime.now(UTC)
    works = (
        Work(contact_id=one, channel="VOICE", state=more.get("state", "CONNECTED"), since=now) for one in contact_ids
    )
    ready = Status(name="Available", type=StatusType.ROUTABLE, since=now)
    snapshot = Snapshot(username=user, status=ready, works=tuple(works))
    heard_at = more.get("heard_at", now)
    state = AgentState(
        id=user, name=user, heard_at=heard_at, heard_ids=(), taken_at=now, snapshot=snapshot, shift=Shift()
    )
    _keep(table, tenant, state)


def heard_now(table: FakeDynamo, tenant: str) -> None:
    """Let every agent have been heard of just now: the wall's time goes on while a world's stands."""
    known = [decode(item) for (_, sk), item in table.items.items() if sk.startswith(AGENT_PREFIX)]
    for state in map(state_of, known):
        _keep(table, tenant, replace(state, heard_at=datetime.now(UTC)))


def _keep(table: FakeDynamo, tenant: str, state: AgentState) -> None:
    item = agent_item(TenantId(tenant), state, 1)
    table.items[item["pk"], item["sk"]] = encode(item)


class Line:
    """Amazon Connect's side: the attributes of contacts by id, all of whom call from `number` (None: withheld)."""

    def __init__(self, number: str | None, attributes: Mapping[str, Mapping[str, str]]) -> None:
        self.number, self.attributes = number, attributes

    def __call__(self, path: str) -> tuple[int, Any]:
        """Answer DescribeContact and GetContactAttributes; it knows no other contact."""
        contact_id = path.rpartition("/")[2]
        if contact_id not in self.attributes:
            return NO_CONTACT
        if path.startswith("/contact/attributes"):
            return 200, {"Attributes": self.attributes[contact_id]}
        end = {"CustomerEndpoint": {"Address": self.number, "Type": "TELEPHONE_NUMBER"}} if self.number else {}
        return 200, {"Contact": {"Id": contact_id, **end}}


def candidates(*customer_ids: str) -> dict[str, str]:
    """Return the attributes of a contact whose number several customers have."""
    return {"customerId": "none", "candidates": json.dumps([[one, "Name", ""] for one in customer_ids])}
