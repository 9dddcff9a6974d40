"""What each operation with a client token is asked, and what asks for something else under the same token."""

from collections.abc import Callable
from typing import Any

from tests.support.connect_calls import FLOW
from tests.support.connect_world import ARN, NUMBER, say, to_queue
from tests.support.live_connect import Live
from tests.support.trial_cases import END, INIT, create, see

MODULE = FLOW.replace('"Metadata": {}', '"Metadata": {}, "Settings": {"InputParameters": [], "OutputParameters": []}')
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:other"
BOT = {"LexV2Bot": {"AliasArn": "arn:aws:lex:us-east-1:000000000000:bot-alias/BOT/ALIAS"}}
OTHER_BOT = {"LexV2Bot": {"AliasArn": "arn:aws:lex:us-east-1:000000000000:bot-alias/BOT/OTHER"}}
STREAM = {
    "StorageType": "KINESIS_STREAM",
    "KinesisStreamConfig": {"StreamArn": "arn:aws:kinesis:us-east-1:000000000000:stream/one"},
}


OTHER_STREAM = {
    "StorageType": "KINESIS_STREAM",
    "KinesisStreamConfig": {"StreamArn": "arn:aws:kinesis:us-east-1:000000000000:stream/two"},
}


TYPE = "REAL_TIME_CONTACT_ANALYSIS_SEGMENTS"
EMAIL = {
    "FromEmailAddress": {"EmailAddress": "mei@example.test"},
    "DestinationEmailAddress": "shop@example.test",
    "EmailMessage": {
        "MessageSourceType": "RAW",
        "RawMessage": {"Subject": "My parcel", "Body": "It is lost.", "ContentType": "text/plain"},
    },
}


SENT = {**EMAIL, "DestinationEmailAddress": {"EmailAddress": "mei@example.test"}}


Asked = dict[str, Any]


Case = Callable[[Live], tuple[Asked, Asked]]
"""What is asked, and what a request that asks for something else has instead. `InstanceId` comes on top."""


def flow(live: Live) -> str:
    live.tasks_too()
    return live.small.flow("any", say("hello", "Welcome", "set"), *to_queue("support")).id


def stored(live: Live) -> str:
    return str(live("AssociateInstanceStorageConfig", ResourceType=TYPE, StorageConfig=STREAM)["AssociationId"])


def chat(live: Live, **more: Any) -> str:
    asked = {"ContactFlowId": flow(live), "ParticipantDetails": {"DisplayName": "Mei"}, **more}
    return str(live("StartChatContact", **asked)["ContactId"])


def over(live: Live) -> str:
    contact_id = chat(live)
    live("StopContact", ContactId=contact_id)
    return contact_id


def queued_task(live: Live) -> str:
    made = live("StartTaskContact", Name="Call back", ContactFlowId=flow(live))
    live.run("2026-03-02T01:00:30Z")
    return str(made["ContactId"])


def talking(live: Live) -> str:
    live.api.sign_in(talk_s=600)
    return live.queued_call(talk_s=600)


def supervisor(live: Live) -> str:
    live.second_queue()
    user = live.small.user("zhou", live.small.profile("supervisors", ("second", 1, 0)))
    agents = [{"username": "zhou", "person": True}]
    live.api.ok("POST", "/connect/agents", {"instance": "small", "agents": agents})
    return user.id


def number(live: Live) -> str:
    return next(iter(live.small.instance.phone_numbers.values())).id


def trial(live: Live) -> dict[str, str]:
    return {"TestCaseId": create(live, see("a", INIT, END))}


def started(live: Live) -> dict[str, str]:
    case = trial(live)
    return {**case, "TestCaseExecutionId": live("StartTestCaseExecution", **case)["TestCaseExecutionId"]}


def mailbox(live: Live, name: str) -> str:
    return live.address(f"{name}@example.test")


def mailed(live: Live) -> str:
    mailbox(live, "shop")
    return "shop@example.test"


