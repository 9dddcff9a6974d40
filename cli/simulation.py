"""A day of a tenant in this process: its real flows, its own policies, simulated callers and agents, virtual time."""

import contextlib
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chalicelib.contacts.models import Contact as ContactOfOurs
from chalicelib.metrics import contracted
from chalicelib.metrics.models import Report
from chalicelib.metrics.presence import Presence
from chalicelib.metrics.service import Metrics, Refusals
from chalicelib.routing.service import NO_FLOOR
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.models import Tenant, from_document
from cli import tenant_functions, tenant_instance, world_floor
from cli.diary import Diary
from cli.ledger import Ledger, NoBuckets, NoBus, NoLogs
from cli.memory_callbacks import WorldCallbacks
from cli.simulation_plan import RING_S, Group, Plan
from cli.world_floor import WorldFloor
from localstack.connect import control_requests
from localstack.connect.engine import times
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.ports import CloudWatch, Ports, Streams, Unwatched
from localstack.connect.engine.reporter import Reporter
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.staff import Agent, Habits
from localstack.connect.engine.world import World

if TYPE_CHECKING:
    from datetime import datetime

_FLUSH_AFTER: Final = 2_000
_COLLECT_AFTER: Final = 100_000
_KEPT: Final = 10
"""Nobody reads transcripts of contacts that are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a day gave: the product's own reports, and how much work it was to find out."""

    plan: Plan
    by_queue: Report
    whole: Report
    intervals: Report
    metrics: Metrics
    """For whatever else is asked of the day."""
    connect_s: float
    """Mean seconds from offer to conversation: ringing and whispers. They are part of every wait, and keep agents."""
    steps: int
    """Actions of flows that were performed."""
    events: int
    digest: str
    """SHA-256 of all contact records: the same as long as not one byte of them changes."""
    took_s: float


def nothing_more(world: World, made: tenant_instance.TenantInstance) -> None:
    """Let nothing happen but calls."""


