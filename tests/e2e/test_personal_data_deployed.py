"""Personal data on the deployed system: an erasure to its certificate, and how long logs are kept (SEC-06, LIC-04)."""

import pytest

from chalicelib.privacy.models import Kind, State
from chalicelib.privacy.requests_api import RequestBody, RequestView
from cli import api
from cli.client.operations import privacy
from cli.control import PlannedCall
from tests.support.deployed_system import System, until

pytestmark = pytest.mark.e2e

CALLER = "+8613700199999"
"""Nobody else calls from it."""
SIX_MONTHS_DAYS = 184


def test_an_erasure_is_carried_out_certified_and_leaves_of_the_call_what_was_counted(system: System) -> None:
    number = system.contracts["hrgroup"].entry_numbers[0]
    call = system.call(PlannedCall(to=number.number, from_=CALLER, script=({"press": "1"},), patience_s=5, talk_s=5))
    assert CALLER in str(system.stored("hrgroup", call.contact_id))
    stack = system.stacks["hrgroup"]
    officer = api.officer(stack, system.url).client
    asked = RequestBody(kind=Kind.ERASURE, identity=f"phone:{CALLER}", reason="asked for in writing")
    request_id = officer.send(privacy.ASK, body=asked).id

    def certificate() -> RequestView | None:
        answer = system.client("lambda").invoke(FunctionName=stack.output("PrivacyFunction"), Payload=b"{}")
        assert "FunctionError" not in answer
        request = officer.send(privacy.REQUEST, request_id=request_id)
        return request if request.state is State.DONE else None

    done = until(certificate, "the certificate")
    assert done.counts["contacts"] == 1
    assert len(done.proof) == 64
    assert "records that wait in the queues of dead letters" in [one.what for one in done.beyond if one.days == 14]
    kept = system.stored("hrgroup", call.contact_id)
    assert CALLER not in str(kept)
    assert kept["line"] == {"S": number.line}


@pytest.mark.parametrize("tenant", ["hrgroup", "taxihotline"])
def test_the_logs_of_every_function_and_of_the_flows_are_kept_as_long_as_the_contract_asks(
    system: System, tenant: str
) -> None:
    logs = system.client("logs")
    asked = system.contracts[tenant].retention.logs_days
    kept = {
        group["logGroupName"]: group.get("retentionInDays")
        for prefix in (f"/trunkline/{tenant}/", f"/aws/connect/trunkline-{tenant}")
        for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
        for group in page["logGroups"]
    }
    assert f"/aws/connect/trunkline-{tenant}" in kept, "the flows' own"
    assert {f"/trunkline/{tenant}/{name}" for name in ("api", "route-contact", "api-access")} <= kept.keys()
    assert set(kept.values()) == {asked}
    assert asked >= SIX_MONTHS_DAYS
