"""The door of REST routes: who may pass, what it writes into the audit trail, and what happens when it cannot."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.access import policy, service
from chalicelib.access.models import Kind, Parted, Role, Scope
from chalicelib.access.service import Door
from chalicelib.platform import claims
from chalicelib.platform.dynamo import decode
from chalicelib.platform.errors import Forbidden
from tests.support.fake_dynamo import FakeDynamo, failure
from tests.support.rest import USER, get, post, send
from tests.support.rest_table import rest_table

OPEN = {"/v1/health"}
ROUTES = [
    (path, method, view.view_function)
    for path, views in sorted(app.app.routes.items())
    for method, view in views.items()
    if path not in OPEN
]


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    with rest_table(monkeypatch, tmp_path) as kept:
        yield kept


def entries(table: FakeDynamo) -> list[dict[str, Any]]:
    return [decode(item) for (pk, _), item in sorted(table.items.items()) if "#AUDIT#" in pk]


def as_role(*roles: str) -> dict[str, str]:
    return {**USER, "cognito:username": "chen", "cognito:groups": ",".join(roles)}


@pytest.mark.parametrize(("path", "method", "view"), ROUTES, ids=[f"{method} {path}" for path, method, _ in ROUTES])
def test_every_route_declares_an_action_of_the_table(path: str, method: str, view: Any) -> None:
    assert view.operation.action in policy.BY_ID, f"{method} {path} has no permission"


def test_every_action_of_the_table_is_done_by_a_route() -> None:
    assert {view.operation.action for _, _, view in ROUTES} == policy.BY_ID.keys()


def test_a_route_that_names_no_known_action_cannot_be_registered() -> None:
    with pytest.raises(ValueError, match=r"no action 'contacts\.delete'"):
        Door(app.app)("contacts.delete")


def test_reading_contacts_outside_a_contact_is_in_the_trail_with_what_was_asked(table: FakeDynamo) -> None:
    status, _ = get(app.app, "/v1/contacts", query={"on": "2026-03-02"}, claims=as_role("qa-inspector"))
    assert status == 200
    (entry,) = entries(table)
    assert (entry["actor"], entry["action"], entry["resource"]) == ("chen", "contacts.search", "contacts")
    assert (entry["facts"], entry["outcome"]) == ({"on": "2026-03-02"}, "done")
    assert (entry["source"], entry["request_id"]) == ("192.0.2.7", "request-of-the-gateway")
    assert entry["roles"] == ["qa-inspector"]


def test_configuration_and_figures_leave_no_entry(table: FakeDynamo) -> None:
    assert get(app.app, "/v1/tenant")[0] == 200
    assert entries(table) == []


def test_an_access_that_cannot_be_written_into_the_trail_is_not_answered(table: FakeDynamo) -> None:
    def refuse(operation: str) -> None:
        if operation == "TransactWriteItems":
            raise failure("AccessDeniedException")

    table.before = refuse
    status, body = get(app.app, "/v1/contacts", query={"on": "2026-03-02"})
    assert (status, body["code"]) == (503, "store-unavailable")
    assert "contacts" not in body


def test_a_refused_attempt_is_in_the_trail(table: FakeDynamo) -> None:
    status, body = get(app.app, "/v1/contacts", query={"on": "2026-03-02"}, claims=as_role("trainer"))
    assert (status, body["action"]) == (403, "contacts.search")
    (entry,) = entries(table)
    assert (entry["actor"], entry["outcome"], entry["roles"]) == ("chen", "refused", ["trainer"])
    assert entry["facts"] == {"reason": "no role of yours may search contacts"}


def test_a_refusal_that_cannot_be_written_stays_a_refusal(
    table: FakeDynamo, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: str) -> None:
        raise failure("AccessDeniedException")

    table.before = refuse
    assert get(app.app, "/v1/tenant", claims=as_role("trainer"))[0] == 403
    assert "a refusal is not in the audit trail" in capsys.readouterr().out


def test_reading_the_trail_is_in_the_trail(table: FakeDynamo) -> None:
    officer = as_role("compliance-officer")
    period = {"from": "2020-01-01T00:00:00Z", "to": "2020-02-01T00:00:00Z"}
    assert get(app.app, "/v1/audit", query=period, claims=officer) == (200, {"entries": [], "cursor": None})
    assert get(app.app, "/v1/audit/chain", query={"actor": "chen"}, claims=officer)[1] == {
        "actor": "chen", "entries": 1, "intact": True, "broken_at": None,
    }  # fmt: skip
    assert [entry["resource"] for entry in entries(table)] == ["audit", "audit/chain"]


def test_a_user_with_several_roles_reaches_as_far_as_the_widest() -> None:
    action = policy.action("contacts.search")
    assert policy.reach([Role.AGENT, Role.TEAM_LEADER], action) is Scope.TEAM
    assert policy.reach([Role.AGENT, Role.QA_HEAD, Role.TEAM_LEADER], action) is Scope.TENANT
    assert policy.reach([Role.FINANCE], action) is None


@pytest.mark.parametrize(
    ("parted", "kind", "may"),
    [
        (Parted.SUBTREE, Kind.READ, True),
        (Parted.SUBTREE, Kind.ACCESS, True),
        (Parted.SUBTREE, Kind.CHANGE, True),
        (Parted.SHARED, Kind.READ, True),
        (Parted.SHARED, Kind.ACCESS, True),
        (Parted.SHARED, Kind.CHANGE, False),
        (Parted.WHOLE, Kind.READ, False),
        (Parted.WHOLE, Kind.ACCESS, False),
        (Parted.WHOLE, Kind.CHANGE, False),
    ],
)
def test_a_user_of_a_part_may_see_what_parts_share_and_change_only_what_they_have(
    parted: Parted, kind: Kind, *, may: bool
) -> None:
    assert policy.may_of_part(replace(policy.action("contacts.search"), parted=parted, kind=kind)) is may


@pytest.mark.parametrize(
    "claimed", ["agent", "x,agent", "[x agent]", "[agent]", ["agent"], "agent, trainer-of-others,Agent"]
)
def test_a_role_is_found_in_every_form_in_which_gateways_hand_groups_on(claimed: Any) -> None:
    assert policy.known(claims.groups({"cognito:groups": claimed})) == (Role.AGENT,)


@pytest.mark.parametrize("context", [{}, {"authorizer": None}, {"authorizer": {"claims": {"cognito:groups": 7}}}])
def test_a_request_without_usable_claims_has_no_role(context: dict[str, Any]) -> None:
    assert policy.known(claims.groups(claims.of(context))) == ()


def test_a_token_that_names_no_user_is_refused(table: FakeDynamo) -> None:
    nobody = {"custom:tenant": "hrgroup", "cognito:groups": "client-supervisor"}
    assert get(app.app, "/v1/tenant", claims=nobody)[0] == 403
    (entry,) = entries(table)
    assert (entry["pk"], entry["outcome"]) == ("T#hrgroup#AUDIT#-", "refused")


def test_whatever_shows_personal_data_is_an_access() -> None:
    for action in policy.TABLE:
        if action.id.startswith(("contacts.", "audit.")):
            assert action.kind is Kind.ACCESS


@pytest.mark.usefixtures("table")
def test_a_parameter_that_a_route_does_not_take_is_refused_by_its_name() -> None:
    for route in ("/v1/tenant", "/v1/contacts"):
        status, body = get(app.app, route, query={"on": "2026-03-02", "sneaky": "1"})
        assert status == 400
        assert "sneaky" in [error["field"] for error in body["errors"]]


@pytest.mark.usefixtures("table")
def test_a_body_that_is_too_large_is_refused_with_the_limit() -> None:
    large = {"gate": "numbers", "evidence": "x" * 300_000, "request_id": "request-1"}
    status, body = post(app.app, "/v1/tenant/evidence", large, claims=as_role("operations-manager"))
    assert (status, body["code"], body["limit_bytes"]) == (413, "too-large", 262_144)


@pytest.mark.usefixtures("table")
def test_what_the_framework_refuses_has_the_shape_of_every_refusal() -> None:
    status, body = post(app.app, "/v1/tenant/evidence", "gate=numbers", claims=USER, kind="text/plain")
    assert (status, body["status"], body["code"]) == (415, 415, "rejected")
    assert body["type"] == "urn:trunkline:problem:rejected"


@pytest.mark.usefixtures("table")
def test_the_description_of_the_api_is_served() -> None:
    status, body = get(app.app, "/v1/openapi.json", claims=as_role("recruiter"))
    assert (status, body["openapi"]) == (200, "3.1.0")
    assert "/v1/audit" in body["paths"]


def context_of(role: Role) -> dict[str, Any]:
    return {"authorizer": {"claims": as_role(role.value)}}


@pytest.mark.parametrize("role", Role)
def test_every_role_passes_exactly_the_doors_that_the_table_opens_to_it(role: Role) -> None:
    for path, method, view in ROUTES:
        action = policy.action(view.operation.action)
        scope = action.grants.get(role)
        if scope in view.scopes:
            assert service.admit(context_of(role), action, view.scopes).scope is scope, (method, path)
            continue
        with pytest.raises(Forbidden):
            service.admit(context_of(role), action, view.scopes)


GUARDED = {
    "audit.read": {Role.COMPLIANCE_OFFICER, Role.PLATFORM_OPERATOR},
    "routing.change": {
        *(Role.OPERATIONS_DIRECTOR, Role.OPERATIONS_MANAGER, Role.DUTY_MANAGER, Role.SERVICE_SUPERVISOR),
        Role.TENANT_ADMINISTRATOR,
    },
    "tenant.change": {Role.OPERATIONS_DIRECTOR, Role.OPERATIONS_MANAGER, Role.PROJECT_MANAGER},
}
"""Written down a second time, so that a wider grant is made twice or noticed."""


@pytest.mark.parametrize("action", GUARDED)
def test_the_doors_that_matter_most_open_to_these_roles_and_no_other(action: str) -> None:
    assert policy.action(action).grants == dict.fromkeys(GUARDED[action], Scope.TENANT)


@pytest.mark.parametrize(
    "role", [Role.TENANT_ADMINISTRATOR, Role.TECHNICAL_STAFF, Role.COMPLIANCE_OFFICER, Role.FINANCE]
)
def test_who_keeps_the_system_sees_no_contact(role: Role) -> None:
    assert role not in policy.action("contacts.read").grants
    assert role not in policy.action("contacts.search").grants


@pytest.mark.parametrize(("path", "method", "view"), ROUTES, ids=[f"{method} {path}" for path, method, _ in ROUTES])
def test_a_user_without_any_role_is_refused_everywhere_and_each_attempt_is_in_the_trail(
    table: FakeDynamo, path: str, method: str, view: Any
) -> None:
    parts = dict.fromkeys(re.findall(r"{(\w+)}", path), "x")
    status, body = send(app.app, method, path, path=parts or None, claims=as_role())
    assert (status, body["action"]) == (403, view.operation.action)
    (entry,) = entries(table)
    assert (entry["action"], entry["outcome"]) == (view.operation.action, "refused")
    assert entry["resource"] == path.format(**parts).removeprefix("/v1/")


def test_an_agent_lists_what_the_agent_handled_and_nothing_else(table: FakeDynamo) -> None:
    agent = as_role("agent")
    assert get(app.app, "/v1/contacts", query={"agent": "chen"}, claims=agent)[0] == 200
    for others in ({"on": "2026-03-02"}, {"agent": "li"}, {"caller": "+8613800138000"}):
        assert get(app.app, "/v1/contacts", query=others, claims=agent)[0] == 403
    outcomes = [entry["outcome"] for entry in entries(table)]
    assert outcomes == ["done", "refused", "refused", "refused"]
