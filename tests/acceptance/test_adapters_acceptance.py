"""A CRM and an ERP system beside ours, over HTTP on loopback, through the product's REST door (INT-02)."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import app
from infra.cdk.clock_requests import request
from tests.support.fake_dynamo import FakeDynamo
from tests.support.json_server import serving_with_headers
from tests.support.other_crm import OtherCrm, over_http
from tests.support.other_files import FakeBucket, s3_over_http
from tests.support.rest import USER, get, post, send
from tests.support.rest_table import rest_table

NUMBERS = ("+8613800138000", "+8613900139000")
AGENT = {**USER, "custom:tenant": "keyaccounts", "cognito:username": "li.na", "cognito:groups": "agent"}
MANAGER = {**AGENT, "cognito:username": "chen", "cognito:groups": "team-leader"}
LEADER = {**AGENT, "cognito:username": "wang", "cognito:groups": "team-leader"}


@dataclass
class Systems:
    """The two other systems, what they were asked with, and our table."""

    crm: OtherCrm
    erp: OtherCrm
    headers: list[tuple[str, dict[str, str]]]
    table: FakeDynamo
    files: FakeBucket


@pytest.fixture
def systems(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[Systems]:
    """Let the REST function of keyaccounts reach its table and both systems through its real clients."""
    assert clean_tenant is None
    crm, erp = OtherCrm(now=later, phone_name="mobile"), OtherCrm(now=later)
    asked = {"crm": over_http(crm), "erp": over_http(erp)}
    headers: list[tuple[str, dict[str, str]]] = []

    def answer(method: str, path: str, said: dict[str, str], body: Any) -> tuple[int, Any]:
        _, name, rest = path.split("/", 2)
        headers.append((name, said))
        return asked[name](method, f"/{rest}", said, body)

    files = FakeBucket()
    with (
        serving_with_headers(answer) as url,
        s3_over_http(files) as s3,
        rest_table(monkeypatch, tmp_path, "keyaccounts") as table,
    ):
        monkeypatch.setenv("TRUNKLINE_ADAPTER_ENDPOINT", url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3)
        yield Systems(crm=crm, erp=erp, headers=headers, table=table, files=files)


def later() -> datetime:
    """Return a moment after everything that was changed here before: clocks of different systems differ."""
    return datetime.now(UTC) + timedelta(minutes=5)


def clock(*adapters: str) -> dict[str, Any]:
    """Let the clock ask for a round of each adapter, as its rules do, and return the last answer."""
    answer: Any = {}
    for adapter_id in adapters:
        answer = app.app(request("keyaccounts", adapter_id), None)
        assert answer["statusCode"] == 200, answer
    return dict(json.loads(answer["body"]))


def created(customer_id: str, **more: Any) -> None:
    assert post(app.app, "/v1/customers", {"customer_id": customer_id, **more}, claims=AGENT)[0] == 201


def ours(customer_id: str) -> Any:
    path = {"customer_id": customer_id}
    status, body = get(app.app, "/v1/customers/{customer_id}", path=path, claims=MANAGER)
    assert status == 200, body
    return body


def edit(customer_id: str, **more: Any) -> None:
    body = {"revision": ours(customer_id)["revision"], **more}
    told = {"headers": {"content-type": "application/json"}, "body": json.dumps(body), "claims": MANAGER}
    path = "/v1/customers/{customer_id}"
    assert send(app.app, "PUT", path, path={"customer_id": customer_id}, **told)[0] == 200


def look_up(number: str, adapter_id: str = "crm") -> Any:
    path = "/v1/adapters/{adapter_id}/customers"
    return get(app.app, path, path={"adapter_id": adapter_id}, query={"phone": number}, claims=MANAGER)


@pytest.mark.usefixtures("systems")
def test_an_agent_looks_up_the_number_on_hand_alone() -> None:
    asked: Any = {"path": {"adapter_id": "crm"}, "query": {"phone": NUMBERS[0]}, "claims": AGENT}
    status, refusal = get(app.app, "/v1/adapters/{adapter_id}/customers", **asked)
    assert (status, refusal["code"]) == (403, "not-on-hand")


def errors(adapter_id: str = "crm") -> list[tuple[str, str]]:
    path = "/v1/adapters/{adapter_id}/errors"
    status, body = get(app.app, path, path={"adapter_id": adapter_id}, claims=LEADER)
    assert status == 200, body
    return [(one["customer_id"], one["code"]) for one in body["errors"]]


def decide(customer_id: str, decision: str, claims: Any = LEADER) -> int:
    path = "/v1/adapters/{adapter_id}/errors/{customer_id}"
    names = {"adapter_id": "crm", "customer_id": customer_id}
    told = {"headers": {"content-type": "application/json"}, "body": json.dumps({"decision": decision})}
    return send(app.app, "POST", path, path=names, claims=claims, **told)[0]


@pytest.mark.req("INT-02")
def test_crm_and_erp_are_looked_up_and_kept_in_step_both_ways_by_the_contract_s_rules(systems: Systems) -> None:
    phone = [{"kind": "phone", "value": NUMBERS[0]}]
    created("k-1", name="Zhou", grade="gold", region="fujian", identities=phone)
    clock("crm", "erp")
    assert systems.crm.customers["k-1"].facts == {
        "full_name": "Zhou", "mobile": NUMBERS[0], "grade": "gold", "province": "fujian",
    }  # fmt: skip
    assert systems.erp.customers["k-1"].facts == {"name": "Zhou"}

    # Changes of one side alone go to the others, from the ERP through ours to the CRM too.
    systems.crm.keep("k-1", {**systems.crm.customers["k-1"].facts, "full_name": "Zhou Jie"})
    systems.erp.keep("k-1", {**systems.erp.customers["k-1"].facts, "credit_class": "high"})
    clock("crm", "erp", "crm", "erp")
    assert (ours("k-1")["shown"]["name"], ours("k-1")["shown"]["fields"]) == ("Zhou Jie", {"credit": "high"})
    assert systems.erp.customers["k-1"].facts == {"name": "Zhou Jie", "credit_class": "high"}

    # What both changed is by the rule of its field: the grade theirs, the province ours, the name the newest.
    edit("k-1", name="Ours", grade="silver", region="ours", identities=phone, fields={"credit": "high"})
    known = systems.crm.customers["k-1"].facts
    systems.crm.keep("k-1", {**known, "full_name": "Theirs", "grade": "diamond", "province": "theirs"})
    clock("crm")
    shown = ours("k-1")["shown"]
    assert (shown["name"], shown["grade"], shown["region"]) == ("Theirs", "diamond", "ours")
    assert systems.crm.customers["k-1"].facts["province"] == "ours"

    # A customer of theirs is found by his number before he is ours, and is ours after the next round.
    systems.crm.keep("k-2", {"full_name": "Lin", "mobile": NUMBERS[1], "grade": "gold"})
    status, found = look_up(NUMBERS[1])
    assert (status, found["source"], found["customers"][0]["customer_id"]) == (200, "theirs", "k-2")
    systems.crm.keep("k-3", {"mobile": NUMBERS[1]})
    clock("crm")
    assert ours("k-2")["shown"]["name"] == "Lin"

    # Whom they do not agree on is on the error list until somebody mends or dismisses it.
    assert errors() == [("k-3", "adapter-refused")]
    assert decide("k-3", "dismiss", AGENT) == 403
    assert decide("k-3", "dismiss") == 200
    assert errors() == []
    systems.crm.keep("k-4", {"mobile": NUMBERS[1]})
    clock("crm")
    systems.crm.customers["k-4"].facts["full_name"] = "Wu"  # type: ignore[index]
    assert decide("k-4", "retry") == 200
    clock("crm")
    assert ours("k-4")["shown"]["name"] == "Wu"


@pytest.mark.req("INT-02")
def test_a_system_that_delivers_files_is_kept_in_step_both_ways_and_its_bad_lines_are_on_the_error_list(
    systems: Systems,
) -> None:
    columns = "客户编号,注销,姓名,信用"
    created("k-1", name="Zhou", identities=[{"kind": "phone", "value": NUMBERS[0]}])
    clock("billing")
    (first,) = systems.files.ours("billing").values()
    assert first.decode("gb18030") == f"{columns}\r\nk-1,false,Zhou,\r\n"

    # Theirs are made and changed here; what they cannot mean stands with its file and line; credit is by their rule.
    told = "\r\n".join((columns, "k-1,false,周杰,high", "k-2,false,林,low", "k-3,false,吴,enormous"))
    systems.files.objects["adapters/billing/in/20260302T020000Z-full.csv"] = told.encode("gb18030")
    clock("billing")
    assert (ours("k-1")["shown"]["name"], ours("k-1")["shown"]["fields"]) == ("周杰", {"credit": "high"})
    assert ours("k-2")["shown"]["name"] == "林"
    assert errors("billing") == [("20260302T020000Z-full.csv:4", "bad-line")]

    # A change of ours goes to them in a file, and to the CRM as a request.
    edit("k-2", name="林小", fields={"credit": "low"})
    clock("billing", "crm")
    assert f"{columns}\r\nk-2,false,林小,low\r\n" in [
        content.decode("gb18030") for content in systems.files.ours("billing").values()
    ]
    assert systems.crm.customers["k-2"].facts["full_name"] == "林小"

    # A look-up does not wait for a file: it is answered by us.
    status, found = look_up(NUMBERS[0], "billing")
    assert (status, found["source"], [one["customer_id"] for one in found["customers"]]) == (200, "ours", ["k-1"])


def test_a_customer_who_is_deleted_in_one_system_goes_from_the_other_where_the_contract_says_so(
    systems: Systems,
) -> None:
    for id_, name in (("k-1", "Zhou"), ("k-2", "Lin")):
        created(id_, name=name)
    clock("crm", "erp")
    told = {"path": {"customer_id": "k-1"}, "query": {"revision": "1"}, "claims": LEADER}
    assert send(app.app, "DELETE", "/v1/customers/{customer_id}", **told)[0] == 200
    systems.erp.forget("k-2")
    clock("erp", "crm")
    assert systems.erp.customers == {}
    path: Any = {"path": {"customer_id": "k-2"}, "claims": MANAGER}
    assert get(app.app, "/v1/customers/{customer_id}", **path)[0] == 404
    assert errors("erp") == []
    assert errors("crm") == [("k-1", "undecided"), ("k-2", "undecided")], "the CRM's are for people to decide"


def test_each_system_is_told_who_asks_as_the_contract_says(systems: Systems) -> None:
    clock("crm", "erp")
    of = dict(systems.headers)
    assert of["crm"]["authorization"] == "Bearer the secret trunkline/keyaccounts/crm"
    assert len(of["erp"]["x-trunkline-signature"]) == 64
    assert "authorization" not in of["erp"]


def test_an_agent_is_answered_from_our_record_when_the_crm_hangs(
    systems: Systems, monkeypatch: pytest.MonkeyPatch
) -> None:
    created("k-1", name="Zhou", identities=[{"kind": "phone", "value": NUMBERS[0]}])
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("TRUNKLINE_ADAPTER_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        status, found = look_up(NUMBERS[0])
    assert (status, found["source"], found["reason"]) == (200, "ours", "no whole answer in time")
    assert found["customers"] == [{"customer_id": "k-1", "fields": {"name": "Zhou", "phone": NUMBERS[0]}}]
    assert systems.crm.calls == []


def test_where_each_adapter_stands_and_what_it_shares_is_told(systems: Systems) -> None:
    clock("crm")
    status, body = get(app.app, "/v1/adapters", claims=AGENT)
    assert status == 200
    assert [(one["adapter"], one["failures"], one["paused_until"]) for one in body["adapters"]] == [
        ("crm", 0, None), ("erp", 0, None), ("billing", 0, None),
    ]  # fmt: skip
    assert [one["answered_at"] is not None for one in body["adapters"]] == [True, False, False]
    assert body["adapters"][1]["fields"] == {"name": "ours", "credit": "theirs", "contract-until": "newest"}
    assert systems.erp.calls == []


@pytest.mark.usefixtures("systems")
def test_a_system_that_the_contract_does_not_name_is_not_there() -> None:
    assert look_up(NUMBERS[0], "sap")[0] == 404
    assert decide("k-9", "retry") == 404


def test_every_look_and_round_and_decision_is_in_the_trail(systems: Systems) -> None:
    look_up(NUMBERS[0])
    systems.crm.keep("k-3", {"mobile": NUMBERS[1]})
    clock("crm")
    decide("k-3", "dismiss")
    trail = [item for (pk, _), item in sorted(systems.table.items.items()) if "#AUDIT#" in pk]
    assert {(item["action"]["S"], item["actor"]["S"]) for item in trail} == {
        ("adapters.look-up", "chen"), ("adapters.run", "clock"), ("adapters.decide", "wang"),
    }  # fmt: skip
