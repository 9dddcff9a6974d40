"""The Amazon Connect API of the local cloud, as boto3 sees it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from localstack.connect import api
from localstack.connect.api_context import OPERATIONS
from localstack.connect.api_model import find, service_model
from localstack.connect.provisioners import PROVISIONERS
from tests.support.connect_calls import FLOW, Connect, Refused
from tests.support.connect_world import action, content

PAGE = Path(__file__).parents[3] / "docs" / "local-cloud.md"


@pytest.fixture
def connect() -> Connect:
    return Connect()


@pytest.fixture
def here(connect: Connect) -> str:
    return connect.instance()


def hours_of(connect: Connect, instance: str) -> str:
    return str(connect("ListHoursOfOperations", InstanceId=instance)["HoursOfOperationSummaryList"][0]["Id"])


def queue_of(connect: Connect, instance: str, name: str = "support", **more: Any) -> str:
    made = connect(
        "CreateQueue", InstanceId=instance, Name=name, HoursOfOperationId=hours_of(connect, instance), **more
    )
    return str(made["QueueId"])


def flow_of(connect: Connect, instance: str, name: str = "inbound", flow_type: str = "CONTACT_FLOW") -> str:
    made = connect("CreateContactFlow", InstanceId=instance, Name=name, Type=flow_type, Content=FLOW)
    return str(made["ContactFlowId"])


def test_every_operation_here_is_one_of_amazon_connect() -> None:
    assert set(OPERATIONS) <= set(service_model().operation_names)


def test_the_page_tells_how_many_operations_and_which_resource_types_there_are() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    least, most = re.findall(r"more than (\d+) of about (\d+) operations", text)[0]
    assert int(least) < len(OPERATIONS) <= int(least) + 20
    assert round(len(service_model().operation_names), -2) == int(most)
    types = text.partition("resource types of templates are provisioned: ")[2].partition(".")[0]
    assert {f"AWS::Connect::{name}" for name in types.split(", ")} == set(PROVISIONERS)


def test_every_operation_of_amazon_connect_is_found_by_its_method_and_path() -> None:
    lost = []
    for name in service_model().operation_names:
        http = service_model().operation_model(name).http
        path = http["requestUri"].split("?")[0]
        found = find(http["method"], path.replace("{", "").replace("+}", "").replace("}", ""))
        if found is None or found[0] != name:
            lost.append((name, found))
    assert lost == []


def test_a_path_variable_may_be_an_arn_with_slashes() -> None:
    arn = "arn:aws:connect:us-east-1:000000000000:instance/0a/queue/0b"
    assert find("POST", f"/tags/{arn}") == ("TagResource", {"resourceArn": arn})
    assert find("GET", f"/queues/0a/{arn}") == ("DescribeQueue", {"InstanceId": "0a", "QueueId": arn})


def test_an_operation_that_is_missing_says_its_name(connect: Connect, here: str) -> None:
    with pytest.raises(Refused) as refused:
        connect("ListEvaluationForms", InstanceId=here)
    assert refused.value.code == "NotImplementedException"
    assert "ListEvaluationForms" in refused.value.document["Message"]


def test_a_new_instance_has_what_amazon_connect_puts_into_it(connect: Connect, here: str) -> None:
    statuses = connect("ListAgentStatuses", InstanceId=here)["AgentStatusSummaryList"]
    assert {status["Name"]: status["Type"] for status in statuses} == {"Available": "ROUTABLE", "Offline": "OFFLINE"}
    queues = connect("ListQueues", InstanceId=here)["QueueSummaryList"]
    assert [queue["Name"] for queue in queues] == ["BasicQueue"]
    flows = connect("ListContactFlows", InstanceId=here)["ContactFlowSummaryList"]
    assert "Default customer queue" in {flow["Name"] for flow in flows}


def test_an_alias_is_given_once(connect: Connect) -> None:
    connect.instance("acme")
    with pytest.raises(Refused) as refused:
        connect.instance("acme")
    assert refused.value.code == "InvalidRequestException", "CreateInstance declares no DuplicateResourceException"


def test_a_resource_reads_back_as_it_was_created(connect: Connect, here: str) -> None:
    queue = queue_of(connect, here, MaxContacts=25, Description="d", Tags={"tenant": "acme"})
    shown = connect("DescribeQueue", InstanceId=here, QueueId=queue)["Queue"]
    assert (shown["Name"], shown["MaxContacts"], shown["Status"]) == ("support", 25, "ENABLED")
    assert shown["Tags"] == {"tenant": "acme"}
    assert connect("DescribeQueue", InstanceId=here, QueueId=shown["QueueArn"])["Queue"] == shown


def test_a_queue_needs_hours_that_exist(connect: Connect, here: str) -> None:
    with pytest.raises(Refused) as refused:
        connect("CreateQueue", InstanceId=here, Name="q", HoursOfOperationId="nowhere")
    assert refused.value.code == "ResourceNotFoundException"


def test_a_resource_of_another_instance_is_not_found(connect: Connect, here: str) -> None:
    other = connect.instance("other")
    queue = queue_of(connect, other)
    with pytest.raises(Refused) as refused:
        connect("DescribeQueue", InstanceId=here, QueueId=queue)
    assert refused.value.code == "ResourceNotFoundException"


def test_a_name_is_given_once_in_an_instance_and_again_in_another(connect: Connect, here: str) -> None:
    queue_of(connect, here)
    queue_of(connect, connect.instance("other"))
    with pytest.raises(Refused) as refused:
        queue_of(connect, here)
    assert refused.value.code == "DuplicateResourceException"


@pytest.mark.parametrize(
    "content", ["no json", "[]", '{"Version": "2019-10-30"}', FLOW.replace('"bye", "Meta', '"x", "Meta')]
)
def test_content_that_would_not_publish_is_refused_with_its_problems(connect: Connect, here: str, content: str) -> None:
    with pytest.raises(Refused) as refused:
        connect("CreateContactFlow", InstanceId=here, Name="f", Type="CONTACT_FLOW", Content=content)
    assert refused.value.code == "InvalidContactFlowException"
    assert refused.value.document["problems"][0]["message"]


def wide_media() -> str:
    """A flow that is right for Amazon Connect and that the emulator cannot honour."""
    agents = {
        "MediaStreamingState": "Enabled",
        "Participants": [{"ParticipantType": "Agent"}],
        "MediaStreamType": "Audio",
    }
    stream = action("stream", "UpdateContactMediaStreamingBehavior", agents, "bye", errors={"NoMatchingError": "bye"})
    return json.dumps(content(stream))


def test_what_the_emulator_cannot_honour_is_refused_by_name_when_a_flow_is_created(connect: Connect, here: str) -> None:
    with pytest.raises(Refused) as refused:
        connect("CreateContactFlow", InstanceId=here, Name="f", Type="CONTACT_FLOW", Content=wide_media())
    assert refused.value.code == "InvalidContactFlowException"
    (problem,) = refused.value.document["problems"]
    assert problem["message"] == (
        "Not emulated: stream: UpdateContactMediaStreamingBehavior: only the customer's media are streamed"
    )


def test_content_that_cannot_be_honoured_leaves_the_old(connect: Connect, here: str) -> None:
    flow = flow_of(connect, here)
    with pytest.raises(Refused):
        connect("UpdateContactFlowContent", InstanceId=here, ContactFlowId=flow, Content=wide_media())
    assert connect("DescribeContactFlow", InstanceId=here, ContactFlowId=flow)["ContactFlow"]["Content"] == FLOW


def test_new_content_that_would_not_publish_leaves_the_old(connect: Connect, here: str) -> None:
    flow = flow_of(connect, here)
    with pytest.raises(Refused):
        connect("UpdateContactFlowContent", InstanceId=here, ContactFlowId=flow, Content="{}")
    assert connect("DescribeContactFlow", InstanceId=here, ContactFlowId=flow)["ContactFlow"]["Content"] == FLOW


def test_a_flow_takes_new_content_and_a_new_name_under_its_id(connect: Connect, here: str) -> None:
    flow = flow_of(connect, here)
    changed = FLOW.replace("bye", "end")
    connect("UpdateContactFlowContent", InstanceId=here, ContactFlowId=flow, Content=changed)
    connect("UpdateContactFlowName", InstanceId=here, ContactFlowId=flow, Name="renamed")
    shown = connect("DescribeContactFlow", InstanceId=here, ContactFlowId=flow)["ContactFlow"]
    assert (shown["Content"], shown["Name"], shown["Type"]) == (changed, "renamed", "CONTACT_FLOW")
    stored = connect.directory.instances()[0].flows[flow]
    assert stored.content["StartAction"] == "end"


def test_a_number_is_claimed_once_and_leads_to_an_inbound_flow(connect: Connect, here: str) -> None:
    target = connect.directory.instances()[0].arn
    claimed = connect("ClaimPhoneNumber", TargetArn=target, PhoneNumber="+864008601234")
    with pytest.raises(Refused) as refused:
        connect("ClaimPhoneNumber", TargetArn=target, PhoneNumber="+864008601234")
    assert refused.value.code == "InvalidParameterException"

    link = {"PhoneNumberId": claimed["PhoneNumberId"], "InstanceId": here}
    flow = flow_of(connect, here)
    connect("AssociatePhoneNumberContactFlow", ContactFlowId=flow, **link)
    found = connect.directory.number("+864008601234")
    assert found is not None
    assert found[1].flow_id == flow

    with pytest.raises(Refused) as in_use:
        connect("DeleteContactFlow", InstanceId=here, ContactFlowId=flow)
    assert in_use.value.code == "ResourceInUseException"
    connect("DisassociatePhoneNumberContactFlow", **link)
    connect("DeleteContactFlow", InstanceId=here, ContactFlowId=flow)
    connect("ReleasePhoneNumber", PhoneNumberId=claimed["PhoneNumberArn"])
    assert connect.directory.number("+864008601234") is None


def test_a_number_does_not_lead_to_a_flow_that_is_not_inbound(connect: Connect, here: str) -> None:
    target = connect.directory.instances()[0].arn
    number = connect("ClaimPhoneNumber", TargetArn=target, PhoneNumber="+12025550100")["PhoneNumberId"]
    flows = connect("ListContactFlows", InstanceId=here, ContactFlowTypes=["CUSTOMER_QUEUE"])["ContactFlowSummaryList"]
    with pytest.raises(Refused) as refused:
        connect("AssociatePhoneNumberContactFlow", PhoneNumberId=number, InstanceId=here, ContactFlowId=flows[0]["Id"])
    assert refused.value.code == "InvalidParameterException"


def test_users_are_found_by_name_without_case(connect: Connect, here: str) -> None:
    profile = connect("ListRoutingProfiles", InstanceId=here)["RoutingProfileSummaryList"][0]["Id"]
    agent = next(
        row["Id"]
        for row in connect("ListSecurityProfiles", InstanceId=here)["SecurityProfileSummaryList"]
        if row["Name"] == "Agent"
    )
    parts = {"InstanceId": here, "RoutingProfileId": profile, "SecurityProfileIds": [agent]}
    phone = {"PhoneType": "SOFT_PHONE", "AutoAccept": True, "AfterContactWorkTimeLimit": 30}
    made = connect("CreateUser", Username="lin.wei", PhoneConfig=phone, **parts)
    with pytest.raises(Refused) as refused:
        connect("CreateUser", Username="Lin.Wei", PhoneConfig=phone, **parts)
    assert refused.value.code == "DuplicateResourceException"
    shown = connect("DescribeUser", InstanceId=here, UserId=made["UserId"])["User"]
    assert (shown["Username"], shown["PhoneConfig"]["AfterContactWorkTimeLimit"]) == ("lin.wei", 30)
    criteria = {"StringCondition": {"FieldName": "Username", "Value": "lin", "ComparisonType": "STARTS_WITH"}}
    assert len(connect("SearchUsers", InstanceId=here, SearchCriteria=criteria)["Users"]) == 1


def test_what_is_in_use_is_not_deleted(connect: Connect, here: str) -> None:
    queue_of(connect, here)
    with pytest.raises(Refused) as refused:
        connect("DeleteHoursOfOperation", InstanceId=here, HoursOfOperationId=hours_of(connect, here))
    assert refused.value.code == "ResourceInUseException"


def test_associating_a_function_lets_the_instance_invoke_it_until_it_is_disassociated(
    connect: Connect, here: str
) -> None:
    arn = "arn:aws:lambda:us-east-1:000000000000:function:route:live"
    connect("AssociateLambdaFunction", InstanceId=here, FunctionArn=arn)
    assert connect("ListLambdaFunctions", InstanceId=here)["LambdaFunctions"] == [arn]
    assert connect.permissions.allowed == {(arn, connect.directory.instances()[0].arn)}
    with pytest.raises(Refused) as refused:
        connect("AssociateLambdaFunction", InstanceId=here, FunctionArn=arn)
    assert refused.value.code == "ResourceConflictException"
    connect("DisassociateLambdaFunction", InstanceId=here, FunctionArn=arn)
    assert connect.permissions.allowed == set()


def test_one_storage_configuration_for_each_type_of_data(connect: Connect, here: str) -> None:
    stream = "arn:aws:kinesis:us-east-1:000000000000:stream/records"
    config = {"StorageType": "KINESIS_STREAM", "KinesisStreamConfig": {"StreamArn": stream}}
    request = {"InstanceId": here, "ResourceType": "CONTACT_TRACE_RECORDS", "StorageConfig": config}
    made = connect("AssociateInstanceStorageConfig", **request)
    with pytest.raises(Refused) as refused:
        connect("AssociateInstanceStorageConfig", **request)
    assert refused.value.code == "ResourceConflictException"
    listed = connect("ListInstanceStorageConfigs", InstanceId=here, ResourceType="CONTACT_TRACE_RECORDS")
    assert listed["StorageConfigs"][0]["AssociationId"] == made["AssociationId"]
    stored = connect.directory.instances()[0].storage["CONTACT_TRACE_RECORDS"]
    assert (stored.storage_type, stored.stream_arn) == ("KINESIS_STREAM", stream)


def test_tags_are_set_and_taken_away(connect: Connect, here: str) -> None:
    arn = connect("DescribeQueue", InstanceId=here, QueueId=queue_of(connect, here))["Queue"]["QueueArn"]
    connect("TagResource", resourceArn=arn, tags={"a": "1", "b": "2"})
    connect("UntagResource", resourceArn=arn, tagKeys=["a"])
    assert connect("ListTagsForResource", resourceArn=arn)["tags"] == {"b": "2"}


def test_lists_come_in_pages(connect: Connect, here: str) -> None:
    for number in range(5):
        queue_of(connect, here, f"q{number}")
    names: list[str] = []
    more: dict[str, Any] = {}
    while True:
        answer = connect("ListQueues", InstanceId=here, MaxResults=2, **more)
        names += [row["Name"] for row in answer["QueueSummaryList"]]
        if "NextToken" not in answer:
            break
        more = {"NextToken": answer["NextToken"]}
    assert names == ["BasicQueue", "q0", "q1", "q2", "q3", "q4"]


def test_a_request_that_lacks_a_member_names_it(connect: Connect, here: str) -> None:

    status, headers, body = api.handle(connect.context, "PUT", f"/queues/{here}", {}, b'{"Name": 7}')
    assert (status, headers["x-amzn-errortype"]) == (400, "InvalidRequestException")
    assert b"HoursOfOperationId" in body
    assert b"Name" in body
