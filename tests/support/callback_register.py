"""The register of callbacks beside a world: the real `request_callback`, the real ingest, a table in memory."""

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.callbacks import flow
from chalicelib.callbacks.connect import Planned
from chalicelib.callbacks.models import State
from chalicelib.callbacks.service import Callbacks, Follower, Promises, Withdrawals
from chalicelib.contacts.service import Ingest
from chalicelib.contacts.store import Contacts
from chalicelib.platform import flow_door
from chalicelib.tenancy.models import Tenant
from tests.support.desk_journey import Connect
from tests.support.fake_dynamo import FakeDynamo
from tests.support.tenant_world import TenantWorld

TOKENS = itertools.count()


class CallbackRegister:
    """What is promised, and what came of it. Amazon Connect is asked through its own operations, over the world."""

    def __init__(self, tenant: Tenant, world: TenantWorld) -> None:
        self.tenant = tenant
        self.world = world
        self.withdrawals = Withdrawals(lambda arn: Planned(Connect(world), arn.rpartition("/")[2]))
        self.client = FakeDynamo()
        self.kept = Callbacks(self.client, "table", tenant.id, 365)

    def promise(self, event: Mapping[str, Any]) -> dict[str, str]:
        """What request_callback answers."""
        service = Promises(self.kept, self.tenant, lambda: self.world.world.now)
        return flow_door.flat(flow.serve(flow_door.parse(event), service, self.withdrawals))

    def take_in(self, records: Sequence[Mapping[str, Any]]) -> None:
        """All contact records so far, twice."""
        contacts = Contacts(self.client, "table", self.tenant.id, 365, lambda: f"token-{next(TOKENS)}")
        ingest = Ingest(tenant=self.tenant, table="table", contacts=contacts, instance_arn=None, pause=lambda _: None,
                        chance=lambda: 0.0, listeners=(Follower(self.kept),))  # fmt: skip
        for record in [*records, *records]:
            ingest.take(json.dumps(record).encode())

    def state(self, phone: str, call_id: str) -> State:
        """Where the callback stands that was promised to `phone` in the call."""
        found = self.kept.find(phone, call_id)
        assert found is not None
        return found.state
