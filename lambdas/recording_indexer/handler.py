"""Writes the place of a recording onto its contact, so that whoever finds the contact finds the recording (REC-01).

Behind an EventBridge rule on the recording bucket. Needs nothing but what the Lambda runtime brings, and
`chalicelib/platform/tenancy.py`, which the build copies beside this file: keys are built in that one place only.
"""

import functools
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import unquote

if TYPE_CHECKING:
    from chalicelib.platform.tenancy import TenantId, partition, tenant_id
else:
    from tenancy import TenantId, partition, tenant_id

_KEY: Final = re.compile(
    r"(?:.*/)?CallRecordings/(?P<place>(?P<ivr>ivr/)?\d{4}/\d{2}/\d{2}/"
    r"(?P<contact>[A-Za-z0-9-]{1,64})_\d{8}T\d{2}:?\d{2}_UTC\.wav)"
)
_DAY_S: Final = 86_400


class Table(Protocol):
    """Port: the one call of a DynamoDB client that indexing needs."""

    def put_item(self, **request: Any) -> Mapping[str, Any]:
        """Write one item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the name of a recording says. `kind` is `call`, or `voicemail` for what was recorded inside a flow."""

    key: str
    contact_id: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the function reads from its environment. `keep_days` None: the item has no end of its own."""

    tenant: TenantId
    table: str
    keep_days: int | None

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> "Settings":
        """Read TRUNKLINE_TENANT, TRUNKLINE_TABLE and, if it is set, TRUNKLINE_RECORDINGS_DAYS.

        Raises:
            KeyError, ValueError: a variable is missing or malformed; the function must not start.

        """
        days = environment.get("TRUNKLINE_RECORDINGS_DAYS")
        return cls(
            tenant=tenant_id(environment["TRUNKLINE_TENANT"]),
            table=environment["TRUNKLINE_TABLE"],
            keep_days=int(days) if days else None,
        )


def place_of(key: str) -> Place | None:
    """Return what the object key says, None for an object that is no recording of a contact.

    The minute in the name is written with a colon; some senders of events encode it, so both are read.
    """
    for text in (key, unquote(key)):
        if found := _KEY.fullmatch(text):
            kind = "voicemail" if found["ivr"] else "call"
            return Place(key=text, contact_id=found["contact"], kind=kind, name=found["place"])
    return None


def item(settings: Settings, place: Place, event: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the item of one recording; the same event always gives the same item."""
    detail = event["detail"]
    made: dict[str, dict[str, str]] = {
        "pk": {"S": partition(settings.tenant, "CONTACT", place.contact_id)},
        "sk": {"S": f"RECORDING#{place.name}"},
        "bucket": {"S": detail["bucket"]["name"]},
        "key": {"S": place.key},
        "kind": {"S": place.kind},
        "size_bytes": {"N": str(int(detail["object"].get("size", 0)))},
        "stored_at": {"S": event["time"]},
    }
    if settings.keep_days is not None:
        stored_s = int(datetime.fromisoformat(event["time"]).timestamp())
        made["ttl"] = {"N": str(stored_s + settings.keep_days * _DAY_S)}
    return made


def index(event: Mapping[str, Any], table: Table, settings: Settings) -> str:
    """Index the object that `event` tells of; a repeat writes the same item again. Returns what was done.

    Raises:
        botocore's ClientError: the table refused us; the event comes again, and ends in the dead-letter queue.

    """
    place = place_of(str(event["detail"]["object"]["key"]))
    if place is None:
        return "not-a-recording"
    table.put_item(TableName=settings.table, Item=item(settings, place, event))
    return "indexed"


@functools.cache
def wired() -> tuple[Table, Settings]:
    """Return the client and the settings of this process."""
    import botocore.session  # noqa: PLC0415 - tests of the pure part need no client

    return botocore.session.get_session().create_client("dynamodb"), Settings.load(os.environ)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, str]:
    """Index one recording and say so in one log line, which holds no number of a caller."""
    table, settings = wired()
    outcome = index(event, table, settings)
    place = place_of(str(event["detail"]["object"]["key"]))
    line = {
        "level": "INFO",
        "message": outcome,
        "tenant": settings.tenant,
        "contact_id": place.contact_id if place else None,
        "function": "recording_indexer",
        "request_id": context.aws_request_id,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    return {"outcome": outcome}
