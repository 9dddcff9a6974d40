"""A user of one part of the organisation asks every route for what belongs to another part (TEN-11)."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.access import policy
from chalicelib.access import service as access
from chalicelib.access.models import Action, Kind, Parted, Role, Scope
from chalicelib.access.roles import HELD
from chalicelib.platform.dynamo import decode
from chalicelib.platform.errors import Forbidden
from tests.support import hostile, two_parts
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import get, send
from tests.support.rest_table import without_trail
from tests.support.two_parts import (
    CALLER,
    CONTACT,
    EAST_AGENT,
    MESSAGE,
    WEST_AGENT,
    WEST_NUMBER,
    WEST_USER,
    furnish,
    user,
)

MARCH = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z"}
_NOW = datetime.now(UTC)
NOW = {"from": (_NOW - timedelta(days=1)).isoformat(), "to": (_NOW + timedelta(days=1)).isoformat()}
RECORDING = {"contact_id": CONTACT, "name": "west.wav"}
ENTRY = {"category": "repair", "sub_category": "hardware", "result": "answered", "solved": True, "next_step": "none"}


@dataclass(frozen=True)
class Probe:
    """A request for something of the west. `shows` is what the west is told and nobody else; None: only a refusal."""

    shows: str | None
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


def of(kind: str, value: str, **more: Any) -> Probe:
    """Return the probe of a route below the name of something."""
    return Probe(value, {kind: value}, **more)


PROBES: Mapping[str, Probe] = {
    "GET /v1/agents": Probe(WEST_AGENT),
    "GET /v1/agents/{agent}/states": of("agent", WEST_AGENT, query={"on": "2026-03-02"}),
    "GET /v1/audit": Probe(WEST_AGENT, query=NOW),
    "GET /v1/audit/chain": Probe(WEST_AGENT, query={"actor": WEST_AGENT}),
    "GET /v1/callbacks": Probe("west-callback"),
    "GET /v1/completions/due": Probe(CONTACT, query={"agent": WEST_AGENT}),
    "GET /v1/contacts": Probe(CONTACT, query={"on": "2026-03-02"}),
    "GET /v1/contacts/{contact_id}": of("contact_id", CONTACT),
    "GET /v1/contacts/{contact_id}/completion": of("contact_id", CONTACT),
    "PUT /v1/contacts/{contact_id}/completion": of("contact_id", CONTACT, body=ENTRY),
    "PUT /v1/contacts/{contact_id}/draft": of("contact_id", CONTACT, body={"data": {"model": "x1"}, "revision": 0}),
    "GET /v1/contacts/{contact_id}/draft": of("contact_id", CONTACT),
    "GET /v1/contacts/{contact_id}/pop": Probe(CONTACT, {"contact_id": "ringing"}, {"caller": CALLER}),
    "PUT /v1/contacts/{contact_id}/customer": Probe(None, {"contact_id": CONTACT}, body={"customer_id": "{customer}"}),
    "GET /v1/contacts/{contact_id}/trace": of("contact_id", CONTACT),
    "GET /v1/contacts/{contact_id}/identity": Probe(None, {"contact_id": CONTACT}),
    "PUT /v1/contacts/{contact_id}/identity/question": Probe(None, {"contact_id": CONTACT}, body={"question": "name"}),
    "PUT /v1/contacts/{contact_id}/identity/answer": Probe(
        None, {"contact_id": CONTACT}, body={"question": "name", "answer": "x"}
    ),
    "POST /v1/contacts/{contact_id}/recording": Probe(None, {"contact_id": CONTACT}, body={"do": "start"}),
    "GET /v1/contacts/{contact_id}/recordings/{name}": Probe("west.wav", RECORDING),
    "GET /v1/contacts/{contact_id}/recordings/{name}/download": Probe("west.wav", RECORDING),
    "GET /v1/contacts/{contact_id}/recordings/{name}/verify": Probe("west.wav", RECORDING),
    "GET /v1/recordings": Probe(CONTACT, query=MARCH),
    "GET /v1/customers": Probe("West Customer"),
    "POST /v1/customers": Probe("West Second", body={"name": "West Second", "node": "west"}),
    "GET /v1/customers/{customer_id}": of("customer_id", "{customer}"),
    "GET /v1/customers/{customer_id}/contacts": Probe(CONTACT, {"customer_id": "{customer}"}),
    "PUT /v1/customers/{customer_id}": Probe(
        "West Renamed", {"customer_id": "{customer}"}, body={"name": "West Renamed", "node": "west", "revision": 1}
    ),
    "POST /v1/customers/{customer_id}/merged": Probe(None, {"customer_id": "{customer}"}, body={"absorb": "x"}),
    "DELETE /v1/customers/{customer_id}/merged/{absorbed}": Probe(None, {"customer_id": "{customer}", "absorbed": "x"}),
    "DELETE /v1/customers/{customer_id}": Probe(None, {"customer_id": "{customer}"}, {"revision": "9"}),
    "GET /v1/kpis": Probe('"offered": ', query={**MARCH, "by": "tenant"}),
    "GET /v1/kpis/targets": Probe('"value": ', query={"from": "2026-03-02", "to": "2026-03-03"}),
    "GET /v1/menus/{line}/report": Probe('"versions"', {"line": "telesales"}, MARCH),
    "GET /v1/realtime": Probe(None),
    "POST /v1/qualifications": Probe(
        None, body={"agent": WEST_AGENT, "kind": "exam", "id": "x", "on": "2026-03-02", "passed": True}
    ),
    "GET /v1/qualifications": Probe(WEST_AGENT, query={"agent": WEST_AGENT}),
    "GET /v1/tickets": Probe("west-subject", query={"phone": CALLER}),
    "GET /v1/tickets/{number}": Probe("west-note", {"number": "{number}"}),
    "POST /v1/tickets/{number}/steps": Probe(
        "west-note",
        {"number": "{number}"},
        body={"step": "assign", "note": "on", "revision": 1, "assignee": WEST_AGENT},
    ),
    "POST /v1/tickets/{number}/contacts": Probe(CONTACT, {"number": "{number}"}, body={"contact_id": CONTACT}),
    "GET /v1/offers": Probe(None),
    "POST /v1/offers/{contact_id}": Probe(None, {"contact_id": CONTACT}, body={"do": "accept"}),
    "GET /v1/approvals": Probe(None),
    "PUT /v1/approvals/{approval_id}": Probe(
        None, {"approval_id": "0" * 24}, body={"decision": "approved", "note": "mine"}
    ),
    "GET /v1/people": Probe(f'"user": "{WEST_AGENT}"'),
    "GET /v1/users": Probe(WEST_USER),
    "POST /v1/users": Probe(
        "west.second",
        body={"user": "west.second", "email": "second@example.org", "roles": ["agent"], "node": "west"},
    ),
    "GET /v1/users/{user}": of("user", WEST_USER),
    "PUT /v1/users/{user}": of("user", WEST_USER, body={"node": "west", "enabled": False}),
    "PUT /v1/users/{user}/roles/{role}": Probe(WEST_USER, {"user": WEST_USER, "role": "trainer"}),
    "DELETE /v1/users/{user}/roles/{role}": Probe(WEST_USER, {"user": WEST_USER, "role": "trainer"}),
    "POST /v1/services": Probe(
        "{customer}", body={"channel": "VISIT", "at": "2026-03-02T09:00:00Z", "customer_id": "{customer}"}
    ),
    "GET /v1/services": Probe(CONTACT, query={"first": "2026-03-01", "last": "2026-03-03"}),
    "GET /v1/services/{service_id}": of("service_id", CONTACT),
    "PUT /v1/services/{service_id}": of("service_id", CONTACT, body={"note": "west-service", "revision": 1}),
    "DELETE /v1/services/{service_id}": Probe(None, {"service_id": CONTACT}, {"revision": "9"}),
    "GET /v1/voicemails": Probe(MESSAGE, query={"box": "telesales"}),
    "GET /v1/voicemails/{message_id}": of("message_id", MESSAGE),
    "POST /v1/voicemails/{message_id}/close": of("message_id", MESSAGE, body={"result": "called back"}),
}
"""A request for something of the west at each route that is held to the subtree."""
NEW = {"POST /v1/tickets"}
"""Makes something of the user's own part; whose it is, another test holds."""

