"""What the front desk is shown of personal data: masked, in short pages, counted, and not without end (SEC-02)."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.access import policy, roles
from chalicelib.access.models import Kind, Role
from chalicelib.audit import policy as audit_policy
from chalicelib.audit.models import Act, Actor, Outcome
from chalicelib.contacts.items import contact_item, pointers
from chalicelib.contacts.models import Contact, Result
from chalicelib.platform.dynamo import decode, encode
from chalicelib.platform.tenancy import tenant_id
from chalicelib.tenancy import service as tenancy
from tests.support import hostile
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get
from tests.support.rest_table import rest_table

CALLER = "+8613800138000"
TENANT = tenant_id("hrgroup")
NOW = datetime(2026, 3, 2, 9, 59, tzinfo=UTC)
"""The clock stands still: an hour that ends while somebody is counted would begin the count anew."""
AGENT = {**USER, "cognito:username": "li.na", "cognito:groups": "agent"}
BOTH = {**AGENT, "cognito:groups": "agent,operations-manager"}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return hrgroup's tables with fifty contacts that the agent handled."""
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path, now=NOW) as kept:
        for number in range(50):
            put(kept, number)
        yield kept


def put(table: FakeDynamo, number: int) -> None:
    at = NOW - timedelta(minutes=number)
    contact = Contact(
        id=f"c-{number:04d}", updated_at=at, at=at, channel="VOICE", method="INBOUND", result=Result.ANSWERED,
        line="service", agent="li.na", caller=CALLER, customer_id="100001",
    )  # fmt: skip
    for item in (contact_item(TENANT, contact, {}, 365), *pointers(TENANT, contact, 365).values()):
        table.items[item["pk"], item["sk"]] = encode(item)


def mine(claims: Any = AGENT, **query: str) -> tuple[int, Any]:
    return get(app.app, "/v1/contacts", query={"agent": "li.na", **query}, claims=claims)


def trail(table: FakeDynamo) -> list[dict[str, Any]]:
    return [decode(item) for (pk, _), item in sorted(table.items.items()) if "#AUDIT#" in pk]


def test_an_agent_sees_numbers_masked_wherever_they_stand_and_a_manager_in_full(table: FakeDynamo) -> None:
    assert {row["caller"] for row in mine()[1]["contacts"]} == {"***8000"}
    _, whole = get(app.app, "/v1/contacts/{contact_id}", path={"contact_id": "c-0001"}, claims=AGENT)
    assert CALLER not in json.dumps(whole)
    assert whole["facts"]["caller"] == "***8000"
    assert {row["caller"] for row in mine(BOTH)[1]["contacts"]} == {CALLER}
    assert table.calls


def test_every_route_with_personal_data_masks_it_for_the_front_desk_without_the_routes_help(table: FakeDynamo) -> None:
    open_to_agents = [
        (path, method, operation)
        for path, method, operation in hostile.everywhere(app.app)
        if policy.action(operation.action).kind is Kind.ACCESS
        and policy.reach([Role.AGENT], policy.action(operation.action))
    ]
    assert {path for path, _, _ in open_to_agents} >= {"/v1/contacts", "/v1/tickets", "/v1/contacts/{contact_id}"}
    for path, method, operation in open_to_agents:
        _, answer = hostile.ask(app.app, path, method, operation, text="c-0001", claims=AGENT)
        assert not re.search(r"\+861380013\d{4}", answer), path
    assert table.calls


def test_a_page_for_the_front_desk_is_short(table: FakeDynamo) -> None:
    status, refusal = mine(limit="100")
    assert (status, refusal["field"]) == (400, "limit")
    assert len(mine(limit="25")[1]["contacts"]) == 25
    assert len(mine(BOTH, limit="50")[1]["contacts"]) == 50
    assert table.calls


def test_nothing_that_exports_is_open_to_the_front_desk() -> None:
    exporting = [action for action in policy.TABLE if "export" in action.id or action.id.startswith("audit.")]
    assert exporting
    assert [action.id for action in exporting if roles.FRONT_DESK & action.grants.keys()] == []


def test_the_front_desk_is_refused_above_its_records_an_hour_and_security_hears_of_it_before(
    table: FakeDynamo, capsys: pytest.CaptureFixture[str]
) -> None:
    terms = tenancy.current().reading
    pages = -(-terms.front_desk_per_h // 25)
    statuses = [mine(limit="25")[0] for _ in range(pages + 1)]
    assert statuses == [200] * pages + [429]
    entries = trail(table)
    assert [entry["shown"] for entry in entries[:3]] == [25, 50, 75]
    assert (entries[-1]["outcome"], entries[-1]["shown"]) == ("refused", terms.front_desk_per_h)
    assert "records in an hour" in entries[-1]["facts"]["reason"]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (alerted,) = [line for line in lines if line.get("message") == "unusual reading"]
    assert (alerted["actor"], alerted["shown"]) == ("li.na", terms.unusual_per_h)
    assert sum(line.get("UnusualReading", 0) for line in lines) == 2  # the alert, and the refusal
    assert mine(BOTH)[0] == 200, "who is more than front desk may work on, and is in the trail"


ACT = Act(action="contacts.search", resource="contacts", records=10, most=25)
LI = Actor(user="li.na")


def test_the_count_begins_anew_with_every_hour_and_nothing_else_sets_it_back() -> None:
    at = datetime(2026, 3, 2, 9, 59, 50, tzinfo=UTC)
    first = audit_policy.entry(TENANT, LI, ACT, at, None)
    change = audit_policy.entry(TENANT, LI, Act(action="tickets.open", resource="tickets"), at, first)
    second = audit_policy.entry(TENANT, LI, ACT, at, change)
    third = audit_policy.entry(TENANT, LI, ACT, at, second)
    assert [entry.shown for entry in (first, change, second, third)] == [10, 10, 20, 20]
    assert [entry.outcome for entry in (second, third)] == [Outcome.DONE, Outcome.REFUSED]
    later = audit_policy.entry(TENANT, LI, ACT, at + timedelta(seconds=10), third)
    assert (later.shown, later.outcome) == (10, Outcome.DONE)
    assert audit_policy.verdict([first, change, second, third, later]).broken_at is None
