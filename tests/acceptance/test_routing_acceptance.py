"""What the flow-invoked functions promise, held on the functions with real clients against a store on loopback."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.customers.flow import lookup_customer
from chalicelib.platform import dynamo
from chalicelib.platform.tenancy import partition
from chalicelib.routing.flow import route_contact
from tests.support import dynamo_endpoint
from tests.support.dynamo_endpoint import DynamoEndpoint
from tests.support.flow_environment import function_environment
from tests.support.tenants import INSTANCE_ARN, flow_event, tenant

HR = tenant("hrgroup")
PHONE = "+8613800138000"
FLOW_LIMIT_S = 8
WANG = dynamo.encode(
    {
        "pk": partition(HR.id, "CALLER", PHONE),
        "sk": "PROFILE",
        "customer_id": "c-10001",
        "name": "王芳",
        "grade": "gold",
        "language": "zh-CN",
    }
)
TROUBLES = {
    "no permission": dynamo_endpoint.refuses("AccessDeniedException"),
    "throttled": dynamo_endpoint.refuses("ProvisionedThroughputExceededException"),
    "no table": dynamo_endpoint.refuses("ResourceNotFoundException"),
    "broken": dynamo_endpoint.refuses("InternalServerError", 500),
    "silent": dynamo_endpoint.silence,
}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[DynamoEndpoint]:
    """Serve a store, and wire the functions of the tenant to it."""
    with (
        dynamo_endpoint.serving() as endpoint,
        function_environment(monkeypatch, tmp_path, endpoint_url=endpoint.url),
    ):
        yield endpoint


def metrics(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [entry for entry in map(json.loads, capsys.readouterr().out.splitlines()) if "_aws" in entry]


def targets(reply: dict[str, str]) -> list[tuple[str, str, int, str]]:
    parts = ("Type", "Id", "TimeoutS", "Reason")
    rows = [[reply[f"target{n}{part}"] for part in parts] for n in range(1, int(reply["targetCount"]) + 1)]
    return [(kind, target, int(timeout), reason) for kind, target, timeout, reason in rows]


@pytest.mark.req("ACD-01")
def test_the_decision_is_an_ordered_list_of_targets_with_timeouts_and_reasons(store: DynamoEndpoint) -> None:
    store.answer = dynamo_endpoint.items(WANG)
    event = flow_event(line="after-sales", language="en-US", menuChoice="3")
    reply = route_contact(event, None)
    assert targets(reply) == [
        ("queue", "english", 450, "menu-choice"),
        ("queue", "after-sales", 300, "overflow"),
        ("voicemail", "after-sales", 120, "nobody-answered"),
    ]
    assert (reply["queueArn"], reply["priority"]) == (f"{INSTANCE_ARN}/queue/uuid-of-english", "1")
    for _ in range(5):
        assert targets(route_contact(event, None)) == targets(reply)


def test_a_decision_asks_the_store_exactly_once(store: DynamoEndpoint) -> None:
    route_contact(flow_event(menuChoice="1"), None)
    assert store.asked == ["Query"]
    lookup_customer(flow_event(), None)
    assert store.asked == ["Query", "Query"]


def test_a_withheld_number_costs_the_store_nothing(store: DynamoEndpoint) -> None:
    assert route_contact(flow_event(caller=None, menuChoice="1"), None)["reason"] == "menu-choice"
    assert lookup_customer(flow_event(caller="anonymous"), None)["found"] == "false"
    assert store.asked == []


@pytest.mark.req("ACD-21")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_ails_the_store_the_caller_reaches_the_default_queue_in_time(
    store: DynamoEndpoint, trouble: str, capsys: pytest.CaptureFixture[str]
) -> None:
    store.answer = TROUBLES[trouble]
    started_s = time.monotonic()
    reply = route_contact(flow_event(line="after-sales", menuChoice="3"), None)
    assert time.monotonic() - started_s < FLOW_LIMIT_S / 2
    assert (reply["queue"], reply["reason"]) == (HR.lines["after-sales"].default_queue, "routing-degraded")
    assert reply["queueArn"] == f"{INSTANCE_ARN}/queue/uuid-of-after-sales"
    assert (reply["degraded"], reply["degradedFlag"]) == ("true", "routing-degraded")
    (measured,) = metrics(capsys)
    assert (measured["function"], measured["Degraded"]) == ("route_contact", 1)


@pytest.mark.req("ACD-21")
@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_ails_the_store_a_lookup_answers_that_it_does_not_know(store: DynamoEndpoint, trouble: str) -> None:
    store.answer = TROUBLES[trouble]
    started_s = time.monotonic()
    reply = lookup_customer(flow_event(customerNumber="10001"), None)
    assert time.monotonic() - started_s < FLOW_LIMIT_S / 2
    assert (reply["found"], reply["customerName"], reply["degraded"]) == ("false", "none", "true")


@pytest.mark.req("TEN-05")
@pytest.mark.usefixtures("store")
def test_a_queue_missing_in_the_callers_language_falls_back_to_the_default_and_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reply = route_contact(flow_event(language="fr-FR", menuChoice="3"), None)
    assert (reply["queue"], reply["reason"]) == ("complaints", "language-fallback")
    route_contact(flow_event(language="en-US", menuChoice="3"), None)
    assert [line["LanguageFallback"] for line in metrics(capsys)] == [1, 0]


@pytest.mark.usefixtures("store")
def test_an_unknown_dialled_number_is_answered_and_raises_the_alarm_metric(capsys: pytest.CaptureFixture[str]) -> None:
    reply = route_contact(flow_event(dialled="+8610000000"), None)
    assert (reply["reason"], reply["queue"]) == ("unknown-number", "after-sales")
    route_contact(flow_event(), None)
    assert [line["UnknownNumber"] for line in metrics(capsys)] == [1, 0]
