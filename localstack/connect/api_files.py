"""Operations on files that are attached to tasks, e-mails and other contacts."""

from datetime import timedelta
from typing import Any

from localstack.connect import arns
from localstack.connect.api_context import Answer, Request
from localstack.connect.api_engine import Engine, contact_of, live
from localstack.connect.api_errors import AccessDenied, InvalidRequest, QuotaExceeded, ResourceNotFound
from localstack.connect.directory import Instance
from localstack.connect.engine import times
from localstack.connect.engine.attachments import LINK_S, MOST, NoStorage
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.files import AttachedFile, Fetched
from localstack.connect.engine.world import World

USE = "ATTACHMENT"
"""The only use of files here; what Amazon Connect attaches by itself (analyses, messages) nobody uploads."""


@live("StartAttachedFileUpload")
def start(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Announce a file; the answer says where to put it."""
    contact = _contact(world, instance, request)
    if request["FileUseCaseType"] != USE:
        msg = f"This emulator attaches files of the use {USE} only, not {request['FileUseCaseType']}"
        raise InvalidRequest(msg)
    if len(contact.files) >= MOST:
        msg = f"A contact has at most {MOST} files"
        raise QuotaExceeded(msg)
    try:
        made = world.files.announce(contact, request["FileName"], int(request["FileSizeInBytes"]))
    except NoStorage as error:
        raise AccessDenied(str(error)) from error
    except ValueError as error:
        raise InvalidRequest(str(error)) from error
    made.by, made.tags = dict(request.get("CreatedBy") or {}), dict(request.get("Tags") or {})
    expires_s = int(request.get("UrlExpiryInSeconds", LINK_S))
    upload = {
        "Url": world.files.upload_url(made, expires_s),
        "UrlExpiry": _expiry(world, expires_s),
        "HeadersToInclude": {"Content-Type": made.file.content_type, "Content-Length": str(made.size_bytes)},
    }
    shown = _shown(contact, made)
    members = ("FileArn", "FileId", "CreationTime", "FileStatus", "CreatedBy")
    return {**{name: shown[name] for name in members}, "UploadUrlMetadata": upload}


@live("CompleteAttachedFileUpload")
def complete(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """The file is uploaded: the contact has it."""
    contact, one = _file(world, instance, request)
    if one.status != "PROCESSING":
        msg = f"File {one.id} is {one.status} already"
        raise InvalidRequest(msg)
    try:
        world.files.complete(contact, one)
    except ValueError as error:
        raise InvalidRequest(str(error)) from error
    return {}


@live("GetAttachedFile")
def get(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """What a file is, and where it can be had once it is there."""
    contact, one = _file(world, instance, request)
    shown = _shown(contact, one)
    if one.status != "APPROVED":
        return shown
    expires_s = int(request.get("UrlExpiryInSeconds", LINK_S))
    url = world.files.download_url(one, expires_s, inline=request.get("UrlContentDisposition") == "INLINE")
    return {**shown, "DownloadUrlMetadata": {"Url": url, "UrlExpiry": _expiry(world, expires_s)}}


@live("BatchGetAttachedFileMetadata")
def get_many(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """What files are; those that there are not stand among the errors."""
    contact = _contact(world, instance, request)
    wanted = request["FileIds"]
    missing = [one for one in wanted if one not in contact.files]
    return {
        "Files": [_shown(contact, contact.files[one]) for one in wanted if one in contact.files],
        "Errors": [
            {"FileId": one, "ErrorCode": "ResourceNotFoundException", "ErrorMessage": f"File not found: {one}"}
            for one in missing
        ],
    }


@live("DeleteAttachedFile")
def delete(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Take a file away, out of the bucket, too."""
    world.files.delete(*_file(world, instance, request))
    return {}


def fetched(world: World, instance: Instance, request: Request) -> tuple[Fetched, ...]:
    """The Attachments of StartEmailContact or StartTaskContact. Raises InvalidRequest, or AccessDenied."""
    given = [(one["FileName"], one["S3Url"]) for one in request.get("Attachments") or ()]
    try:
        return world.files.fetch(instance, given) if given else ()
    except NoStorage as error:
        raise AccessDenied(str(error)) from error
    except ValueError as error:
        raise InvalidRequest(str(error)) from error


def _contact(world: World, instance: Instance, request: Request) -> Contact:
    """The contact of AssociatedResourceArn. Raises InvalidRequest for another resource, such as a case."""
    named = arns.parse(request["AssociatedResourceArn"])
    if named is None or named.kind != "contact" or named.instance_id != instance.id:
        msg = (
            f"This emulator attaches files to contacts of the instance only, not to {request['AssociatedResourceArn']}"
        )
        raise InvalidRequest(msg)
    return contact_of(world, instance, named.id)


def _file(world: World, instance: Instance, request: Request) -> tuple[Contact, AttachedFile]:
    contact = _contact(world, instance, request)
    found = contact.files.get(request["FileId"])
    if found is None:
        msg = f"File not found: {request['FileId']}"
        raise ResourceNotFound(msg)
    return contact, found


def _shown(contact: Contact, one: AttachedFile) -> dict[str, Any]:
    return {
        "FileArn": one.arn,
        "FileId": one.id,
        "CreationTime": times.millis(one.at),
        "FileStatus": one.status,
        "FileName": one.name,
        "FileSizeInBytes": one.size_bytes,
        "AssociatedResourceArn": arns.child_arn(contact.instance.arn, "contact", contact.id),
        "FileUseCaseType": USE,
        "CreatedBy": dict(one.by) or None,
        "Tags": dict(one.tags) or None,
    }


def _expiry(world: World, seconds: int) -> str:
    return times.millis(world.now + timedelta(seconds=seconds))
