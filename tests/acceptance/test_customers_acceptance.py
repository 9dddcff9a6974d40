"""Customers through their REST door (CRM-01, CRM-03)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.audit.models import Actor
from chalicelib.customers import flow as customers_flow
from chalicelib.customers.record import PHONE, Customer, Facts, Identity, Merged
from chalicelib.customers.service import CallerStore, Customers
from chalicelib.platform import flow_door
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from tests.support.desk_journey import AFTER_SALES, Journey
from tests.support.fake_dynamo import FakeDynamo
from tests.support.own_screen import Line, stands
from tests.support.rest import USER, get, post, send
from tests.support.rest_table import rest_table
from tests.support.tenant_world import TenantWorld

TENANT = "twocities"
AGENT = {**USER, "custom:tenant": TENANT, "cognito:username": "li.na", "cognito:groups": "agent"}
LEADER = {**AGENT, "cognito:username": "wang", "cognito:groups": "team-leader"}
NUMBERS = ("+8613800138000", "+8613900139000")
LI = Actor(user="li.na", roles=("agent",))


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the tables that the REST function of twocities reaches through its real client."""
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path, TENANT) as kept:
        yield kept


def made(name: str, *numbers: str, claims: Any = LEADER, **more: Any) -> Any:
    identities = [{"kind": "phone", "value": number} for number in numbers]
    status, body = post(app.app, "/v1/customers", {"name": name, "identities": identities, **more}, claims=claims)
    assert status == 201, body
    return body


def ids(claims: Any = LEADER, **query: str) -> list[str]:
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
    assert change("PUT", "/v1/customers/c-1", LEADER, edited)[0] == 200
    assert change("PUT", "/v1/customers/c-1", LEADER, edited)[1]["revision"] == 2, "the same again changes nothing"
    status, problem = change("PUT", "/v1/customers/c-1", LEADER, {"name": "Zhou Min", "revision": 1})
    assert (status, problem["code"], problem["revision"]) == (409, "outdated", 2)
    assert change("DELETE", "/v1/customers/c-1", AGENT, revision="2")[0] == 403
    assert change("DELETE", "/v1/customers/c-1", LEADER, revision="2") == (200, {"customer_id": "c-1"})
    assert get(app.app, "/v1/customers/{customer_id}", path={"customer_id": "c-1"}, claims=LEADER)[0] == 404
    assert ids() == []


def test_lists_mask_numbers_and_only_leaders_see_what_is_sensitive(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None
) -> None:
    assert clean_tenant is None
    line = Line(NUMBERS[0], {"call": {"customerId": "c-1"}})
    with rest_table(monkeypatch, tmp_path, TENANT, contacts=line) as table:
        stands(table, TENANT, "li.na", "call")
        only_leaders_see_what_is_sensitive()


def only_leaders_see_what_is_sensitive() -> None:
    made("Zhou", NUMBERS[0], customer_id="c-1", claims=LEADER, fields={"arrears": 9_900, "flats": 2})
    number = {"number": NUMBERS[0]}
    status, page = get(app.app, "/v1/customers", query=number, claims=AGENT)
    assert (status, page["customers"][0]["number"]) == (200, "***8000")
    assert page["customers"][0]["fields"] == {"flats": 2}
    asked = {"path": {"customer_id": "c-1"}}
    assert get(app.app, "/v1/customers/{customer_id}", claims=AGENT, **asked)[1]["shown"]["fields"] == {"flats": 2}
    assert get(app.app, "/v1/customers", query={**number, "where": "arrears:9900"}, claims=AGENT)[0] == 400
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
    status, problem = change("PUT", "/v1/customers/c-2", LEADER, {"name": "Z", "revision": 2})
    assert (status, problem["code"], problem["merged_into"]) == (409, "customer-merged", "c-1")
    status, apart = change("DELETE", "/v1/customers/c-1/merged/c-2", LEADER)
    assert (status, apart["customer_id"], apart["shown"]["name"]) == (200, "c-2", "Zhou Jie")
    assert ids(number=NUMBERS[1]) == ["c-2"]


