"""A day of a tenant in this process: its real flows, its own policies, simulated callers and agents, virtual time."""

import contextlib
import datetime as dt
import gc
import random
import time
import zoneinfo
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from chalicelib.metrics import api as metrics_api
from chalicelib.metrics.models import Report
from chalicelib.metrics.service import Metrics
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.models import from_document
from cli import arrivals, callers, erlang, tenant_functions, tenant_instance
from cli.callers import plan_calls
from cli.control import PlannedCall
from cli.ledger import Ledger, NoBuckets, NoBus, NoLogs
from localstack.connect import control_requests
from localstack.connect.engine import times
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.ports import Ports
from localstack.connect.engine.reporter import Entered, Reporter
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.staff import Agent, Habits
from localstack.connect.engine.world import World

RING_S: Final = 2.0
"""How long simulated agents let it ring, on average."""
MAX_OCCUPANCY: Final = 0.88
"""Nobody can be busier for a whole day; the cap when agents are reckoned by Erlang C (domain reference 4.7)."""
FIRST_DAY: Final = dt.date(2026, 3, 2)
"""A Monday: days of older patterns are played on the same weekday of this week (contact records are of our time)."""
_PEAK_S: Final = 1_800
_FLUSH_AFTER: Final = 2_000
_COLLECT_AFTER: Final = 100_000
_KEPT: Final = 10
"""Nobody reads transcripts of contacts that are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a planner asks for. None leaves it to the contract, the pattern, or Erlang C (agents)."""

    pattern: Path
    calls: int | None = None
    agents: int | None = None
    handle_s: float | None = None
    patience_s: float | None = None
    seed: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A day that is ready to be run: who calls when (seconds after `start`), and who works, by routing profile."""

    contract: Contract
    start: dt.datetime
    end: dt.datetime
    calls: tuple[PlannedCall, ...]
    staff: tuple["Group", ...]
    handle_s: float
    patience_s: float
    seed: int
    source: str

    @property
    def agents(self) -> int:
        """How many work, all day."""
        return sum(group.count for group in self.staff)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """`count` agents of one routing profile with the same habits."""

    profile: str
    count: int
    talk_s: float
    acw_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a day gave: the product's own reports, and how much work it was to find out."""

    plan: Plan
    by_queue: Report
    whole: Report
    intervals: Report
    connect_s: float
    """Mean seconds from offer to conversation: ringing and whispers. They are part of every wait, and keep agents."""
    steps: int
    """Actions of flows that were performed."""
    events: int
    took_s: float


def plan(contract: Contract, wish: Wish) -> Plan:
    """Return the day that `wish` describes.

    Raises:
        InvalidPattern: the file of call counts cannot be read.

    """
    days = arrivals.read_pattern(wish.pattern.read_text(encoding="utf-8-sig"))
    date = arrivals.choose_weekday(days)
    day = days[date]
    count = wish.calls or sum(interval.calls for interval in day)
    scale = wish.handle_s / _usual_handle_s(contract) if wish.handle_s else 1.0
    handle_s = _usual_handle_s(contract) * scale
    start = _start(contract, date, day[0].start_s)
    offsets = arrivals.arrival_times(day, count, seed=wish.seed)
    patience_s = wish.patience_s or _usual_patience_s()
    planned = plan_calls([contract], offsets, seed=wish.seed)
    return Plan(
        contract=contract,
        start=start,
        end=_quarter_after(start + dt.timedelta(seconds=arrivals.span_s(day))),
        calls=_changed(planned, scale, wish.patience_s, wish.seed),
        staff=_staff(contract, wish.agents or _agents_for_peak(contract, day, count, handle_s), scale),
        handle_s=handle_s,
        patience_s=patience_s,
        seed=wish.seed,
        source=f"{wish.pattern.name}, {date:%A %Y-%m-%d}",
    )


def _usual_handle_s(contract: Contract) -> float:
    groups = contract.demo.agents
    total_s = sum((group.handle_s + group.after_contact_work_s) * group.count for group in groups)
    return total_s / sum(group.count for group in groups)


def _usual_patience_s() -> float:
    return callers.MEAN_PATIENCE_S + callers.MIN_PATIENCE_S


def _start(contract: Contract, date: dt.date, start_s: int) -> dt.datetime:
    played = date if date >= FIRST_DAY else FIRST_DAY + dt.timedelta(days=date.weekday())
    midnight = dt.datetime.combine(played, dt.time(), zoneinfo.ZoneInfo(contract.time_zone))
    return midnight.astimezone(dt.UTC) + dt.timedelta(seconds=start_s)


def _quarter_after(at: dt.datetime) -> dt.datetime:
    over_s = at.timestamp() % 900
    return at if not over_s else at + dt.timedelta(seconds=900 - over_s)


