"""boto3's own client on contacts of the engine that runs in the local cloud."""

import json
import urllib.request

from tests.support.cloud_fixture import Cloud
from tests.support.connect_world import content, say
from tests.support.waiting import until

NUMBER = "+862166660077"


def settle(cloud: Cloud) -> None:
    """Wait until the engine has nothing left to do, so that other tests may set its clock."""
    ask = urllib.request.Request(f"{cloud.endpoint_url}/_trunkline/connect/run", b"{}", method="POST")  # noqa: S310
    with urllib.request.urlopen(ask, timeout=60) as answer:  # noqa: S310  loopback
        assert json.load(answer)["idle"]


def test_boto3_reads_and_changes_contacts_of_the_running_engine(cloud: Cloud) -> None:
    connect = cloud.client("connect")
    made = connect.create_instance(
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias="contacts-api",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=True,
    )
    instance = made["Id"]
    connect.claim_phone_number(TargetArn=made["Arn"], PhoneNumber=NUMBER)
    text = json.dumps(content(say("s", "Good day.", "bye")))
    flow = connect.create_contact_flow(InstanceId=instance, Name="notice", Type="CONTACT_FLOW", Content=text)
    started = connect.start_outbound_voice_contact(
        InstanceId=instance,
        DestinationPhoneNumber="+8613900000009",
        ContactFlowId=flow["ContactFlowId"],
        SourcePhoneNumber=NUMBER,
    )
    ask = {"InstanceId": instance, "InitialContactId": started["ContactId"]}
    connect.update_contact_attributes(**ask, Attributes={"tier": "gold"})
    assert connect.get_contact_attributes(**ask)["Attributes"] == {"tier": "gold"}
    connect.stop_contact(InstanceId=instance, ContactId=started["ContactId"])
    shown = connect.describe_contact(InstanceId=instance, ContactId=started["ContactId"])["Contact"]
    assert (shown["InitiationMethod"], shown["DisconnectReason"]) == ("API", "OTHER")
    settle(cloud)


def test_a_test_case_of_amazon_runs_in_the_local_cloud(cloud: Cloud) -> None:
    connect = cloud.client("connect")
    made = connect.create_instance(
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias="test-cases",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=True,
    )
    instance = made["Id"]
    text = json.dumps(content(say("s", "Good day.", "bye")))
    flow = connect.create_contact_flow(InstanceId=instance, Name="greeting", Type="CONTACT_FLOW", Content=text)
    heard = {"Type": "MessageReceived", "Actor": "System", "Properties": {"Text": "good day"}}
    case = connect.create_test_case(
        InstanceId=instance,
        Name="greets",
        Content=json.dumps({"Version": "2019-10-30", "Observations": [{"Identifier": "heard", "Event": heard}]}),
        EntryPoint={
            "Type": "VOICE_CALL",
            "VoiceCallEntryPointParameters": {
                "SourcePhoneNumber": "+8613900000009",
                "DestinationPhoneNumber": NUMBER,
                "FlowId": flow["ContactFlowId"],
            },
        },
    )
    ids = {"InstanceId": instance, "TestCaseId": case["TestCaseId"]}
    ids["TestCaseExecutionId"] = connect.start_test_case_execution(**ids)["TestCaseExecutionId"]
    over = until(
        lambda: (found := connect.get_test_case_execution_summary(**ids))["Status"] in {"PASSED", "FAILED"} and found,
        what="the end of the test case",
    )
    assert over["Status"] == "PASSED"
    assert over["ObservationSummary"] == {"TotalObservations": 1, "ObservationsPassed": 1, "ObservationsFailed": 0}