UNWATCHED: Final = Unwatched()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What there is on a day beside its calls: whoever keeps what agents do, and what else happens.

    With a `diary` the figures of agents' time are told, with `refusals` those of refused calls. `begin` is called when
    the agents have signed in, and plans on the world's timeline what else happens.
    """

    diary: Diary | None = None
    cloudwatch: CloudWatch = UNWATCHED
    refusals: Callable[[str], Refusals] | None = None
    begin: Callable[[World, tenant_instance.TenantInstance], None] = nothing_more


CALLS_ONLY: Final = Beside()


class _QuietReporter(Reporter):
    """Tells contact records only. Nobody listens to the rest, so what is said of it is dropped before it costs time."""

    def contact_event(self, contact: Contact, event_type: str, **detail: object) -> None:
        """Say nothing."""

    def data_updated(self, contact: Contact, what: str) -> None:
        """Say nothing, and so remember nothing of what was said."""

    def agent_event(self, agent: Agent, event_type: str, *, gone: bool = False) -> None:
        """Say nothing."""


class _AgentReporter(_QuietReporter):
    """Tells agent events too, for contracts whose decisions look at the agents."""

    def agent_event(self, agent: Agent, event_type: str, *, gone: bool = False) -> None:
        """Tell it."""
        Reporter.agent_event(self, agent, event_type, gone=gone)


def _floor(
    tenant: Tenant, made: tenant_instance.TenantInstance, world: Callable[[], World], diary: Diary | None
) -> WorldFloor | None:
    """Return the floor that decisions see; None where nobody needs it: the day is not slowed down by it."""
    if not tenant.plan.needs_floor and diary is None:
        return None
    made.tell_agents(world_floor.AGENT_STREAM)
    deliver = lambda: world().outbox.flush()  # noqa: E731, PLW0108 - the world is made later
    return world_floor.of_tenant(tenant, deliver, diary)


@dataclass(slots=True)
class _Answers:
    """How long it takes from the last offer of a contact to the conversation: ringing and whispers."""

    total_s: float = 0.0
    count: int = 0

    def note(self, contact: Contact) -> None:
        """Read it from a contact that is over.

        Nothing is kept of a call that is over: its contacts refer to each other in a circle through their line, so
        that they and all that hangs on them would have to be found by the garbage collector.
        """
        self._read(contact)
        segments = contact.segments
        if all([segment.completed for segment in segments]):  # noqa: C419  nearly always one
            contact.transcript.clear()
            for segment in segments:
                segment.line = None

    def _read(self, contact: Contact) -> None:
        offered: datetime | None = None
        for told in contact.transcript:
            if told.kind == "offered":
                offered = told.at
            elif told.kind == "joined" and offered is not None:
                self.total_s += (told.at - offered).total_seconds()
                self.count += 1
                return


def run(planned: Plan, also: Callable[[ContactOfOurs], None] | None = None, beside: Beside = CALLS_ONLY) -> Outcome:
    """Run the day to its end: every call over, every record booked. The same plan always gives the same reports.

    `also` is told of every contact as the product keeps it.
    """
    began = time.perf_counter()
    tenant = from_document(compile_contract(planned.contract))
    made = tenant_instance.build(planned.contract)
    known = tenant_functions.callers(list(planned.contract.demo.customers))
    ledger = Ledger(tenant, known, also)
    floor = _floor(tenant, made, lambda: world, beside.diary)
    calls_back = WorldCallbacks(lambda: world)
    functions = tenant_functions.build(
        planned.contract, made.queue_ids, known, lambda: world.now, floor or NO_FLOOR, planned=calls_back
    )
    ports = _ports(functions, world_floor.TwoStreams(floor, ledger) if floor else ledger, beside)
    settings = Settings(seed=planned.seed, namespace=tenant_instance.NAMESPACE, contacts_kept=_KEPT, flows_told=False)
    world = World(made.directory, ports, settings, planned.start)
    world.reporter = _AgentReporter(world) if floor else _QuietReporter(world)
    answers = _Answers()
    world.on_completed.append(answers.note)
    _sign_in(world, made, planned.staff)
    beside.begin(world, made)
    _Arrivals(world, planned).plan_next()
    with _seldom_collected():
        events = _until_idle(world)
    metrics = _metrics(tenant, ledger, lambda: world.now, beside, made.instance.id)
    # A call of the last minute enters its queue, and counts, in the quarter-hour after the day.
    end = max(planned.end, ledger.end or planned.end)
    return Outcome(
        plan=planned,
        by_queue=metrics.report(planned.start, end, "queue"),
        whole=metrics.report(planned.start, end, "tenant"),
        intervals=metrics.report(planned.start, end, "queue", per_interval=True),
        metrics=metrics,
        connect_s=answers.total_s / answers.count if answers.count else 0.0,
        steps=world.actions_performed,
        events=events,
        digest=ledger.digest,
        took_s=time.perf_counter() - began,
    )


def _ports(functions: tenant_functions.TenantFunctions, streams: Streams, beside: Beside) -> Ports:
    return Ports(
        lambdas=functions,
        streams=streams,
        bus=NoBus(),
        objects=NoBuckets(),
        logs=NoLogs(),
        cloudwatch=beside.cloudwatch,
    )


def _metrics(
    tenant: Tenant, ledger: Ledger, now: "Callable[[], datetime]", beside: Beside, instance_id: str
) -> Metrics:
    diary, unpaid = beside.diary, frozenset(tenant.kpis.unpaid_statuses)
    return Metrics(
        tenant=tenant.id,
        counters=ledger,
        targets=contracted.targets(tenant),
        now=now,
        kpis=contracted.kpis(tenant),
        nodes=tenant.organisation,
        staff=Presence(statuses=diary, turns=diary, unpaid=unpaid) if diary else None,
        refusals=beside.refusals(instance_id) if beside.refusals else None,
    )


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for garbage in circles seldom: a day makes millions of objects, few of them in circles."""
    usual = gc.get_threshold()
    gc.set_threshold(_COLLECT_AFTER, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@dataclass(slots=True)
class _Arrivals:
    """Places each call when the one before it has arrived, so that the world holds only calls that are going on."""

    world: World
    planned: Plan
    number: int = 0

    def plan_next(self) -> None:
        """Wait for the next call, if there is one."""
        if self.number < len(self.planned.calls):
            at_s = self.planned.calls[self.number].at_s
            self.world.timeline.at(times.later(self.planned.start, at_s), self._arrive)

    def _arrive(self) -> None:
        asked = control_requests.call_plan(self.planned.calls[self.number].body())
        self.world.place_call(asked, seed=f"{self.planned.seed}/{self.number}")
        self.number += 1
        self.plan_next()


def _sign_in(world: World, made: tenant_instance.TenantInstance, staff: Sequence[Group]) -> None:
    for group in staff:
        habits = Habits(ring_s=RING_S, talk_s=group.talk_s, acw_s=group.acw_s)
        for number in range(1, group.count + 1):
            user = made.user(f"{group.profile}-{number:03d}", group.profile, group.skilled)
            world.floor.sign_in(made.instance, user, habits, made.available)


def _until_idle(world: World) -> int:
    events = 0
    while fired := world.timeline.run(_FLUSH_AFTER):
        events += fired
        world.outbox.flush()
    return events
