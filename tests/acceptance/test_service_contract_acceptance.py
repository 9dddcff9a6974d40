"""What the contract holds of the requirements: targets by effective date, figures of numbers, parts of the tenant."""

import copy
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import app
from chalicelib.contacts import api as contacts_api
from chalicelib.contacts import events
from chalicelib.metrics import api as metrics_api
from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract_file import InvalidContract, parse
from tests.support import tenant_table
from tests.support.cloud_fixture import Cloud
from tests.support.contact_records import AFTER_SALES, TELESALES, batch, encoded, queue, record
from tests.support.flow_environment import function_environment
from tests.support.rest import USER, get

pytestmark = pytest.mark.integration
TABLE = "trunkline-hrgroup"
CONTRACT = yaml.safe_load((Path(__file__).resolve().parents[2] / "tenants/hrgroup.yaml").read_text(encoding="utf-8"))
NORTH, SOUTH = "+864008605678", "+868008601111"
"""Two more numbers of the after-sales line, each for an area of its own."""
LEVEL = {"kpi": "K03", "direction": "at-least", "unit": "share", "consequence": "the fee of the month falls by 5 %"}
SPRING = [
    {**LEVEL, "target": 0.4, "warning": 0.6},
    {**LEVEL, "target": 0.5, "window": "week", "effective_from": dt.date(2026, 3, 16)},
]


PARTS = [
    {"id": "group", "name": "Headquarters", "kind": "headquarters"},
    {"id": "north", "name": "North", "kind": "region", "parent": "group", "numbers": [NORTH]},
    {
        "id": "shop",
        "name": "Shop",
        "kind": "outlet",
        "parent": "north",
        "ownership": "franchise",
        "queues": ["english"],
    },
    {"id": "south", "name": "South", "kind": "region", "parent": "group", "numbers": [SOUTH]},
]


def contract(**changes: Any) -> dict[str, Any]:
    raw = copy.deepcopy(CONTRACT)
    north = {**raw["entry_numbers"][0], "number": NORTH, "areas": ["北京市", "天津市"]}
    south = {**raw["entry_numbers"][0], "number": SOUTH, "number_class": "800", "areas": ["广东省"]}
    return {
        **raw,
        "entry_numbers": [*raw["entry_numbers"], north, south],
        "kpi_targets": SPRING,
        "organisation": PARTS,
        **changes,
    }


