"""Customers through their REST door (CRM-01, CRM-03)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get, post, send
from tests.support.rest_table import rest_table

TENANT = "twocities"
AGENT = {**USER, "custom:tenant": TENANT, "cognito:username": "li.na", "cognito:groups": "agent"}
LEADER = {**AGENT, "cognito:username": "wang", "cognito:groups": "team-leader"}
NUMBERS = ("+8613800138000", "+8613900139000")


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the tables that the REST function of twocities reaches through its real client."""
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path, TENANT) as kept:
        yield kept


def made(name: str, *numbers: str, claims: Any = AGENT, **more: Any) -> Any:
    identities = [{"kind": "phone", "value": number} for number in numbers]
    status, body = post(app.app, "/v1/customers", {"name": name, "identities": identities, **more}, claims=claims)
    assert status == 201, body
    return body


def ids(claims: Any = AGENT, **query: str) -> list[str]:
    status, body = get(app.app, "/v1/customers", query=query, claims=claims)
    assert status == 200, body
    return [row["customer_id"] for row in body["customers"]]


def change(method: str, path: str, claims: Any, body: Any = None, **query: str) -> tuple[int, Any]:
    """Return the answer to a request of `/v1/customers/<id>[/merged[/<id>]]`."""
    _, _, _, customer_id, *deeper = path.split("/")
    names = {"customer_id": customer_id, **dict(zip(["absorbed"], deeper[1:], strict=False))}
    resource = path.replace(customer_id, "{customer_id}").replace(
        f"merged/{names.get('absorbed')}", "merged/{absorbed}"
    )
    headers = {} if body is None else {"content-type": "application/json"}
    text = None if body is None else json.dumps(body)
    return send(app.app, method, resource, path=names, query=query, claims=claims, headers=headers, body=text)


@pytest.mark.usefixtures("table")
def test_customers_are_sorted_and_narrowed_by_every_key_that_they_have() -> None:
    made(
        "Zhou", NUMBERS[0], customer_id="c-1", grade="gold", region="fuzhou", fields={"district": "gulou", "flats": 12}
    )
    made("chen", NUMBERS[1], customer_id="c-2", region="xiamen", fields={"district": "siming", "flats": 3})
    made("Lin", customer_id="c-3", grade="gold", fields={"flats": 100})
    assert ids() == ["c-2", "c-3", "c-1"]
    assert ids(order="desc") == ["c-1", "c-3", "c-2"]
    assert ids(sort="flats") == ["c-2", "c-1", "c-3"]
    assert ids(sort="number") == ["c-3", "c-1", "c-2"]
    assert ids(sort="region") == ["c-3", "c-1", "c-2"]
    assert ids(sort="grade", order="desc") == ["c-1", "c-3", "c-2"]
    assert ids(grade="gold") == ["c-3", "c-1"]
    assert ids(name="CH") == ["c-2"]
    assert ids(number=NUMBERS[0]) == ["c-1"]
    assert ids(where="district:gulou") == ["c-1"]
    assert ids(sort="flats", where="flats:3") == ["c-2"]
    assert ids(created_to="2026-01-01") == []
    assert set(ids(created_from="2026-01-01", sort="created")) == {"c-1", "c-2", "c-3"}


@pytest.mark.usefixtures("table")
def test_a_customer_is_edited_and_forgotten_by_those_who_may() -> None:
    seen = made("Zhou", NUMBERS[0], customer_id="c-1")
    edited = {
        "name": "Zhou Jie",
        "revision": seen["revision"],
        "identities": [{"kind": "email", "value": "z@example.com"}],
    }
    assert change("PUT", "/v1/customers/c-1", AGENT, edited)[0] == 200
    assert change("PUT", "/v1/customers/c-1", AGENT, edited)[1]["revision"] == 2, "the same again changes nothing"
    status, problem = change("PUT", "/v1/customers/c-1", AGENT, {"name": "Zhou Min", "revision": 1})
    assert (status, problem["code"], problem["revision"]) == (409, "outdated", 2)
    assert change("DELETE", "/v1/customers/c-1", AGENT, revision="2")[0] == 403
    assert change("DELETE", "/v1/customers/c-1", LEADER, revision="2") == (200, {"customer_id": "c-1"})
    assert get(app.app, "/v1/customers/{customer_id}", path={"customer_id": "c-1"}, claims=AGENT)[0] == 404
    assert ids() == []


