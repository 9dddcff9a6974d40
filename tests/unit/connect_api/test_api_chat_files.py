"""Files of chats through the Participant Service: announced, uploaded, seen, refused."""

import json
from typing import Any

from tests.support.api_chats import Chats
from tests.support.connect_calls import refused

PHOTO = {"ContentType": "image/png", "AttachmentSizeInBytes": 5, "AttachmentName": "parcel.png"}


def put(chats: Chats, url: str, data: bytes) -> None:
    """What a client does with the address of an upload."""
    chats.live.small.cloud.objects[url.removeprefix("https://files.invalid/")] = data


def test_a_file_is_announced_uploaded_and_seen_by_everybody(chats: Chats) -> None:
    contact_id, token = chats.connected()
    made = chats.participant("StartAttachmentUpload", ConnectionToken=token, **PHOTO)
    upload = made["UploadMetadata"]
    assert upload["HeadersToInclude"] == {"Content-Type": "image/png", "Content-Length": "5"}
    ids = {"ConnectionToken": token, "AttachmentIds": [made["AttachmentId"]]}
    wanted = {"ConnectionToken": token, "AttachmentId": made["AttachmentId"]}
    refusal = refused(chats.participant, "CompleteAttachmentUpload", **ids)
    assert refusal.code == "ValidationException"
    assert "not been uploaded" in refusal.text
    assert refused(chats.participant, "GetAttachment", **wanted).code == "AccessDeniedException"
    put(chats, upload["Url"], b"photo")
    chats.participant("CompleteAttachmentUpload", **ids)
    assert refused(chats.participant, "CompleteAttachmentUpload", **ids).code == "ConflictException"
    found = chats.participant("GetAttachment", **wanted, UrlExpiryInSeconds=60, UrlContentDisposition="INLINE")
    assert found["Url"] == upload["Url"] + '?inline; filename="parcel.png"'
    assert (found["UrlExpiry"], found["AttachmentSizeInBytes"]) == ("2026-03-02T01:01:00.100Z", 5)
    lines = chats.participant("GetTranscript", ConnectionToken=token, MaxResults=100)["Transcript"]
    (line,) = [one for one in lines if one["Type"] == "ATTACHMENT"]
    shown = {"AttachmentId": made["AttachmentId"], "AttachmentName": "parcel.png", "ContentType": "image/png"}
    assert (line["Attachments"], line["ParticipantRole"]) == ([{**shown, "Status": "APPROVED"}], "CUSTOMER")
    (row,) = chats.live("ListContactReferences", ContactId=contact_id, ReferenceTypes=["ATTACHMENT"])[
        "ReferenceSummaryList"
    ]
    assert row["Attachment"]["Status"] == "APPROVED"
    assert row["Attachment"]["Value"] == upload["Url"].removeprefix("https://files.invalid/")
    chats.participant("DisconnectParticipant", ConnectionToken=token)
    chats.live.run()
    stored = next(json.loads(one) for key, one in chats.live.small.cloud.objects.items() if "ChatTranscripts" in key)
    assert [one["Type"] for one in stored["Transcript"]].count("ATTACHMENT") == 1


def test_a_file_of_another_size_is_rejected(chats: Chats) -> None:
    _, token = chats.connected()
    made = chats.participant("StartAttachmentUpload", ConnectionToken=token, **PHOTO)
    put(chats, made["UploadMetadata"]["Url"], b"something else")
    ids = {"ConnectionToken": token, "AttachmentIds": [made["AttachmentId"]]}
    refusal = refused(chats.participant, "CompleteAttachmentUpload", **ids)
    assert refusal.code == "ValidationException"
    assert "5 were announced" in refusal.text
    assert refused(chats.participant, "CompleteAttachmentUpload", **ids).code == "ConflictException"


def test_files_that_cannot_be_attached_are_refused(chats: Chats) -> None:
    def code(**more: Any) -> str:
        return refused(chats.participant, "StartAttachmentUpload", ConnectionToken=token, **{**PHOTO, **more}).code

    _, token = chats.connected()
    assert code(ContentType="application/x-msdownload") == "ValidationException"
    assert code(AttachmentSizeInBytes=20 * 1024 * 1024 + 1) == "ValidationException"
    for n in range(35):
        chats.participant("StartAttachmentUpload", ConnectionToken=token, **{**PHOTO, "AttachmentName": str(n)})
    assert code() == "ServiceQuotaExceededException"
    chats.live.small.directory.remove(chats.live.small.instance, chats.live.small.instance.storage["ATTACHMENTS"])
    _, token = chats.connected()
    assert code() == "AccessDeniedException"


def test_nobody_completes_the_file_of_another_and_bots_get_none(chats: Chats) -> None:
    contact_id, token = chats.connected()
    made = chats.participant("StartAttachmentUpload", ConnectionToken=token, **PHOTO)
    bot = chats.live(
        "CreateParticipant",
        ContactId=contact_id,
        ParticipantDetails={"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Helper"},
    )
    helper = chats.participant.connect(bot["ParticipantCredentials"]["ParticipantToken"])
    put(chats, made["UploadMetadata"]["Url"], b"photo")
    ids = {"AttachmentIds": [made["AttachmentId"]]}
    refusal = refused(chats.participant, "CompleteAttachmentUpload", ConnectionToken=helper, **ids)
    assert refusal.code == "AccessDeniedException"
    chats.participant("CompleteAttachmentUpload", ConnectionToken=token, **ids)
    wanted = {"AttachmentId": made["AttachmentId"]}
    assert refused(chats.participant, "GetAttachment", ConnectionToken=helper, **wanted).code == "AccessDeniedException"
    refusal = refused(chats.participant, "GetAttachment", ConnectionToken=token, AttachmentId="x")
    assert refusal.code == "AccessDeniedException"
