"""Which resources a policy must allow, for what the path and the body of a request name."""

from typing import Any

import pytest

from localstack.connect.authorization import FILE, resources, types
from scripts.distil_authorization import text
from tests.support.connect_calls import ACCOUNT, FLOW, REGION, Connect

NOWHERE = f"arn:aws:connect:{REGION}:{ACCOUNT}"
CONTACT = "22222222-2222-4222-8222-222222222222"


@pytest.fixture(scope="module")
def connect() -> Connect:
    return Connect()


@pytest.fixture(scope="module")
def here(connect: Connect) -> str:
    return connect.instance()


@pytest.fixture(scope="module")
def arn(here: str) -> str:
    return f"{NOWHERE}:instance/{here}"


def asked(connect: Connect, operation: str, **request: Any) -> list[str]:
    return resources(connect.directory, operation, request, region=REGION, account=ACCOUNT)


def test_the_resource_types_are_those_of_the_reference() -> None:
    assert FILE.read_text(encoding="utf-8") == text()


def test_a_call_out_is_asked_about_as_a_contact_of_the_instance_in_its_body(
    connect: Connect, here: str, arn: str
) -> None:
    request = {"InstanceId": here, "ContactFlowId": CONTACT, "DestinationPhoneNumber": "+8613911110001"}
    assert asked(connect, "StartOutboundVoiceContact", **request) == [f"{arn}/contact/*"]


@pytest.mark.parametrize("operation", ["StopContact", "UpdateContactRoutingData", "DescribeContact", "TagContact"])
def test_a_contact_is_asked_about_by_its_id_wherever_that_stands(
    connect: Connect, here: str, arn: str, operation: str
) -> None:
    assert asked(connect, operation, InstanceId=here, ContactId=CONTACT) == [f"{arn}/contact/{CONTACT}"]


def test_every_type_of_the_action_that_the_body_names_is_asked_about(connect: Connect, here: str, arn: str) -> None:
    flow = connect("CreateContactFlow", InstanceId=here, Name="in", Type="CONTACT_FLOW", Content=FLOW)
    request = {"InstanceId": here, "ContactId": CONTACT, "ContactFlowId": flow["ContactFlowId"]}
    assert set(asked(connect, "TransferContact", **request)) == {
        arn,
        f"{arn}/contact/{CONTACT}",
        flow["ContactFlowArn"],
    }


def test_ids_in_lists_deep_in_the_body_are_asked_about_one_by_one(connect: Connect, here: str, arn: str) -> None:
    queue = connect("ListQueues", InstanceId=here)["QueueSummaryList"][0]
    filters = {"Queues": [queue["Id"], "gone"], "Channels": ["VOICE"]}
    wanted = [queue["Arn"], f"{arn}/queue/gone"]
    assert asked(connect, "GetCurrentMetricData", InstanceId=here, Filters=filters, CurrentMetrics=[]) == wanted
    by_key = [{"FilterKey": "QUEUE", "FilterValues": [queue["Id"]]}]
    assert asked(connect, "GetMetricDataV2", ResourceArn=arn, Filters=by_key, Metrics=[]) == [queue["Arn"]]


def test_a_list_is_asked_about_as_all_of_its_kind(connect: Connect, here: str, arn: str) -> None:
    assert asked(connect, "ListAgentStatuses", InstanceId=here) == [f"{arn}/agent-state/*"]
    assert asked(connect, "ListQueues", InstanceId=arn) == [f"{arn}/queue/*"]


def test_what_is_made_is_asked_about_as_all_of_its_kind_and_with_what_it_names(
    connect: Connect, here: str, arn: str
) -> None:
    hours = connect("ListHoursOfOperations", InstanceId=here)["HoursOfOperationSummaryList"][0]
    found = asked(connect, "CreateQueue", InstanceId=here, Name="q", HoursOfOperationId=hours["Id"])
    assert set(found) == {f"{arn}/queue/*", hours["Arn"]}


def test_a_search_is_asked_about_as_the_instance_in_its_body(connect: Connect, here: str, arn: str) -> None:
    assert asked(connect, "SearchUsers", InstanceId=here) == [arn]


def test_a_thing_that_an_arn_names_is_asked_about_whatever_it_is(connect: Connect, here: str) -> None:
    queue = connect("ListQueues", InstanceId=here)["QueueSummaryList"][0]
    assert asked(connect, "ListTagsForResource", resourceArn=queue["Arn"]) == [queue["Arn"]]


def test_an_action_without_resource_types_needs_everything(connect: Connect) -> None:
    assert asked(connect, "ListInstances") == ["*"]
    assert types("ListInstances") == ()


def test_an_action_that_the_reference_lacks_is_asked_about_as_what_is_named(
    connect: Connect, here: str, arn: str
) -> None:
    flow = connect("CreateContactFlow", InstanceId=here, Name="other", Type="CONTACT_FLOW", Content=FLOW)
    found = asked(connect, "ListContactFlowAliases", InstanceId=here, ContactFlowId=flow["ContactFlowId"])
    assert found == [flow["ContactFlowArn"]]
    assert asked(connect, "ListTestCases", InstanceId=here) == [arn]


def test_an_instance_that_is_unknown_is_asked_about_as_any(connect: Connect) -> None:
    assert asked(connect, "SearchUsers", InstanceId="elsewhere") == [f"{NOWHERE}:*"]
