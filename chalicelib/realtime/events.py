"""Real time: what it hears. Contact events, which EventBridge puts on the stream of agent events, and the clock.

`ingest_agent_events` is the function (chalicelib/agents/events.py): one stream, one batch, one dead-letter queue.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from chalicelib.agents.models import QueueFigures, QueuesKept
from chalicelib.agents.service import Agents, House
from chalicelib.platform import observability
from chalicelib.platform.errors import ProductError
from chalicelib.platform.fields import Unusable
from chalicelib.platform.tenancy import TenantId
from chalicelib.realtime import checking, contact_event, thresholds
from chalicelib.realtime.board import Realtime, told_by
from chalicelib.realtime.connect import Users
from chalicelib.realtime.models import TELLS_NOTHING_S, AgentNow, Check, Moment
from chalicelib.realtime.store import Boards, Client, Moments
from chalicelib.realtime.watching import Bus, EventBus, Watching
from chalicelib.tenancy.models import Tenant

__all__ = ["Checks", "ContactEvents", "EventBus", "Users", "contact_events", "is_contact_event", "of_table"]

is_contact_event = contact_event.is_contact_event

AGENTS_EVERY_S: Final = 55.0
"""Amazon Connect tells a hundred agents a request, a few requests a second to a whole account (13.3): the agents are
compared once a minute, by the clock."""

_log = logging.getLogger(__name__)


class Keeper(Protocol):
    """Port: see `store.Moments`."""

    def keep(self, one: Moment) -> bool:
        """Keep what an event told; False: what is kept is as new."""

    def check(self, check: Check) -> None:
        """Keep a check."""


@dataclass(frozen=True, slots=True)
class ContactEvents:
    """Takes contact events in. Any order and any repetition lead to the same board.

    `queues` are the contract's ids by Amazon Connect's; `instance_arn` None accepts every instance.
    """

    kept: Keeper
    queues: Mapping[str, str]
    instance_arn: str | None

    def take(self, data: bytes, now: datetime) -> bool:
        """Bring the board to what the event says; False: it said nothing new of the present.

        Raises:
            Unusable: it is no contact event of this tenant's instance.
            Throttled, StoreUnavailable: nothing was written; the same call may succeed later.

        """
        instance, moment = contact_event.parse(data, self.queues, now)
        if self.instance_arn and instance != self.instance_arn:
            msg = "the event is of another Amazon Connect instance"
            raise Unusable(msg, field="detail.instanceArn")
        if moment.method == contact_event.LISTENING:
            return False
        if now - moment.last_at > timedelta(seconds=TELLS_NOTHING_S):
            observability.measure("ContactEventsLate")
            return False
        return self.kept.keep(moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Holds what the events told against Amazon Connect's own figures; what differs is counted and kept.

    `watching` None: the contract has no thresholds.
    """

    kept: Keeper
    live: Realtime
    agents_of: Callable[[House], Mapping[str, AgentNow]]
    watching: Watching | None = None

    def queues(self, told: QueuesKept) -> None:
        """Compare the queues with what Amazon Connect has just told, and once a minute the agents, too.

        What fails is logged and missed: no event may wait for it.
        """
        try:
            self._compare(told.figures, told.at)
        except ProductError as error:
            observability.measure("ChecksMissed")
            _log.warning("check missed", extra={"code": error.code, "reason": error.detail})

    def _compare(self, theirs: Mapping[str, QueueFigures], now: datetime) -> None:
        live = self.live
        board = live.boards.board()
        heard = board.check.agents_at if board.check else None
        is_due = heard is None or now - heard > timedelta(seconds=AGENTS_EVERY_S)
        house = live.floor.house() if is_due or self.watching else None
        told = told_by(house, board, live.tenant.agent_statuses, now)
        check = checking.check_queues(board.check, told, theirs, now)
        if house and is_due:
            check = checking.check_agents(check, told, self.agents_of(house), now)
        self.kept.check(check)
        observability.measure("LiveDiffers", float(checking.differences(check, told, now)))
        if house and self.watching:
            board = replace(board, check=check)
            self.watching.look(live.shown(house, board, None, now), board, now)


def contact_events(
    client: Client, table: str, tenant: TenantId, queue_ids: Mapping[str, str], instance_arn: str
) -> ContactEvents:
    """Return what takes contact events into a table; `queue_ids` are Amazon Connect's by the contract's."""
    queues = {connect_id: queue for queue, connect_id in queue_ids.items()}
    return ContactEvents(Moments(client, table, tenant), queues, instance_arn)


def of_table(client: Any, table: str, tenant: Tenant, users: Users, bus: Bus, now: Callable[[], datetime]) -> Checks:
    """Return what checks the board of a table and watches the thresholds of the contract, if it has any."""
    kept = Moments(client, table, tenant.id)
    live = Realtime(
        tenant=tenant,
        floor=Agents(client, table, tenant.id, tenant.contacts_days),
        boards=Boards(client, table, tenant.id),
        now=now,
    )
    terms = thresholds.terms_of(tenant.realtime)
    watching = Watching(tenant=tenant.id, terms=terms, kept=kept, bus=bus) if terms else None
    return Checks(kept=kept, live=live, agents_of=users.agents, watching=watching)
