"""One tenant surges, breaks and is misconfigured; its neighbour on the same system notices nothing (REL-08)."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from cli import tokens
from cli.http import JsonClient
from cli.showcase import first_call
from infra.cdk.capacity import split
from tests.support.deployed_system import System, decision, events, robbed_of_table, until, work_ms
from tests.support.flow_load import BOUND_MS, STORE_MS, FlowFunction, flow_function, percentile

pytestmark = pytest.mark.e2e

TROUBLED, NEIGHBOUR = "taxihotline", "hrgroup"
TIMES = 10
"""How many decisions the troubled tenant is asked for in a surge while its neighbour is asked for one."""
SIDE_BY_SIDE = 2
"""Of how many callers at once: as many as its share lets in, so that all of them are answered."""
DECISIONS = 30
ASKED = DECISIONS + 2
"""What the neighbour is asked for during the trouble: decisions, a whole call, and its REST API."""
POISON = b"not a record of anything"
BURST = 20
LOG_GROUP = "/trunkline/{}/route-contact"
OF_THE_MOMENT = frozenset({"decidedAt"})
"""What differs between two answers to the same question."""


def routing(system: System, tenant: str) -> FlowFunction:
    return flow_function("RouteContactFunction", system.stacks[tenant], system.contracts[tenant], system.url)


type Meanwhile = Callable[[], None]
"""What the troubled tenant is asked for while its neighbour is asked for one thing."""


def nothing() -> None:
    """Ask the troubled tenant for nothing: its trouble is there by itself."""


def beside[T](meanwhile: Meanwhile, do: Callable[[], T]) -> T:
    """Return what `do` gives while the troubled tenant is asked; both are over then."""
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(meanwhile)
        found = do()
        going.result()
    return found


@contextmanager
def surge(system: System) -> Iterator[Meanwhile]:
    """Ask the troubled tenant for ten decisions beside each thing that its neighbour is asked for."""
    loud, asked = routing(system, TROUBLED), Counter[str]()
    share = split(system.contracts[TROUBLED].capacity.reserved_concurrency)
    assert share["route_contact"] >= SIDE_BY_SIDE
    loud.asked(SIDE_BY_SIDE, 1)  # starts the processes, which on AWS wait ready

    def storm() -> None:
        asked.update(answer.outcome for answer in loud.asked(SIDE_BY_SIDE, TIMES // SIDE_BY_SIDE))

    yield storm
    assert asked == {"whole": TIMES * ASKED}


@contextmanager
def fault(system: System) -> Iterator[Meanwhile]:
    """Take the troubled tenant's table from its decisions, and put what nobody can read on both of its streams."""
    stack, kinesis = system.stacks[TROUBLED], system.client("kinesis")
    had = letters(system, TROUBLED)
    with robbed_of_table(system, TROUBLED, "RouteContactFunction"):
        for stream in ("ContactRecordStream", "AgentEventStream"):
            records = [{"Data": POISON, "PartitionKey": f"poison-{number}"} for number in range(BURST)]
            kinesis.put_records(StreamName=stack.output(stream), Records=records)
        assert routing(system, TROUBLED).ask().outcome == "degraded"
        until(lambda: letters(system, TROUBLED) >= had + 2 * BURST or None, "the poison put aside")
        yield nothing


@contextmanager
def misconfiguration(system: System) -> Iterator[Meanwhile]:
    """Let the troubled tenant's number lead to no flow: whoever calls it is turned away."""
    connect, instance = system.client("connect"), system.stacks[TROUBLED].output("InstanceId")
    (number,) = connect.list_phone_numbers_v2(InstanceId=instance)["ListPhoneNumbersSummaryList"]
    found = connect.list_flow_associations(InstanceId=instance, ResourceType="VOICE_PHONE_NUMBER")
    (linked,) = found["FlowAssociationSummaryList"]
    asked = {"PhoneNumberId": number["PhoneNumberId"], "InstanceId": instance}
    connect.disassociate_phone_number_contact_flow(**asked)
    try:
        assert events(system.call(first_call(system.contracts[TROUBLED])), "error")
        yield nothing
    finally:
        flow_id = linked["FlowId"].rpartition("/")[2]
        connect.associate_phone_number_contact_flow(**asked, ContactFlowId=flow_id)


def letters(system: System, tenant: str) -> int:
    """Return how many messages lie in the tenant's dead-letter queues together, those that somebody looks at too."""
    sqs = system.client("sqs")
    queues = sqs.list_queues(QueueNamePrefix=f"trunkline-{tenant}-").get("QueueUrls", [])
    assert queues, tenant
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=counts)["Attributes"] for url in queues]
    return sum(int(one[name]) for one in told for name in counts)


def troubles_told(system: System, tenant: str) -> dict[str, float]:
    """Add up what the tenant's routing function has counted of its own failures."""
    found = system.client("logs").filter_log_events(logGroupName=LOG_GROUP.format(tenant))["events"]
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
    system: System, trouble: Callable[[System], AbstractContextManager[Meanwhile]]
) -> None:
    quiet = routing(system, NEIGHBOUR)
    before, told = answer(system, NEIGHBOUR), asked_of_the_api(system, NEIGHBOUR)
    had, counted = letters(system, NEIGHBOUR), troubles_told(system, NEIGHBOUR)
    with trouble(system) as meanwhile:
        decided = [beside(meanwhile, quiet.ask) for _ in range(DECISIONS)]
        assert beside(meanwhile, lambda: answer(system, NEIGHBOUR)) == before
        assert beside(meanwhile, lambda: asked_of_the_api(system, NEIGHBOUR)) == told
    # Whole: its own store has answered each within the time that a caller has for it. The rest is its function's work.
    assert Counter(one.outcome for one in decided) == {"whole": DECISIONS}
    worked = work_ms(system, LOG_GROUP.format(NEIGHBOUR), [one.contact_id for one in decided])
    assert STORE_MS + percentile(worked, 95) <= BOUND_MS
    assert min(one.ms for one in decided) < BOUND_MS, "something else is waited for"
    assert letters(system, NEIGHBOUR) == had
    assert troubles_told(system, NEIGHBOUR) == counted
