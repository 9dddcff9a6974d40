"""Reports: counters stored by the store, read back by day, grouped and judged; and the REST view of them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Chalice
from hypothesis import given, settings
from hypothesis import strategies as st

import app
from chalicelib.metrics import api, service, store
from chalicelib.metrics.models import BOOKING_RULE, Booking, Slot, Target
from chalicelib.metrics.service import Metrics, Narrowed, Outcome
from chalicelib.platform import queries
from chalicelib.platform.dynamo import Transaction
from chalicelib.platform.errors import InvalidInput, StoreUnavailable
from chalicelib.platform.tenancy import tenant_id
from tests.support.fake_dynamo import FakeDynamo, failure
from tests.support.rest import get
from tests.support.rest_table import rest_table

TENANT = tenant_id("hrgroup")
DAY = datetime(2026, 3, 2, tzinfo=UTC)
NOW = datetime(2026, 3, 5, tzinfo=UTC)


def add(
    client: FakeDynamo,
    start: datetime,
    queue: str,
    counters: dict[str, int],
    line: str = "after-sales",
    number: str = "-",
) -> None:
    write = Transaction(client)
    booking = Booking(slot=Slot(start=start, line=line, queue=queue, number=number), counters=counters)
    write.add("count", store.addition(TENANT, "table", booking))
    assert write.attempt() is None


def metrics(client: FakeDynamo, *targets: Target) -> Metrics:
    return Metrics(TENANT, store.Counters(client, "table"), targets, lambda: NOW)


@pytest.fixture
def filled() -> FakeDynamo:
    client = FakeDynamo()
    add(client, DAY, "english", {"offered": 1, "answered": 1, "answered_in_target": 1})
    add(client, DAY + timedelta(hours=23, minutes=45), "english", {"offered": 2, "abandoned": 2})
    add(client, DAY + timedelta(days=1), "english", {"offered": 4, "answered": 4, "answered_in_target": 2})
    add(client, DAY + timedelta(hours=9), "telesales", {"offered": 8, "answered": 8}, line="telesales")
    add(client, DAY + timedelta(hours=9), "-", {"arrivals": 3, "self_served": 3})
    return client


def offered(client: FakeDynamo, start: datetime, end: datetime, by: Any = "queue") -> dict[str, int]:
    report = metrics(client).report(start, end, by)
    return {group.name: group.counters.get("offered", 0) for group in report.groups}


def test_a_period_holds_its_start_and_not_its_end(filled: FakeDynamo) -> None:
    assert offered(filled, DAY, DAY + timedelta(days=1)) == {"-": 0, "english": 3, "telesales": 8}
    assert offered(filled, DAY + timedelta(minutes=15), DAY + timedelta(days=1, minutes=15)) == {
        "-": 0,
        "english": 6,
        "telesales": 8,
    }
    assert offered(filled, DAY + timedelta(hours=23), DAY + timedelta(hours=23, minutes=45)) == {}


def test_every_day_of_a_period_is_read_by_one_query(filled: FakeDynamo) -> None:
    filled.calls.clear()
    metrics(filled).report(DAY + timedelta(hours=23), DAY + timedelta(days=2, minutes=15), "queue")
    assert filled.calls == ["Query"] * 3


@pytest.mark.parametrize(
    ("by", "expected"), [("line", {"after-sales": 7, "telesales": 8}), ("tenant", {"hrgroup": 15})]
)
def test_groups_add_up_by_line_and_tenant(filled: FakeDynamo, by: str, expected: dict[str, int]) -> None:
    assert offered(filled, DAY, DAY + timedelta(days=2), by) == expected


def test_intervals_are_told_apart_and_load_is_per_interval() -> None:
    client = FakeDynamo()
    for quarter, talk_s in enumerate((900, 1_800)):
        add(client, DAY + timedelta(minutes=15 * quarter), "english", {"handled": 1, "talk_s": talk_s})
    report = metrics(client).report(DAY, DAY + timedelta(hours=1), "queue", per_interval=True)
    load = [next(v.value for v in group.values if v.kpi.id == "K45") for group in report.groups]
    assert [group.start for group in report.groups] == [DAY, DAY + timedelta(minutes=15)]
    assert load == [1.0, 2.0]


NUMBERS = ("-", "unlisted", "+864008601234", "+862155360100")
slots = st.builds(
    Slot,
    start=st.sampled_from([DAY, DAY + timedelta(hours=9), DAY + timedelta(hours=33)]),
    line=st.sampled_from(["after-sales", "telesales"]),
    queue=st.sampled_from(["-", "english"]),
    number=st.sampled_from(NUMBERS),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(slots, st.dictionaries(st.sampled_from(["offered", "answered"]), st.integers(1, 9)))))
def test_the_counts_of_the_numbers_add_up_to_those_of_every_line(booked: list[tuple[Slot, dict[str, int]]]) -> None:
    client = FakeDynamo()
    for slot, counters in booked:
        if counters:
            add(client, slot.start, slot.queue, counters, slot.line, slot.number)
    period = (DAY, DAY + timedelta(days=2))
    whole = metrics(client).report(*period, "line")
    lines: dict[str, Counter[str]] = defaultdict(Counter)
    for number in NUMBERS:
        for group in metrics(client).report(*period, "line", narrowed=Narrowed(number=number)).groups:
            lines[group.name].update(group.counters)
    by_number = sum((Counter(group.counters) for group in metrics(client).report(*period, "number").groups), Counter())
    assert {group.name: dict(group.counters) for group in whole.groups} == lines
    assert by_number == sum(lines.values(), Counter())


def test_what_was_counted_before_numbers_were_told_apart_still_counts() -> None:
    old = {"slot": "2026-03-02T09:00#after-sales#english", "offered": 1}
    assert store.from_document(old).slot.number == "-"
    assert store.document(store.from_document(old)) == old


def test_counts_that_were_taken_back_leave_no_group() -> None:
    client = FakeDynamo()
    add(client, DAY, "english", {"offered": 1})
    add(client, DAY, "english", {"offered": -1})
    assert metrics(client).report(DAY, DAY + timedelta(days=1), "queue").groups == ()


def test_a_store_that_refuses_is_said_so() -> None:
    def denied(_: str) -> None:
        raise failure("AccessDeniedException")

    with pytest.raises(StoreUnavailable):
        metrics(FakeDynamo(denied)).report(DAY, DAY + timedelta(days=1), "queue")


def test_a_booking_survives_being_kept_with_its_contact() -> None:
    booking = Booking(slot=Slot(start=DAY, line="-", queue="unlisted"), counters={"offered": 1, "wait_s": 30})
    assert store.from_document(store.document(booking)) == booking


def test_a_contact_that_counts_nowhere_writes_nothing() -> None:
    assert service.count(TENANT, "table", None, None) == service.Writes({}, {}, {})


def test_a_contact_that_no_longer_counts_is_taken_back() -> None:
    facts = service.Facts(
        arrived_at=DAY,
        queued_at=DAY,
        line="a",
        queue="q",
        outcome=Outcome.ABANDONED,
        arrival=True,
        handled=False,
        wait_s=9,
    )
    kept = service.count(TENANT, "table", facts, None).kept
    (action,) = service.count(TENANT, "table", None, kept).actions.values()
    assert set(action["Update"]["ExpressionAttributeValues"][":0"]["N"]) >= {"-"}


GOOD = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-03-02T00:00:00"}, "from"),
        ({"to": None}, "to"),
        ({"from": "0001-01-01T00:00:00+08:00"}, "from"),
        ({"to": "9999-12-31T23:45:00-08:00"}, "to"),
        ({"from": "2026-03-02T00:01:00Z"}, "(query)"),
        ({"to": "2026-03-02T00:00:00Z"}, "(query)"),
        ({"to": "2026-05-02T00:00:00Z"}, "(query)"),
        ({"to": "2026-03-06T00:00:00Z", "interval": "15m"}, "(query)"),
        ({"by": "galaxy"}, "by"),
        ({"by": "agent", "to": "2026-03-06T00:00:00Z"}, "(query)"),
        ({"by": "agent", "number": "+864008601234"}, "(query)"),
        ({"by": "queue", "agent": "li.na"}, "(query)"),
        ({"percentiles": "0"}, "percentiles"),
        ({"percentiles": "50,100"}, "percentiles"),
        ({"interval": "1h"}, "interval"),
        ({"group": "queue"}, "group"),
    ],
)
def test_a_bad_query_is_refused_by_the_name_of_its_field(changes: dict[str, str | None], field: str) -> None:
    params = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(InvalidInput) as refusal:
        queries.parse(api.KpiQuery, params)
    assert [entry["field"] for entry in refusal.value.facts["errors"]] == [field]  # type: ignore[attr-defined]


def test_a_period_may_be_given_in_the_tenants_own_zone() -> None:
    query = queries.parse(api.KpiQuery, {"from": "2026-03-02T08:00:00 08:00", "to": "2026-03-03T08:00:00+08:00"})
    assert query.start == DAY


def test_the_view_names_formulas_targets_and_the_booking_rule(filled: FakeDynamo) -> None:
    target = Target(kpi="K03", direction="at-least", target=0.8, warning=0.9)
    report = metrics(filled, target).report(DAY, DAY + timedelta(days=1), "queue")
    shown = api.view("hrgroup", report).model_dump(mode="json", by_alias=True)
    english = next(group for group in shown["groups"] if group["name"] == "english")
    level = next(kpi for kpi in english["kpis"] if kpi["id"] == "K03")
    assert shown["booking_rule"] == BOOKING_RULE
    assert (shown["from"], shown["as_of"]) == ("2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z")
    assert level == {
        "id": "K03", "name": "Service level", "unit": "share", "value": 0.333333, "target": 0.8,
        "warning": 0.9, "direction": "at-least", "verdict": "missed", "met": False,
        "judgements": [
            {
                "from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z", "value": 0.333333, "target": 0.8,
                "warning": 0.9, "direction": "at-least", "window": "month", "consequence": None, "since": None,
                "verdict": "missed",
            },
        ],
    }  # fmt: skip


@pytest.fixture
def rest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Chalice]:
    with rest_table(monkeypatch, tmp_path):
        yield app.app


@pytest.mark.parametrize("claims", [None, {}, {"custom:tenant": "taxihotline"}])
def test_a_request_without_a_token_of_this_tenant_gets_no_figures(rest: Chalice, claims: dict[str, str] | None) -> None:
    status, body = get(rest, "/v1/kpis", query=GOOD, claims=claims)
    assert (status, body["code"]) == (403, "forbidden")


def test_a_request_with_a_bad_query_gets_problem_details(rest: Chalice) -> None:
    status, body = get(rest, "/v1/kpis", query={**GOOD, "by": "galaxy"})
    assert (status, body["code"], body["errors"][0]["field"]) == (400, "invalid-input", "by")
