"""The timeline and the outbox: order, cancelling, and not giving up."""

import random
import weakref
from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack.connect.engine.outbox import TRIES, Outbox
from localstack.connect.engine.ports import Place
from localstack.connect.engine.settings import Faults
from localstack.connect.engine.timeline import Timeline
from tests.support.connect_ports import RECORDS
from tests.support.connect_world import MONDAY, Small


@given(delays=st.lists(st.integers(0, 50), max_size=30), cancelled=st.sets(st.integers(0, 29)))
def test_timers_fire_in_order_of_moment_then_of_planning(delays: list[int], cancelled: set[int]) -> None:
    timeline, fired = Timeline(MONDAY), []
    timers = [timeline.after(delay, lambda n=n: fired.append(n)) for n, delay in enumerate(delays)]
    for n in cancelled & set(range(len(delays))):
        timeline.cancel(timers[n])
    while timeline.head() is not None:
        timeline.fire()
    assert fired == sorted(set(range(len(delays))) - cancelled, key=lambda n: (delays[n], n))
    assert timeline.idle


@given(delays=st.lists(st.integers(0, 9), max_size=20), background=st.sets(st.integers(0, 19)), most=st.integers(1, 5))
def test_running_on_does_what_firing_one_by_one_does(delays: list[int], background: set[int], most: int) -> None:
    single, several = ([], Timeline(MONDAY)), ([], Timeline(MONDAY))
    for fired, timeline in (single, several):
        for n, delay in enumerate(delays):
            timeline.after(delay, partial(fired.append, n), background=n in background)
    while not single[1].idle:
        single[1].fire()
    while count := several[1].run(most):
        assert count <= most
    assert several[0] == single[0]
    assert (several[1].now, several[1].idle) == (single[1].now, True)


def test_a_timer_that_is_over_keeps_nothing_alive() -> None:
    class Thing:
        def happen(self) -> None: ...

    timeline, gone = Timeline(MONDAY), []
    fired, cancelled = Thing(), Thing()
    for thing in (fired, cancelled):
        weakref.finalize(thing, gone.append, id(thing))
    kept = [timeline.after(1, fired.happen), timeline.after(2, cancelled.happen)]
    timeline.fire()
    timeline.cancel(kept[1])
    wanted = {id(fired), id(cancelled)}
    del fired, cancelled, thing
    assert set(gone) == wanted


def test_background_timers_do_not_keep_the_world_busy() -> None:
    timeline = Timeline(MONDAY)
    timeline.after(5, lambda: None, background=True)
    assert timeline.idle
    wanted = timeline.after(5, lambda: None)
    assert not timeline.idle
    timeline.cancel(wanted)
    timeline.cancel(wanted)
    assert timeline.idle


def test_the_clock_never_passes_the_next_timer_nor_goes_back() -> None:
    timeline = Timeline(MONDAY)
    timeline.after(60, lambda: None)
    timeline.move_to(MONDAY + timedelta(seconds=100))
    assert timeline.now == MONDAY + timedelta(seconds=60)
    timeline.move_to(MONDAY)
    assert timeline.now == MONDAY + timedelta(seconds=60)


def test_the_clock_cannot_be_set_while_something_is_planned() -> None:
    timeline = Timeline(MONDAY)
    timer = timeline.after(60, lambda: None)
    with pytest.raises(ValueError, match="active"):
        timeline.rebase(MONDAY)
    timeline.cancel(timer)
    timeline.rebase(MONDAY - timedelta(days=1))
    assert timeline.now == MONDAY - timedelta(days=1)


def test_firing_without_a_timer_is_an_error() -> None:
    with pytest.raises(LookupError):
        Timeline(MONDAY).fire()


def test_a_gate_is_kept_with_its_timer() -> None:
    timeline = Timeline(MONDAY)
    gate: Future[Any] = Future()
    timeline.after(1, lambda: None, gate=gate)
    head = timeline.head()
    assert head is not None
    assert head.gate is gate


def outbox_of(small: Small, faults: Faults = Faults()) -> Outbox:  # noqa: B008  frozen
    small.cloud.real = False
    return Outbox(small.world.ports, faults, random.Random(1), small.world.timeline)  # noqa: S311  not a secret


@given(count=st.integers(0, 1200), refusals=st.integers(0, TRIES - 2))
def test_everything_arrives_in_order_of_each_stream(count: int, refusals: int) -> None:
    small = Small()
    outbox = outbox_of(small)
    for n in range(count):
        outbox.record(Place("0", "r"), RECORDS, "k", {"n": n})
    small.cloud.refusals = refusals if count else 0
    while outbox.flush():
        pass
    assert sorted(record["n"] for record in small.cloud.records) == list(range(count))
    if not refusals:
        assert [record["n"] for record in small.cloud.records] == list(range(count))
    assert (outbox.lost, outbox.delivered) == (0, count)


def test_what_is_never_taken_is_counted_as_lost() -> None:
    small = Small()
    outbox = outbox_of(small)
    outbox.record(Place("0", "r"), RECORDS, "k", {"n": 1})
    small.cloud.refusals = 1000
    for _ in range(TRIES):
        outbox.flush()
    assert (outbox.waiting, outbox.lost, outbox.delivered) == (0, 1, 0)


def test_duplicates_are_whole_records() -> None:
    small = Small()
    outbox = outbox_of(small, Faults(duplicate_share=1.0, shuffle=True))
    for n in range(50):
        outbox.record(Place("0", "r"), RECORDS, "k", {"n": n})
    outbox.flush()
    assert sorted(record["n"] for record in small.cloud.records) == sorted([*range(50), *range(50)])
    assert [record["n"] for record in small.cloud.records] != sorted(record["n"] for record in small.cloud.records)
