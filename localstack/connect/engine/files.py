"""Files of tasks, e-mails and other contacts: announced, put into the bucket by whoever has them, then kept (12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from localstack.connect import arns
from localstack.connect.directory import Instance
from localstack.connect.engine.attachments import CONTENT_TYPES, LARGEST_BYTES, LINK_S, MOST, REFERENCE, Attachments
from localstack.connect.engine.ports import File, Place, StoredObject

if TYPE_CHECKING:
    from localstack.connect.engine.contact import Contact
    from localstack.connect.engine.world import World

SEGMENT = "file"


@dataclass(slots=True)
class AttachedFile:
    """One file of a contact; it is PROCESSING until it is said to be uploaded."""

    id: str
    arn: str
    name: str
    size_bytes: int
    at: datetime
    place: Place
    file: File
    by: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    status: Literal["PROCESSING", "APPROVED", "REJECTED"] = "PROCESSING"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was given by its address."""

    name: str
    content_type: str
    data: bytes


class ContactFiles:
    """Takes files to contacts."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._attachments: Attachments = world.attachments

    def announce(self, contact: "Contact", name: str, size_bytes: int) -> AttachedFile:
        """A file is going to be put into the bucket; its kind is told by the end of its name.

        Raises:
            NoStorage: the instance keeps no attachments.
            ValueError: the contact is over or has too many, or such a file cannot be attached.

        """
        if contact.ended or len(contact.files) >= MOST:
            msg = f"contact {contact.id} is over, or has {MOST} files already"
            raise ValueError(msg)
        kind = _kind(name, size_bytes)
        made_id = self._world.new_id("attached-file")
        place, file = self._attachments.kept(contact, made_id, kind)
        arn = arns.child_arn(contact.instance.arn, SEGMENT, made_id)
        made = contact.files[made_id] = AttachedFile(made_id, arn, name, size_bytes, self._world.now, place, file)
        return made

    def complete(self, contact: "Contact", one: AttachedFile) -> None:
        """The file is there: the contact names it as a reference.

        Raises ValueError when it is not there, or is another one than was announced: then it is rejected.
        """
        self._attachments.judge(one, "file")
        self._approve(contact, one)

    def fetch(self, instance: Instance, given: Sequence[tuple[str, str]]) -> tuple[Fetched, ...]:
        """Get files by (name, address of this cloud), for a contact that is still to be made.

        Raises NoStorage and ValueError, as `announce` does.
        """
        if len(given) > MOST:
            msg = f"a contact has at most {MOST} files"
            raise ValueError(msg)
        self._attachments.storage(instance)
        found = tuple(Fetched(name, _kind(name, 0), self._attachments.files.fetch(url)) for name, url in given)
        for one in found:
            _kind(one.name, len(one.data))
        return found

    def attach(self, contact: "Contact", fetched: Sequence[Fetched]) -> None:
        """The contact has these files from its beginning."""
        for one in fetched:
            made = self.announce(contact, one.name, len(one.data))
            stored = StoredObject(made.file.bucket, made.file.key, one.data, made.file.content_type, "")
            self._world.outbox.store(made.place, stored)
            self._approve(contact, made)

    def delete(self, contact: "Contact", one: AttachedFile) -> None:
        """Take a file away from the contact and out of the bucket."""
        contact.files.pop(one.id, None)
        contact.references.pop(_reference(contact, one), None)
        self._attachments.files.delete(one.place, one.file)

    def upload_url(self, one: AttachedFile, expires_s: int = LINK_S) -> str:
        """Where the file is put."""
        return self._attachments.files.upload_url(one.place, one.file, expires_s)

    def download_url(self, one: AttachedFile, expires_s: int, *, inline: bool) -> str:
        """Where anybody gets it."""
        disposition = f'{"inline" if inline else "attachment"}; filename="{one.name}"'
        return self._attachments.files.download_url(one.place, one.file, expires_s, disposition)

    def _approve(self, contact: "Contact", one: AttachedFile) -> None:
        one.status = "APPROVED"
        contact.references[_reference(contact, one)] = {"Type": REFERENCE, "Value": one.arn, "Status": one.status}
        contact.tell(self._world.now, "attached", one.name)


def _kind(name: str, size_bytes: int) -> str:
    """The content type of a file, by the end of its name. Raises ValueError when such a file cannot be attached."""
    kind = CONTENT_TYPES.get(PurePosixPath(name).suffix.lower())
    if kind is None or size_bytes > LARGEST_BYTES:
        msg = f"a file has at most {LARGEST_BYTES} bytes and ends in one of {', '.join(sorted(CONTENT_TYPES))}"
        raise ValueError(msg)
    return kind


def _reference(contact: "Contact", one: AttachedFile) -> str:
    """The name of its reference: that of the file, or its id when another reference has that name."""
    other = contact.references.get(one.name)
    return one.name if other is None or other["Value"] == one.arn else one.id
