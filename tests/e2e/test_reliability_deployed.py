"""The look at what a tenant depends on, on the deployed system: the function of the clock with its role (REL-09)."""

import json

import pytest

from cli import api, aws
from tests.support.deployed_system import System

pytestmark = pytest.mark.e2e

TENANT = "taxihotline"


@pytest.mark.req("REL-09")
def test_the_deployed_function_finds_everything_up_counts_what_is_in_use_and_the_api_shows_it(system: System) -> None:
    stack = system.stacks[TENANT]
    rules = aws.client("events", system.url).list_rules()["Rules"]
    assert sum(rule.get("ScheduleExpression") == "cron(0/5 * * * ? *)" for rule in rules) >= 4
    payload = json.dumps({"look": "dependencies"})
    done = aws.client("lambda", system.url).invoke(FunctionName=stack.output("ReviewPapersFunction"), Payload=payload)
    told = json.loads(done["Payload"].read())
    assert (told["up"], told["down"], told["near"]) == (True, 0, 0)
    operator = api.operator(stack, system.url)
    found = operator.http.get("/v1/health/dependencies")
    assert {one["name"]: one["ok"] for one in found["dependencies"]} == dict.fromkeys(
        ("table", "instance", "contact-records", "agent-events", "decisions"), True
    ) | {"agent-signals": True}
    limits = {one["name"]: one for one in found["limits"]}
    contract = system.contracts[TENANT]
    assert limits["phone_numbers"]["used"] == len(contract.entry_numbers)
    assert limits["users"]["used"] >= sum(group.count for group in contract.demo.agents)
    assert (limits["users"]["quota"], limits["concurrent_calls"]["quota"]) == (500, 200)
    operator.http.pool.clear()
