"""What a decision reads beside the caller: floor and overrides, by one request (docs/adr/0026)."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.agents.service import Agents, Standings
from chalicelib.overrides import service as overrides
from chalicelib.overrides.service import Overrides, Store
from chalicelib.platform.dynamo import read_keys
from chalicelib.platform.errors import ProductError
from chalicelib.platform.kept_read import KeptRead, PartOf
from chalicelib.routing import live_floor
from chalicelib.tenancy.models import Tenant

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What one request told that began at `began_s`. `standings` is None when it had no packs, nor the table agents."""

    began_s: float
    overrides: Overrides
    standings: Standings | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Reads floor and overrides of one tenant together. One thread at a time, as `Agents` says."""

    agents: Agents
    overrides: Store
    clock_s: Callable[[], float] = time.monotonic

    def read(self) -> Known:
        """Return both; consistent for the sake of the overrides, whose change was answered (0018).

        Raises:
            Throttled, StoreUnavailable: the store could not answer.

        """
        began_s, agents = self.clock_s(), self.agents
        keys = [overrides.key(agents.tenant), *agents.standing_keys()]
        found = read_keys(agents.client, "read what decisions need", agents.table, keys, consistent=True)
        told = self.overrides.found(*found)
        try:
            standings = agents.standings_in(found)
        except ProductError as error:
            # That was the agents' own items, asked for when packs are missing. The overrides are known all the same.
            _log.warning("floor not read", extra={"code": error.code, "reason": error.detail})
            return Known(began_s=began_s, overrides=told, standings=None)
        return Known(began_s=began_s, overrides=told, standings=standings)


def of_table(client: Any, table: str, tenant: Tenant, kept_s: float) -> tuple[live_floor.Live, overrides.Live]:
    """Return floor and overrides that lie in the tenant's table; `client` has the patience of a waiting caller.

    One reading serves as long as the overrides' may (`kept_s`), and the floor's.
    """
    agents = Agents(client, table, tenant.id, tenant.contacts_days)
    both = Beside(agents=agents, overrides=Store(client, table, tenant.id))
    reading = KeptRead(both.read, min(kept_s, live_floor.KEEP_S))
    floor = live_floor.Live(PartOf(reading, lambda known: known.standings))
    told: PartOf[Known, overrides.Told] = PartOf(reading, lambda known: (known.began_s, known.overrides))
    return floor, overrides.Live(tenant, told, kept_s)
