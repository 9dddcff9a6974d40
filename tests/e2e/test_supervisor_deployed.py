"""A busy floor on the deployed system: routing that changes under fifty calls, the ceiling of seats, the gate."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.access.models import Role
from cli import agents, api, aws, tokens
from cli.control import Call, PlannedCall, SimulatedAgent
from cli.http import JsonClient
from tests.support.deployed_system import System, events, until

pytestmark = pytest.mark.e2e

TENANT, HOTLINE = "taxihotline", "+8696196"
TO_DESK = ({"press": "0"},)
"""The key that asks for a person: the queue `hotline`."""
CALLS = 50
TALK_S = 900.0
STRATEGY = "/v1/routing/queues/hotline/strategy"


class Floor:
    """The hotline with every seat but one taken."""

    def __init__(self, system: System) -> None:
        self.system, self.stack = system, system.stacks[TENANT]
        self.seats = system.contracts[TENANT].seats
        self.instance = self.stack.output("InstanceId")
        present = len(system.control.agents(self.instance))
        self.extra = [f"hotline-{number}" for number in range(100, 100 + self.seats.burst - present)]
        self._clients: list[JsonClient] = []

    def comes(self, *names: str) -> None:
        """Let agents of the hotline sign in."""
        for name in names:
            agents.ensure_user(self.instance, name, "hotline", self.system.url)
        self.system.control.sign_in(self.instance, [SimulatedAgent(name, talk_s=30, acw_s=5) for name in names])

    def status(self, name: str) -> str:
        """Return the status of an agent as Amazon Connect has it; who is set to Offline is signed off."""
        found = self.system.control.agents(self.instance)
        return next((str(one["status"]) for one in found if one["username"] == name), "Offline")

    def leaves(self, *names: str) -> None:
        """Let agents go."""
        connect = self.system.client("connect")
        statuses = connect.list_agent_statuses(InstanceId=self.instance)["AgentStatusSummaryList"]
        offline = next(one["Id"] for one in statuses if one["Type"] == "OFFLINE")
        users = connect.get_paginator("list_users").paginate(InstanceId=self.instance)
        present = {name for name in names if self.status(name) != "Offline"}
        for user in (one for page in users for one in page["UserSummaryList"] if one["Username"] in present):
            connect.put_user_status(UserId=user["Id"], InstanceId=self.instance, AgentStatusId=offline)

    def as_role(self, role: Role) -> JsonClient:
        """Return the REST API as somebody of the role sees it."""
        token = tokens.token(self.stack, self.system.url, username=f"floor-{role}", group=role)
        client = JsonClient(api.base_address(self.stack, self.system.url), {"Authorization": token})
        self._clients.append(client)
        return client

    def seated(self) -> set[str]:
        """Return who holds a seat, by REST."""
        return {one["agent"] for one in self.system.apis[TENANT].http.get("/v1/agents")["agents"]}

    def trail(self, **narrowed: str) -> list[dict[str, Any]]:
        """Return what the audit trail says of an actor or resource in these hours."""
        now = self.system.control.now()
        period = {"from": (now - dt.timedelta(hours=3)).isoformat(), "to": (now + dt.timedelta(hours=1)).isoformat()}
        officer = self.as_role(Role.COMPLIANCE_OFFICER)
        return list(officer.get("/v1/audit", {**period, **narrowed})["entries"])

    def close(self) -> None:
        """Let the extra agents go, and the queue follow what it followed before."""
        supervisor = self.as_role(Role.DUTY_MANAGER)
        version = supervisor.get("/v1/routing")["version"]
        supervisor.put(STRATEGY, {"strategy": "longest-idle", "version": version})
        self.leaves(*self.extra, "hotline-199")
        self.system.control.run()
        for client in self._clients:
            client.pool.clear()


@pytest.fixture(scope="module")
def floor(system: System) -> Iterator[Floor]:
    made = Floor(system)
    made.comes(*made.extra[:-1])
    yield made
    made.close()


def call(number: int, talk_s: float) -> PlannedCall:
    return PlannedCall(to=HOTLINE, from_=f"+86137{number:08d}", script=TO_DESK, talk_s=talk_s)


def talking(call: Call) -> bool:
    return bool(events(call, "joined")) and not call.ended


@pytest.mark.req("ACD-02")
def test_a_supervisor_changes_a_strategy_under_fifty_calls_and_only_the_next_contact_is_routed_anew(
    floor: Floor,
) -> None:
    control, supervisor = floor.system.control, floor.as_role(Role.DUTY_MANAGER)
    before = [_one_more(floor, number) for number in range(CALLS)]
    control.run(max_s=60)
    looked = [control.look(contact) for contact in before]
    assert {_decided(one)["strategy"] for one in looked} == {"longest-idle"}
    assert sum(map(talking, looked)) == CALLS

    seen = supervisor.get("/v1/routing")["version"]
    changed = supervisor.put(STRATEGY, {"strategy": "in-turn", "version": seen})
    assert (changed["contract"], changed["effective"]) == ("longest-idle", "in-turn")
    floor.comes(floor.extra[-1])
    until(lambda: floor.extra[-1] in floor.seated(), "the last agent on the floor")
    following = control.call(call(CALLS, 20))
    control.run(max_s=60)
    result = _decided(control.look(following))
    assert (result["strategy"], result["without"], result["target1Type"]) == ("in-turn", "none", "queue")
    assert result["contractVersion"].endswith(f"+{seen + 1}")
    assert "AgentsCriteria" in result["criteria"]
    assert all(talking(control.look(contact)) for contact in before), "the change has cut a call"

    _is_in_the_trail(floor, changed["version"])
    control.run()
    records = {record["ContactId"]: record for record in floor.system.records(TENANT)}
    for contact in before:
        assert records[contact]["DisconnectReason"] in {"AGENT_DISCONNECT", "CUSTOMER_DISCONNECT"}
        assert records[contact]["Agent"]["AgentInteractionDuration"] >= TALK_S - 1


def _decided(call: Call) -> dict[str, Any]:
    """Return the answer that the call's flow got first; one that waits is asked about again."""
    first = next(event for event in events(call, "lambda") if "RouteContact" in str(event.facts["arn"]))
    return dict(first.facts["result"])