@pytest.mark.usefixtures("table")
def test_a_user_of_a_part_of_the_tenant_sees_its_customers_alone() -> None:
    made("Zhou", customer_id="c-1", node="east")
    made("Chen", customer_id="c-2")
    of_east = {**LEADER, "custom:node": "east"}
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
    first = post(app.app, "/v1/customers", {"name": "Zhou"}, claims=LEADER, headers=headers)
    again = post(app.app, "/v1/customers", {"name": "Zhou"}, claims=LEADER, headers=headers)
    assert first == again
    assert len(ids()) == 1


class Desk:
    """A tenant's calls on the emulator, with the real look-up, and the customers of the table that it reads."""

    def __init__(self) -> None:
        self.journey = Journey(TenantWorld("hrgroup", lookup=self.look_up))
        callers = CallerStore(self.journey.table, self.journey.name)
        self.lookup = Customers(callers, self.journey.tenant, self.journey.now)
        self.registry, self.choosing = self.journey.customers, self.journey.choosing
        self.journey.world.staff("service", "li.na", acw_s=20, talk_s=600)
        self.seconds = 0

    def look_up(self, event: Any) -> dict[str, str]:
        """What lookup_customer answers: the real function over the table."""
        return flow_door.flat(customers_flow.handle(flow_door.parse(event), 1.0, self.lookup))

    def known(self, id_: str, name: str, *identities: Identity) -> Customer:
        return self.registry.create(Facts(name=name, identities=identities), LI, id_=id_)

    def call(self, caller: str) -> Contact:
        """Let somebody call whom the agent has just answered; the call before has ended."""
        script = (Press(""), Press(""), Press("1"), WaitFor(400), HangUp())
        contact = self.journey.world.call(*script, to=AFTER_SALES, caller=caller)
        self.seconds += 120
        self.journey.at(self.seconds)
        return contact

    def end(self) -> None:
        """Let the calls end and take their records in."""
        self.seconds += 2_000
        self.journey.at(self.seconds)
        self.journey.take_records_in()

    def kept(self, contact: Contact) -> str | None:
        """Return the customer whom the kept contact names."""
        return self.journey.contacts.contact(contact.id)[0].customer_id


def shown(contact: Contact) -> tuple[str, Any]:
    """Return whom the live contact is with, and the ids of the candidates that its screen shows for choice."""
    told = contact.attributes
    rows = [] if told["candidates"] == "none" else json.loads(told["candidates"])
    return told["customerId"], [row[0] for row in rows]


@pytest.mark.req("CRM-03")
def test_a_contact_is_with_one_customer_at_most_ambiguous_ones_are_chosen_and_duplicates_merge_and_part() -> None:
    desk = Desk()
    shared, own = NUMBERS
    mail = Identity("email", "fang@example.com")
    desk.known("c-1", "王芳", Identity(PHONE, shared), Identity(PHONE, own), mail)
    duplicate = desk.known("c-2", "王 芳", Identity(PHONE, shared))
    assert shown(desk.call(own)) == ("c-1", []), "by another of the several numbers of one customer"
    desk.end()

    ambiguous = desk.call(shared)
    assert shown(ambiguous) == ("none", ["c-1", "c-2"])
    desk.choosing.choose(ambiguous.id, "c-1", LI)
    assert shown(ambiguous) == ("c-1", [])
    desk.choosing.choose(ambiguous.id, "c-2", LI)
    assert (shown(ambiguous), ambiguous.attributes["customerName"]) == (("c-2", []), "王 芳")
    desk.end()
    assert desk.kept(ambiguous) == "c-2", "the one who was chosen last, and nobody else"

    one = desk.registry.merge("c-1", "c-2", LI)
    assert (one.members, mail in one.shown.identities) == (("c-2",), True)
    merged = desk.call(shared)
    assert shown(merged) == ("c-1", [])
    with pytest.raises(Merged):
        desk.choosing.choose(merged.id, "c-2", LI)
    assert shown(merged) == ("c-1", [])
    desk.end()
    assert desk.kept(merged) == "c-1"

    apart = desk.registry.unmerge("c-1", "c-2", LI)
    assert apart.shown == duplicate.shown
    again = desk.call(shared)
    assert shown(again) == ("none", ["c-1", "c-2"])
    desk.end()
    assert desk.kept(again) is None, "nobody has chosen"
