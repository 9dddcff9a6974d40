"""The lifecycle on the deployed system: the user pool's group, the gateway's claims and the function's role."""

import pytest

from cli import api
from cli.http import Refused
from tests.support.deployed_system import System


def test_only_a_user_of_the_group_operations_moves_the_tenant(system: System) -> None:
    anyone = system.apis["taxihotline"]
    with pytest.raises(Refused) as caught:
        anyone.move("validated", "because I can", request_id="e2e-anyone-1")
    assert caught.value.http_status == 403
    operator = api.operator(system.stacks["taxihotline"], system.url)
    operator.record_evidence("numbers", "test call", done=True, request_id="e2e-numbers-1")
    for state in ("validated", "provisioned", "pilot"):
        operator.move(state, "as agreed", request_id=f"e2e-{state}-1")
    with pytest.raises(Refused, match="licence-check") as caught:
        operator.move("live", "now", request_id="e2e-live-1")
    assert caught.value.http_status == 409
    record = anyone.tenant()
    assert (record["state"], "numbers" in record["missing"]) == ("pilot", False)
    assert {line["actor"] for line in record["history"]} == {"trunkline-operator"}
    operator.http.pool.clear()
