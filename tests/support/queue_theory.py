"""Queues whose truth is known: Erlang C and A, and the emulator's matching run on the same models.

Formulas and published rows: domain reference 4.3, 4.4 and 4.6.
"""

import functools
import math
import random
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from localstack.connect.engine.acd import Entry, FreeAgent, WaitingContact
from localstack.connect.engine.dispatcher import Dispatcher
from localstack.connect.engine.timeline import Timeline, Timer

START = datetime(2026, 3, 2, tzinfo=UTC)
ENTRIES = (Entry("q", 1, 0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """M/M/N: Poisson arrivals, exponential handling times, N agents; patience exponential, or endless (None)."""

    calls_per_s: float
    handle_s: float
    agents: int
    patience_s: float | None = None

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


def erlang_b(agents: int, load: float) -> float:
    """The share that finds all agents busy when nobody waits.  Source: domain reference 4.2."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(model: Model, target_s: float) -> Figures:
    """The exact figures; the load must be below the number of agents.  Source: domain reference 4.3."""
    load, blocked = model.load, erlang_b(model.agents, model.load)
    spare = model.agents - load
    p_wait = model.agents * blocked / (model.agents - load * (1 - blocked))
    late = math.exp(-spare * target_s / model.handle_s)
    return Figures(p_wait=p_wait, mean_wait_s=p_wait * model.handle_s / spare, service_level=1 - p_wait * late)


@dataclass(frozen=True, slots=True, kw_only=True)
class Impatient:
    """Figures of a queue that callers leave. The waits are those of all, also of those who left."""

    figures: Figures
    p_abandon: float
    sl_offered: float
    """Answered within the target, of all offered."""


def erlang_a(model: Model, target_s: float) -> Impatient:
    """The exact figures with exponential patience, by the state probabilities of the queue.

    With j ahead the wait is a sum of exponentials of the rates N/h + i/patience, so that e^(-wait/patience) has a beta
    distribution: its finite sums give who is answered in time.  Source: domain reference 4.4.
    """
    patience_s = model.patience_s
    assert patience_s is not None
    agents, rate = model.agents, model.calls_per_s
    served, leaves = agents / model.handle_s, 1 / patience_s
    c, kept = served / leaves, math.exp(-leaves * target_s)
    ratio, total, in_line, ahead = 1.0, 1.0, 0.0, 0
    term = summed = math.exp(-(served + leaves) * target_s)
    in_time = c / (c + 1) * (1 - term)
    while ratio > 1e-17 * total or ahead < 1:
        ahead += 1
        ratio *= rate / (served + ahead * leaves)
        total, in_line = total + ratio, in_line + ahead * ratio
        term *= (c + ahead) / ahead * (1 - kept)
        summed += term
        in_time += ratio * c / (c + ahead + 1) * (1 - summed)
    blocked = erlang_b(agents, model.load)
    full = blocked / (1 + (total - 1) * blocked)
    p_wait, mean_wait_s = total * full, in_line * full / rate
    offered = 1 - p_wait + full * in_time
    figures = Figures(p_wait=p_wait, mean_wait_s=mean_wait_s, service_level=math.nan)
    return Impatient(figures=figures, p_abandon=leaves * mean_wait_s, sl_offered=offered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One published row: what it is about, and what its source printed (recomputed to more digits)."""

    source: str
    model: Model
    target_s: float
    published: Figures

    @property
    def agents(self) -> int:
        """How many agents."""
        return self.model.agents


def _row(source: str, load: tuple[float, float, float], target_s: float, agents: int, *figures: float) -> Row:
    """A row of 4.6: (calls, interval in s, handling time in s); P(wait) in %, mean wait in s, service level in %."""
    calls, interval_s, handle_s = load
    p_wait, mean_wait_s, level = figures
    return Row(
        source=source,
        model=Model(calls_per_s=calls / interval_s, handle_s=handle_s, agents=agents),
        target_s=target_s,
        published=Figures(p_wait=p_wait / 100, mean_wait_s=mean_wait_s, service_level=level / 100),
    )


_E1, _E2 = (400, 3600, 180), (250, 1800, 210)
PUBLISHED = (
    _row("E1", _E1, 20, 21, 76.06, 136.92, 31.93), _row("E1", _E1, 20, 22, 56.79, 51.11, 54.52),
    _row("E1", _E1, 20, 23, 41.57, 24.94, 70.21), _row("E1", _E1, 20, 24, 29.81, 13.41, 80.89),
    _row("E1", _E1, 20, 25, 20.91, 7.53, 88.00), _row("E1", _E1, 20, 26, 14.34, 4.30, 92.64),
    _row("E1", _E1, 20, 27, 9.61, 2.47, 95.59), _row("E1", _E1, 20, 28, 6.28, 1.41, 97.42),
    _row("E2", _E2, 20, 30, 82.80, 208.65, 23.52), _row("E2", _E2, 20, 31, 65.23, 74.72, 45.22),
    _row("E2", _E2, 20, 32, 50.69, 37.57, 61.29), _row("E2", _E2, 20, 33, 38.83, 21.27, 73.04),
    _row("E2", _E2, 20, 34, 29.30, 12.73, 81.51), _row("E2", _E2, 20, 35, 21.77, 7.84, 87.51),
    _row("E2", _E2, 20, 36, 15.91, 4.89, 91.70), _row("E2", _E2, 20, 37, 11.43, 3.06, 94.58),
    _row("E2", _E2, 20, 38, 8.07, 1.92, 96.52), _row("E2", _E2, 20, 39, 5.60, 1.20, 97.80),
    _row("E3", _E1, 30, 22, 56.79, 51.11, 59.31), _row("E3", _E1, 30, 23, 41.57, 24.94, 74.78),
    _row("E3", _E1, 30, 24, 29.81, 13.41, 84.70), _row("E3", _E1, 30, 25, 20.91, 7.53, 90.91),
    _row("E4", (100, 1800, 180), 20, 14, 17.41, 7.84, 88.84), _row("E4", (100, 1800, 180), 20, 15, 10.20, 3.67, 94.15),
    _row("E5", (1000, 3600, 120), 20, 40, 19.07, 3.43, 93.72),
    _row("E6", (2000, 3600, 150), 30, 90, 36.73, 8.26, 90.32),
    _row("E7", (360, 1800, 240), 15, 55, 23.87, 8.18, 84.59), _row("E8", (1, 60, 120), 20, 4, 17.39, 10.43, 87.54),
    _row("E8", (6, 60, 120), 20, 16, 20.46, 6.14, 89.50), _row("E8", (28, 60, 120), 20, 64, 21.51, 3.23, 94.33),
)  # fmt: skip
"""Rows of the published Erlang C table."""


class BareAcd:
    """The emulator's clock and matching without flows, records and people: contacts, agents and waits only.

    `all_waits_s` are the waits of everybody in order of arrival, `left` who of them gave up. A caller who has not been
    served when the run ends is in neither.
    """

    def __init__(self, model: Model, contacts: int, seed: str) -> None:
        self.waits_s: list[float] = []
        self._model = model
        self._rng = random.Random(seed)  # noqa: S311  not a secret
        self._timeline = Timeline(START)
        self._dispatcher = Dispatcher()
        self._since: dict[str, datetime] = {}
        self._patience: dict[str, Timer] = {}
        self._fates: list[tuple[datetime, float, bool]] = []
        self._left = contacts
        for n in range(model.agents):
            self._dispatcher.agent_free(FreeAgent(str(n), START, ENTRIES))

    @property
    def all_waits_s(self) -> list[float]:
        """Seconds that each contact waited, in the order of arrival, whatever became of it."""
        return [wait_s for _, wait_s, _ in sorted(self._fates)]

    @property
    def left(self) -> list[bool]:
        """Who gave up, in the order of arrival."""
        return [gone for _, _, gone in sorted(self._fates)]

    def run(self) -> list[float]:
        """Seconds that each contact waited, in the order in which they were served."""
        self._next_arrival()
        while self._timeline.head() is not None:
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
        if self._model.patience_s is not None and name in self._since:
            patience_s = self._rng.expovariate(1 / self._model.patience_s)
            self._patience[name] = self._timeline.after(patience_s, functools.partial(self._give_up, name))
        self._next_arrival()

    def _offer(self, now: datetime) -> None:
        for pair in self._dispatcher.pairs(now):
            since = self._since.pop(pair.contact_id)
            wait_s = (now - since).total_seconds()
            self.waits_s.append(wait_s)
            if self._model.patience_s is not None:
                self._timeline.cancel(self._patience.pop(pair.contact_id, None))
                self._fates.append((since, wait_s, False))
            handle_s = self._rng.expovariate(1 / self._model.handle_s)
            self._timeline.after(handle_s, functools.partial(self._free, pair.agent_id))

    def _give_up(self, name: str) -> None:
        since, now = self._since.pop(name), self._timeline.now
        del self._patience[name]
        self._dispatcher.contact_gone(name)
        self._fates.append((since, (now - since).total_seconds(), True))

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


def shares(outcomes: Sequence[bool]) -> tuple[float, float]:
    """(middle, half width) of the 99 % confidence interval of how often something is true, as `intervals` does it."""
    steady = outcomes[len(outcomes) // 10 :]
    size = len(steady) // BATCHES
    means = [statistics.fmean(steady[n * size : (n + 1) * size]) for n in range(BATCHES)]
    return statistics.fmean(means), T_99 * statistics.stdev(means) / math.sqrt(BATCHES)
