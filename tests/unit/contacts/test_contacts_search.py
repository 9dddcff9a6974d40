"""Finding contacts again: by caller, agent and day, narrowed, paged, and over REST for the right tenant only."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Chalice
from hypothesis import given
from hypothesis import strategies as st

import app
from chalicelib.contacts import api
from chalicelib.contacts.models import Page, Result, Search
from chalicelib.contacts.service import Finder, Ingest
from chalicelib.contacts.store import Contacts
from chalicelib.platform import aws, cursors, queries
from chalicelib.platform.dynamo import encode
from chalicelib.platform.errors import InvalidInput, NotFound, StoreUnavailable
from chalicelib.platform.tenancy import partition
from tests.support.contact_records import TELESALES, abandoned, agent, encoded, queue, record, tenant, when
from tests.support.fake_dynamo import FakeDynamo, failure
from tests.support.rest import get
from tests.support.rest_table import rest_table

TENANT = tenant()
NOW = datetime(2026, 3, 5, tzinfo=UTC)
CALLER = "+8613800138000"


def contacts(client: FakeDynamo) -> Contacts:
    return Contacts(client, "table", TENANT.id, TENANT.contacts_days, lambda: "")


def finder(client: FakeDynamo, now: datetime = NOW) -> Finder:
    return Finder(tenant=TENANT, contacts=contacts(client), now=lambda: now)


def fill(client: FakeDynamo, *records: dict[str, Any]) -> None:
    ingest = Ingest(
        tenant=TENANT, table="table", contacts=contacts(client), instance_arn=None, pause=print, chance=lambda: 0.0
    )
    for one in records:
        ingest.take(encoded(one))


def at(second: int) -> dict[str, Any]:
    return {"InitiationTimestamp": when(second), "LastUpdateTimestamp": when(second + 999)}


@pytest.fixture
def filled() -> FakeDynamo:
    client = FakeDynamo()
    fill(
        client,
        record("c-0", **at(0)),
        abandoned("c-1", **at(10)),
        record("c-2", Agent=agent("agent-008"), Queue=queue("english"), **at(20)),
        record("c-3", SystemEndpoint={"Address": TELESALES}, CustomerEndpoint={"Address": "+14155550123"}, **at(30)),
        record("c-4", **at(86_400)),
    )
    return client


def ids(page: Page) -> list[str]:
    return [row.id for row in page.rows]


def search(client: FakeDynamo, *, limit: int = 100, after: str | None = None, **wanted: Any) -> Page:
    return finder(client).search(Search(**wanted), after=after, limit=limit)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"caller": CALLER}, ["c-4", "c-2", "c-1", "c-0"]),
        ({"caller": CALLER, "on": "2026-03-02"}, ["c-2", "c-1", "c-0"]),
        ({"caller": CALLER, "agent": "agent-008"}, ["c-2"]),
        ({"caller": CALLER, "result": Result.ABANDONED}, ["c-1"]),
        ({"agent": "agent-007"}, ["c-4", "c-3", "c-0"]),
        ({"agent": "agent-007", "on": "2026-03-03"}, ["c-4"]),
        ({"agent": "agent-007", "entry_number": TELESALES}, ["c-3"]),
        ({"on": "2026-03-02"}, ["c-3", "c-2", "c-1", "c-0"]),
        ({"on": "2026-03-02", "queue": "english", "category": "repair"}, ["c-2"]),
        ({"on": "2026-03-01"}, []),
        ({"on": "1999-01-01"}, []),
        ({"caller": "+19999999999"}, []),
    ],
)
def test_a_search_finds_exactly_what_fits_newest_first(
    filled: FakeDynamo, wanted: dict[str, Any], expected: list[str]
) -> None:
    assert ids(search(filled, **wanted)) == expected


@given(st.integers(1, 7), st.sampled_from([{"caller": CALLER}, {"agent": "agent-007"}, {"on": "2026-03-02"}]))
def test_pages_together_hold_every_contact_once(limit: int, wanted: dict[str, Any]) -> None:
    client = FakeDynamo()
    fill(client, *(record(f"c-{n}", **at(n // 2)) for n in range(13)))
    found: list[str] = []
    after: str | None = None
    for _ in range(20):
        page = search(client, limit=limit, after=after, **wanted)
        found += ids(page)
        after = page.after
        if after is None:
            break
    assert sorted(found) == sorted(f"c-{n}" for n in range(13))
    assert len(found) == 13


def test_a_search_that_filters_out_much_stops_and_can_be_continued() -> None:
    client = FakeDynamo()
    fill(client, *(record(f"c-{n:04}", **at(n)) for n in range(2_100)))
    client.calls.clear()
    page = search(client, on="2026-03-02", category="nothing")
    assert (page.rows, len(client.calls)) == ((), 10)
    assert page.after is not None
    assert search(client, on="2026-03-02", category="nothing", after=page.after).after is None


def test_what_retention_has_ended_is_not_shown_although_it_is_still_there(filled: FakeDynamo) -> None:
    later = datetime(2029, 3, 1, 9, 0, 15, tzinfo=UTC)  # 1,095 days after 2026-03-02 09:00:15
    found = finder(filled, later).search(Search(caller=CALLER), after=None, limit=10)
    assert ids(found) == ["c-4", "c-2"]
    with pytest.raises(NotFound):
        finder(filled, later).contact("c-1")


@pytest.mark.parametrize("after", ["", "x", "2026-03-02T09:00Z", "2026-03-09T09:00:00Z#c", "0001-01-01T00:00:00Z#c"])
def test_a_position_outside_of_the_list_is_refused(filled: FakeDynamo, after: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        search(filled, on="2026-03-02", after=after)
    assert refusal.value.facts == {"field": "cursor"}


def test_a_contact_comes_with_its_recordings_by_one_query(filled: FakeDynamo) -> None:
    put_recording(filled, "c-0")
    filled.calls.clear()
    found, recordings = finder(filled).contact("c-0")
    assert (found.id, [one.kind for one in recordings], filled.calls) == ("c-0", ["call"], ["Query"])


def test_a_recording_that_retention_has_ended_is_not_shown_although_its_item_is_still_there(
    filled: FakeDynamo,
) -> None:
    put_recording(filled, "c-0", ttl=int(NOW.timestamp()) + 1)
    assert len(finder(filled).contact("c-0")[1]) == 1
    assert finder(filled, NOW + timedelta(seconds=1)).contact("c-0")[1] == ()


def test_a_recording_alone_is_not_yet_a_contact() -> None:
    client = FakeDynamo()
    put_recording(client, "c-9")
    with pytest.raises(NotFound):
        finder(client).contact("c-9")


def test_a_store_that_refuses_is_said_so() -> None:
    def denied(_: str) -> None:
        raise failure("AccessDeniedException")

    with pytest.raises(StoreUnavailable):
        finder(FakeDynamo(denied)).contact("c-1")


def put_recording(client: FakeDynamo, contact_id: str, **more: int) -> None:
    item = {
        "pk": partition(TENANT.id, "CONTACT", contact_id),
        "sk": "RECORDING#2026/03/02/x.wav",
        "bucket": "b",
        "key": "k",
        "kind": "call",
        "size_bytes": 9,
        "stored_at": "2026-03-02T09:07:00Z",
        **more,
    }
    client.transact_write_items(TransactItems=[{"Put": {"TableName": "table", "Item": encode(item)}}])


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({}, "(query)"),
        ({"queue": "english"}, "(query)"),
        ({"caller": "anonymous"}, "caller"),
        ({"caller": CALLER, "limit": "101"}, "limit"),
        ({"caller": CALLER, "limit": "0"}, "limit"),
        ({"on": "2026-13-01"}, "on"),
        ({"agent": "a#b"}, "agent"),
        ({"agent": "a", "result": "lost"}, "result"),
        ({"agent": "a", "tenant": "taxihotline"}, "tenant"),
    ],
)
def test_a_bad_query_is_refused_by_the_name_of_its_field(params: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        queries.parse(api.ContactQuery, params)
    assert [entry["field"] for entry in refusal.value.facts["errors"]] == [field]  # type: ignore[attr-defined]


def test_an_unescaped_plus_is_understood() -> None:
    assert queries.parse(api.ContactQuery, {"caller": " 8613800138000"}).caller == CALLER


@given(st.text(max_size=80))
def test_a_cursor_gives_back_its_position(position: str) -> None:
    assert cursors.decode(cursors.encode(position)) == position


@pytest.mark.parametrize("cursor", ["a", "€", "====", base64.b64encode(b"\xff").decode()])
def test_a_cursor_that_we_did_not_write_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        cursors.decode(cursor)


def test_the_view_tells_times_spans_and_facts_apart(filled: FakeDynamo) -> None:
    found, recordings = finder(filled).contact("c-0")
    shown = api.view("hrgroup", found, recordings).model_dump(mode="json", exclude_none=True)
    assert shown["times"]["answered_at"] == when(60)
    assert shown["seconds"]["wait_s"] == 20
    assert (shown["facts"]["result"], shown["facts"]["agent"]) == ("answered", "agent-007")
    assert "queue_name" not in shown["facts"]


@pytest.fixture
def rest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Chalice]:
    with rest_table(monkeypatch, tmp_path):
        yield app.app


@pytest.mark.parametrize("claims", [None, {}, {"custom:tenant": "taxihotline"}])
@pytest.mark.parametrize(
    ("resource", "path"), [("/v1/contacts", None), ("/v1/contacts/{contact_id}", {"contact_id": "c-0"})]
)
def test_a_request_without_a_token_of_this_tenant_gets_no_contact(
    rest: Chalice, claims: dict[str, str] | None, resource: str, path: dict[str, str] | None
) -> None:
    status, body = get(rest, resource, path=path, query={"caller": CALLER}, claims=claims)
    assert (status, body["code"]) == (403, "forbidden")


def test_a_bad_request_gets_problem_details_that_name_every_field(rest: Chalice) -> None:
    status, body = get(rest, "/v1/contacts", query={"caller": "x", "limit": "x"})
    assert (status, [entry["field"] for entry in body["errors"]]) == (400, ["caller", "limit"])


@pytest.mark.usefixtures("rest")
def test_a_store_that_does_not_answer_is_given_up_while_somebody_waits() -> None:
    store = api.wired().contacts
    assert isinstance(store, Contacts)
    client: Any = store.client
    assert client.meta.config.read_timeout == aws.A_PERSON_WAITS.read_timeout_s


def test_an_id_that_no_contact_can_have_is_not_found(rest: Chalice) -> None:
    status, body = get(rest, "/v1/contacts/{contact_id}", path={"contact_id": "a#b"})
    assert (status, body["code"]) == (404, "not-found")
