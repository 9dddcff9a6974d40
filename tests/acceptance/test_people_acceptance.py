"""The tree of people drives what leaders see, what is reported of whom, and who approves what (PPL-01)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.platform.dynamo import decode
from tests.support import two_parts
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import get, send
from tests.support.two_parts import AT, EAST_AGENT, WEST_AGENT, contact_of, user

ADMIN = user("root", None, "tenant-administrator")
CENTRE = (
    ("dong", "director", None),
    ("ma", "manager", "dong"),
    ("su", "supervisor", "ma"),
    ("tan", "team-leader", "su"),
    ("tai", "team-leader", "su"),
    (EAST_AGENT, "agent", "tan"),
    (WEST_AGENT, "agent", "tai"),
)
MARCH = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z"}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the tables of a tenant with a contact of an agent of each of two teams."""
    assert clean_tenant is None
    with two_parts.two_parts(monkeypatch, tmp_path, ["customers.delete"]) as kept:
        contact_of(kept, "east-1", "English desk", EAST_AGENT)
        contact_of(kept, "west-1", "Telesales (Mandarin)", WEST_AGENT)
        staff()
        yield kept


def put(person: str, version: int, claims: dict[str, str] = ADMIN, **place: Any) -> tuple[int, Any]:
    body = json.dumps({"version": version, **place})
    headers = {"content-type": "application/json"}
    return send(app.app, "PUT", "/v1/people/{user}", path={"user": person}, headers=headers, body=body, claims=claims)


def staff() -> None:
    """Give everybody of the centre a place."""
    for version, (person, position, leader) in enumerate(CENTRE):
        status, answer = put(person, version, position=position, leader=leader)
        assert (status, answer["version"]) == (200, version + 1), answer


def leader(name: str) -> dict[str, str]:
    return user(name, None, "team-leader")


def contacts(claims: dict[str, str], **query: str) -> list[str]:
    status, page = get(app.app, "/v1/contacts", query={"on": "2026-03-02", **query}, claims=claims)
    assert status == 200, page
    return [row["contact_id"] for row in page["contacts"]]


def opened(claims: dict[str, str], contact: str) -> int:
    return get(app.app, "/v1/contacts/{contact_id}", path={"contact_id": contact}, claims=claims)[0]


@pytest.mark.req("PPL-01")
@pytest.mark.usefixtures("table")
def test_a_leader_sees_the_contacts_of_those_below_and_of_nobody_else() -> None:
    assert (contacts(leader("tan")), contacts(leader("tai"))) == (["east-1"], ["west-1"])
    assert contacts(leader("su")) == ["west-1", "east-1"]
    assert contacts(leader("stranger")) == []
    assert (opened(leader("tan"), "east-1"), opened(leader("tan"), "west-1")) == (200, 404)
    assert contacts(leader("tan"), agent=WEST_AGENT) == []
    path = {"contact_id": "west-1"}
    for name, status in (("tai", 200), ("tan", 404)):
        answer = get(app.app, "/v1/contacts/{contact_id}/completion", path=path, claims=leader(name))
        assert answer[0] == status


@pytest.mark.req("PPL-01")
@pytest.mark.usefixtures("table")
def test_whoever_is_moved_is_seen_by_the_new_leader_at_once() -> None:
    assert put(WEST_AGENT, len(CENTRE), position="agent", leader="tan")[0] == 200
    assert (contacts(leader("tan")), contacts(leader("tai"))) == (["west-1", "east-1"], [])
    assert put(WEST_AGENT, len(CENTRE) + 1, position=None)[0] == 200
    assert contacts(leader("su")) == ["east-1"]


@pytest.mark.usefixtures("table")
def test_people_are_shown_as_far_as_one_sees_with_the_chain_of_escalation() -> None:
    status, all_of_them = get(app.app, "/v1/people", claims=ADMIN)
    assert (status, all_of_them["version"], len(all_of_them["people"])) == (200, 7, 7)
    (own,) = get(app.app, "/v1/people", claims=user(EAST_AGENT, "east", "agent"))[1]["people"]
    assert (own["user"], own["superiors"]) == (EAST_AGENT, ["tan", "su", "ma", "dong"])
    below = get(app.app, "/v1/people", claims=leader("tan"))[1]["people"]
    assert [one["user"] for one in below] == [EAST_AGENT, "tan"]
    before = get(app.app, "/v1/people", query={"at": AT.isoformat()}, claims=ADMIN)[1]["people"]
    assert before == []


@pytest.mark.usefixtures("table")
def test_what_would_be_no_tree_or_is_past_or_was_not_seen_is_refused_by_name() -> None:
    version = len(CENTRE)
    status, problem = put("tan", version, position=None)
    assert (status, [one["field"] for one in problem["errors"]]) == (422, [EAST_AGENT])
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    assert put("tan", version, position="team-leader", leader="ma", since=past)[1]["errors"][0]["field"] == "since"
    assert put("tan", version - 1, position="team-leader", leader="ma")[1]["code"] == "outdated"
    assert put("tan", version, claims=leader("su"), position="team-leader", leader="ma")[0] == 403
    assert get(app.app, "/v1/people", claims=ADMIN)[1]["version"] == version