@pytest.mark.usefixtures("table")
def test_lists_mask_numbers_and_only_leaders_see_what_is_sensitive() -> None:
    made("Zhou", NUMBERS[0], customer_id="c-1", claims=LEADER, fields={"arrears": 9_900, "flats": 2})
    status, page = get(app.app, "/v1/customers", claims=AGENT)
    assert (status, page["customers"][0]["number"]) == (200, "***8000")
    assert page["customers"][0]["fields"] == {"flats": 2}
    asked = {"path": {"customer_id": "c-1"}}
    assert get(app.app, "/v1/customers/{customer_id}", claims=AGENT, **asked)[1]["shown"]["fields"] == {"flats": 2}
    assert get(app.app, "/v1/customers", query={"where": "arrears:9900"}, claims=AGENT)[0] == 400
    assert (
        change("PUT", "/v1/customers/c-1", AGENT, {"name": "Zhou", "revision": 1, "fields": {"arrears": 0}})[0] == 403
    )
    assert change("PUT", "/v1/customers/c-1", AGENT, {"name": "Zhou", "revision": 1, "fields": {"flats": 3}})[0] == 200
    seen = get(app.app, "/v1/customers/{customer_id}", claims=LEADER, **asked)[1]
    assert seen["shown"]["fields"] == {"arrears": 9_900, "flats": 3}


@pytest.mark.usefixtures("table")
def test_duplicates_become_one_customer_and_two_again() -> None:
    made("Zhou", NUMBERS[0], customer_id="c-1", grade="gold")
    made("Zhou Jie", NUMBERS[1], customer_id="c-2", region="fuzhou")
    status, one = change("POST", "/v1/customers/c-1/merged", LEADER, {"absorb": "c-2"})
    assert (status, one["merged"], one["shown"]["region"]) == (201, ["c-2"], "fuzhou")
    assert one["entered"]["region"] is None
    assert ids(number=NUMBERS[1]) == ["c-1"]
    status, problem = change("PUT", "/v1/customers/c-2", AGENT, {"name": "Z", "revision": 2})
    assert (status, problem["code"], problem["merged_into"]) == (409, "customer-merged", "c-1")
    status, apart = change("DELETE", "/v1/customers/c-1/merged/c-2", LEADER)
    assert (status, apart["customer_id"], apart["shown"]["name"]) == (200, "c-2", "Zhou Jie")
    assert ids(number=NUMBERS[1]) == ["c-2"]


@pytest.mark.usefixtures("table")
def test_a_user_of_a_part_of_the_tenant_sees_its_customers_alone() -> None:
    made("Zhou", customer_id="c-1", node="east")
    made("Chen", customer_id="c-2")
    of_east = {**AGENT, "custom:node": "east"}
    assert ids(claims=of_east) == ["c-1"]
    hidden = get(app.app, "/v1/customers/{customer_id}", path={"customer_id": "c-2"}, claims=of_east)
    assert hidden[0] == 404
    assert post(app.app, "/v1/customers", {"name": "Lin"}, claims=of_east)[0] == 403


def test_every_look_and_change_is_in_the_trail(table: FakeDynamo) -> None:
    made("Zhou", NUMBERS[0], customer_id="c-1")
    ids(name="zh")
    trail = [item for (pk, _), item in sorted(table.items.items()) if "#AUDIT#" in pk]
    told = [(item["action"]["S"], item["resource"]["S"]) for item in trail]
    assert told == [("customer.create", "customers/c-1"), ("customers.search", "customers")]


@pytest.mark.usefixtures("table")
def test_a_request_that_is_sent_again_makes_no_second_customer() -> None:
    headers = {"idempotency-key": "form-1"}
    first = post(app.app, "/v1/customers", {"name": "Zhou"}, claims=AGENT, headers=headers)
    again = post(app.app, "/v1/customers", {"name": "Zhou"}, claims=AGENT, headers=headers)
    assert first == again
    assert len(ids()) == 1
