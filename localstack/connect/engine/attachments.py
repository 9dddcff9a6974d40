"""Files of chats: announced, put into the bucket by their owner, and then part of the chat (12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from localstack.connect.directory import Instance, Storage
from localstack.connect.engine.chat import Chat, Participant
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.ports import File, Files, Place

if TYPE_CHECKING:
    from localstack.connect.engine.files import AttachedFile
    from localstack.connect.engine.world import World

RESOURCE = "ATTACHMENTS"
MOST = 35
"""Files of one conversation."""
LARGEST_BYTES = 20 * 1024 * 1024
LINK_S = 300
"""So long an address is good for, in seconds of real time."""
REFERENCE = "ATTACHMENT"
_OFFICE = "application/vnd.openxmlformats-officedocument"
CONTENT_TYPES: Mapping[str, str] = {
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".heic": "image/heic",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".rtf": "application/rtf",
    ".txt": "text/plain",
    ".wav": "audio/wav",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
}
"""What can be attached, by the end of a file's name."""
KINDS = frozenset({*CONTENT_TYPES.values(), "text/rtf"})


class NoStorage(LookupError):
    """The instance keeps no attachments."""


@dataclass(slots=True)
class Attachment:
    """One file of a chat; it is IN_PROGRESS until its owner says that it is uploaded."""

    id: str
    by: Participant
    name: str
    size_bytes: int
    place: Place
    file: File
    status: Literal["IN_PROGRESS", "APPROVED", "REJECTED"] = "IN_PROGRESS"

    def to_json(self) -> dict[str, str]:
        """As a line of the transcript names it."""
        return {
            "AttachmentId": self.id,
            "AttachmentName": self.name,
            "ContentType": self.file.content_type,
            "Status": self.status,
        }


class Attachments:
    """Takes files into chats."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def announce(
        self, contact: Contact, chat: Chat, by: Participant, name: str, size_bytes: int, content_type: str
    ) -> Attachment:
        """A participant wants to attach a file.

        Raises:
            NoStorage: the instance keeps no attachments.
            ValueError: the file cannot be attached.

        """
        if content_type not in KINDS or size_bytes > LARGEST_BYTES:
            msg = f"a file has at most {LARGEST_BYTES} bytes and is one of {', '.join(sorted(KINDS))}"
            raise ValueError(msg)
        made_id = self._world.new_id("attachment")
        place, file = self.kept(contact, made_id, content_type)
        made = chat.attachments[made_id] = Attachment(made_id, by, name, size_bytes, place, file)
        return made

    def kept(self, contact: Contact, file_id: str, content_type: str) -> tuple[Place, File]:
        """Where a file of the contact belongs. Raises NoStorage when the instance keeps no attachments."""
        storage, instance = self.storage(contact.instance), contact.instance
        day = f"{self._world.now:%Y/%m/%d}"
        key = "/".join(part for part in (storage.prefix.strip("/"), "Attachments", day, contact.id, file_id) if part)
        return Place(instance.account, instance.region), File(storage.bucket, key, content_type)

    def storage(self, instance: Instance) -> Storage:
        """Where the instance keeps attachments. Raises NoStorage."""
        found = instance.storage.get(RESOURCE)
        if self._world.ports.files is None or found is None or found.storage_type != "S3" or not found.bucket:
            msg = f"The instance has no storage configuration {RESOURCE}"
            raise NoStorage(msg)
        return found

    def upload_url(self, attachment: Attachment) -> str:
        """Where its owner puts the file."""
        return self.files.upload_url(attachment.place, attachment.file, LINK_S)

    def download_url(self, attachment: Attachment, expires_s: int, *, inline: bool) -> str:
        """Where anybody gets the file."""
        disposition = f'{"inline" if inline else "attachment"}; filename="{attachment.name}"'
        return self.files.download_url(attachment.place, attachment.file, expires_s, disposition)

    def complete(self, contact: Contact, attachment: Attachment) -> None:
        """The file is there: everybody in the chat sees it, and the contact names it as a reference.

        Raises ValueError when the file is not there, or is another one than was announced: then it is rejected.
        """
        self.judge(attachment, "attachment")
        attachment.status = "APPROVED"
        location = f"{attachment.file.bucket}/{attachment.file.key}"
        contact.references[attachment.id] = {"Type": REFERENCE, "Value": location, "Status": attachment.status}
        self._world.chats.attached(contact, attachment)

    def judge(self, announced: "Attachment | AttachedFile", noun: str) -> None:
        """Hold what lies in the bucket to what was announced.

        Raises ValueError when it is not there, or is another one: then it is rejected.
        """
        size_bytes = self.files.size_bytes(announced.place, announced.file)
        if size_bytes is None:
            msg = f"{noun} {announced.id} has not been uploaded"
            raise ValueError(msg)
        if size_bytes != announced.size_bytes:
            announced.status = "REJECTED"
            msg = f"{noun} {announced.id} has {size_bytes} bytes, and {announced.size_bytes} were announced"
            raise ValueError(msg)

    @property
    def files(self) -> Files:
        """The buckets. Raises NoStorage where there are none."""
        if self._world.ports.files is None:
            msg = "there are no files here"
            raise NoStorage(msg)
        return self._world.ports.files