@pytest.fixture
def _store(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An empty table of a tenant with the contract above; every function uses it."""
    client = cloud.client("dynamodb")
    wired: list[Callable[[], None]] = [
        contacts_api.wired.cache_clear,
        metrics_api.wired.cache_clear,
        events.wired.cache_clear,
    ]
    tenant_table.create(client, TABLE)
    with function_environment(monkeypatch, tmp_path, endpoint_url=cloud.endpoint_url):
        compiled = document_text(compile_contract(parse(contract(), source="test")))
        (tmp_path / "hrgroup.json").write_text(compiled, encoding="utf-8")
        monkeypatch.setenv("TRUNKLINE_AUDIT_TABLE", TABLE)
        monkeypatch.setenv("TRUNKLINE_DLQ_URL", "http://127.0.0.1:1/never-used")
        for forget in wired:
            forget()
        yield
        for forget in wired:
            forget()
    client.delete_table(TableName=TABLE)


class Context:
    aws_request_id = "acceptance"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def answered(on: str, *waits_s: int, number: str = AFTER_SALES) -> None:
    """Let the function take in calls of that day (UTC), answered after so many seconds each."""
    made = [
        record(f"{on}-{number}-{n}", Queue=queue(wait_s=wait_s), SystemEndpoint={"Address": number})
        for n, wait_s in enumerate(waits_s)
    ]
    payloads = [encoded(one).replace(b"2026-03-02", on.encode()) for one in made]
    assert events.ingest_contact_records(batch(payloads), Context()) == {"batchItemFailures": []}


def answer(route: str, **query: str) -> dict[str, Any]:
    status, body = get(app.app, route, query=query)
    assert status == 200, body
    return dict(body)


def level(body: dict[str, Any]) -> dict[str, Any]:
    (group,) = body["groups"]
    return dict(next(kpi for kpi in group["kpis"] if kpi["id"] == "K03"))


@pytest.mark.req("TEN-06")
@pytest.mark.usefixtures("_store")
def test_a_past_period_is_judged_by_the_target_that_was_then_in_force() -> None:
    answered("2026-03-10", 5, 90)  # one in time of two: 50 %
    answered("2026-03-20", 5, 90, 90)  # one in time of three
    results = answer("/v1/kpis/targets", **{"from": "2026-03-01", "to": "2026-04-01"})["results"]
    shown = [
        (one["from"], one["to"], one["window"], one["value"], one["target"], one["warning"], one["verdict"])
        for one in results
    ]
    change = "2026-03-15T16:00:00Z"  # midnight of the 16th in Shanghai
    assert shown == [
        ("2026-02-28T16:00:00Z", change, "month", 0.5, 0.4, 0.6, "warned"),
        (change, "2026-03-22T16:00:00Z", "week", 0.333333, 0.5, None, "missed"),
    ]
    assert {one["consequence"] for one in results} == {"the fee of the month falls by 5 %"}
    assert {one["direction"] for one in results} == {"at-least"}


@pytest.mark.req("TEN-06")
@pytest.mark.usefixtures("_store")
def test_a_report_over_a_change_holds_each_part_against_its_own_version() -> None:
    answered("2026-03-10", 5, 90)
    answered("2026-03-20", 5, 90, 90)
    period = {"from": "2026-03-09T16:00:00Z", "to": "2026-03-21T16:00:00Z", "by": "tenant"}
    whole = level(answer("/v1/kpis", **period))
    assert (whole["value"], whole["target"], whole["verdict"]) == (0.4, None, "missed")
    assert [(one["target"], one["value"], one["verdict"]) for one in whole["judgements"]] == [
        (0.4, 0.5, "warned"),
        (0.5, 0.333333, "missed"),
    ]
    before = level(answer("/v1/kpis", **{**period, "to": "2026-03-15T16:00:00Z"}))
    assert (before["target"], before["warning"], before["verdict"]) == (0.4, 0.6, "warned")


@pytest.mark.req("NUM-03")
@pytest.mark.usefixtures("_store")
def test_the_figures_of_each_number_of_a_line_are_told_apart_and_add_up() -> None:
    answered("2026-03-10", 5, 90)
    answered("2026-03-10", 5, 5, 5, number=NORTH)
    answered("2026-03-10", 90, number=SOUTH)
    answered("2026-03-10", 5, number=TELESALES)
    day = {"from": "2026-03-10T00:00:00Z", "to": "2026-03-11T00:00:00Z"}
    groups = answer("/v1/kpis", **day, by="number")["groups"]
    offered = {group["name"]: group["counters"]["offered"] for group in groups}
    assert offered == {AFTER_SALES: 2, NORTH: 3, SOUTH: 1, TELESALES: 1}
    assert level(answer("/v1/kpis", **day, by="line", number=NORTH))["value"] == 1.0
    lines = {group["name"]: group["counters"] for group in answer("/v1/kpis", **day, by="line")["groups"]}
    summed = sum((Counter(group["counters"]) for group in groups if group["name"] != TELESALES), Counter())
    assert lines["after-sales"] == dict(summed)


@pytest.mark.req("NUM-03")
def test_numbers_of_one_line_are_bound_to_areas_wherever_the_seats_are() -> None:
    made = parse(contract(), source="test")
    assert {one.number: one.areas for one in made.entry_numbers if one.areas} == {
        NORTH: ["北京市", "天津市"],
        SOUTH: ["广东省"],
    }
    raw = contract()
    raw["entry_numbers"][2]["areas"] = ["北京市", "北京市"]
    with pytest.raises(InvalidContract) as refusal:
        parse(raw, source="test")
    assert [problem.path for problem in refusal.value.problems] == ["entry_numbers.2.areas"]


@pytest.mark.usefixtures("_store")
@pytest.mark.parametrize(
    ("node", "numbers"),
    [
        (None, {AFTER_SALES, NORTH, SOUTH, TELESALES}),
        ("group", {AFTER_SALES, NORTH, SOUTH, TELESALES}),
        ("north", {NORTH}),
        ("south", {SOUTH}),
        ("shop", set()),
    ],
)
def test_a_user_sees_contacts_and_figures_of_the_part_that_the_token_grants(
    node: str | None, numbers: set[str]
) -> None:
    for number in (AFTER_SALES, NORTH, SOUTH, TELESALES):
        answered("2026-03-10", 5, number=number)
    claims = {**USER, **({"custom:node": node} if node else {})}
    status, page = get(app.app, "/v1/contacts", query={"on": "2026-03-10"}, claims=claims)
    assert (status, {row["entry_number"] for row in page["contacts"]}) == (200, numbers)
    day = {"from": "2026-03-10T00:00:00Z", "to": "2026-03-11T00:00:00Z", "by": "number"}
    status, report = get(app.app, "/v1/kpis", query=day, claims=claims)
    assert (status, {group["name"] for group in report["groups"]}) == (200, numbers)
    for number in (AFTER_SALES, NORTH):
        status, _ = get(
            app.app, "/v1/contacts/{contact_id}", path={"contact_id": f"2026-03-10-{number}-0"}, claims=claims
        )
        assert status == (200 if number in numbers else 404)
    march = {"from": "2026-03-10", "to": "2026-03-11"}
    status, results = get(app.app, "/v1/kpis/targets", query=march, claims=claims)
    assert (status, bool(results["results"])) == (200, bool(numbers))


@pytest.mark.usefixtures("_store")
@pytest.mark.parametrize("route", ["/v1/kpis", "/v1/contacts"])
def test_a_user_of_a_part_that_the_contract_does_not_have_is_refused(route: str) -> None:
    day = (
        {"from": "2026-03-10T00:00:00Z", "to": "2026-03-11T00:00:00Z"} if route == "/v1/kpis" else {"on": "2026-03-10"}
    )
    status, body = get(app.app, route, query=day, claims={**USER, "custom:node": "elsewhere"})
    assert (status, body["code"]) == (403, "forbidden")
