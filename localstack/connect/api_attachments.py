"""Operations of the Participant Service on files that are attached to chats."""

from datetime import timedelta

from localstack.connect.api_chat import Seat, seated
from localstack.connect.api_context import Answer, Request
from localstack.connect.api_engine import Engine
from localstack.connect.api_errors import AccessDenied, Conflict, Invalid, QuotaExceeded
from localstack.connect.engine import times
from localstack.connect.engine.attachments import LINK_S, MOST, Attachment, NoStorage
from localstack.connect.engine.chat import Chat, Participant
from localstack.connect.engine.world import World


def start(_engine: Engine, world: World, seat: Seat, request: Request) -> Answer:
    """Announce a file; the answer says where to put it."""
    contact, chat = seated(world, seat)
    if len(chat.attachments) >= MOST:
        msg = f"A conversation has at most {MOST} attachments"
        raise QuotaExceeded(msg)
    name, size_bytes, kind = (request[key] for key in ("AttachmentName", "AttachmentSizeInBytes", "ContentType"))
    try:
        made = world.attachments.announce(contact.latest, chat, _owner(chat, seat), name, size_bytes, kind)
    except NoStorage as error:
        raise AccessDenied(str(error)) from error
    except ValueError as error:
        raise Invalid(str(error)) from error
    return {
        "AttachmentId": made.id,
        "UploadMetadata": {
            "Url": world.attachments.upload_url(made),
            "UrlExpiry": _expiry(world, LINK_S),
            "HeadersToInclude": {"Content-Type": kind, "Content-Length": str(size_bytes)},
        },
    }


def complete(_engine: Engine, world: World, seat: Seat, request: Request) -> Answer:
    """The files are uploaded: the chat shows them."""
    contact, chat = seated(world, seat)
    own = [_mine(chat, seat, one) for one in request["AttachmentIds"]]
    if done := next((one for one in own if one.status != "IN_PROGRESS"), None):
        msg = f"Attachment {done.id} is {done.status} already"
        raise Conflict(msg)
    try:
        for one in own:
            world.attachments.complete(contact.latest, one)
    except ValueError as error:
        raise Invalid(str(error)) from error
    return {}


def get(_engine: Engine, world: World, seat: Seat, request: Request) -> Answer:
    """Where a file of the chat can be had; custom bots get none."""
    _, chat = seated(world, seat)
    found = chat.attachments.get(request["AttachmentId"])
    if seat.role == "CUSTOM_BOT" or found is None or found.status != "APPROVED":
        msg = "Access denied: there is no such attachment for this participant"
        raise AccessDenied(msg)
    expires_s = int(request.get("UrlExpiryInSeconds", LINK_S))
    inline = request.get("UrlContentDisposition") == "INLINE"
    return {
        "Url": world.attachments.download_url(found, expires_s, inline=inline),
        "UrlExpiry": _expiry(world, expires_s),
        "AttachmentSizeInBytes": found.size_bytes,
    }


def _owner(chat: Chat, seat: Seat) -> Participant:
    if seat.role == "CUSTOMER":
        return chat.customer
    bot = chat.bots.get(seat.participant_id)
    if bot is None:
        msg = "Access denied: the participant is not in the chat"
        raise AccessDenied(msg)
    return bot


def _mine(chat: Chat, seat: Seat, attachment_id: str) -> Attachment:
    """A file that this participant has announced. Raises AccessDenied."""
    found = chat.attachments.get(attachment_id)
    if found is None or found.by.id != seat.participant_id:
        msg = f"Access denied: {attachment_id} is no attachment of this participant"
        raise AccessDenied(msg)
    return found


def _expiry(world: World, seconds: int) -> str:
    return times.millis(world.now + timedelta(seconds=seconds))
