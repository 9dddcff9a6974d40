"""Work orders on the deployed system: the gateway, the function's role and the table."""

import pytest

from chalicelib.access.models import Role
from cli import api, tokens
from cli.http import JsonClient, Refused
from tests.support.deployed_system import System

pytestmark = pytest.mark.e2e


def test_an_agent_opens_a_ticket_and_a_leader_assigns_it_to_who_finds_it_in_the_list(system: System) -> None:
    stack = system.stacks["taxihotline"]
    address = api.base_address(stack, system.url)

    def client(username: str, role: Role) -> JsonClient:
        return JsonClient(address, {"Authorization": tokens.token(stack, system.url, username=username, group=role)})

    agent, leader, desk = (
        client("tickets-agent", Role.AGENT),
        client("tickets-leader", Role.TEAM_LEADER),
        client("tickets-desk", Role.DISPATCHER),
    )
    subject = {"category": "complaint", "text": "A detour.", "phone": "+8613700137009"}
    opened = agent.post("/v1/tickets", {"subject": subject, "note": "heard", "contact_id": "contact-e2e"})
    number = opened["ticket"]["number"]
    step = {"step": "assign", "note": "yours", "revision": 1, "assignee": "tickets-desk"}
    leader.post(f"/v1/tickets/{number}/steps", step)
    agent.post(f"/v1/tickets/{number}/contacts", {"contact_id": "contact-e2e-2"})
    listed = desk.get("/v1/tickets", {"assignee": "tickets-desk"})["tickets"]
    assert [each["number"] for each in listed] == [number]
    file = agent.get(f"/v1/tickets/{number}")
    assert [each["actor"] for each in file["steps"]] == ["tickets-agent", "tickets-leader"]
    assert [link["contact_id"] for link in file["contacts"]] == ["contact-e2e", "contact-e2e-2"]
    with pytest.raises(Refused) as caught:
        agent.get("/v1/tickets", {"step": "assign"})
    assert caught.value.http_status == 403
    for each in (agent, leader, desk):
        each.pool.clear()
