"""Writes the place and the hash of a recording onto its contact, so that whoever finds the contact finds it (REC-01).

The hash is that of the first object of this name: one that is written over it later does not replace it, so that the
change shows (SEC-01).

Behind an EventBridge rule on the recording bucket. Needs nothing but what the Lambda runtime brings, and
`chalicelib/platform/tenancy.py`, which the build copies beside this file: keys are built in that one place only.
"""

import functools
import hashlib
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import unquote

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from chalicelib.platform.tenancy import TenantId, partition, tenant_id
else:
    from tenancy import TenantId, partition, tenant_id

_KEY: Final = re.compile(
    r"(?:.*/)?CallRecordings/(?P<place>(?P<ivr>ivr/)?\d{4}/\d{2}/\d{2}/"
    r"(?P<contact>[A-Za-z0-9-]{1,64})_\d{8}T\d{2}:?\d{2}_UTC\.wav)"
)
SCHEMA: Final = "recording_indexer.v1"
_DAY_S: Final = 86_400
_CHUNK_BYTES: Final = 1_048_576
_KEPT: Final = "attribute_not_exists(pk) OR attribute_not_exists(sha256) OR sha256 = :sha256"
"""A repeat writes the same item again; another object under the same name changes nothing."""
_LOST: Final = "ConditionalCheckFailedException"


class Table(Protocol):
    """Port: the one call of a DynamoDB client that indexing needs."""

    def put_item(self, **request: Any) -> Mapping[str, Any]:
        """Write one item."""


class Objects(Protocol):
    """Port: the one call of an S3 client that hashing needs."""

    def get_object(self, **request: Any) -> Mapping[str, Any]:
        """Return an object, its body to be read."""


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


def sha256(objects: Objects, bucket: str, place: Place) -> str:
    """Return the SHA-256 of the object's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    for chunk in objects.get_object(Bucket=bucket, Key=place.key)["Body"].iter_chunks(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def item(settings: Settings, place: Place, event: Mapping[str, Any], digest: str) -> dict[str, dict[str, str]]:
    """Return the item of one recording; the same event and bytes always give the same item."""
    detail = event["detail"]
    made: dict[str, dict[str, str]] = {
        "pk": {"S": partition(settings.tenant, "CONTACT", place.contact_id)},
        "sk": {"S": f"RECORDING#{place.name}"},
        "bucket": {"S": detail["bucket"]["name"]},
        "key": {"S": place.key},
        "kind": {"S": place.kind},
        "size_bytes": {"N": str(int(detail["object"].get("size", 0)))},
        "stored_at": {"S": event["time"]},
        "sha256": {"S": digest},
    }
    if settings.keep_days is not None:
        stored_s = int(datetime.fromisoformat(event["time"]).timestamp())
        made["ttl"] = {"N": str(stored_s + settings.keep_days * _DAY_S)}
    return made


def index(event: Mapping[str, Any], table: Table, objects: Objects, settings: Settings) -> str:
    """Index the object that `event` tells of; a repeat writes the same item again. Returns what was done.

    `changed`: the recording had other bytes when it was indexed first, and its hash stays.

    Raises:
        botocore's ClientError: table or bucket refused us; the event comes again, and ends in the dead-letter queue.

    """
    place = place_of(str(event["detail"]["object"]["key"]))
    if place is None:
        return "not-a-recording"
    digest = sha256(objects, event["detail"]["bucket"]["name"], place)
    try:
        table.put_item(
            TableName=settings.table,
            Item=item(settings, place, event, digest),
            ConditionExpression=_KEPT,
            ExpressionAttributeValues={":sha256": {"S": digest}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != _LOST:
            raise
        return "changed"
    return "indexed"


@functools.cache
def wired() -> tuple[Table, Objects, Settings]:
    """Return the clients and the settings of this process."""
    import botocore.session  # noqa: PLC0415 - tests of the pure part need no client

    session = botocore.session.get_session()
    return session.create_client("dynamodb"), session.create_client("s3"), Settings.load(os.environ)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, str]:
    """Index one recording and say so in one log line, which holds no number of a caller."""
    table, objects, settings = wired()
    outcome = index(event, table, objects, settings)
    place = place_of(str(event["detail"]["object"]["key"]))
    line = {
        "level": "ERROR" if outcome == "changed" else "INFO",
        "message": outcome,
        "tenant": settings.tenant,
        "contact_id": place.contact_id if place else None,
        "function": "recording_indexer",
        "request_id": context.aws_request_id,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    return {"schema": SCHEMA, "outcome": outcome}
