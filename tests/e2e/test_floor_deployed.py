"""Agents on the deployed system: their events reach the table, decisions order them, and seats have a ceiling."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from chalicelib.access.models import Role
from cli import agents, api, aws, customers, deploy, options, tokens
from cli.control import Call, PlannedCall, SimulatedAgent
from tests.support.agent_events import Life, encoded
from tests.support.deployed_system import System, decision, events, until

pytestmark = pytest.mark.e2e

TENANT = "fourmodes"
NUMBER, REGULAR = "+8695501", "+8613522095501"
TO_BUSINESS = ({"press": "2"},)
"""The queue `business`, whose agents are asked in turn."""


class Four:
    """The tenant with four ways to distribute, beside the others of the system."""

    def __init__(self, system: System) -> None:
        self.system, self.url = system, system.url
        self.contract = options.contract(TENANT)
        (deployed,) = deploy.deploy([TENANT], self.url, lambda who, text: print(f"{who}: {text}"))
        self.stack: aws.Stack = deployed.stack
        customers.import_demo(self.contract, self.stack, self.url)
        agents.sign_in(self.contract, self.stack, system.control, self.url)
        self.api = api.connect(self.stack, self.url)

    def get(self, path: str, **query: str) -> Any:
        """Return the answer of the REST API."""
        return self.api.http.get(path, query)

    def agents(self) -> dict[str, Any]:
        """Return what the API shows of each agent who is signed in."""
        return {one["agent"]: one for one in self.get("/v1/agents")["agents"]}

    def handled(self) -> int:
        """Return how many contacts all agents have had in their shifts."""
        return sum(one["handled"] for one in self.agents().values())

    def call(self) -> Call:
        """Place a call to the queue `business` and let it end."""
        return self.system.call(PlannedCall(to=NUMBER, from_=REGULAR, script=TO_BUSINESS, talk_s=30))


@pytest.fixture(scope="module")
def four(system: System) -> Iterator[Four]:
    made = Four(system)
    people = {agent.username for agent, _ in agents.roster(made.contract)}
    until(lambda: set(made.agents()) == people, "all agents by REST")
    yield made
    deploy.forget(TENANT, made.url)
    made.api.http.pool.clear()


def joined(call: Call) -> str:
    """Return who answered the call."""
    return str(events(call, "joined")[-1].facts["agent"])


def test_calls_ring_at_one_agent_after_the_other_as_the_strategy_says(four: Four) -> None:
    who: list[str] = []
    for _ in range(3):
        call = four.call()
        result = decision(call).facts["result"]
        assert (result["queue"], result["strategy"], result["without"]) == ("business", "in-turn", "none")
        who.append(joined(call))
        until(lambda: four.handled() == len(who), "the call on the floor")
    assert who == ["cards-01", "cards-02", "cards-03"]

    _age_is_a_metric(four)


def _age_is_a_metric(four: Four) -> None:
    """What the decisions knew was young, and its age is in their metrics."""
    logs = four.system.client("logs")
    named = logs.describe_log_groups(logGroupNamePrefix=f"/trunkline/{TENANT}/route")["logGroups"]
    (group,) = [one["logGroupName"] for one in named]

    def ages() -> list[float] | None:
        told = [entry["message"] for entry in logs.filter_log_events(logGroupName=group)["events"]]
        found = [json.loads(line).get("FloorAge") for line in told if line.startswith('{"_aws"')]
        return [age for age in found if age is not None] or None

    assert max(until(ages, "the age in the log")) <= four.contract.routing.floor_max_age_s


@pytest.mark.req("TEN-08")
def test_a_log_in_beyond_the_ceiling_is_refused_and_use_beyond_the_contract_is_reported(four: Four) -> None:
    seats, now = four.contract.seats, four.system.control.now()
    taken = len(four.agents())
    logins = [_login(f"seat-{number:03d}", now, four) for number in range(seats.burst - taken)]
    stream = four.stack.output("AgentEventStream")
    records = [{"Data": encoded(one), "PartitionKey": one["AgentARN"]} for one in logins]
    four.system.client("kinesis").put_records(StreamName=stream, Records=records)
    until(lambda: len(four.agents()) == seats.burst, "every seat taken")

    instance = four.stack.output("InstanceId")
    agents.ensure_user(instance, "cards-99", "cards", four.url)
    four.system.control.sign_in(instance, [SimulatedAgent("cards-99", talk_s=30, acw_s=5)])
    until(lambda: not _signed_in(four, "cards-99"), "the last who came signed off")
    assert _signed_in(four, "cards-01")
    until(lambda: "cards-99" not in four.agents(), "the refused agent gone from the floor")

    start = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
    report = four.get("/v1/seats", **{"from": start.isoformat(), "to": _later(start).isoformat()})
    assert (report["contracted"], report["burst"]) == (seats.contracted, seats.burst)
    # The refused one was there for a moment, and moments count.
    assert report["peak"] in {seats.burst, seats.burst + 1}
    assert report["intervals"][0]["over"] == report["peak"] - seats.contracted
    (entry,) = _refusals(four, start)
    assert (entry["resource"], entry["outcome"], entry["actor"]) == ("agents/cards-99", "refused", "trunkline-seats")


def _login(name: str, now: datetime, four: Four) -> dict[str, Any]:
    event = Life(name, start=now).login()
    instance = four.stack.output("InstanceArn")
    return {**event, "InstanceARN": instance, "AgentARN": f"{instance}/agent/id-{name}"}


def _signed_in(four: Four, username: str) -> bool:
    present = four.system.control.agents(four.stack.output("InstanceId"))
    return any(agent["username"] == username for agent in present)


def _later(start: datetime) -> datetime:
    return start.replace(hour=start.hour + 1) if start.hour < 23 else start.replace(minute=45)


def _refusals(four: Four, start: datetime) -> list[dict[str, Any]]:
    token = tokens.token(four.stack, four.url, username="auditor", group=Role.COMPLIANCE_OFFICER)
    auditor = api.anonymous(four.stack, four.url, {"Authorization": token})
    query = {"from": start.isoformat(), "to": _later(start).isoformat()}
    found = auditor.http.get("/v1/audit", query)
    auditor.http.pool.clear()
    return [entry for entry in found["entries"] if entry["action"] == "agents.seat.refuse"]
