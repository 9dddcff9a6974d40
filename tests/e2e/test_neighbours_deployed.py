"""One tenant surges, breaks and is misconfigured; its neighbour on the same system notices nothing (REL-08)."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from cli import tokens
from cli.http import JsonClient
from cli.showcase import first_call
from tests.support.deployed_system import System, decision, events, robbed_of_table, until
from tests.support.flow_load import FlowFunction, flow_function

pytestmark = pytest.mark.e2e

TROUBLED, NEIGHBOUR = "taxihotline", "hrgroup"
TIMES = 10
"""How many callers of the troubled tenant there are in a surge for one of the neighbour's."""
PAUSE_S = 0.4
"""How long each of them waits before the next: what one machine can answer, so that the neighbour's share is free."""
DECISIONS = 20
SLA_MS = 1_000
"""What 19 of 20 decisions must not exceed (REL-04)."""
POISON = b"not a record of anything"
BURST = 20
OF_THE_MOMENT = frozenset({"decidedAt"})
"""What differs between two answers to the same question."""


def routing(system: System, tenant: str) -> FlowFunction:
    return flow_function("RouteContactFunction", system.stacks[tenant], system.contracts[tenant], system.url)


@contextmanager
def surge(system: System) -> Iterator[None]:
    """Ask for decisions of the troubled tenant, ten callers one after the other's heels."""
    over, loud = threading.Event(), routing(system, TROUBLED)

    def shout() -> Counter[str]:
        outcomes: Counter[str] = Counter()
        while not over.wait(PAUSE_S):
            outcomes[loud.ask().outcome] += 1
        return outcomes

    with ThreadPoolExecutor(TIMES) as pool:
        shouting = [pool.submit(shout) for _ in range(TIMES)]
        try:
            yield
        finally:
            over.set()
        outcomes = sum((one.result() for one in shouting), Counter())
    assert outcomes["whole"] >= TIMES, f"a surge that nobody answers is none: {outcomes}"


@contextmanager
def fault(system: System) -> Iterator[None]:
    """Take the troubled tenant's table from its decisions, and put what nobody can read on both of its streams."""
    stack, kinesis = system.stacks[TROUBLED], system.client("kinesis")
    had = letters(system, TROUBLED)
    with robbed_of_table(system, TROUBLED, "RouteContactFunction"):
        for stream in ("ContactRecordStream", "AgentEventStream"):
            records = [{"Data": POISON, "PartitionKey": f"poison-{number}"} for number in range(BURST)]
            kinesis.put_records(StreamName=stack.output(stream), Records=records)
        assert routing(system, TROUBLED).ask().outcome == "degraded"
        until(lambda: letters(system, TROUBLED) >= had + 2 * BURST or None, "the poison put aside")
        yield


@contextmanager
def misconfiguration(system: System) -> Iterator[None]:
    """Let the troubled tenant's number lead to no flow: whoever calls it is turned away."""
    connect, instance = system.client("connect"), system.stacks[TROUBLED].output("InstanceId")
    (number,) = connect.list_phone_numbers_v2(InstanceId=instance)["ListPhoneNumbersSummaryList"]
    found = connect.list_flow_associations(InstanceId=instance, ResourceType="VOICE_PHONE_NUMBER")
    (linked,) = found["FlowAssociationSummaryList"]
    asked = {"PhoneNumberId": number["PhoneNumberId"], "InstanceId": instance}
    connect.disassociate_phone_number_contact_flow(**asked)
    try:
        assert events(system.call(first_call(system.contracts[TROUBLED])), "error")
        yield
    finally:
        flow_id = linked["FlowId"].rpartition("/")[2]
        connect.associate_phone_number_contact_flow(**asked, ContactFlowId=flow_id)


def letters(system: System, tenant: str) -> int:
    """Return how many messages lie in the tenant's dead-letter queues together."""
    sqs = system.client("sqs")
    queues = sqs.list_queues(QueueNamePrefix=f"trunkline-{tenant}-").get("QueueUrls", [])
    assert queues, tenant
    name = "ApproximateNumberOfMessages"
    return sum(int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]) for url in queues)


def troubles_told(system: System, tenant: str) -> dict[str, float]:
    """Add up what the tenant's routing function has counted of its own failures."""
    found = system.client("logs").filter_log_events(logGroupName=f"/trunkline/{tenant}/route-contact")["events"]
    lines = [json.loads(one["message"]) for one in found if one["message"].startswith('{"_aws"')]
    return {name: sum(line[name] for line in lines) for name in ("Failed", "Degraded")}


def answer(system: System, tenant: str) -> dict[str, Any]:
    """Place a call that an agent takes; return what routing answered its flow."""
    call = system.call(first_call(system.contracts[tenant]))
    assert events(call, "joined"), "nobody answered"
    assert system.stored(tenant, call.contact_id)
    result = decision(call).facts["result"]
    return {name: value for name, value in result.items() if name not in OF_THE_MOMENT}


def asked_of_the_api(system: System, tenant: str) -> Any:
    """Return what the REST API tells of the tenant."""
    token = tokens.token(system.stacks[tenant], system.url, username="e2e-neighbour", group="operations-manager")
    client = JsonClient(system.apis[tenant].http.base, {"Authorization": token})
    told = client.get("/v1/tenant")
    client.pool.clear()
    return told


@pytest.mark.req("REL-08")
@pytest.mark.parametrize("trouble", [surge, fault, misconfiguration])
def test_a_tenant_in_trouble_changes_no_answer_no_error_and_no_service_level_of_its_neighbour(
    system: System, trouble: Callable[[System], AbstractContextManager[None]]
) -> None:
    quiet = routing(system, NEIGHBOUR)
    before, told = answer(system, NEIGHBOUR), asked_of_the_api(system, NEIGHBOUR)
    had, counted = letters(system, NEIGHBOUR), troubles_told(system, NEIGHBOUR)
    with trouble(system):
        decided = quiet.load(1, DECISIONS)
        assert answer(system, NEIGHBOUR) == before
        assert asked_of_the_api(system, NEIGHBOUR) == told
    assert decided.outcomes == {"whole": 3 * DECISIONS}
    assert decided.p95_ms < SLA_MS
    assert letters(system, NEIGHBOUR) == had
    assert troubles_told(system, NEIGHBOUR) == counted
