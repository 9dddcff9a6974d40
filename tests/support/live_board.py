"""Calls of a tenant on the emulator, and the live view that their events make on a table in memory."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.agents import events as agents_events
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.desk import Desk
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.queue_watch import QueueWatch
from chalicelib.agents.store import Agents
from chalicelib.menus import flow as menus_flow
from chalicelib.organisation.service import Sight
from chalicelib.platform import flow_door
from chalicelib.realtime import events as realtime
from chalicelib.realtime.board import Realtime, View
from chalicelib.realtime.models import TELLING
from chalicelib.realtime.service import Moments, Places
from chalicelib.realtime.store import Boards
from cli.tenant_functions import BUDGET_S
from localstack.connect import api_agents, api_current
from tests.support.connect_world import MONDAY, arn
from tests.support.desk_journey import Journey
from tests.support.tenant_world import TenantWorld


class ConnectNow:
    """Amazon Connect's figures of this moment, told by the emulator's own handlers."""

    def __init__(self, world: TenantWorld) -> None:
        self.world = world
        self.engine: Any = None

    def get_current_metric_data(self, **request: Any) -> Mapping[str, Any]:
        return api_current.current(self.engine, self.world.world, self.world.instance, request)

    def get_current_user_data(self, **request: Any) -> Mapping[str, Any]:
        return api_agents.user_data(self.engine, self.world.world, self.world.instance, request)


class Bus:
    """EventBridge, which keeps what it was told; `failing` makes it refuse."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.failing = False

    def put_events(self, **request: Any) -> Mapping[str, Any]:
        if self.failing:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
        self.told += [(one["DetailType"], json.loads(one["Detail"])) for one in request["Entries"]]
        return {"FailedEntryCount": 0, "Entries": []}


@dataclass
class LiveBoard:
    """The product's whole way from events to the view.

    `lose` says which events never arrive; `spoil` repeats and disorders contacts' events.
    """

    journey: Journey
    lose: Any = None
    spoil: random.Random | None = None
    seen_events: int = 0
    seen_agents: int = 0
    clock_at: datetime = MONDAY
    bus: Bus = field(default_factory=Bus)
    hearing: agents_events.Hearing = field(init=False)
    view_of: Realtime = field(init=False)

    def __post_init__(self) -> None:
        journey, tenant = self.journey, self.journey.tenant
        world, table, name = journey.world, journey.table, journey.name
        self.queue_ids = {queue: arn("queue", queue).rpartition("/")[2] for queue in tenant.queues}
        connect: Any = ConnectNow(world)
        store = Agents(*journey.kept)
        users = realtime.Users(
            client=connect, instance_id="instance", queue_ids=self.queue_ids, kinds=tenant.agent_statuses
        )
        checks = realtime.of_table(table, name, tenant, users, realtime.EventBus(self.bus, "bus"), journey.now)
        self.desk = Desk(connect, "instance", self.queue_ids, journey.trail)
        watch = QueueWatch(store, self.desk)
        self.refresh = agents_events.refreshing(watch, checks)
        ingest = Ingest(
            store=store,
            turns=Turns(*journey.kept),
            desk=self.desk,
            seats=tenant.seats,
            site_attribute="Site",
            instance_arn=None,
            now=journey.now,
            kinds=tenant.agent_statuses,
            refresh=self.refresh,
        )
        contacts = realtime.contact_events(table, name, tenant.id, self.queue_ids, "")
        self.hearing = agents_events.Hearing(agents=ingest, contacts=contacts, refresh=self.refresh, now=journey.now)
        self.places = Places(Moments(table, name, tenant.id))
        world.lambdas.answers["menu_step"] = self._step
        self.view_of = Realtime(tenant=tenant, floor=store, boards=Boards(table, name, tenant.id), now=journey.now)

    def _step(self, event: Mapping[str, Any]) -> dict[str, str]:
        menus = self.journey.world.menus
        return flow_door.flat(menus_flow.handle(flow_door.parse(event), BUDGET_S, menus, self.places))

    def at(self, second: float) -> View:
        """Let the world run so long after its beginning, take in what it told, and return the view."""
        self.run(second)
        return self.view()

    def run(self, second: float) -> None:
        """Let the world run, take in what it told every four seconds, and let the clock come every minute."""
        world = self.journey.world.world
        until = MONDAY + timedelta(seconds=second)
        while world.now < until:
            self.journey.world.run(until=min(until, world.now + timedelta(seconds=4)))
            world.outbox.flush()
            self._take_in()
            if world.now >= self.clock_at:
                self.clock_at = world.now + timedelta(seconds=60)
                self.refresh(world.now)

    def _take_in(self) -> None:
        cloud = self.journey.world.cloud
        news = [one for one in cloud.events[self.seen_events :] if one["detail"]["eventType"] in TELLING]
        seen_agents = self.seen_agents
        self.seen_events, self.seen_agents = len(cloud.events), len(cloud.agent_events)
        if self.spoil is not None:
            news += self.spoil.choices(news, k=len(news) // 2) if news else []
            self.spoil.shuffle(news)
        for event in [*news, *cloud.agent_events[seen_agents:]]:
            if self.lose is None or not self.lose(event):
                self.hearing.take(json.dumps(event).encode())

    def view(self, seen: Sight | None = None) -> View:
        """Return the view now."""
        return self.view_of.view(seen)

    def waiting(self) -> dict[str, tuple[int, int]]:
        """Return how many wait in each queue and for how long the longest has, as the emulator itself counts."""
        told = self.desk.waiting()
        return {queue: (one.waiting, round(one.oldest_s)) for queue, one in told.items()}
