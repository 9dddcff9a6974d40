"""A call from dialling to its record."""

from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.plan import HangUp, WaitFor
from tests.support.connect_world import kinds, one_queue, staff


def test_a_call_reaches_an_agent_and_leaves_one_record() -> None:
    small = one_queue()
    staff(small, "li.na", talk_s=60, acw_s=30)
    contact = small.call(talk_s=60)
    small.run()
    assert contact.completed
    assert contact.visit is not None
    assert contact.visit.outcome is Outcome.ANSWERED
    record = small.record_of(contact)
    assert record["Agent"]["Username"] == "li.na"
    assert record["Agent"]["AgentInteractionDuration"] == 60
    assert kinds(contact) == ["arrived", "queued", "offered", "screen-pop", "joined", "left", "wrap-up", "ended"]


def test_a_caller_who_hangs_up_in_the_queue_has_abandoned() -> None:
    small = one_queue()
    contact = small.call(WaitFor(30), HangUp())
    small.run()
    record = small.record_of(contact)
    assert record["Agent"] is None
    assert record["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert 30 <= record["Queue"]["Duration"] <= 33