def _changed(
    planned: Sequence[PlannedCall], scale: float, patience_s: float | None, seed: int
) -> tuple[PlannedCall, ...]:
    """Return the calls with talk times scaled, and patience drawn anew from the exponential law if one is asked for."""
    rng = random.Random(f"patience-{seed}")  # noqa: S311 - reproducible callers, not secrets
    return tuple(
        replace(
            call,
            talk_s=None if call.talk_s is None else round(call.talk_s * scale, 1),
            patience_s=round(rng.expovariate(1 / patience_s), 1) if patience_s else call.patience_s,
        )
        for call in planned
    )


def _agents_for_peak(contract: Contract, day: arrivals.Day, count: int, handle_s: float) -> int:
    """Return what Erlang C asks for in the busiest half-hour, for the strictest service level of the contract."""
    peak = arrivals.peak_window(day, _PEAK_S)
    share = sum(interval.calls for interval in peak) / sum(interval.calls for interval in day)
    strictest = min((queue.service_level for queue in contract.queues), key=lambda level: level.threshold_s)
    return erlang.agents_needed(
        count * share / arrivals.span_s(peak),
        handle_s + RING_S,
        target_s=strictest.threshold_s,
        share=max(queue.service_level.target for queue in contract.queues),
        occupancy=MAX_OCCUPANCY,
    )


def _staff(contract: Contract, agents: int, scale: float) -> tuple[Group, ...]:
    """Spread the agents over the routing profiles as the contract's demo agents are spread, the largest first."""
    groups = sorted(contract.demo.agents, key=lambda group: -group.count)
    left, weight = agents, sum(group.count for group in groups)
    staff = []
    for group in groups:
        share = round(left * group.count / weight) if weight else 0
        left, weight = left - share, weight - group.count
        staff.append(
            Group(
                profile=group.profile,
                count=share,
                talk_s=group.handle_s * scale,
                acw_s=group.after_contact_work_s * scale,
            )
        )
    return tuple(group for group in staff if group.count)


class _QuietReporter(Reporter):
    """Tells contact records only, because nobody listens to the rest; counts the actions that flows perform."""

    steps = 0

    def contact_event(self, contact: Contact, event_type: str, **detail: object) -> None:
        """Say nothing."""

    def agent_event(self, agent: Agent, event_type: str, *, gone: bool = False) -> None:
        """Say nothing."""

    def flow_log(self, contact: Contact, entered: Entered, result: str | None) -> None:
        """Count."""
        del contact, entered, result
        self.steps += 1


@dataclass(slots=True)
class _Answers:
    """How long it takes from the last offer of a contact to the conversation: ringing and whispers."""

    total_s: float = 0.0
    count: int = 0

    def note(self, contact: Contact) -> None:
        """Read it from a contact that is over."""
        offered: dt.datetime | None = None
        for told in contact.transcript:
            if told.kind == "offered":
                offered = told.at
            elif told.kind == "joined" and offered is not None:
                self.total_s += (told.at - offered).total_seconds()
                self.count += 1
                return


def run(planned: Plan) -> Outcome:
    """Run the day to its end: every call over, every record booked. The same plan always gives the same reports."""
    began = time.perf_counter()
    tenant = from_document(compile_contract(planned.contract))
    made = tenant_instance.build(planned.contract)
    known = tenant_functions.callers(list(planned.contract.demo.customers))
    ledger = Ledger(tenant, known)
    functions = tenant_functions.build(tenant, made.queue_ids, known, lambda: world.now)
    ports = Ports(lambdas=functions, streams=ledger, bus=NoBus(), objects=NoBuckets(), logs=NoLogs())
    settings = Settings(seed=planned.seed, namespace=tenant_instance.NAMESPACE, contacts_kept=_KEPT)
    world = World(made.directory, ports, settings, planned.start)
    world.reporter = reporter = _QuietReporter(world)
    answers = _Answers()
    world.on_completed.append(answers.note)
    _sign_in(world, made, planned.staff)
    _Arrivals(world, planned).plan_next()
    with _seldom_collected():
        events = _until_idle(world)
    metrics = Metrics(tenant.id, ledger, metrics_api.targets(tenant), lambda: world.now)
    return Outcome(
        plan=planned,
        by_queue=metrics.report(planned.start, planned.end, "queue"),
        whole=metrics.report(planned.start, planned.end, "tenant"),
        intervals=metrics.report(planned.start, planned.end, "queue", per_interval=True),
        connect_s=answers.total_s / answers.count if answers.count else 0.0,
        steps=reporter.steps,
        events=events,
        took_s=time.perf_counter() - began,
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
            user = made.user(f"{group.profile}-{number:03d}", group.profile)
            world.floor.sign_in(made.instance, user, habits, made.available)


def _until_idle(world: World) -> int:
    events = 0
    while not world.timeline.idle:
        world.timeline.fire()
        events += 1
        if not events % _FLUSH_AFTER:
            world.outbox.flush()
    world.outbox.flush()
    return events
