"""A supervisor lets a queue ring all desks of the deployed system: the first dispatcher who accepts has the call."""

from collections.abc import Callable, Iterator

import pytest

from chalicelib.access.models import Role
from cli import api, tokens
from cli.control import PlannedCall
from cli.desk_offers import DeskOffers
from cli.http import JsonClient, Refused
from tests.support.deployed_system import System, events, until

pytestmark = pytest.mark.e2e

TENANT, HOTLINE, CALLER = "taxihotline", "+8696196", "+8613666660001"
TO_DISPATCH = ({"press": "2"},)
"""The key of a report: the queue `enforcement`, whose agents are the dispatchers."""
STRATEGY = "/v1/routing/queues/enforcement/strategy"
MOST_STEPS = 90


@pytest.fixture
def signed_in(system: System) -> Iterator[Callable[[str, Role], JsonClient]]:
    """Yield what gives the tenant's REST API as somebody of a role sees it."""
    stack, clients = system.stacks[TENANT], list[JsonClient]()

    def client(name: str, role: Role) -> JsonClient:
        token = tokens.token(stack, system.url, username=name, group=role)
        clients.append(JsonClient(api.base_address(stack, system.url), {"Authorization": token}))
        return clients[-1]

    yield client
    for one in clients:
        one.pool.clear()


@pytest.fixture
def dispatchers(system: System, signed_in: Callable[[str, Role], JsonClient]) -> Iterator[dict[str, DeskOffers]]:
    """Yield the desks of the dispatchers, by name, while their queue rings all of them."""
    manager, seats = signed_in("ring-manager", Role.DUTY_MANAGER), system.apis[TENANT].http

    def follow(strategy: str) -> None:
        manager.put(STRATEGY, {"strategy": strategy, "version": manager.get("/v1/routing")["version"]})

    (group,) = [one for one in system.contracts[TENANT].demo.agents if one.profile == "dispatch"]
    names = [f"dispatch-{number:02d}" for number in range(1, group.count + 1)]
    follow("all-dispatchers")
    until(lambda: {*names} <= {one["agent"] for one in seats.get("/v1/agents")["agents"]}, "every dispatcher heard of")
    clients = {name: signed_in(name, Role.AGENT) for name in names}
    yield {name: DeskOffers(lambda client=client: client, every_s=0.0) for name, client in clients.items()}  # type: ignore[misc]
    follow("longest-idle")
    system.control.run()


def offered(desk: DeskOffers) -> list[str]:
    """Return the contacts that the desk shows at this moment."""
    return [str(one["contact_id"]) for one in desk.now()]


def refused(desk: DeskOffers, contact: str) -> tuple[int, str]:
    """Return how an acceptance is refused: its status, and why in words."""
    with pytest.raises(Refused) as refusal:
        desk.take(contact)
    return refusal.value.http_status, refusal.value.told


@pytest.mark.req("ACD-04")
def test_every_idle_dispatcher_is_offered_the_call_and_only_the_first_acceptance_has_it(
    system: System, dispatchers: dict[str, DeskOffers]
) -> None:
    control = system.control
    contact = control.call(PlannedCall(to=HOTLINE, from_=CALLER, script=TO_DISPATCH, talk_s=30, patience_s=600))
    for _ in range(MOST_STEPS):
        control.run(max_s=1)
        if events(control.look(contact), "queued"):
            break
    waiting = control.look(contact)
    assert events(waiting, "queued"), [event.text for event in waiting.events]
    for name, desk in dispatchers.items():
        until(lambda desk=desk: contact in offered(desk), f"the offer at {name}")  # type: ignore[misc]
    assert events(control.look(contact), "offered") == [], "no telephone rings meanwhile"

    first, second, third = dispatchers.values()
    winner = list(dispatchers)[1]
    second.take(contact)
    for late in (first, third):
        until(lambda late=late: contact not in offered(late), "the other desks told")  # type: ignore[misc]
        assert refused(late, contact) == (409, "another agent was first")
    control.run()
    call = control.look(contact)
    assert [event.facts["agent"] for event in events(call, "offered")] == [winner]
    assert [event.facts["agent"] for event in events(call, "joined")] == [winner]
