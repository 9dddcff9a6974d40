"""What the post-call side holds of the requirements, through its real doors and on a real table."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.contacts import api as contacts_api
from chalicelib.contacts import deadletters, events
from chalicelib.metrics import api as metrics_api
from chalicelib.metrics.registry import KPIS
from tests.support import tenant_table
from tests.support.cloud_fixture import Cloud
from tests.support.contact_records import TELESALES, Record, abandoned, agent, batch, encoded, queue, record, when
from tests.support.flow_environment import function_environment
from tests.support.lambda_files import loaded
from tests.support.rest import get

pytestmark = pytest.mark.integration
TABLE = "trunkline-hrgroup"
PERIOD = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z"}
RECORDED = "6f1c0a52-0000-4000-8000-000000000001"


class Context:
    aws_request_id = "acceptance"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@pytest.fixture
def store(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Return a client of the tenant's table, empty, with a dead-letter queue, and let every function use it."""
    client, sqs = cloud.client("dynamodb"), cloud.client("sqs")
    wired: list[Callable[[], None]] = [
        contacts_api.wired.cache_clear,
        metrics_api.wired.cache_clear,
        events.wired.cache_clear,
    ]
    tenant_table.create(client, TABLE)
    queue_url = sqs.create_queue(QueueName=f"dead-{random.randrange(10**9)}")["QueueUrl"]  # noqa: S311 - a name
    with function_environment(monkeypatch, tmp_path, endpoint_url=cloud.endpoint_url):
        monkeypatch.setenv("TRUNKLINE_DLQ_URL", queue_url)
        monkeypatch.setenv("TRUNKLINE_AUDIT_TABLE", TABLE)
        for forget in wired:
            forget()
        yield client
        for forget in wired:
            forget()
    client.delete_table(TableName=TABLE)
    sqs.delete_queue(QueueUrl=queue_url)


def deliver(*payloads: bytes) -> list[str]:
    """Deliver a batch to the function as Kinesis does; return the sequence numbers that it gives back."""
    failures = events.ingest_contact_records(batch(payloads), Context())["batchItemFailures"]
    return [failure["itemIdentifier"] for failure in failures]


def day_of_calls() -> list[Record]:
    """Return one contact of every kind that the KPIs tell apart, some of them in the next quarter-hour."""
    gone: dict[str, Any] = {"Agent": None, "Queue": None, "Recording": None}
    return [
        record("answered-1"),
        record("answered-2", Queue=queue(wait_s=21), Agent=agent("agent-008", AgentInteractionDuration=100)),
        record("answered-3", Queue=queue(enqueued_s=1_000, wait_s=3), NextContactId="answered-4"),
        record("answered-4", InitiationMethod="TRANSFER", PreviousContactId="answered-3", Queue=queue("english")),
        abandoned("abandoned-1", wait_s=90),
        abandoned("abandoned-2", wait_s=4),
        record("voicemail-1", Agent=None, Attributes={"line": "after-sales", "voicemail": "true"}),
        record("served-1", DisconnectReason="CONTACT_FLOW_DISCONNECT", **{**gone, "Attributes": {}}),
        record("outbound-1", InitiationMethod="OUTBOUND"),
    ]


def contact(contact_id: str) -> dict[str, Any]:
    status, body = get(app.app, "/v1/contacts/{contact_id}", path={"contact_id": contact_id})
    assert status == 200, body
    return dict(body)


def listed(**query: str) -> list[str]:
    status, body = get(app.app, "/v1/contacts", query=query)
    assert status == 200, body
    return [row["contact_id"] for row in body["contacts"]]


def kpis() -> dict[str, float | None]:
    """Return the KPIs of the whole day by REST, those that contacts alone give."""
    status, body = get(app.app, "/v1/kpis", query={**PERIOD, "by": "tenant"})
    assert status == 200, body
    given = {kpi.id for kpi in KPIS}
    groups = [{kpi["id"]: kpi["value"] for kpi in group["kpis"] if kpi["id"] in given} for group in body["groups"]]
    return groups[0] if groups else {}


