"""Files that are attached to tasks and e-mails: announced, uploaded, read, taken away, or given with the contact."""

from typing import Any

import pytest

from localstack.connect.engine.attachments import LARGEST_BYTES, MOST
from tests.support.connect_calls import Refused, refused
from tests.support.connect_world import ARN, action, identifier
from tests.support.live_connect import Live

PDF = b"%PDF-1.7 nearly"
HOST = "https://files.invalid/"


@pytest.fixture
def files(live: Live) -> Live:
    live.small.put(live.small._storage("ATTACHMENTS", storage_type="S3", bucket="files", prefix="kept"))
    wait = action("wait", "Wait", {"TimeLimitSeconds": "600"}, "bye", errors={"NoMatchingError": "bye"})
    tag = action(
        "tag",
        "TagContact",
        {"Tags": {"file": "$.References.['form.pdf'].Status"}},
        "wait",
        errors={"NoMatchingError": "wait"},
    )
    live.small.flow("work", tag, wait)
    return live


def task(live: Live, **more: Any) -> str:
    made = live("StartTaskContact", Name="t", ContactFlowId=identifier("work"), **more)
    live.run("2026-03-02T01:00:01Z")
    return str(made["ContactId"])


def announced(live: Live, contact_id: str, **more: Any) -> dict[str, Any]:
    asked = {"FileName": "form.pdf", "FileSizeInBytes": len(PDF), "FileUseCaseType": "ATTACHMENT"}
    return live("StartAttachedFileUpload", AssociatedResourceArn=f"{ARN}/contact/{contact_id}", **{**asked, **more})


def uploaded(live: Live, made: dict[str, Any], data: bytes = PDF) -> None:
    live.small.cloud.objects[made["UploadUrlMetadata"]["Url"].removeprefix(HOST)] = data


def one(contact_id: str, made: dict[str, Any]) -> dict[str, Any]:
    return {"AssociatedResourceArn": f"{ARN}/contact/{contact_id}", "FileId": made["FileId"]}


def references(live: Live, contact_id: str) -> list[dict[str, Any]]:
    found = live("ListContactReferences", ContactId=contact_id, ReferenceTypes=["ATTACHMENT"])
    return [row["Attachment"] for row in found["ReferenceSummaryList"]]


def test_a_file_is_announced_uploaded_and_part_of_the_task(files: Live) -> None:
    contact_id = task(files)
    user = {"ConnectUserArn": f"{ARN}/agent/{files.api.user.id}"}
    made = announced(files, contact_id, CreatedBy=user, Tags={"kind": "form"})
    assert made["FileStatus"] == "PROCESSING"
    headers = made["UploadUrlMetadata"]["HeadersToInclude"]
    assert headers == {"Content-Type": "application/pdf", "Content-Length": str(len(PDF))}
    assert references(files, contact_id) == []
    uploaded(files, made)
    files("CompleteAttachedFileUpload", **one(contact_id, made))
    shown = files("GetAttachedFile", **one(contact_id, made), UrlContentDisposition="INLINE")
    assert (shown["FileName"], shown["FileSizeInBytes"], shown["FileStatus"]) == ("form.pdf", len(PDF), "APPROVED")
    assert (shown["CreatedBy"], shown["Tags"]) == (user, {"kind": "form"})
    assert shown["DownloadUrlMetadata"]["Url"].endswith('inline; filename="form.pdf"')
    assert references(files, contact_id) == [{"Name": "form.pdf", "Value": made["FileArn"], "Status": "APPROVED"}]
    files("StopContact", ContactId=contact_id)
    files.run()
    (kept,) = files.record(contact_id)[0]["References"]
    assert (kept["Name"], kept["Type"]) == ("form.pdf", "ATTACHMENT")


def test_a_file_that_is_not_the_announced_one_is_rejected(files: Live) -> None:
    contact_id = task(files)
    made = announced(files, contact_id)
    refusal = refused(files, "CompleteAttachedFileUpload", **one(contact_id, made))
    assert refusal.code == "InvalidRequestException"
    assert "not been uploaded" in refusal.text
    uploaded(files, made, b"another")
    assert refused(files, "CompleteAttachedFileUpload", **one(contact_id, made)).code == "InvalidRequestException"
    shown = files("GetAttachedFile", **one(contact_id, made))
    assert (shown["FileStatus"], "DownloadUrlMetadata" in shown) == ("REJECTED", False)
    assert refused(files, "CompleteAttachedFileUpload", **one(contact_id, made)).code == "InvalidRequestException"


def test_a_file_is_taken_away_with_its_reference_and_out_of_the_bucket(files: Live) -> None:
    contact_id = task(files)
    made = announced(files, contact_id)
    uploaded(files, made)
    files("CompleteAttachedFileUpload", **one(contact_id, made))
    files("DeleteAttachedFile", **one(contact_id, made))
    assert references(files, contact_id) == []
    assert not [key for key in files.small.cloud.objects if made["FileId"] in key]
    assert refused(files, "GetAttachedFile", **one(contact_id, made)).code == "ResourceNotFoundException"


