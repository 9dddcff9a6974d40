"""A chat with boto3 against the local cloud: `connect` starts it, `connectparticipant` writes, S3 keeps it."""

import json
import urllib.request
from typing import Any

from tests.support.cloud_fixture import Cloud, control
from tests.support.connect_world import action, content, say
from tests.support.waiting import until

PLAIN = "text/plain"
PHOTO = b"not really a photo"
URLS = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens addresses of this machine, whatever proxies the environment names."""


def instance(cloud: Cloud) -> tuple[str, str]:
    """(instance, flow) of an instance that keeps transcripts."""
    connect = cloud.client("connect")
    made = connect.create_instance(
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias="chats-on-cloud",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=False,
    )
    cloud.client("s3").create_bucket(Bucket="chats-on-cloud")
    kept = {"StorageType": "S3", "S3Config": {"BucketName": "chats-on-cloud", "BucketPrefix": "connect/x"}}
    for kind in ("CHAT_TRANSCRIPTS", "ATTACHMENTS"):
        connect.associate_instance_storage_config(InstanceId=made["Id"], ResourceType=kind, StorageConfig=kept)
    wait = action("wait", "Wait", {"TimeLimitSeconds": "600"}, "bye", errors={"NoMatchingError": "bye"})
    wait["Transitions"]["Conditions"] = [
        {"NextAction": "bye", "Condition": {"Operator": "Equals", "Operands": ["WaitCompleted"]}}
    ]
    flow = connect.create_contact_flow(
        InstanceId=made["Id"], Name="chat", Type="CONTACT_FLOW",
        Content=json.dumps(content(say("hello", "Hello $.Attributes.name", "wait"), wait)),
    )  # fmt: skip
    return made["Id"], flow["ContactFlowId"]


def attached(participant: Any, token: str) -> dict[str, Any]:
    """A file that the customer has attached, put into the bucket as a browser would."""
    began = participant.start_attachment_upload(
        ConnectionToken=token, ContentType="image/png", AttachmentSizeInBytes=len(PHOTO), AttachmentName="p.png"
    )
    upload = began["UploadMetadata"]
    request = urllib.request.Request(  # noqa: S310  the local cloud's
        upload["Url"], data=PHOTO, headers=upload["HeadersToInclude"], method="PUT"
    )
    URLS.open(request, timeout=10).close()
    participant.complete_attachment_upload(ConnectionToken=token, AttachmentIds=[began["AttachmentId"]])
    found: dict[str, Any] = participant.get_attachment(ConnectionToken=token, AttachmentId=began["AttachmentId"])
    assert found["AttachmentSizeInBytes"] == len(PHOTO)
    return found


def test_a_chat_is_started_written_in_read_and_kept(cloud: Cloud) -> None:
    instance_id, flow_id = instance(cloud)
    connect, participant = cloud.client("connect"), cloud.client("connectparticipant")
    made = connect.start_chat_contact(
        InstanceId=instance_id,
        ContactFlowId=flow_id,
        ParticipantDetails={"DisplayName": "Mei"},
        Attributes={"name": "Mei"},
    )
    connection = participant.create_participant_connection(
        ParticipantToken=made["ParticipantToken"], Type=["CONNECTION_CREDENTIALS"]
    )
    token = connection["ConnectionCredentials"]["ConnectionToken"]

    def written() -> list[str]:
        found = participant.get_transcript(ConnectionToken=token, SortOrder="ASCENDING", MaxResults=50)
        return [line["Content"] for line in found["Transcript"] if "Content" in line]

    until(lambda: written() == ["Hello Mei"])
    participant.send_message(ConnectionToken=token, ContentType=PLAIN, Content="My parcel is lost")
    assert written() == ["Hello Mei", "My parcel is lost"]
    photo = attached(participant, token)
    with URLS.open(photo["Url"], timeout=10) as answer:
        assert answer.read() == PHOTO
        assert answer.headers["Content-Disposition"] == 'attachment; filename="p.png"'
    participant.disconnect_participant(ConnectionToken=token)
    until(lambda: control(cloud, "GET", f"/connect/calls/{made['ContactId']}")["ended"])
    s3 = cloud.client("s3")
    prefix = "connect/x/ChatTranscripts/"
    until(lambda: s3.list_objects_v2(Bucket="chats-on-cloud", Prefix=prefix).get("KeyCount") == 1)
    key = s3.list_objects_v2(Bucket="chats-on-cloud", Prefix=prefix)["Contents"][0]["Key"]
    kept = json.loads(s3.get_object(Bucket="chats-on-cloud", Key=key)["Body"].read())
    assert kept["ContactId"] == made["ContactId"]
    assert [line["Content"] for line in kept["Transcript"] if "Content" in line] == ["Hello Mei", "My parcel is lost"]
    shown = connect.describe_contact(InstanceId=instance_id, ContactId=made["ContactId"])["Contact"]
    assert (shown["Channel"], shown["DisconnectReason"]) == ("CHAT", "CUSTOMER_DISCONNECT")
    assert shown["ChatMetrics"]["CustomerMetrics"]["MessagesSent"] == 1