def recounted(contacts: list[dict[str, Any]]) -> dict[str, float | None]:
    """Compute the KPIs anew, straight from the glossary's formulas, from what is kept of the contacts alone."""
    inbound = [one for one in contacts if one["facts"]["result"] != "not-inbound"]
    answered = [one for one in inbound if one["facts"]["result"] == "answered"]
    abandons = [one for one in inbound if one["facts"]["result"] == "abandoned"]
    short = [one for one in abandons if one["seconds"]["wait_s"] < one["seconds"]["short_s"]]
    in_time = [one for one in answered if one["seconds"]["wait_s"] <= one["seconds"]["threshold_s"]]
    base = len(answered) + len(abandons) - len(short)
    total = {
        name: sum(one["seconds"].get(name, 0) for one in answered) for name in ("wait_s", "talk_s", "hold_s", "acw_s")
    }
    handled_s = total["talk_s"] + total["hold_s"] + total["acw_s"]
    return {
        "K02": len(answered) / base,
        "K03": len(in_time) / base,
        "K04": total["wait_s"] / len(answered),
        "K06": total["talk_s"] / len(answered),
        "K07": total["hold_s"] / len(answered),
        "K08": total["acw_s"] / len(answered),
        "K09": handled_s / len(answered),
        "K10": (len(abandons) - len(short)) / base,
        "K12": len([one for one in answered if "next_id" in one["facts"]]) / len(answered),
        "K15": None,  # nobody was asked, so nobody answered
        "K16": None,
        "K17": 0.0,  # nobody wrote a complaint down
        "K45": handled_s / 86_400,
        "K49": None,  # no ticket was closed
        "K52": None,  # nothing was rated
    }


@pytest.mark.req("KPI-09")
def test_every_finished_contact_is_one_record_that_all_kpis_can_be_computed_from(store: Any) -> None:
    records = day_of_calls()
    deliveries = [encoded(one) for one in records] * 2
    random.Random(3).shuffle(deliveries)  # noqa: S311 - an order, not a secret
    assert deliver(*deliveries) == []
    kept = [item for item in scanned(store) if item["sk"]["S"] == "CONTACT"]
    assert Counter(item["contact_id"]["S"] for item in kept) == Counter(one["ContactId"] for one in records)
    assert kpis() == pytest.approx(recounted([contact(one["ContactId"]) for one in records]), abs=1e-6)


def scanned(store: Any) -> list[dict[str, Any]]:
    return list(store.scan(TableName=TABLE, ConsistentRead=True)["Items"])


@pytest.mark.req("KPI-09")
@pytest.mark.usefixtures("store")
def test_the_record_holds_the_whole_course_of_the_contact() -> None:
    deliver(encoded(record("c-1")))
    found = contact("c-1")
    assert found["tenant"] == "hrgroup"
    assert found["times"] == {
        "at": when(0), "connected_at": when(0), "queued_at": when(40), "dequeued_at": when(60), "answered_at": when(60),
        "ended_at": when(360), "acw_started_at": when(360), "acw_ended_at": when(405), "updated_at": when(465),
    }  # fmt: skip
    wanted = (
        "channel",
        "entry_number",
        "customer_id",
        "menu_path",
        "strategy",
        "queue",
        "agent",
        "offers",
        "holds",
        "result",
    )
    assert {name: found["facts"][name] for name in wanted} == {
        "channel": "VOICE", "entry_number": "+864008601234", "customer_id": "c-10001", "menu_path": "main>2",
        "strategy": "longest-idle", "queue": "after-sales", "agent": "agent-007", "offers": 2, "holds": 2,
        "result": "answered",
    }  # fmt: skip
    assert found["facts"]["recording"].endswith("CallRecordings/2026/03/02/c-1_20260302T09:01_UTC.wav")


