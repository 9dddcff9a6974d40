"""The engine's ports on the local cloud: every way in which a service can answer, as the engine understands it."""

from typing import Any

import pytest

from localstack.connect.adapter_clients import Clients
from localstack.connect.adapter_objects import CloudObjects
from localstack.connect.adapters import CloudBus, CloudLambdas, CloudLogs, CloudStreams
from localstack.connect.engine.ports import Invocation, Place, StoredObject, StreamRecord
from tests.support import lambda_code
from tests.support.cloud_fixture import REGION, Cloud

PLACE = Place("000000000000", REGION)
MISSING = f"arn:aws:lambda:{REGION}:000000000000:function:engine-ports-missing"
SLOW_S = 15
"""How long the slow function takes: less than its own limit, and far longer than a busy machine takes to answer."""
SOURCES = {
    "engine-ports-fine": "def handler(event, context):\n    return {'got': event['n']}\n",
    "engine-ports-broken": "def handler(event, context):\n    raise RuntimeError('boom')\n",
    "engine-ports-slow": f"import time\ndef handler(event, context):\n    time.sleep({SLOW_S})\n    return {{}}\n",
}


@pytest.fixture(scope="module")
def clients(cloud: Cloud) -> Clients:
    """Clients as the engine makes them."""
    return Clients(cloud.endpoint_url)


@pytest.fixture(scope="module")
def functions(cloud: Cloud) -> dict[str, str]:
    """ARNs by name."""
    role = lambda_code.role(cloud.client, "engine-ports", [])
    return {name: lambda_code.deploy(cloud.client, name, source, role) for name, source in SOURCES.items()}


def test_an_answer_comes_with_its_real_time(clients: Clients, functions: dict[str, str]) -> None:
    reply = CloudLambdas(clients).start(Invocation(PLACE, functions["engine-ports-fine"], {"n": 7}, 8)).result()
    assert (reply.status, reply.payload) == ("ok", b'{"got": 7}')
    assert reply.real_ms > 0


def test_an_exception_in_the_function_is_a_function_error(clients: Clients, functions: dict[str, str]) -> None:
    reply = CloudLambdas(clients).start(Invocation(PLACE, functions["engine-ports-broken"], {}, 8)).result()
    assert reply.status == "function-error"
    assert "boom" in reply.detail


def test_no_answer_in_time_is_a_timeout(clients: Clients, functions: dict[str, str]) -> None:
    reply = CloudLambdas(clients).start(Invocation(PLACE, functions["engine-ports-slow"], {}, 1)).result()
    assert reply.status == "timeout"
    assert reply.real_ms < SLOW_S * 1_000, "nobody waited for its end"


def test_a_missing_function_is_refused(clients: Clients) -> None:
    reply = CloudLambdas(clients).start(Invocation(PLACE, MISSING, {}, 8)).result()
    assert reply.status == "refused"
    assert "ResourceNotFound" in reply.detail


def test_an_endpoint_that_is_not_there_is_refused() -> None:
    lost = Clients("http://127.0.0.1:9")
    assert CloudLambdas(lost).start(Invocation(PLACE, MISSING, {}, 2)).result().status == "refused"
    assert list(CloudStreams(lost).put(PLACE, "arn:aws:kinesis:x:0:stream/s", [StreamRecord("k", b"{}")])) == [0]
    assert list(CloudBus(lost).put(PLACE, [event()])) == [0]
    assert CloudObjects(lost).put(PLACE, StoredObject("b", "k", b"x", "text/plain")) is False
    assert CloudLogs(lost).put(PLACE, "/aws/connect/x", [(1, "x")]) is True  # best effort: gone, and not tried again


def test_records_arrive_in_the_order_that_they_were_put(cloud: Cloud, clients: Clients) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="engine-ports", ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName="engine-ports")["StreamDescriptionSummary"]["StreamARN"]
    records = [StreamRecord("one-key", str(n).encode()) for n in range(450)]
    assert list(CloudStreams(clients).put(PLACE, arn, records)) == []
    shard = kinesis.list_shards(StreamName="engine-ports")["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(StreamName="engine-ports", ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    stored = kinesis.get_records(ShardIterator=iterator["ShardIterator"], Limit=1000)["Records"]
    assert [int(one["Data"]) for one in stored] == list(range(450))


def test_a_missing_stream_takes_nothing(clients: Clients) -> None:
    arn = f"arn:aws:kinesis:{REGION}:000000000000:stream/engine-ports-missing"
    assert list(CloudStreams(clients).put(PLACE, arn, [StreamRecord("k", b"{}")] * 3)) == [0, 1, 2]


def test_a_missing_bucket_takes_nothing(clients: Clients) -> None:
    assert CloudObjects(clients).put(PLACE, StoredObject("engine-ports-missing", "k", b"x", "text/plain")) is False


def test_the_bus_refuses_the_sources_of_aws_from_outside(clients: Clients) -> None:
    assert list(CloudBus(clients).put(PLACE, [event(), event()])) == [0, 1]


def event() -> dict[str, Any]:
    return {
        "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect",
        "resources": [],
        "time": "2026-03-02T01:00:00Z",
        "detail": {},
    }


def test_a_function_answers_amazon_connect_only_for_an_instance_that_it_allows(
    cloud: Cloud, clients: Clients, functions: dict[str, str]
) -> None:
    lambdas, instance = CloudLambdas(clients), f"arn:aws:connect:{REGION}:000000000000:instance/engine-ports"
    fine = functions["engine-ports-fine"]
    refused = lambdas.start(Invocation(PLACE, fine, {"n": 7}, 8, source_arn=instance)).result()
    assert (refused.status, "does not let Amazon Connect invoke it" in refused.detail) == ("refused", True)
    cloud.client("lambda").add_permission(
        FunctionName=fine, StatementId="connect", Action="lambda:InvokeFunction", Principal="connect.amazonaws.com",
        SourceArn=instance, SourceAccount=PLACE.account,
    )  # fmt: skip
    assert lambdas.start(Invocation(PLACE, fine, {"n": 7}, 8, source_arn=instance)).result().status == "ok"
    assert lambdas.start(Invocation(PLACE, fine, {"n": 7}, 8, source_arn=f"{instance}-2")).result().status == "refused"


def test_an_asynchronous_invocation_is_answered_once_it_is_taken(clients: Clients, functions: dict[str, str]) -> None:
    slow = Invocation(PLACE, functions["engine-ports-slow"], {}, 8, asynchronous=True)
    reply = CloudLambdas(clients).start(slow).result()
    assert (reply.status, reply.payload) == ("ok", b"")
    assert reply.real_ms < SLOW_S * 1_000, "nobody waited for its end"
