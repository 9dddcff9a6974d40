"""The emulator with a tenant whose menus lie in a table: the real functions of menus, routing and ingest."""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.menus.service import Menus
from chalicelib.menus.store import Trees
from chalicelib.platform import flow_door
from chalicelib.routing import flow as routing_flow
from chalicelib.routing.service import Routing
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.models import from_document
from cli.tenant_functions import BUDGET_S, MemoryCallers
from infra.cdk import menu_catalogue
from localstack.connect.engine.contact import Contact
from tests.support.connect_world import identifier, texts
from tests.support.fake_dynamo import FakeDynamo
from tests.support.taken_in import ingest
from tests.support.tenant_world import TenantWorld


class MenuWorld(TenantWorld):
    """A world whose calls read `table`, and whose finished contacts can be taken in there."""

    def __init__(self, tenant: str | Contract, table: FakeDynamo, **more: Any) -> None:
        super().__init__(tenant, route=self.decide, **more)
        self.tenant = from_document(compile_contract(self.contract))
        self.table = table
        self.name = f"trunkline-{self.tenant.id}"
        trees = menu_catalogue.trees(self.contract)
        self.menus = Menus(self.tenant, Trees(table, self.name), trees, lambda: self.world.now)
        queues = {queue: identifier(queue) for queue in self.tenant.queues}
        self.wires = routing_flow.Wired(Routing(MemoryCallers(), self.tenant, lambda: self.world.now), queues)
        self.replies: list[Mapping[str, str]] = []

    def decide(self, event: Mapping[str, Any]) -> dict[str, str]:
        """What route_contact answers: the real function."""
        reply = flow_door.flat(routing_flow.handle(flow_door.parse(event), BUDGET_S, self.wires))
        self.replies.append(reply)
        return reply

    def take_in(self, contact: Contact) -> None:
        """Store the finished contact and count it, as the ingest does."""
        ingest(self.table, self.tenant).take(json.dumps(self.record_of(contact)).encode())


def heard(contact: Contact) -> str:
    """Everything that the caller heard, in order."""
    return " / ".join(texts(contact, "hears"))
