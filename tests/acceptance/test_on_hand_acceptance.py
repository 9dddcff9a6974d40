"""Front-desk protection as a whole: agents see only the customer on hand, masked, and copy nothing (SEC-02)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

import app
from chalicelib.access import policy
from chalicelib.access.actions import TABLE
from chalicelib.access.models import Role
from chalicelib.access.roles import FRONT_DESK
from chalicelib.agents.models import GONE_S
from chalicelib.platform.dynamo import decode
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract_file import parse
from tests.support.fake_dynamo import FakeDynamo
from tests.support.own_screen import Line, candidates, stands
from tests.support.rest import USER, get, post, send
from tests.support.rest_table import rest_table
from tests.support.tenant_world import TENANTS

TENANT = "twocities"
AGENT = {**USER, "custom:tenant": TENANT, "cognito:username": "li.na", "cognito:groups": "agent"}
LEADER = {**AGENT, "cognito:username": "wang", "cognito:groups": "team-leader"}
MINE, OTHERS = "+8613800138000", "+8613900139000"
UNUSUAL, MOST = 30, 40
EDITABLE = {"customer", "edit"}
"""Whoever edits a customer sends back all identities, so that those of the one on hand are shown in full."""
JSON = {"content-type": "application/json"}


@dataclass
class Desk:
    """The table, the line of the contact `call`, and what there is of two customers: the one who calls and another."""

    table: FakeDynamo
    line: Line
    tickets: dict[str, str]
    services: dict[str, str]

    def serves(self, *contact_ids: str, **more: Any) -> None:
        stands(self.table, TENANT, "li.na", *contact_ids, **more)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[Desk]:
    """Return a desk whose agent serves nobody yet; a leader has entered two customers, c-1 and c-2."""
    assert clean_tenant is None
    line = Line(MINE, {"call": {"customerId": "c-1"}})
    raw = yaml.safe_load((TENANTS / f"{TENANT}.yaml").read_text(encoding="utf-8"))
    raw["security"]["reading"] = {"unusual_per_h": UNUSUAL, "front_desk_per_h": MOST}
    with rest_table(monkeypatch, tmp_path, TENANT, contacts=line) as table:
        (tmp_path / f"{TENANT}.json").write_text(document_text(compile_contract(parse(raw, source="test"))))
        tenancy.current.cache_clear()
        made = Desk(table, line, {}, {})
        for id_, number in (("c-1", MINE), ("c-2", OTHERS)):
            told = {
                "customer_id": id_,
                "name": f"Name of {id_}",
                "identities": [{"kind": "phone", "value": number}],
                "fields": {"arrears": 9_900},
            }
            assert post(app.app, "/v1/customers", told, claims=LEADER)[0] == 201
            subject = {"category": "repair", "text": "No power.", "phone": number, "customer_id": id_}
            _, opened = post(app.app, "/v1/tickets", {"subject": subject, "note": "n"}, claims=LEADER)
            made.tickets[id_] = opened["ticket"]["number"]
            visit = {"channel": "VISIT", "at": datetime.now(UTC).isoformat(), "customer_id": id_}
            made.services[id_] = post(app.app, "/v1/services", visit, claims=LEADER)[1]["service_id"]
        yield made


def looks(desk: Desk, id_: str, claims: Any = AGENT) -> dict[str, tuple[int, Any]]:
    """Ask for everything that there is of a customer, by every way to it; return the answers by the way."""
    number, contact = {"c-1": (MINE, "call"), "c-2": (OTHERS, "another-call")}[id_]

    def ask(path: str, query: dict[str, str] | None = None, **names: str) -> tuple[int, Any]:
        return get(app.app, path, path=names or None, query=query, claims=claims)

    def tell(method: str, path: str, body: Any, **names: str) -> tuple[int, Any]:
        return send(app.app, method, path, path=names, body=json.dumps(body), headers=JSON, claims=claims)

    edited = {"name": f"Name of {id_}", "revision": 1, "identities": [{"kind": "phone", "value": number}]}
    return {
        "customer": ask("/v1/customers/{customer_id}", customer_id=id_),
        "timeline": ask("/v1/customers/{customer_id}/contacts", customer_id=id_),
        "edit": tell("PUT", "/v1/customers/{customer_id}", edited, customer_id=id_),
        "search": ask("/v1/customers", {"number": number}),
        "pop": ask("/v1/contacts/{contact_id}/pop", {"caller": number}, contact_id=contact),
        "draft": tell("PUT", "/v1/contacts/{contact_id}/draft", {"data": {}, "revision": 0}, contact_id=contact),
        "service": ask("/v1/services/{service_id}", service_id=desk.services[id_]),
        "services": ask("/v1/services", {"number": number}),
        "ticket": ask("/v1/tickets/{number}", number=desk.tickets[id_]),
        "link": tell("POST", "/v1/tickets/{number}/contacts", {"contact_id": contact}, number=desk.tickets[id_]),
    }


def statuses(desk: Desk, id_: str, claims: Any = AGENT) -> set[int]:
    return {status for status, _ in looks(desk, id_, claims).values()}


@pytest.mark.req("SEC-02")
def test_an_agent_sees_the_customer_on_hand_masked_and_nobody_else_and_exports_and_bulk_reads_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.serves("call")
    for way, (status, answer) in looks(desk, "c-1").items():
        assert status in {200, 201}, (way, answer)
        assert way in EDITABLE or MINE not in json.dumps(answer), way
        assert "arrears" not in json.dumps(answer), way
    assert looks(desk, "c-1")["search"][1]["customers"][0]["number"] == "***8000"
    assert looks(desk, "c-1", LEADER)["customer"][1]["shown"]["fields"] == {"arrears": 9_900}

    for way, (status, answer) in looks(desk, "c-2").items():
        assert (status, answer["code"]) == (403, "not-on-hand"), way
        assert "Name of c-2" not in json.dumps(answer), way
    trail = [decode(item) for (pk, _), item in sorted(desk.table.items.items()) if pk.endswith("#AUDIT#li.na")]
    refused = {entry["action"] for entry in trail if entry["outcome"] == "refused"}
    assert refused >= {"customers.read", "customers.timeline", "customers.search", "screen.read", "tickets.read"}

    for path in ("/v1/customers", "/v1/services"):
        assert get(app.app, path, claims=AGENT)[0] == 403, "whoever names nobody gets no list"
        assert get(app.app, path, query={"name": "Name"}, claims=AGENT)[0] == 403
        assert get(app.app, path, query={"number": MINE, "limit": "100"}, claims=AGENT)[0] == 400, "nor a long page"
    assert not [one.id for one in TABLE if "export" in one.id and FRONT_DESK & one.grants.keys()]

    asked: Any = {"path": {"customer_id": "c-1"}, "claims": AGENT}
    reads = [get(app.app, "/v1/customers/{customer_id}", **asked)[0] for _ in range(MOST)]
    assert (reads[0], reads[-1]) == (200, 429)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (alerted,) = [line for line in lines if line.get("message") == "unusual reading"]
    assert (alerted["actor"], alerted["shown"]) == ("li.na", UNUSUAL)


def test_a_customer_is_on_hand_from_the_offer_until_wrap_up_is_over(desk: Desk) -> None:
    assert statuses(desk, "c-1") == {403}, "nobody has called"
    for state in ("CONNECTING", "INCOMING", "CONNECTED", "CONNECTED_ONHOLD", "ENDED"):
        desk.serves("call", state=state)
        assert 403 not in statuses(desk, "c-1"), state
    for state in ("MISSED", "REJECTED", "ERROR"):
        desk.serves("call", state=state)
        assert statuses(desk, "c-1") == {403}, state
    desk.serves()
    assert statuses(desk, "c-1") == {403}, "wrap-up is over"
    desk.serves("call", heard_at=datetime.now(UTC) - timedelta(seconds=GONE_S + 1))
    assert statuses(desk, "c-1") == {403}, "who went without a word has nobody on hand"
    stands(desk.table, TENANT, "bob", "call")
    assert statuses(desk, "c-1") == {403}, "another's screen is not the own one"


def test_neither_somebody_elses_number_on_the_own_call_nor_a_call_that_ended_opens_anybody(desk: Desk) -> None:
    desk.serves("call", "unknown-to-connect")
    pop = "/v1/contacts/{contact_id}/pop"
    for contact, number in (("call", OTHERS), ("unknown-to-connect", MINE), ("another-call", MINE)):
        status, answer = get(app.app, pop, path={"contact_id": contact}, query={"caller": number}, claims=AGENT)
        assert (status, answer["code"]) == (403, "not-on-hand"), (contact, number)
    visit = {"channel": "VISIT", "at": datetime.now(UTC).isoformat(), "customer_id": "c-2"}
    assert post(app.app, "/v1/services", visit, claims=AGENT)[0] == 403
    choice: Any = {"path": {"contact_id": "another-call"}, "body": json.dumps({"customer_id": "c-2"}), "headers": JSON}
    status, answer = send(app.app, "PUT", "/v1/contacts/{contact_id}/customer", claims=AGENT, **choice)
    assert (status, answer["code"]) == (403, "not-on-hand"), "a customer is chosen for the own call alone"


def test_all_who_share_the_callers_number_are_on_hand_until_one_is_chosen(desk: Desk) -> None:
    desk.serves("call")
    path = "/v1/customers/{customer_id}"
    desk.line.attributes = {"call": candidates("c-1", "c-2")}
    assert [get(app.app, path, path={"customer_id": one}, claims=AGENT)[0] for one in ("c-1", "c-2")] == [200, 200]
    desk.line.attributes = {"call": {"customerId": "c-2", "candidates": "none"}}
    assert [get(app.app, path, path={"customer_id": one}, claims=AGENT)[0] for one in ("c-1", "c-2")] == [403, 200]


def test_a_ticket_that_the_agent_opened_or_has_to_act_on_is_open_without_a_call(desk: Desk) -> None:
    subject = {"category": "repair", "text": "No power.", "phone": OTHERS}
    _, opened = post(app.app, "/v1/tickets", {"subject": subject, "note": "n"}, claims=AGENT)
    own, handed = opened["ticket"]["number"], desk.tickets["c-2"]
    step = {"step": "assign", "note": "yours", "revision": 1, "assignee": "li.na"}
    path = "/v1/tickets/{number}"
    assert get(app.app, path, path={"number": handed}, claims=AGENT)[0] == 403
    told: Any = {"path": {"number": handed}, "body": json.dumps(step), "headers": JSON}
    assert send(app.app, "POST", path + "/steps", claims=LEADER, **told)[0] == 201
    for number in (own, handed):
        assert get(app.app, path, path={"number": number}, claims=AGENT)[0] == 200


def test_leaders_and_whoever_is_an_agent_too_are_not_held_to_a_call(desk: Desk) -> None:
    for groups in ("team-leader", "agent,team-leader", "account-manager,unit-head", "operations-manager"):
        claims = {**AGENT, "cognito:groups": groups}
        path = {"customer_id": "c-2"}
        assert get(app.app, "/v1/customers/{customer_id}", path=path, claims=claims)[0] == 200, groups
        assert get(app.app, "/v1/customers", claims=claims)[0] == 200, groups
    assert desk.tickets.keys() == {"c-1", "c-2"}
    held = [{Role.AGENT}, {Role.TELESALES_AGENT}, {Role.AGENT, Role.KNOWLEDGE_EDITOR}, {Role.ACCOUNT_MANAGER}]
    assert all(policy.only_on_hand(roles, policy.action("customers.read")) for roles in held)


OWNER = {**AGENT, "cognito:username": "mia", "cognito:groups": "account-manager"}
SHARED = "+8613700137000"


def given_to(manager: str | None, id_: str, revision: int, claims: Any = LEADER, *numbers: str) -> tuple[int, Any]:
    """Let somebody edit a customer so that `manager` is the account manager."""
    identities = [{"kind": "phone", "value": number} for number in numbers or ({"c-1": MINE, "c-2": OTHERS}[id_],)]
    body = {"name": f"Name of {id_}", "revision": revision, "identities": identities, "manager": manager}
    path = "/v1/customers/{customer_id}"
    return send(app.app, "PUT", path, path={"customer_id": id_}, body=json.dumps(body), headers=JSON, claims=claims)


def without_a_contact(found: dict[str, tuple[int, Any]]) -> dict[str, int]:
    """Return the statuses of what is about a customer and no call."""
    return {way: status for way, (status, _) in found.items() if way not in {"pop", "draft", "edit"}}


def test_an_account_manager_sees_the_own_accounts_without_a_call_and_of_others_the_customer_on_hand(desk: Desk) -> None:
    assert given_to("mia", "c-2", 1)[0] == 200
    assert set(without_a_contact(looks(desk, "c-2", OWNER)).values()) <= {200, 201}
    assert {status for status, _ in looks(desk, "c-1", OWNER).values()} == {403}
    status, page = get(app.app, "/v1/customers", claims=OWNER)
    assert (status, [one["customer_id"] for one in page["customers"]]) == (200, ["c-2"]), "the own list"
    stands(desk.table, TENANT, "mia", "call")
    assert 403 not in {status for status, _ in looks(desk, "c-1", OWNER).values()}, "a call of somebody else's customer"
    stands(desk.table, TENANT, "mia")
    assert given_to("noah", "c-2", 2)[0] == 200
    assert {status for status, _ in looks(desk, "c-2", OWNER).values()} == {403}, "given to somebody else"
    assert get(app.app, "/v1/customers", claims=OWNER)[1]["customers"] == []


def test_an_account_manager_gives_no_account_away_takes_none_and_enters_nobody_elses_number(desk: Desk) -> None:
    assert given_to("mia", "c-2", 1)[0] == 200
    assert given_to("mia", "c-2", 2, OWNER)[0] == 200
    for manager in ("noah", None):
        assert given_to(manager, "c-2", 3, OWNER)[0] == 403
    status, problem = given_to("mia", "c-2", 3, OWNER, OTHERS, MINE)
    assert (status, problem["code"]) == (403, "not-on-hand"), "the timeline of that number would come with it"
    new = {"customer_id": "c-3", "name": "New", "identities": [{"kind": "phone", "value": SHARED}]}
    assert post(app.app, "/v1/customers", {**new, "manager": "noah"}, claims=OWNER)[0] == 403
    taken = {**new, "identities": [{"kind": "phone", "value": MINE}], "manager": "mia"}
    assert post(app.app, "/v1/customers", taken, claims=OWNER)[0] == 403
    assert post(app.app, "/v1/customers", {**new, "manager": "mia"}, claims=OWNER)[0] == 201
    assert get(app.app, "/v1/customers/{customer_id}", path={"customer_id": "c-3"}, claims=OWNER)[0] == 200
    desk.serves("call")
    edited = {"name": "Name of c-1", "revision": 1, "identities": [], "manager": "li.na"}
    told: Any = {"path": {"customer_id": "c-1"}, "body": json.dumps(edited), "headers": JSON}
    assert send(app.app, "PUT", "/v1/customers/{customer_id}", claims=AGENT, **told)[0] == 403, "nor does an agent"


@pytest.mark.usefixtures("desk")
def test_a_number_that_an_own_account_shares_with_somebody_elses_finds_neither() -> None:
    shared = [{"kind": "phone", "value": SHARED}]
    for id_, manager in (("c-3", "mia"), ("c-4", "noah")):
        told = {"customer_id": id_, "name": f"Name of {id_}", "identities": shared, "manager": manager}
        assert post(app.app, "/v1/customers", told, claims=LEADER)[0] == 201
    assert get(app.app, "/v1/customers", query={"number": SHARED}, claims=OWNER)[0] == 403
    assert get(app.app, "/v1/customers/{customer_id}", path={"customer_id": "c-3"}, claims=OWNER)[0] == 200
    assert get(app.app, "/v1/customers/{customer_id}", path={"customer_id": "c-4"}, claims=OWNER)[0] == 403
