"""A tenant's functions without a cloud: a callback is promised once a number until it is closed."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.callbacks.models import State
from chalicelib.contacts.models import Contact, Result
from cli import options, tenant_functions
from cli.tenant_functions import TenantFunctions
from tests.support.connect_world import MONDAY
from tests.support.tenants import flow_event

CALLER = "+8613800138000"


def asked(functions: TenantFunctions, call: str) -> str:
    event = flow_event(line="after-sales", queue="after-sales", language="zh-CN")
    event["Details"]["ContactData"] |= {"ContactId": call, "InitialContactId": call}
    reply = functions.functions["request_callback"](tenant_functions.flow_door.parse(event))
    return str(reply["callback"])


def test_a_callback_is_promised_once_a_number_and_again_when_the_caller_was_reached() -> None:
    known = tenant_functions.callers([])
    contract = options.contract("hrgroup")
    functions = tenant_functions.build(contract, {queue.id: "id" for queue in contract.queues}, known, lambda: MONDAY)
    assert [asked(functions, call) for call in ("one", "one", "two")] == ["promised", "promised", "open"]
    later = MONDAY + timedelta(minutes=5)
    attempt = Contact(
        id="back", updated_at=later, at=later, channel="VOICE", method="CALLBACK", result=Result.NOT_REACHED,
        line="after-sales", caller=CALLER, callback_id="one", callback_number=CALLER, end_reason="TELECOM_BUSY",
    )  # fmt: skip
    known.remember(attempt)
    assert asked(functions, "two") == "open", "it is tried again"
    known.remember(replace(attempt, id="again", result=Result.ANSWERED, agent="li.na"))
    found = known.callbacks.find(CALLER, "one")
    assert found is not None
    assert found.state is State.REACHED
    assert asked(functions, "two") == "promised"
