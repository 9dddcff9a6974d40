"""Routing: where reservations of agents are kept. One item an agent, put over what does not stand any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from chalicelib.platform.dynamo import PutClient, attempt_put, encode
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.platform.tenancy import TenantId, partition
from chalicelib.routing.models import Reservation

SORT: Final = "CONTACT"
KEPT: Final = timedelta(days=1)
"""A reservation is of use for seconds; a day later somebody may still ask for whom an agent was kept."""
_FREE: Final = "attribute_not_exists(pk) OR contact_id = :mine OR until_ms < :now OR at_ms < :asked"
_NEVER: Final = datetime.fromtimestamp(0, UTC)
_MS: Final = timedelta(milliseconds=1)


def key(tenant: TenantId, agent_id: str) -> dict[str, str]:
    """Return the key of an agent's reservation."""
    return {"pk": partition(tenant, "RESERVED", agent_id), "sk": SORT}


def item(tenant: TenantId, reservation: Reservation) -> dict[str, Any]:
    """Return the item of a reservation."""
    return {
        **key(tenant, reservation.agent_id),
        "agent_id": reservation.agent_id,
        "contact_id": reservation.contact_id,
        "at_ms": _ms(reservation.at),
        "until_ms": _ms(reservation.until),
        "ttl": int((reservation.until + KEPT).timestamp()),
    }


def reservation_of(found: Mapping[str, Any]) -> Reservation:
    """Return the reservation that `item` wrote, to the millisecond."""
    return Reservation(
        agent_id=found["agent_id"],
        contact_id=found["contact_id"],
        at=_NEVER + found["at_ms"] * _MS,
        until=_NEVER + found["until_ms"] * _MS,
    )


@dataclass(frozen=True, slots=True)
class Reservations:
    """The reservations of one tenant's agents."""

    client: PutClient
    table: str
    tenant: TenantId

    def put(self, wanted: Reservation, asked_at: datetime | None) -> Reservation | None:
        """Keep `wanted` and return None, or return another contact's reservation that stands in the way.

        What stands is `reserving.stands`; `asked_at` is when the agent was last offered a contact or became idle. The
        same contact may ask again.

        Raises:
            Throttled, StoreUnavailable: it is not known to be written.

        """
        values = {
            ":mine": wanted.contact_id,
            ":now": _ms(wanted.at),
            ":asked": _ms(asked_at or _NEVER),
        }
        request = {
            "TableName": self.table,
            "Item": encode(item(self.tenant, wanted)),
            "ConditionExpression": _FREE,
            "ExpressionAttributeValues": encode(values),
        }
        refused = attempt_put(self.client, "reserve an agent", request)
        if refused is None:
            return None
        if refused.old_item is None:
            raise StoreUnavailable("reserve an agent: the store does not tell who has him")
        return reservation_of(refused.old_item)


def _ms(at: datetime) -> int:
    return (at - _NEVER) // _MS
