"""Queues whose truth is known: Erlang C, and the emulator's matching run on the same model."""

import functools
import math
import random
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from localstack.connect.engine.acd import Entry, FreeAgent, WaitingContact
from localstack.connect.engine.dispatcher import Dispatcher
from localstack.connect.engine.timeline import Timeline

START = datetime(2026, 3, 2, tzinfo=UTC)
ENTRIES = (Entry("q", 1, 0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """M/M/N: Poisson arrivals, exponential handling times, N agents, endless patience."""

    calls_per_s: float
    handle_s: float
    agents: int

    @property
    def load(self) -> float:
        """Erlangs."""
        return self.calls_per_s * self.handle_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Waiting probability, mean wait in seconds, share served within the target."""

    p_wait: float
    mean_wait_s: float
    service_level: float


def erlang_c(model: Model, target_s: float) -> Figures:
    """The exact figures; the load must be below the number of agents.  Source: domain reference 4.3."""
    load, blocked = model.load, 1.0
    for n in range(1, model.agents + 1):
        blocked = load * blocked / (n + load * blocked)
    spare = model.agents - load
    p_wait = model.agents * blocked / (model.agents - load * (1 - blocked))
    late = math.exp(-spare * target_s / model.handle_s)
    return Figures(p_wait=p_wait, mean_wait_s=p_wait * model.handle_s / spare, service_level=1 - p_wait * late)


class BareAcd:
    """The emulator's clock and matching without flows, records and people: contacts, agents and waits only."""

    def __init__(self, model: Model, contacts: int, seed: str) -> None:
        self.waits_s: list[float] = []
        self._model = model
        self._rng = random.Random(seed)  # noqa: S311  not a secret
        self._timeline = Timeline(START)
        self._dispatcher = Dispatcher()
        self._since: dict[str, datetime] = {}
        self._left = contacts
        for n in range(model.agents):
            self._dispatcher.agent_free(FreeAgent(str(n), START, ENTRIES))

    def run(self) -> list[float]:
        """Seconds that each contact waited, in the order in which they were served."""
        self._next_arrival()
        while not self._timeline.idle:
            self._timeline.fire()
        return self.waits_s

    def _next_arrival(self) -> None:
        if self._left:
            self._left -= 1
            self._timeline.after(self._rng.expovariate(self._model.calls_per_s), self._arrive)

    def _arrive(self) -> None:
        now, name = self._timeline.now, str(self._left)
        self._since[name] = now
        self._dispatcher.contact_waits(WaitingContact(name, "q", 5, now, 0, -self._left))
        self._offer(now)
        self._next_arrival()

    def _offer(self, now: datetime) -> None:
        for pair in self._dispatcher.pairs(now):
            self.waits_s.append((now - self._since.pop(pair.contact_id)).total_seconds())
            handle_s = self._rng.expovariate(1 / self._model.handle_s)
            self._timeline.after(handle_s, functools.partial(self._free, pair.agent_id))

    def _free(self, agent_id: str) -> None:
        now = self._timeline.now
        self._dispatcher.agent_free(FreeAgent(agent_id, now, ENTRIES))
        self._offer(now)


def figures(waits_s: Sequence[float], target_s: float) -> Figures:
    """What the waits say."""
    count = len(waits_s)
    return Figures(
        p_wait=sum(wait > 0 for wait in waits_s) / count,
        mean_wait_s=statistics.fmean(waits_s),
        service_level=sum(wait <= target_s for wait in waits_s) / count,
    )


BATCHES = 20
T_99 = 2.861
"""Student's t for 99 %, two-sided, 19 degrees of freedom."""


def intervals(waits_s: Sequence[float], target_s: float) -> Iterator[tuple[str, float, float]]:
    """(figure, middle, half width) of the 99 % confidence intervals, by 20 batch means after a tenth of warm-up."""
    steady = waits_s[len(waits_s) // 10 :]
    size = len(steady) // BATCHES
    batches = [figures(steady[n * size : (n + 1) * size], target_s) for n in range(BATCHES)]
    for name in ("p_wait", "mean_wait_s", "service_level"):
        means = [getattr(batch, name) for batch in batches]
        yield name, statistics.fmean(means), T_99 * statistics.stdev(means) / math.sqrt(BATCHES)