def aliased(live: Live) -> Asked:
    asked = {"EmailAddressId": mailbox(live, "a"), "AliasConfiguration": {"EmailAddressId": mailbox(live, "b")}}
    live("AssociateEmailAddressAlias", **asked)
    return asked


def announced(live: Live) -> Asked:
    live.small.put(live.small._storage("ATTACHMENTS", storage_type="S3", bucket="files"))
    contact = f"{live.small.instance.arn}/contact/{queued_task(live)}"
    file = {"FileName": "a.pdf", "FileSizeInBytes": 3, "FileUseCaseType": "ATTACHMENT"}
    return {"AssociatedResourceArn": contact, **file}


def draft(live: Live) -> str:
    made = live("CreateContact", Channel="EMAIL", InitiationMethod="FLOW")
    return str(made["ContactId"])


def outbound_chat(live: Live) -> Asked:
    return {
        "SourceEndpoint": {"Type": "CONNECT_PHONENUMBER_ARN", "Address": number(live)},
        "DestinationEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+8613800000009"},
        "SegmentAttributes": {"connect:Subtype": {"ValueString": "connect:SMS"}},
        "ContactFlowId": flow(live),
    }


def with_bot(live: Live, bot: Asked) -> Asked:
    live("AssociateBot", **bot)
    return bot


def with_function(live: Live) -> Asked:
    live("AssociateLambdaFunction", FunctionArn=FUNCTION)
    return {"FunctionArn": FUNCTION}


def second_instance(live: Live) -> Asked:
    return {"InstanceId": live.connect.instance("second")}


