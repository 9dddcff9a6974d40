"""A caller leaves a message in every case that the requirement names, by real calls, flows and decisions (VML-01)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.customers.service import Caller, PastContact
from chalicelib.tenancy.contract_file import parse
from chalicelib.voicemail.models import Reason
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Press, WaitFor
from tests.support.connect_world import MONDAY
from tests.support.decided_world import AFTER_SALES, CALLER, TO_COMPLAINTS, TO_CONSULTATION, Decided, after
from tests.support.left_messages import messages
from tests.support.routing_plans import part, raw

pytestmark = pytest.mark.req("VML-01")

TELESALES = "+862155360100"
SUNDAY = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
SPEAK = (WaitFor(20), Press("#"))
GROUP, PERSON, LINE = "complaints-desk", "li-na", "telesales"
"""Boxes: of the group that serves the queue complaints, of the agent li.na, of a line without a group."""
BOXES = [{"id": GROUP, "name": "Complaints desk", "queues": ["complaints"]},
         {"id": PERSON, "name": "Li Na", "agent": "li.na"}]  # fmt: skip
TO_VOICEMAIL = {"overflow": [{"id": "away", "queues": ["complaints", "after-sales"], "wait_limit_s": 60,
                              "hops": [{"to": "voicemail"}]}]}  # fmt: skip
LI_NA = {CALLER: Caller(recent=(PastContact(at=MONDAY - timedelta(days=1), contact_id="c", agent="li.na",
                                            line="after-sales"),))}  # fmt: skip
"""A caller whom li.na served yesterday, so that the call is meant for her."""


def house(routing: dict[str, Any], for_whom: str = GROUP, *, unattended: str = "wait", **more: Any) -> Decided:
    """The HR group with this routing, with memory of agents when a person is meant, and these boxes."""
    document = raw(routing | (part("memory") if for_whom == PERSON else {}))
    document |= {"voicemail": {"boxes": BOXES}, "waiting": {**document["waiting"], "unattended": unattended}}
    return Decided(parse(document, source="test"), LI_NA if for_whom == PERSON else {}, **more)


def nobody_answers(for_whom: str) -> tuple[Decided, Contact]:
    world = house(TO_VOICEMAIL, for_whom)
    world.staff("service", "li.na", accept_share=0.0, clears_missed=False)
    keys = (*TO_CONSULTATION, WaitFor(110)) if for_whom == PERSON else (*TO_COMPLAINTS, WaitFor(75))
    return world, world.call(*keys, Press("1"), *SPEAK, to=AFTER_SALES, caller=CALLER)


def all_are_busy(for_whom: str) -> tuple[Decided, Contact]:
    world = house(TO_VOICEMAIL, for_whom)
    world.full = frozenset({"complaints", "after-sales"})
    keys = TO_CONSULTATION if for_whom == PERSON else TO_COMPLAINTS
    return world, world.call(*keys, Press("1"), *SPEAK, to=AFTER_SALES, caller=CALLER)


def closed(_for_whom: str) -> tuple[Decided, Contact]:
    world = house(TO_VOICEMAIL, now=SUNDAY)
    return world, world.call(Press("1"), Press(""), Press("1"), *SPEAK, to=TELESALES, caller=CALLER)


def nobody_is_there(_for_whom: str) -> tuple[Decided, Contact]:
    world = house({}, unattended="voicemail")
    return world, world.call(*TO_COMPLAINTS, WaitFor(40), Press("1"), *SPEAK, to=AFTER_SALES, caller=CALLER)


def the_caller_chooses(for_whom: str) -> tuple[Decided, Contact]:
    world = house({}, for_whom)
    world.staff("service", "li.na", accept_share=0.0, clears_missed=False)
    keys = TO_CONSULTATION if for_whom == PERSON else TO_COMPLAINTS
    return world, world.call(*keys, WaitFor(35), Press("2"), *SPEAK, to=AFTER_SALES, caller=CALLER)


@pytest.mark.parametrize(
    ("happens", "reason", "box"),
    [
        (nobody_answers, Reason.NO_ANSWER, GROUP),
        (nobody_answers, Reason.NO_ANSWER, PERSON),
        (all_are_busy, Reason.BUSY, GROUP),
        (closed, Reason.OFF_HOURS, LINE),
        (nobody_is_there, Reason.UNATTENDED, GROUP),
        (the_caller_chooses, Reason.CHOICE, GROUP),
        (the_caller_chooses, Reason.CHOICE, PERSON),
    ],
)
def test_a_message_is_left_and_kept_with_number_time_and_recording(
    happens: Callable[[str], tuple[Decided, Contact]], reason: Reason, box: str
) -> None:
    world, call = happens(box)
    began = world.world.now
    world.run(until=began + timedelta(minutes=10))
    (message,) = messages(world)
    assert (message.reason, message.box) == (reason, box)
    assert message.caller == CALLER
    assert began <= message.at <= began + timedelta(minutes=3)
    assert message.recording is not None
    (stored,) = [key for key in world.cloud.objects if key.endswith(message.recording)]
    assert "/ivr/" in stored
    assert message.id in stored
    assert call.id in {record["ContactId"] for record in world.cloud.records}
    assert after(0) <= message.at or happens is closed
