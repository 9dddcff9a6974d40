"""Callbacks that a chain or a closed line comes to: in the register, one a number, and nobody is dropped for them."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.callbacks.models import State
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Callee, HangUp, Press, WaitFor
from localstack.connect.engine.ports import LambdaReply
from tests.support.connect_world import MONDAY, texts
from tests.support.decided_world import AFTER_SALES, CALLER, TO_COMPLAINTS, Decided, after

TELESALES = "+862155360100"
SUNDAY = MONDAY - timedelta(days=1)
BACK, MESSAGE = {"to": "callback", "id": "telesales"}, {"to": "voicemail"}
OPEN = "该号码已经登记回电"


def chained(*hops: dict[str, Any]) -> Decided:
    """Complaints wait a minute and a half, then the hops. One agent is signed in, and at lunch."""
    world = Decided({"overflow": [{"id": "away", "queues": ["complaints"], "wait_limit_s": 90, "hops": list(hops)}]})
    world.staff("service", "ann", status="Lunch")
    return world


def closed(*hops: dict[str, Any]) -> Decided:
    """A Sunday, on which callers of telesales get the hops."""
    return Decided({"closed": [{"lines": ["telesales"], "hops": list(hops)}]}, now=SUNDAY)


def complain(world: Decided, *script: Any, **plan: Any) -> Contact:
    contact = world.call(*TO_COMPLAINTS, *script, to=AFTER_SALES, caller=CALLER, **plan)
    world.run(until=world.world.now + timedelta(seconds=400))
    return contact


def on_sunday(world: Decided, *script: Any, **plan: Any) -> Contact:
    contact = world.call(Press("1"), Press(""), *script, to=TELESALES, caller=CALLER, **plan)
    world.run(until=world.world.now + timedelta(minutes=5))
    return contact


def planned(world: Decided) -> list[Contact]:
    """Return the contacts of callbacks that are neither reached nor given up."""
    return [one for one in world.world.active if one.initiation_method == "CALLBACK"]


def state(world: Decided, call: Contact) -> State:
    world.world.outbox.flush()
    world.register.take_in(world.cloud.records)
    return world.register.state(CALLER, call.id)


@pytest.mark.parametrize(("world_of", "ring"), [(chained, complain), (closed, on_sunday)])
def test_it_is_kept_in_the_register_and_a_second_call_is_told_so_and_goes_on(world_of: Any, ring: Any) -> None:
    world = world_of(BACK, MESSAGE)
    first = ring(world)
    assert first.completed
    second = ring(world, WaitFor(200), HangUp())
    assert OPEN not in " ".join(texts(first, "hears"))
    assert OPEN in " ".join(texts(second, "hears"))
    tried = world.chain(second)[-1]["Attributes"]["routeTried"].split()
    assert [one.partition(":")[0] for one in tried][-2:] == ["callback", "voicemail"]
    assert len(planned(world)) == 1
    assert state(world, first) is State.OPEN


def test_it_is_closed_when_an_agent_has_reached_the_caller_and_the_number_is_free_again() -> None:
    world = chained(BACK)
    first = complain(world)
    world.staff("sales", "bea", talk_s=30, acw_s=1)
    world.run(until=world.world.now + timedelta(minutes=3))
    assert planned(world) == []
    assert state(world, first) is State.REACHED
    again = complain(world)
    assert OPEN not in " ".join(texts(again, "hears"))
    assert again.completed


def test_it_is_tried_as_often_as_the_contract_says_and_then_exhausted() -> None:
    world = chained(BACK)
    world.staff("sales", "bea", acw_s=1)
    first = complain(world, callee=Callee(answers=("no-answer",)))
    world.run(until=after(3_600))
    attempts = [one for one in world.cloud.records if one["InitiationMethod"] == "CALLBACK"]
    terms = world.contract.waiting.callback
    assert terms is not None
    assert [one["DisconnectReason"] for one in attempts] == ["TELECOM_UNANSWERED"] * terms.attempts
    assert state(world, first) is State.EXHAUSTED


@pytest.mark.parametrize("reply", [LambdaReply("timeout"), LambdaReply("function-error", b"{}", detail="boom")])
@pytest.mark.parametrize(("world_of", "ring"), [(chained, complain), (closed, on_sunday)])
def test_when_the_function_fails_the_list_goes_on_and_nothing_is_planned(
    world_of: Any, ring: Any, reply: LambdaReply
) -> None:
    world = world_of(BACK, MESSAGE)
    world.lambdas.answers["request_callback"] = reply
    contact = ring(world, WaitFor(200), HangUp())
    assert planned(world) == []
    assert world.chain(contact)[-1]["Attributes"]["routeTried"].split()[-1].startswith("voicemail")
    assert "留言" in " ".join(texts(contact, "hears")), "a message can be left instead"
    assert "callback" not in world.chain(contact)[-1]["Attributes"]