@pytest.mark.req("REL-05")
@pytest.mark.usefixtures("store")
def test_records_that_could_not_be_taken_in_are_kept_and_replayed_without_loss_or_double_count(
    cloud: Cloud,
) -> None:
    good, bad = day_of_calls(), b'{"ContactId": "not-a-record"}'
    kinesis, stream = cloud.client("kinesis"), f"records-{random.randrange(10**9)}"  # noqa: S311 - a name
    kinesis.create_stream(StreamName=stream, ShardCount=1)
    assert deliver(bad, *(encoded(one) for one in good), bad) == []
    before = kpis()
    replay = deadletters.Replay(cloud.client("sqs"), events.wired().queue_url, kinesis, stream)
    assert replay.run().records == 1, "the second is the same record: it stays in the queue"
    shard = kinesis.list_shards(StreamName=stream)["Shards"][0]["ShardId"]
    start = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    again = [entry["Data"] for entry in kinesis.get_records(ShardIterator=start["ShardIterator"])["Records"]]
    assert again == [bad]
    assert deliver(*again, *(encoded(one) for one in good)) == []
    assert kpis() == before


@pytest.mark.req("REL-05")
def test_a_record_comes_again_until_the_store_takes_it_and_counts_once(store: Any) -> None:
    payloads = [encoded(one) for one in day_of_calls()]
    store.delete_table(TableName=TABLE)
    assert deliver(*payloads) == ["1"], "Kinesis gives everything from the first one on again"
    tenant_table.create(store, TABLE)
    assert deliver(*payloads) == []
    assert kpis() == pytest.approx(recounted([contact(one["ContactId"]) for one in day_of_calls()]), abs=1e-6)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    "by",
    [
        {"caller": "+8613800138000"},
        {"caller": "+8613800138000", "entry_number": "+864008601234"},
        {"agent": "agent-007"},
        {"on": "2026-03-02", "category": "repair"},
        {"on": "2026-03-02", "agent": "agent-007", "caller": "+8613800138000"},
    ],
)
def test_a_recording_is_found_by_caller_called_number_agent_time_and_category(
    monkeypatch: pytest.MonkeyPatch, cloud: Cloud, by: dict[str, str]
) -> None:
    other = {"CustomerEndpoint": {"Address": "+14155550123"}, "SystemEndpoint": {"Address": TELESALES}}
    deliver(
        encoded(record(RECORDED)),
        encoded(record("other", Agent=agent("agent-008"), Attributes={"category": "order"}, **other)),
    )
    index_recording(monkeypatch, cloud)
    assert listed(**by) == [RECORDED]
    (recording,) = contact(RECORDED)["recordings"]
    assert recording["key"].endswith(f"CallRecordings/2026/03/02/{RECORDED}_20260302T09:01_UTC.wav")


def index_recording(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> None:
    """Tell the indexer what the bucket says when the recording has arrived."""
    monkeypatch.setenv("TRUNKLINE_TENANT", "hrgroup")
    module = loaded("recording_indexer", "indexer_accepted")
    key = f"connect/hrgroup/CallRecordings/2026/03/02/{RECORDED}_20260302T09:01_UTC.wav"
    s3 = cloud.client("s3")
    if "recordings" not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket="recordings")
    s3.put_object(Bucket="recordings", Key=key, Body=b"sound")
    detail = {"bucket": {"name": "recordings"}, "object": {"key": key, "size": 32_044}}
    answer = module.handler({"time": "2026-03-02T09:07:00Z", "detail": detail}, Context())
    assert answer == {"schema": "recording_indexer.v1", "outcome": "indexed"}


@pytest.mark.usefixtures("store")
def test_nothing_that_ingest_logs_holds_a_callers_number(capsys: pytest.CaptureFixture[str]) -> None:
    deliver(*(encoded(one) for one in day_of_calls()), encoded(record("bad", LastUpdateTimestamp="+8613800138000")))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"poison", "batch"} <= {line.get("message") for line in lines}
    assert "8000138000" not in json.dumps(lines)
    assert "13800138000" not in json.dumps(lines)
