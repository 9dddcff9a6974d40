"""The daily look at the papers on the deployed system: the scheduled function and the route, with their own roles."""

import json

import pytest

from cli import api, aws
from tests.support.deployed_system import System


@pytest.mark.req("LIC-02")
def test_the_deployed_function_looks_at_the_papers_and_the_api_lists_what_will_have_run_out(system: System) -> None:
    stack = system.stacks["taxihotline"]
    rules = aws.client("events", system.url).list_rules()["Rules"]
    assert any(rule.get("ScheduleExpression") == "cron(0 1 * * ? *)" for rule in rules)
    done = aws.client("lambda", system.url).invoke(FunctionName=stack.output("ReviewPapersFunction"), Payload=b"{}")
    told = json.loads(done["Payload"].read())
    assert (told.keys(), told["uncovered"]) == ({"schema", "on", "uncovered", "expiring"}, 0)
    operator = api.operator(stack, system.url)
    found = operator.http.get("/v1/papers", {"on": "2030-04-01"})
    assert {one["about"] for one in found["uncovered"]} == {"+8696196", "hotline"}
    operator.http.pool.clear()