def test_several_files_are_told_and_those_that_there_are_not(files: Live) -> None:
    contact_id = task(files)
    ids = [announced(files, contact_id)["FileId"] for _ in range(2)]
    arn = f"{ARN}/contact/{contact_id}"
    told = files("BatchGetAttachedFileMetadata", AssociatedResourceArn=arn, FileIds=[*ids, "none"])
    assert [row["FileId"] for row in told["Files"]] == ids
    assert [row["FileId"] for row in told["Errors"]] == ["none"]


def test_two_files_of_one_name_are_two_references(files: Live) -> None:
    contact_id = task(files)
    made = [announced(files, contact_id) for _ in range(2)]
    for each in made:
        uploaded(files, each)
        files("CompleteAttachedFileUpload", **one(contact_id, each))
    assert {row["Name"] for row in references(files, contact_id)} == {"form.pdf", made[1]["FileId"]}


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("InvalidRequestException", {"FileName": "virus.exe"}),
        ("InvalidRequestException", {"FileName": "noend"}),
        ("InvalidRequestException", {"FileSizeInBytes": LARGEST_BYTES + 1}),
        ("InvalidRequestException", {"FileUseCaseType": "CONTACT_ANALYSIS"}),
        ("InvalidRequestException", {"AssociatedResourceArn": f"{ARN}/queue/q"}),
        ("InvalidRequestException", {"AssociatedResourceArn": "arn:aws:cases:us-east-1:000000000000:domain/d/case/c"}),
        ("InvalidRequestException", {"AssociatedResourceArn": f"{ARN}/contact/nobody"}),
    ],
)
def test_what_cannot_be_attached_is_refused(files: Live, code: str, more: dict[str, Any]) -> None:
    asked = {"FileName": "form.pdf", "FileSizeInBytes": 3, "FileUseCaseType": "ATTACHMENT"}
    contact = {"AssociatedResourceArn": f"{ARN}/contact/{task(files)}"}
    assert refused(files, "StartAttachedFileUpload", **{**contact, **asked, **more}).code == code


def test_a_contact_has_so_many_files_and_none_after_its_end_and_an_instance_must_keep_them(files: Live) -> None:
    contact_id = task(files)
    for _ in range(MOST):
        announced(files, contact_id)
    with pytest.raises(Refused, match="ServiceQuotaExceededException"):
        announced(files, contact_id)
    over = task(files)
    files("StopContact", ContactId=over)
    with pytest.raises(Refused, match="InvalidRequestException"):
        announced(files, over)
    bare = task(files)
    files.small.instance.storage = {
        kind: one_ for kind, one_ in files.small.instance.storage.items() if kind != "ATTACHMENTS"
    }
    with pytest.raises(Refused, match="AccessDeniedException"):
        announced(files, bare)


def test_a_task_or_an_e_mail_begins_with_the_files_that_it_is_given(files: Live) -> None:
    files.small.cloud.objects["elsewhere/form"] = PDF
    given = {"Attachments": [{"FileName": "form.pdf", "S3Url": f"{HOST}elsewhere/form"}]}
    files.address("shop@example.test")
    raw = {"Subject": "s", "Body": "b", "ContentType": "text/plain"}
    mail = {
        "FromEmailAddress": {"EmailAddress": "mei@example.test"},
        "DestinationEmailAddress": "shop@example.test",
        "EmailMessage": {"MessageSourceType": "RAW", "RawMessage": raw},
        "ContactFlowId": identifier("work"),
    }
    for contact_id in (task(files, **given), files("StartEmailContact", **mail, **given)["ContactId"]):
        (row,) = references(files, contact_id)
        assert row["Status"] == "APPROVED"
        shown = files("DescribeContact", ContactId=contact_id)["Contact"]
        assert shown["Tags"]["file"] == "APPROVED", "the flow sees it from its first action on"
        kept = files("GetAttachedFile", **one(contact_id, {"FileId": row["Value"].rpartition("/")[2]}))
        files.run("2026-03-02T01:00:02Z")
        key = kept["DownloadUrlMetadata"]["Url"].partition("?")[0].removeprefix(HOST)
        assert files.small.cloud.objects[key] == PDF


@pytest.mark.parametrize(
    "given", [{"FileName": "a.pdf", "S3Url": f"{HOST}nothing"}, {"FileName": "a.exe", "S3Url": f"{HOST}elsewhere/form"}]
)
def test_no_task_is_made_when_a_file_cannot_be_had(files: Live, given: dict[str, str]) -> None:
    files.small.cloud.objects["elsewhere/form"] = PDF
    asked = {"Name": "t", "ContactFlowId": identifier("work"), "Attachments": [given]}
    assert refused(files, "StartTaskContact", **asked).code == "InvalidRequestException"
    assert files.api.ok("GET", "/connect/calls") == {"calls": []}
