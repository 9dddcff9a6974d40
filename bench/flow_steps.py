"""How many steps of a flow the interpreter does in a second, on a tenant's own flows.

Calls go from the number to the queue, one after another, without clock and agents: a prompt takes no time, each menu
hears the key 1 at once, and each function has the answer ready that the tenant's own code gave to the first call.
Floor: the same steps by hand, which is to look an action up in its document and find the branch that was taken.
Never fails on time; fails when a call does not reach a queue.

    .venv/bin/python -m bench.flow_steps [--calls 1000] [--tenant hrgroup] [--times 3] [--profile]
"""

import argparse
import cProfile
import itertools
import pstats
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from bench.bank_day import PROFILED_ROWS
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.models import from_document
from cli import options, tenant_functions, tenant_instance
from cli.ledger import Ledger, NoBuckets, NoBus, NoLogs
from cli.tenant_functions import TenantFunctions
from cli.tenant_instance import TenantInstance
from flowlang.document import Action
from localstack.connect.directory import Flow
from localstack.connect.engine.effects import Digits, Effect, Finish, Invoke, Keyed, Outcome
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.ports import Invocation, LambdaReply, Place, Ports
from localstack.connect.engine.registry import Performing
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.world import World

START: Final = datetime(2026, 3, 2, 2, tzinfo=UTC)
"""A Monday, ten in the morning in China: the lines are open."""
KEY, CALLER, PLACE = "1", "+8613800138000", Place("000000000000", "us-east-1")

type Trail = list[tuple[Mapping[str, Action], str]]
"""Steps in order: the actions of the document, and which of them was performed."""


class TrailedRun(FlowRun):
    """A flow run that notes which way it goes."""

    def __init__(self, trail: Trail, *given: Any) -> None:
        super().__init__(*given)
        self._trail = trail

    def _perform(self, action: Action) -> Outcome | Performing:
        self._trail.append((self.frame.document.actions, self.frame.at))
        return super()._perform(action)


@dataclass(slots=True)
class Callers:
    """Answers what flows ask for, at once."""

    functions: TenantFunctions
    _ready: dict[tuple[str, str], LambdaReply] = field(default_factory=dict)

    def answer(self, effect: Effect) -> Keyed | LambdaReply | None:
        """Return what a run resumes with."""
        if isinstance(effect, Digits):
            return Keyed(KEY)
        return self._of_function(effect) if isinstance(effect, Invoke) else None

    def _of_function(self, asked: Invoke) -> LambdaReply:
        # The same function answers each step of the menu differently; calls of one line are at the same place of it.
        said = asked.event["Details"]["ContactData"]["Attributes"]
        asking = (
            asked.function_arn,
            f"{said.get('line')} {said.get('menuState')} {asked.event['Details']['Parameters']}",
        )
        if asking not in self._ready:
            reply = self.functions.start(Invocation(PLACE, asked.function_arn, asked.event, asked.limit_s))
            self._ready[asking] = reply
        return self._ready[asking]


def furnish(tenant: str) -> tuple[World, TenantInstance, Callers]:
    """Return a world with the tenant's instance, and its callers."""
    contract = options.contract(tenant)
    served = from_document(compile_contract(contract))
    made = tenant_instance.build(contract)
    known = tenant_functions.callers(list(contract.demo.customers))
    functions = tenant_functions.build(contract, made.queue_ids, known, lambda: START)
    ports = Ports(lambdas=functions, streams=Ledger(served, known), bus=NoBus(), objects=NoBuckets(), logs=NoLogs())
    return World(made.directory, ports, Settings(namespace=tenant_instance.NAMESPACE), START), made, Callers(functions)


def runs(world: World, made: TenantInstance, count: int, new: Callable[..., FlowRun] = FlowRun) -> list[FlowRun]:
    """Return the runs of so many calls that have just arrived, spread over the tenant's numbers."""
    flows = [(one, flow) for one in made.instance.phone_numbers.values() if (flow := _flow(made, one.flow_id))]
    ready = []
    for number, flow in itertools.islice(itertools.cycle(flows), count):
        contact = world.new_contact(made.instance, CallPlan(to=number.number, caller=CALLER))
        world.calls.present(contact)
        ready.append(new(world, contact, flow))
    return ready


def _flow(made: TenantInstance, flow_id: str | None) -> Flow | None:
    return made.instance.find(Flow, flow_id) if flow_id else None


def follow(ready: Sequence[FlowRun], callers: Callers) -> list[Finish]:
    """Run them to their ends, one after another."""
    ends = []
    for run in ready:
        steps = run.steps()
        try:
            effect = steps.send(None)
            while True:
                effect = steps.send(callers.answer(effect))
        except StopIteration as stop:
            ends.append(stop.value)
    return ends


def by_hand(trails: Sequence[Trail]) -> int:
    """Take the same steps: look each action up, find the branch. Returns how many there were."""
    count = 0
    for trail in trails:
        for (actions, at), (_, following) in itertools.pairwise(trail):
            ways = actions[at].transitions
            if ways.next_action != following:
                targets = [one.next_action for one in ways.conditions] + [one.next_action for one in ways.errors]
                _ = following in targets
        count += len(trail)
    return count


def fastest_s(times: int, timed: Callable[[], float]) -> float:
    """Return the fewest processor seconds of so many runs."""
    return min(timed() for _ in range(times))


def seconds(work: Callable[[], object]) -> float:
    """Return the processor seconds of one run."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> int:
    """Measure both, print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--tenant", default="hrgroup")
    parser.add_argument("--times", type=int, default=3, help="the fastest of so many runs counts")
    parser.add_argument("--profile", action="store_true", help="also say where the time goes")
    asked = parser.parse_args()
    world, made, callers = furnish(asked.tenant)
    trails: list[Trail] = []

    def trailed(*given: Any) -> FlowRun:
        trails.append([])
        return TrailedRun(trails[-1], *given)

    ends = follow(runs(world, made, asked.calls, trailed), callers)
    own_s = fastest_s(asked.times, lambda: timed_alone(world, made, callers, asked.calls))
    floor_s = fastest_s(asked.times, lambda: seconds(lambda: by_hand(trails)))
    steps = sum(map(len, trails))
    print(f"{asked.tenant}, {asked.calls:,} calls of {steps / asked.calls:.1f} steps, one core, best of {asked.times}")
    print(f"  interpreter {steps / own_s:>12,.0f} steps/s   {own_s / steps * 1e6:.1f} us a step")
    print(f"  by hand     {steps / floor_s:>12,.0f} steps/s")
    print(f"  ratio       {own_s / floor_s:>12.1f}")
    if asked.profile:
        profiler = cProfile.Profile()
        profiler.runcall(follow, runs(world, made, asked.calls), callers)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(PROFILED_ROWS)
    lost = sum(end.how != "queued" for end in ends)
    if lost:
        print(f"LOST: {lost} of {asked.calls} calls reached no queue")
    return 1 if lost else 0


def timed_alone(world: World, made: TenantInstance, callers: Callers, calls: int) -> float:
    """Return the processor seconds of the runs without what a call costs before its flow begins."""
    ready = runs(world, made, calls)
    return seconds(lambda: follow(ready, callers))


if __name__ == "__main__":
    sys.exit(main())
