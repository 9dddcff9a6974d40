"""A group at its desks: what Amazon Connect is told meanwhile, and when its telephones ring instead."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from chalicelib.platform import observability
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.routing import criteria, policy
from chalicelib.routing.groups import AtDesks
from chalicelib.routing.models import ContactFacts, Decision, Step
from tests.support.routing_plans import NOW, agent, caller, contact, floor, idle, part, planned

HELD = Step(skills=(("OfferedAtDesks", "yes", 1),), expiry_s=30)
ONE_BY_ONE = Step(agents=("id-a", "id-b"), expiry_s=25)
STATE = floor(agent("a", idle_since=idle(9)), agent("b", idle_since=idle(5)), agent("c", used=1))


@dataclass
class Desks:
    """Remembers what was offered; `down` cannot be told anything."""

    down: bool = False
    told: list[tuple[Any, ...]] = field(default_factory=list)

    def ring(
        self, contact_id: str, line: str, queue: str, agents: dict[str, str], *, at: datetime, ring_s: int
    ) -> None:
        if self.down:
            raise StoreUnavailable("no answer")
        self.told.append((contact_id, line, queue, agents, at, ring_s))


def decided(rings: str = "desks", strategy: str = "everyone", **facts: Any) -> tuple[ContactFacts, Decision]:
    everyone = {"id": "everyone", "kind": "ring-all", "ring_s": 25, "most": 3, "rings": rings}
    others = [one for one in part("strategies")["strategies"] if one["id"] != "everyone"]
    tenant = planned({"strategies": [everyone, *others]}, after_sales=strategy)
    asked = contact(tenant, menu_choice="1", **{"id": "call", **facts})
    return asked, policy.decide(asked, tenant, caller(), NOW, STATE)


def first_step(decision: Decision) -> Step:
    return criteria.legs(decision.targets)[0].steps[0]


def test_idle_agents_are_told_at_once_and_the_contact_asks_for_nobody_until_a_little_later() -> None:
    desks, (asked, decision) = Desks(), decided()
    found = AtDesks(desks).offered(decision, asked)
    assert desks.told == [("call", "after-sales", "after-sales", {"a": "id-a", "b": "id-b"}, NOW, 25)]
    assert first_step(found) == HELD
    assert criteria.legs(found.targets)[0].timeout_s == 330, "held, then the queue's own time"


@pytest.mark.parametrize(
    ("rings", "facts"),
    [
        ("telephones", {}),
        ("desks", {"in_queue_flow": True}),
        ("desks", {"channel": "CHAT"}),
        ("desks", {"id": ""}),
    ],
)
def test_without_desks_or_a_call_that_keeps_its_id_the_telephones_ring(rings: str, facts: dict[str, Any]) -> None:
    desks, (asked, decision) = Desks(), decided(rings, **facts)
    assert AtDesks(desks).offered(decision, asked) == decision
    assert (desks.told, first_step(decision)) == ([], ONE_BY_ONE)


@pytest.mark.parametrize("down", [False, True])
def test_desks_that_cannot_be_told_cost_the_caller_nothing_and_are_counted(
    *, down: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, decision = decided()
    observability.begin(function="route_contact", tenant="acme")
    found = AtDesks(Desks(down=down)).offered(decision, asked)
    observability.end(tenant="acme", function="route_contact", outcome="ok")
    assert (found == decision) is down
    assert first_step(found) == (ONE_BY_ONE if down else HELD)
    told = map(json.loads, capsys.readouterr().out.splitlines())
    assert [line["DesksMissed"] for line in told if "DesksMissed" in line] == [1.0] * down


def test_other_strategies_tell_no_desk() -> None:
    desks, (asked, decision) = Desks(), decided(strategy="least")
    assert (AtDesks(desks).offered(decision, asked), desks.told) == (decision, [])
