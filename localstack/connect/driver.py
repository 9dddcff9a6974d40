"""The driver: one thread that owns a world, moves its clock, and does what others ask of it between two events.

In real mode it waits for each event's moment. In virtual mode it jumps, but only while a run or a burst asks for it,
and it stands still while an interactive caller is asked for keys.
"""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from localstack.connect.engine import times
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.world import World

log = logging.getLogger(__name__)

Mode = Literal["virtual", "real"]
FLUSH_AT = 200
"""Deliveries that may wait before they are handed over in the middle of a run."""
NEXT_TRY_S = 0.5
LONGEST_NAP_S = 3600.0
LONGEST_RUN_S = 86_400.0
"""How long a run goes on that has no end of its own."""
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Run:
    """A wish to move virtual time: until nothing is left to do (`until` None) or until a moment."""

    until: datetime | None
    longest_until: datetime
    answer: "Future[bool]"

    @property
    def ends(self) -> datetime:
        """When it is over at the latest."""
        return self.longest_until if self.until is None else min(self.until, self.longest_until)


def system_now() -> datetime:
    """The system clock."""
    return datetime.now(UTC)


class Driver:
    """Runs a world. `call` and `run` may be used by any thread; the world itself by the driver's thread only."""

    def __init__(self, make_world: Callable[[datetime], World], settings: Settings) -> None:
        self.settings = settings
        self.mode: Mode = "real"
        self.world = make_world(system_now())
        self.failure = ""
        self.burning = 0
        """How many bursts are running; virtual time moves for them."""
        self._runs: list[Run] = []
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="connect-engine", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Hand over what waits and end the thread."""
        self._inbox.put(self._stop)
        self._thread.join()

    @property
    def now(self) -> datetime:
        """The world's time; safe in every thread."""
        return system_now() if self.mode == "real" else self.world.now

    def call[T](self, do: Callable[[World], T]) -> "Future[T]":
        """Do something in the driver's thread; what it raises is the future's exception."""
        answer: Future[T] = Future()

        def work() -> None:
            if not answer.set_running_or_notify_cancel():  # whoever asked has gone away
                return
            self._catch_up()
            try:
                answer.set_result(do(self.world))
            except (LookupError, ValueError) as error:
                answer.set_exception(error)
            except BaseException as error:
                answer.set_exception(error)
                raise

        self._inbox.put(work)
        return answer

    def run(self, until: datetime | None, longest_s: float | None) -> "Future[bool]":
        """Move virtual time; the answer (whether nothing is left to do) comes when it stands still again.

        `longest_s` are seconds after which it stands still in any case. None: at `until`, or after a day.
        """
        answer: Future[bool] = Future()

        def begin() -> None:
            if answer.set_running_or_notify_cancel():
                at_last = until if longest_s is None else None
                latest = at_last or times.later(self.now, LONGEST_RUN_S if longest_s is None else longest_s)
                self._runs.append(Run(until, latest, answer))

        self._inbox.put(begin)
        return answer

    def set_clock(self, mode: Mode, now: datetime | None) -> "Future[None]":
        """Choose the clock. Signed-in agents sign out at the old time and in again at the new one."""
        return self.call(lambda _world: self._set_clock(mode, now))

    def _set_clock(self, mode: Mode, now: datetime | None) -> None:
        world = self.world
        if world.active or not world.timeline.idle:
            msg = "contacts are active"
            raise ValueError(msg)
        agents = world.floor.sign_out_all()
        world.outbox.hurry()
        world.watch.settle()
        self.mode = mode
        world.timeline.rebase(system_now() if mode == "real" or now is None else now)
        for agent in agents:
            world.floor.sign_in(agent.instance, agent.user, agent.habits, agent.status)

    def _loop(self) -> None:
        while not self._stopping:
            try:
                self._turn()
            except Exception as error:
                self.failure = f"{type(error).__name__}: {error}"
                log.exception("the engine failed at one event and goes on with the next")

    def _turn(self) -> None:
        self._settle_runs()
        nap_s = self._nap_s()
        if nap_s is None:
            self.world.timeline.fire()
            if self.world.outbox.waiting >= FLUSH_AT:
                self._flush()
            self._drain()
            return
        if self.world.outbox.waiting:
            self._flush()
            nap_s = min(nap_s, NEXT_TRY_S) if self.world.outbox.waiting else nap_s
        try:
            self._inbox.get(timeout=min(nap_s, LONGEST_NAP_S))()
        except queue.Empty:
            return
        self._drain()

    def _drain(self) -> None:
        while True:
            try:
                self._inbox.get_nowait()()
            except queue.Empty:
                return

    def _nap_s(self) -> float | None:
        """How long there is nothing to do; None = the head is due now."""
        head = self.world.timeline.head()
        if self.mode == "virtual" and not self._moving():
            return LONGEST_NAP_S
        if self.mode == "real":
            moments = [run.ends for run in self._runs] + ([head.when] if head else [])
            wait_s = (min(moments, default=LAST) - system_now()).total_seconds()
            if wait_s > 0:
                return wait_s
        if head is None:
            return LONGEST_NAP_S
        if head.gate is not None and not head.gate.done():
            head.gate.add_done_callback(lambda _future: self._inbox.put(_nothing))
            return LONGEST_NAP_S
        return None

    def _moving(self) -> bool:
        if self.world.awaited:
            return False
        if self._runs:
            return True
        return self.burning > 0 and not self.world.timeline.idle

    def _settle_runs(self) -> None:
        for run in list(self._runs):
            if self._settled(run):
                self._runs.remove(run)
                self._flush()
                idle = self.world.timeline.idle
                if self.mode == "virtual" and not self.world.awaited and not (idle and run.until is None):
                    self.world.timeline.move_to(run.ends)
                run.answer.set_result(idle)

    def _settled(self, run: Run) -> bool:
        head = self.world.timeline.head()
        if self.world.awaited or self.now >= run.longest_until:
            return True
        if run.until is None and self.world.timeline.idle:
            return True
        if self.mode == "virtual":
            return head is None or head.when > run.ends
        return run.until is not None and system_now() >= run.until

    def _catch_up(self) -> None:
        if self.mode == "real":
            self.world.timeline.move_to(system_now())

    def _flush(self) -> None:
        self.world.outbox.flush()

    def _stop(self) -> None:
        self._flush()
        self._stopping = True


def _nothing() -> None:
    """Wakes the driver."""
