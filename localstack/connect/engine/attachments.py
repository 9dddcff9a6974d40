"""Files of chats: announced, put into the bucket by their owner, and then part of the chat (12)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from localstack.connect.engine.chat import Chat, Participant
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.ports import File, Files, Place

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

RESOURCE = "ATTACHMENTS"
MOST = 35
"""Files of one conversation."""
LARGEST_BYTES = 20 * 1024 * 1024
LINK_S = 300
"""So long an address is good for, in seconds of real time."""
REFERENCE = "ATTACHMENT"
CONTENT_TYPES = frozenset(
    {
        "application/msword",
        "application/pdf",
        "application/rtf",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "audio/wav",
        "image/heic",
        "image/jpeg",
        "image/png",
        "text/csv",
        "text/plain",
        "text/rtf",
        "video/mp4",
        "video/quicktime",
    }
)


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
        if content_type not in CONTENT_TYPES or size_bytes > LARGEST_BYTES:
            msg = f"a file has at most {LARGEST_BYTES} bytes and is one of {', '.join(sorted(CONTENT_TYPES))}"
            raise ValueError(msg)
        storage, instance = contact.instance.storage.get(RESOURCE), contact.instance
        if self._world.ports.files is None or storage is None or storage.storage_type != "S3" or not storage.bucket:
            msg = f"The instance has no storage configuration {RESOURCE}"
            raise NoStorage(msg)
        made_id = self._world.new_id("attachment")
        day = f"{self._world.now:%Y/%m/%d}"
        key = "/".join(part for part in (storage.prefix.strip("/"), "Attachments", day, contact.id, made_id) if part)
        file = File(storage.bucket, key, content_type)
        made = Attachment(made_id, by, name, size_bytes, Place(instance.account, instance.region), file)
        chat.attachments[made.id] = made
        return made

    def upload_url(self, attachment: Attachment) -> str:
        """Where its owner puts the file."""
        return self._files.upload_url(attachment.place, attachment.file, LINK_S)

    def download_url(self, attachment: Attachment, expires_s: int, *, inline: bool) -> str:
        """Where anybody gets the file."""
        disposition = f'{"inline" if inline else "attachment"}; filename="{attachment.name}"'
        return self._files.download_url(attachment.place, attachment.file, expires_s, disposition)

    def complete(self, contact: Contact, attachment: Attachment) -> None:
        """The file is there: everybody in the chat sees it, and the contact names it as a reference.

        Raises ValueError when the file is not there, or is another one than was announced: then it is rejected.
        """
        size_bytes = self._files.size_bytes(attachment.place, attachment.file)
        if size_bytes is None:
            msg = f"attachment {attachment.id} has not been uploaded"
            raise ValueError(msg)
        if size_bytes != attachment.size_bytes:
            attachment.status = "REJECTED"
            msg = f"attachment {attachment.id} has {size_bytes} bytes, and {attachment.size_bytes} were announced"
            raise ValueError(msg)
        attachment.status = "APPROVED"
        location = f"{attachment.file.bucket}/{attachment.file.key}"
        contact.references[attachment.id] = {"Type": REFERENCE, "Value": location, "Status": attachment.status}
        self._world.chats.attached(contact, attachment)

    @property
    def _files(self) -> Files:
        if self._world.ports.files is None:
            msg = "there are no files here"
            raise NoStorage(msg)
        return self._world.ports.files