CASES: dict[str, Case] = {
    "AssociateBot": lambda _: (BOT, OTHER_BOT),
    "AssociateInstanceStorageConfig": lambda _: (
        {"ResourceType": TYPE, "StorageConfig": STREAM},
        {"StorageConfig": OTHER_STREAM},
    ),
    "AssociateLambdaFunction": lambda _: ({"FunctionArn": FUNCTION}, {"FunctionArn": FUNCTION + "2"}),
    "ClaimPhoneNumber": lambda _: (
        {"TargetArn": ARN, "PhoneNumber": "+862155360177"},
        {"PhoneNumber": "+862155360178"},
    ),
    "CreateContact": lambda _: (
        {"Channel": "TASK", "InitiationMethod": "API", "Name": "Order 7"},
        {"Name": "Order 8"},
    ),
    "CreateContactFlowModule": lambda _: ({"Name": "m", "Content": MODULE}, {"Name": "n"}),
    "CreateInstance": lambda _: (
        {
            "IdentityManagementType": "CONNECT_MANAGED",
            "InstanceAlias": "two",
            "InboundCallsEnabled": True,
            "OutboundCallsEnabled": True,
        },
        {"InstanceAlias": "three"},
    ),
    "CreateParticipant": lambda live: (
        {"ContactId": chat(live), "ParticipantDetails": {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Robot"}},
        {"ParticipantDetails": {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Other"}},
    ),
    "CreatePersistentContactAssociation": lambda live: (
        {"SourceContactId": over(live), "InitialContactId": chat(live), "RehydrationType": "FROM_SEGMENT"},
        {"RehydrationType": "ENTIRE_PAST_SESSION"},
    ),
    "CreateTaskTemplate": lambda live: (
        {"Name": "Complaint", "ContactFlowId": flow(live), "Fields": [{"Id": {"Name": "Order"}, "Type": "TEXT"}]},
        {"Name": "Praise"},
    ),
    "DeleteInstance": lambda live: (second_instance(live), {}),
    "DisassociateBot": lambda live: (with_bot(live, BOT), OTHER_BOT),
    "DisassociateInstanceStorageConfig": lambda live: (
        {"AssociationId": stored(live), "ResourceType": TYPE},
        {"AssociationId": "another"},
    ),
    "DisassociateLambdaFunction": lambda live: (with_function(live), {"FunctionArn": FUNCTION + "2"}),
    "MonitorContact": lambda live: (
        {"ContactId": talking(live), "UserId": supervisor(live)},
        {"UserId": "another"},
    ),
    "ReleasePhoneNumber": lambda live: ({"PhoneNumberId": number(live)}, {"PhoneNumberId": "another"}),
    "StartChatContact": lambda live: (
        {"ContactFlowId": flow(live), "ParticipantDetails": {"DisplayName": "Mei"}},
        {"ParticipantDetails": {"DisplayName": "Lin"}},
    ),
    "StartAttachedFileUpload": lambda live: (announced(live), {"FileName": "b.pdf"}),
    "AssociateEmailAddressAlias": lambda live: (
        {"EmailAddressId": mailbox(live, "a"), "AliasConfiguration": {"EmailAddressId": mailbox(live, "b")}},
        {"EmailAddressId": "another"},
    ),
    "CreateEmailAddress": lambda _: ({"EmailAddress": "new@example.test"}, {"EmailAddress": "newer@example.test"}),
    "DisassociateEmailAddressAlias": lambda live: (aliased(live), {"EmailAddressId": "another"}),
    "UpdateEmailAddressMetadata": lambda live: (
        {"EmailAddressId": mailbox(live, "a"), "Description": "a"},
        {"Description": "b"},
    ),
    "StartEmailContact": lambda live: (
        {**EMAIL, "DestinationEmailAddress": mailed(live), "ContactFlowId": flow(live)},
        {"DestinationEmailAddress": "other@example.test"},
    ),
    "StartOutboundChatContact": lambda live: (outbound_chat(live), {"Attributes": {"a": "b"}}),
    "SendOutboundEmail": lambda live: (
        {
            **SENT,
            "FromEmailAddress": {"EmailAddress": mailed(live)},
            "TrafficType": "CAMPAIGN",
            "SourceCampaign": {"CampaignId": "c", "OutboundRequestId": "1" * 36},
        },
        {"FromEmailAddress": {"EmailAddress": "other@example.test"}},
    ),
    "StartOutboundEmailContact": lambda live: (
        {**SENT, "FromEmailAddress": {"EmailAddress": mailed(live)}, "ContactId": draft(live)},
        {"FromEmailAddress": {"EmailAddress": "other@example.test"}},
    ),
    "StartOutboundVoiceContact": lambda live: (
        {"DestinationPhoneNumber": "+8613800000009", "ContactFlowId": flow(live), "SourcePhoneNumber": NUMBER},
        {"DestinationPhoneNumber": "+8613800000008"},
    ),
    "StartTaskContact": lambda live: ({"Name": "Call back", "ContactFlowId": flow(live)}, {"Name": "Write back"}),
    "StartTestCaseExecution": lambda live: (trial(live), {"TestCaseId": "another"}),
    "StopTestCaseExecution": lambda live: (started(live), {"TestCaseExecutionId": "another"}),
    "StartWebRTCContact": lambda live: (
        {"ContactFlowId": flow(live), "ParticipantDetails": {"DisplayName": "Mei"}},
        {"ParticipantDetails": {"DisplayName": "Lin"}},
    ),
    "TransferContact": lambda live: (
        {"ContactId": queued_task(live), "ContactFlowId": live.transfer_flow().id, "QueueId": live.second_queue().id},
        {"ContactId": "another"},
    ),
    "UpdateInstanceAttribute": lambda _: (
        {"AttributeType": "CONTACT_LENS", "Value": "true"},
        {"Value": "false"},
    ),
    "UpdateInstanceStorageConfig": lambda live: (
        {"AssociationId": stored(live), "ResourceType": TYPE, "StorageConfig": OTHER_STREAM},
        {"StorageConfig": STREAM},
    ),
    "UpdatePhoneNumber": lambda live: (
        {"PhoneNumberId": number(live), "TargetArn": second_instance_arn(live)},
        {"TargetArn": ARN},
    ),
    "UpdatePhoneNumberMetadata": lambda live: (
        {"PhoneNumberId": number(live), "PhoneNumberDescription": "sales"},
        {"PhoneNumberDescription": "service"},
    ),
}


def second_instance_arn(live: Live) -> str:
    return str(live.connect("DescribeInstance", **second_instance(live))["Instance"]["Arn"])
