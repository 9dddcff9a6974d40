"""boto3's own client on contacts of the engine that runs in the local cloud."""

import json

from tests.support.cloud_fixture import Cloud
from tests.support.connect_world import content, say

NUMBER = "+862166660077"


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
