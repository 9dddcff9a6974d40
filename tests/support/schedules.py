"""Random schedules of calls and agents: misses, hang-ups, repeated and displaced events, every emulated strategy."""

import random
from dataclasses import dataclass
from datetime import timedelta

from tests.support.live_floor_world import LiveFloorWorld
from tests.support.routing_plans import part

KINDS = ("round", "in-order", "least", "fewest", "chance", "everyone")
QUIET_S = 300
"""After so long every caller of a schedule has hung up and every agent is done."""


@dataclass(slots=True)
class Tally:
    """What was seen: schedules, calls, answered ones, missed offers, contacts that two agents had at once."""

    schedules: int = 0
    calls: int = 0
    answered: int = 0
    missed: int = 0
    without_floor: int = 0
    shared: int = 0
    twice: int = 0

    def add(self, other: "Tally") -> None:
        """Add what was seen elsewhere."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def run(count: int, seed: int) -> Tally:
    """Run so many schedules one after another in one world, four agents of whom some miss offers and some leave."""
    rnd = random.Random(seed)  # noqa: S311 - schedules, not secrets
    world = LiveFloorWorld(part("strategies"), spoil=rnd, quick=True, after_sales=rnd.choice(KINDS), complaints="round")
    for name in ("ann", "bob", "cat", "dan"):
        world.staff("service", name, accept_share=rnd.choice((1.0, 0.7, 0.3)), talk_s=rnd.uniform(5, 90), acw_s=10)
    placed = []
    for _ in range(count):
        now = world.world.now
        for _ in range(rnd.randint(1, 4)):
            at = now + timedelta(seconds=rnd.uniform(0, 40))
            placed.append(world.ask(wait_s=rnd.uniform(1, 120), at=at, caller=f"+8613800{rnd.randrange(10**6):06d}"))
        world.run(until=now + timedelta(seconds=QUIET_S))
    world.deliver()
    answers = [world.agents_of(call) for call in placed]
    return Tally(
        schedules=count,
        calls=len(placed),
        answered=sum(bool(agents) for agents in answers),
        missed=len(world.missed),
        without_floor=sum(reply["without"] != "none" for reply in world.replies),
        shared=len(world.shared),
        twice=sum(len(agents) > 1 for agents in answers),
    )
