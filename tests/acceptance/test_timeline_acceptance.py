"""All contacts of a customer in one line of time (CRM-05), taken in by the real ingest and read through REST."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.contacts.service import Ingest
from chalicelib.contacts.store import Contacts
from tests.support.contact_records import record, tenant, when
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get, post, send
from tests.support.rest_table import rest_table

AGENT = {**USER, "cognito:username": "li.na", "cognito:groups": "agent"}
LEADER = {**USER, "cognito:username": "wang", "cognito:groups": "team-leader"}
DIRECTOR = {**USER, "cognito:username": "chen", "cognito:groups": "operations-director"}
OFFICE, MOBILE, STREET = "+8621553601", "+8613900139000", "+8613700137000"
MAIL = "li.na@example.com"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the tables that the REST function of hrgroup reaches through its real client."""
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path) as kept:
        yield kept


def take(table: FakeDynamo, contact_id: str, minute: int, address: str | None, **more: Any) -> None:
    """Take in a contact that somebody began so many minutes after the start."""
    customer = more.pop("customer", None)
    told = record(contact_id, **more)
    attributes = {key: value for key, value in told["Attributes"].items() if key != "customerId"}
    told |= {
        "Attributes": attributes | ({"customerId": customer} if customer else {}),
        "InitiationTimestamp": when(60 * minute),
        "ConnectedToSystemTimestamp": when(60 * minute),
        "CustomerEndpoint": {"Address": address, "Type": "TELEPHONE_NUMBER"} if address else None,
    }
    store = Contacts(table, "table", tenant().id, 365_000, lambda: "")
    ingest = Ingest(
        tenant=tenant(), table="table", contacts=store, instance_arn=None, pause=lambda _: None, chance=lambda: 0.5
    )
    ingest.take(json.dumps(told).encode())


def customer(name: str, *identities: tuple[str, str]) -> str:
    told = [{"kind": kind, "value": value} for kind, value in identities]
    status, body = post(app.app, "/v1/customers", {"name": name, "identities": told}, claims=AGENT)
    assert status == 201, body
    return str(body["customer_id"])


def line_of(customer_id: str, **query: str) -> Any:
    path = {"customer_id": customer_id}
    status, body = get(app.app, "/v1/customers/{customer_id}/contacts", path=path, query=query, claims=DIRECTOR)
    assert status == 200, body
    return body


@pytest.mark.req("CRM-05")
def test_the_timeline_has_every_contact_of_a_customer_in_every_channel(table: FakeDynamo) -> None:
    li = customer("Li Na", ("phone", OFFICE), ("phone", MOBILE), ("email", MAIL))
    take(table, "from-office", 1, OFFICE)
    take(table, "from-mobile", 2, MOBILE, customer=li)
    take(table, "by-mail", 3, MAIL.upper(), Channel="EMAIL")
    take(table, "in-a-chat", 4, None, customer=li, Channel="CHAT")
    take(table, "typed-her-number", 5, STREET, customer=li)
    take(table, "somebody-else", 6, STREET)
    subject = {"category": "repair", "text": "No power.", "phone": MOBILE}
    opened = post(app.app, "/v1/tickets", {"subject": subject, "note": "n", "contact_id": "from-mobile"}, claims=AGENT)
    body = line_of(li)
    assert [one["contact_id"] for one in body["contacts"]] == [
        "typed-her-number", "in-a-chat", "by-mail", "from-mobile", "from-office",
    ]  # fmt: skip
    assert [one["channel"] for one in body["contacts"]] == ["VOICE", "CHAT", "EMAIL", "VOICE", "VOICE"]
    mobile = body["contacts"][3]
    assert (mobile["at"], mobile["caller"], mobile["agent"]) == ("2026-03-02T09:02:00Z", MOBILE, "agent-007")
    assert (mobile["category"], mobile["result"], mobile["line"]) == ("repair", "answered", "after-sales")
    assert mobile["ticket"] == opened[1]["ticket"]["number"]
    assert mobile["recording"] == "/v1/contacts/from-mobile/recordings/c-1_20260302T09:01_UTC.wav"
    assert body["contacts"][4]["ticket"] is None


def test_pages_of_several_numbers_follow_each_other_without_a_gap_or_a_repeat(table: FakeDynamo) -> None:
    li = customer("Li Na", ("phone", OFFICE), ("phone", MOBILE))
    for minute in range(9):
        take(table, f"c-{minute}", minute, (OFFICE, MOBILE)[minute % 2], **({"customer": li} if minute % 3 else {}))
    whole = [one["contact_id"] for one in line_of(li, limit="50")["contacts"]]
    assert whole == [f"c-{minute}" for minute in reversed(range(9))]
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    for _ in range(9):
        page = line_of(li, **query)
        seen += [one["contact_id"] for one in page["contacts"]]
        if page["cursor"] is None:
            break
        query["cursor"] = page["cursor"]
    assert seen == whole


def test_a_shared_number_shows_each_customer_what_was_with_him(table: FakeDynamo) -> None:
    mother, son = customer("Li Na", ("phone", OFFICE)), customer("Li Lei", ("phone", OFFICE))
    take(table, "mother", 1, OFFICE, customer=mother)
    take(table, "son", 2, OFFICE, customer=son)
    take(table, "one-of-them", 3, OFFICE)
    assert [one["contact_id"] for one in line_of(mother)["contacts"]] == ["one-of-them", "mother"]
    assert [one["contact_id"] for one in line_of(son)["contacts"]] == ["one-of-them", "son"]


def test_a_customer_who_is_chosen_later_gets_the_contact_and_the_other_loses_it(table: FakeDynamo) -> None:
    mother, son = customer("Li Na", ("phone", OFFICE)), customer("Li Lei", ("phone", MOBILE))
    take(table, "a-call", 1, OFFICE, customer=mother)
    take(table, "a-call", 1, OFFICE, customer=son, LastUpdateTimestamp=when(4_000))
    assert line_of(mother)["contacts"] == []
    assert [one["contact_id"] for one in line_of(son)["contacts"]] == ["a-call"]


def test_merged_customers_have_one_line_and_two_again(table: FakeDynamo) -> None:
    first, second = customer("Li Na", ("phone", OFFICE)), customer("Na Li", ("phone", MOBILE))
    take(table, "a", 1, OFFICE, customer=first)
    take(table, "b", 2, MOBILE, customer=second)
    path, headers = {"customer_id": first}, {"content-type": "application/json"}
    body = json.dumps({"absorb": second})
    merged = "/v1/customers/{customer_id}/merged"
    assert send(app.app, "POST", merged, path=path, claims=LEADER, headers=headers, body=body)[0] == 201
    assert [one["contact_id"] for one in line_of(first)["contacts"]] == ["b", "a"]
    apart = {**path, "absorbed": second}
    assert send(app.app, "DELETE", f"{merged}/{{absorbed}}", path=apart, claims=LEADER)[0] == 200
    assert [one["contact_id"] for one in line_of(first)["contacts"]] == ["a"]
    assert [one["contact_id"] for one in line_of(second)["contacts"]] == ["b"]


def test_a_page_is_one_query_of_each_place_and_one_read_of_the_contacts(table: FakeDynamo) -> None:
    li = customer("Li Na", ("phone", OFFICE))
    take(table, "a", 1, OFFICE, customer=li)
    table.calls.clear()
    line_of(li)
    reads = [call for call in table.calls if call != "TransactWriteItems"]
    assert reads == ["BatchGetItem", "Query", "Query", "BatchGetItem", "Query"], "customer, two places, contacts; trail"