@pytest.mark.req("PPL-01")
@pytest.mark.usefixtures("table")
def test_figures_by_leader_and_unit_follow_who_led_when_the_contact_was_and_leaders_see_their_own() -> None:
    now = datetime.now(UTC)
    start = now.replace(minute=0, second=0, microsecond=0)
    period = {"from": start.isoformat(), "to": (start + timedelta(hours=1)).isoformat()}
    for query in ({**MARCH, "by": "leader"}, {**period, "by": "unit"}):
        assert get(app.app, "/v1/kpis", query=query, claims=user("x", None, "operations-manager"))[0] == 200
    groups = get(app.app, "/v1/kpis", query={**MARCH, "by": "leader"}, claims=user("x", None, "operations-manager"))[1]
    assert [group["name"] for group in groups["groups"]] == ["-"], "in March nobody had a place yet"
    seen = get(app.app, "/v1/kpis", query={**MARCH, "by": "agent"}, claims=leader("tan"))[1]["groups"]
    assert [group["name"] for group in seen] == [EAST_AGENT]
    assert get(app.app, "/v1/kpis", query={**MARCH, "by": "tenant"}, claims=leader("tan"))[0] == 403


def customer() -> str:
    body = json.dumps({"name": "Zhou"})
    headers = {"content-type": "application/json"}
    status, made = send(app.app, "POST", "/v1/customers", headers=headers, body=body, claims=leader("tan"))
    assert status == 201, made
    return str(made["customer_id"])


def forget(name: str, customer_id: str) -> tuple[int, Any]:
    path = {"customer_id": customer_id}
    route = "/v1/customers/{customer_id}"
    return send(app.app, "DELETE", route, path=path, query={"revision": "1"}, claims=leader(name))


def decide(name: str, approval: str, decision: str = "approved") -> tuple[int, Any]:
    body = json.dumps({"decision": decision, "note": "I have looked at it"})
    headers = {"content-type": "application/json"}
    route = "/v1/approvals/{approval_id}"
    path = {"approval_id": approval}
    return send(app.app, "PUT", route, path=path, headers=headers, body=body, claims=leader(name))


def waiting(name: str) -> list[str]:
    status, page = get(app.app, "/v1/approvals", claims=leader(name))
    assert status == 200
    return [one["approval_id"] for one in page["approvals"]]


@pytest.mark.req("PPL-01")
def test_what_is_under_approval_is_done_once_a_superior_approved_it_never_the_proposer_or_a_peer(
    table: FakeDynamo,
) -> None:
    gone = customer()
    status, problem = forget("tan", gone)
    assert (status, problem["code"]) == (409, "approval-needed")
    approval = problem["approval"]
    assert forget("tan", gone)[1]["approval"] == approval, "the same request is the same proposal"
    assert {name: waiting(name) for name in ("tan", "tai", "su", "ma", EAST_AGENT)} == {
        "tan": [approval], "tai": [], "su": [approval], "ma": [approval], EAST_AGENT: [],
    }  # fmt: skip
    assert [decide(name, approval)[0] for name in ("tan", "tai", EAST_AGENT, "stranger")] == [403, 404, 404, 404]
    assert forget("tan", gone)[0] == 409
    assert decide("ma", approval)[1]["state"] == "approved"
    assert decide("su", approval)[1]["code"] == "already-decided"
    assert forget("tai", gone)[1]["code"] == "approval-needed", "an approval is its proposer's"
    assert forget("tan", gone) == (200, {"customer_id": gone})
    assert forget("tan", gone)[1]["code"] == "approval-needed", "it was used"
    trail = [decode(item) for (pk, _), item in sorted(table.items.items()) if "#AUDIT#" in pk]
    acts = [(one["actor"], one["action"], one["outcome"]) for one in trail if one["action"].startswith("approvals.")]
    assert acts.count(("ma", "approvals.decide", "done")) == acts.count(("tan", "approvals.use", "done")) == 1
    assert ("tan", "approvals.decide", "refused") in acts


@pytest.mark.req("PPL-01")
@pytest.mark.usefixtures("table")
def test_a_refused_request_stays_undone_a_director_asks_nobody_and_who_has_no_place_may_not() -> None:
    kept = customer()
    approval = forget("tan", kept)[1]["approval"]
    assert decide("su", approval, "refused")[0] == 200
    assert forget("tan", kept)[1]["code"] == "approval-refused"
    assert forget("stranger", kept)[0] == 403
    assert forget("dong", kept) == (200, {"customer_id": kept})
