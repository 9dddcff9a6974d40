"""A chat with boto3 against the local cloud: `connect` starts it, `connectparticipant` writes, S3 keeps it."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from tests.support.cloud_fixture import Cloud, control
from tests.support.connect_world import action, content, say
from tests.support.waiting import until

PLAIN = "text/plain"
PHOTO = b"not really a photo"
URLS = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens addresses of this machine, whatever proxies the environment names."""


def instance(cloud: Cloud, alias: str = "chats-on-cloud") -> tuple[str, str]:
    """(instance, flow) of an instance that keeps transcripts."""
    connect = cloud.client("connect")
    made = connect.create_instance(
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias=alias,
        InboundCallsEnabled=True,
        OutboundCallsEnabled=False,
    )
    cloud.client("s3").create_bucket(Bucket=alias)
    kept = {"StorageType": "S3", "S3Config": {"BucketName": alias, "BucketPrefix": "connect/x"}}
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


LISTEN = """
const socket = new WebSocket(process.argv[1]);
const say = (frame) => socket.send(JSON.stringify(frame));
socket.onopen = () => {
  say({topic: "aws/subscribe", content: {topics: ["aws/chat"]}});
  say({topic: "aws/heartbeat"});
};
socket.onmessage = (message) => {
  console.log(message.data);
  const frame = JSON.parse(message.data);
  if (frame.topic === "aws/chat" && JSON.parse(frame.content).ContentType.endsWith("chat.ended")) socket.close(1000);
};
socket.onerror = () => process.exit(1);
socket.onclose = (gone) => { console.log(JSON.stringify({closed: gone.code})); };
"""
"""What a browser would do with the address of a websocket: Node's WebSocket is the browsers'."""


def test_a_browser_s_websocket_hears_the_chat_from_its_first_word_to_its_end(cloud: Cloud) -> None:
    instance_id, flow_id = instance(cloud, "sockets-on-cloud")
    connect, participant = cloud.client("connect"), cloud.client("connectparticipant")
    made = connect.start_chat_contact(
        InstanceId=instance_id, ContactFlowId=flow_id, ParticipantDetails={"DisplayName": "Mei"}
    )
    connection = participant.create_participant_connection(
        ParticipantToken=made["ParticipantToken"], Type=["WEBSOCKET", "CONNECTION_CREDENTIALS"]
    )
    assert connection["Websocket"]["Url"].startswith(cloud.endpoint_url.replace("http", "ws"))
    node = [str(Path(sys.executable).with_name("node")), "-e", LISTEN, connection["Websocket"]["Url"]]
    with subprocess.Popen(node, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as listener:
        assert listener.stdout is not None
        frames = (json.loads(line) for line in listener.stdout)
        assert next(frames)["content"] == {"status": "success", "topics": ["aws/chat"]}
        seen = [next(frames) for _ in range(3)]
        assert {"topic": "aws/heartbeat"} in seen
        first = [json.loads(frame["content"]) for frame in seen if frame["topic"] == "aws/chat"]
        assert [line.get("Content") for line in first] == [None, "Hello"]
        token = connection["ConnectionCredentials"]["ConnectionToken"]
        participant.send_message(ConnectionToken=token, ContentType=PLAIN, Content="My parcel is lost")
        assert json.loads(next(frames)["content"])["Content"] == "My parcel is lost"
        participant.disconnect_participant(ConnectionToken=token)
        *told, closed = frames
        ended = json.loads(told[-1]["content"])
        assert ended["ContentType"] == "application/vnd.amazonaws.connect.event.chat.ended"
        assert closed == {"closed": 1000}
        assert listener.wait(10) == 0


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