VIEWS = [
    view.view_function
    for views in app.app.routes.values()
    for view in views.values()
    if hasattr(view.view_function, "operation")
]
SECRETS = ("west", "West", WEST_AGENT, CALLER, WEST_NUMBER)
ACTIONS = {
    f"{method} {path}": policy.action(operation.action) for path, method, operation in hostile.everywhere(app.app)
}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the tables of a tenant with two regions; whatever lies there is of the west."""
    assert clean_tenant is None
    with two_parts.two_parts(monkeypatch, tmp_path) as kept:
        yield kept


def somebody(action: Action, node: str | None) -> dict[str, str]:
    """Return the claims of a user of `node` whose role reaches furthest; one held to the own screen comes last."""
    widest = next(scope for scope in Scope if scope in action.grants.values())
    reaching = [role for role, scope in action.grants.items() if scope is widest]
    role = min(reaching, key=lambda one: one in HELD)
    return user({"east": EAST_AGENT, "west": WEST_AGENT}.get(node or "", "chief"), node, role.value)


def named(text: str, names: Mapping[str, str]) -> str:
    """Return `text` with what was drawn in place of `{number}` and `{customer}`."""
    return re.sub(r"{(number|customer)}", lambda found: names[found[1]], text)


def ask(route: str, probe: Probe, names: Mapping[str, str], claims: dict[str, str]) -> tuple[int, str]:
    """Return status and text of the answer to the probe of `route` by the bearer of `claims`."""
    method, _, path = route.partition(" ")
    status, answer = send(
        app.app,
        method,
        path,
        path={name: named(value, names) for name, value in probe.path.items()} or None,
        query=dict(probe.query),
        claims=claims,
        headers={"content-type": "application/json"},
        body=None if probe.body is None else named(json.dumps(probe.body), names),
    )
    return status, json.dumps(answer, ensure_ascii=False)


@pytest.mark.req("TEN-11")
def test_every_route_is_held_to_the_subtree_or_said_to_be_the_whole_tenants() -> None:
    held = {route for route, action in ACTIONS.items() if action.parted is Parted.SUBTREE}
    assert held == PROBES.keys() | NEW


@pytest.mark.req("TEN-11")
def test_no_route_shows_or_changes_what_belongs_to_another_part_and_each_shows_it_to_its_own(table: FakeDynamo) -> None:
    names = furnish(table)
    for route, probe in PROBES.items():
        action, before = ACTIONS[route], without_trail(table)
        status, answer = ask(route, probe, names, somebody(action, "east"))
        assert status in {200, 403, 404}, (route, status, answer)
        asked = json.dumps([dict(probe.path), dict(probe.query), probe.body])
        told = [secret for secret in SECRETS if secret in answer and secret not in asked]
        if status == 200:
            assert told == [], (route, answer)
            assert probe.shows is None or probe.shows not in answer, (route, answer)
        assert without_trail(table) == before, route
        if probe.shows is not None:
            for node in ("west", None) if action.kind is not Kind.CHANGE else ("west",):
                status, answer = ask(route, probe, names, somebody(action, node))
                assert status in {200, 201}, (route, node, answer)
                assert named(probe.shows, names) in answer, (route, node, answer)


def admitted(view: Any, node: str | None) -> str:
    """Return what keeps a user of `node` with every role from the route, '' for nothing."""
    claims = user("li.dong", node, ",".join(Role))
    try:
        access.admit({"authorizer": {"claims": claims}}, policy.action(view.operation.action), view.scopes)
    except Forbidden as refusal:
        return refusal.detail
    return ""


@pytest.mark.req("TEN-11")
@pytest.mark.usefixtures("table")
def test_what_all_parts_share_only_headquarters_change_and_what_no_part_has_only_they_see() -> None:
    refused = set()
    for view in VIEWS:
        action = policy.action(view.operation.action)
        if admitted(view, "east") == f"only the headquarters may {action.says}":
            refused.add(action.id)
        if action.grants.keys() - {"agent", "telesales-agent", "account-manager"}:
            assert (admitted(view, "group"), admitted(view, None)) == ("", ""), action.id
    assert refused >= {"menus.publish", "menus.change", "routing.change", "tenant.change", "seats.read"}
    for action in policy.TABLE:
        is_kept = action.parted is Parted.WHOLE or (action.parted is Parted.SHARED and action.kind is Kind.CHANGE)
        assert (action.id in refused) == is_kept


@pytest.mark.req("TEN-11")
@pytest.mark.usefixtures("table")
def test_a_user_of_a_part_that_the_contract_no_longer_has_passes_no_door() -> None:
    told = "your part of the organisation is not one of this tenant's"
    assert {admitted(view, "north") for view in VIEWS if admitted(view, None) == ""} == {told}
    status, answer = get(
        app.app, "/v1/lines/{line}/hours", path={"line": "after-sales"}, claims=user("x", "north", "agent")
    )
    assert (status, answer["detail"]) == (403, told)


@pytest.mark.req("TEN-11")
def test_no_page_and_no_cursor_tells_of_contacts_of_another_part(table: FakeDynamo) -> None:
    furnish(table)
    for number in range(40):
        two_parts.contact_of(table, f"west-{number}", "Telesales (Mandarin)", WEST_AGENT, minute=number)
        if number % 9 == 0:
            two_parts.contact_of(table, f"east-{number}", "English desk", EAST_AGENT, minute=number)
    found, cursor = [], ""
    for _ in range(10):
        query = {"on": "2026-03-02", "limit": "2", **({"cursor": cursor} if cursor else {})}
        status, page = get(app.app, "/v1/contacts", query=query, claims=user("chen", "east", "qa-head"))
        assert status == 200
        found += [row["contact_id"] for row in page["contacts"]]
        cursor = page["cursor"]
        if cursor is None:
            break
        assert "west" not in base64.urlsafe_b64decode(cursor + "==").decode()
    assert found == [f"east-{number}" for number in (36, 27, 18, 9, 0)]


@pytest.mark.req("TEN-11")
def test_a_ticket_is_of_the_part_that_opened_it_until_headquarters_hand_it_to_another(table: FakeDynamo) -> None:
    names = furnish(table)
    path = {"number": names["number"]}
    leader = user("chen", "east", "team-leader")
    assert get(app.app, "/v1/tickets/{number}", path=path, claims=leader)[0] == 404
    handed = {"step": "assign", "note": "yours", "revision": 1, "assignee": EAST_AGENT}
    chief = user("chief", None, "operations-manager")
    headers = {"content-type": "application/json"}
    route = "/v1/tickets/{number}/steps"
    assert send(app.app, "POST", route, path=path, headers=headers, body=json.dumps(handed), claims=chief)[0] == 201
    assert get(app.app, "/v1/tickets/{number}", path=path, claims=leader)[0] == 200
    assert get(app.app, "/v1/tickets/{number}", path=path, claims=user("wu.xi", "west", "agent"))[0] == 200
    trail = [decode(item) for (pk, _), item in table.items.items() if pk.endswith("#AUDIT#chen")]
    assert [(entry["outcome"], entry["node"]) for entry in trail] == [("not-found", "east"), ("done", "east")]