def _one_more(floor: Floor, number: int) -> str:
    """Let one more caller ring, a second after the one before."""
    contact = floor.system.control.call(call(number, TALK_S))
    floor.system.control.run(max_s=1)
    return contact


def _is_in_the_trail(floor: Floor, version: int) -> None:
    found = floor.trail(actor=f"floor-{Role.DUTY_MANAGER}")
    (entry,) = [one for one in found if f'"version":{version}' in one["after"]]
    assert (entry["action"], entry["outcome"]) == ("routing.change", "done")
    assert entry["resource"].endswith("routing/queues/hotline/strategy")
    assert '"hotline":{"strategy":"in-turn"}' in entry["after"]


def test_a_log_in_beyond_the_ceiling_is_set_offline_and_kept_on_record(floor: Floor) -> None:
    floor.comes(*(name for name in floor.extra if floor.status(name) == "Offline"))
    until(lambda: len(floor.seated()) == floor.seats.burst, "every seat taken")
    # The clock moves with calls only, and of two who come at one instant the ids decide.
    floor.system.call(call(CALLS + 1, 1))
    # The clock has jumped: who was not heard since then would not be counted.
    until(lambda: len(floor.seated()) == floor.seats.burst, "every seat still taken")
    floor.comes("hotline-199")
    until(lambda: floor.status("hotline-199") == "Offline", "the last who came set to Offline")
    assert floor.status("hotline-01") == "Available"
    until(lambda: "hotline-199" not in floor.seated(), "the refused agent without a seat")
    # First he is signed off, then it is noted.
    entries = until(lambda: floor.trail(resource="agents/hotline-199") or None, "the entry of the trail")
    assert {(one["action"], one["actor"], one["outcome"]) for one in entries} == {
        ("agents.seat.refuse", "trunkline-seats", "refused")
    }


def test_an_examination_that_is_failed_takes_an_agents_queues_and_one_that_is_passed_gives_them_back(
    system: System,
) -> None:
    stack, name = system.stacks[TENANT], "review-01"
    instance, connect = stack.output("InstanceId"), aws.client("connect", system.url)
    agents.ensure_user(instance, name, "review", system.url)
    token = tokens.token(stack, system.url, username="floor-trainer", group=Role.TRAINER)
    trainer = JsonClient(api.base_address(stack, system.url), {"Authorization": token})

    def profile() -> str:
        pages = connect.get_paginator("list_users").paginate(InstanceId=instance)
        user = next(one for page in pages for one in page["UserSummaryList"] if one["Username"] == name)
        found = connect.describe_user(UserId=user["Id"], InstanceId=instance)["User"]["RoutingProfileId"]
        shown = connect.describe_routing_profile(InstanceId=instance, RoutingProfileId=found)["RoutingProfile"]
        return str(shown["Name"])

    today = system.control.now().date()
    result = {"agent": name, "kind": "exam", "id": "complaint-law", "on": today.isoformat()}
    yesterday = {**result, "on": (today - dt.timedelta(days=1)).isoformat()}
    failed = trainer.post("/v1/qualifications", {**yesterday, "passed": False})
    assert (failed["applied"], failed["skills"][0]["qualified"], profile()) == (True, False, "unqualified")
    passed = trainer.post("/v1/qualifications", {**result, "passed": True})
    assert (passed["applied"], passed["skills"][0]["qualified"], profile()) == (True, True, "review")
    trainer.pool.clear()
