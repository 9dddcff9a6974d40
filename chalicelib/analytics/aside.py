"""Analytics: rows that could not be converted. They lie whole in the error folder, and can be sent once more."""

import base64
import binascii
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from chalicelib.analytics.service import Sender, batches

ERRORS: Final = "errors"
"""Folder of the bucket in which Firehose puts them, below it one for each table."""


class Objects(Protocol):
    """Port: the calls of an S3 client that this makes."""

    def list_objects_v2(self, **request: Any) -> Mapping[str, Any]:
        """Return a page of keys."""

    def get_object(self, **request: Any) -> Mapping[str, Any]:
        """Return an object, its body to be read."""

    def delete_object(self, **request: Any) -> Mapping[str, Any]:
        """Delete an object."""


class Unreadable(ValueError):
    """A file of the error folder that does not hold rows as Firehose writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the error folder: its rows as they were sent, and how many failed for each reason."""

    key: str
    table: str
    rows: Sequence[bytes]
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """Rows that were sent once more, by table, and the files that stay because nobody can read them."""

    rows: Mapping[str, int]
    left: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAside:
    """The error folder of one tenant's bucket. `streams` names the delivery stream of each table."""

    objects: Objects
    bucket: str
    sender: Sender
    streams: Mapping[str, str]

    def reasons(self) -> Counter[tuple[str, str]]:
        """Return how many rows wait, by table and reason; a file that nobody can read counts once."""
        found: Counter[tuple[str, str]] = Counter()
        for key in list(self._keys()):
            try:
                file = self._read(key)
            except Unreadable:
                found[_table(key), "unreadable"] += 1
            else:
                found.update({(file.table, reason): count for reason, count in file.reasons.items()})
        return found

    def again(self) -> Replayed:
        """Send every row once more, and delete a file when all of its rows were taken.

        What cannot be converted now either comes back in a new file. Twice is harmless: readers take the newest copy.

        Raises:
            StoreUnavailable, Throttled: a delivery stream refused; files that were not done stay.

        """
        rows: Counter[str] = Counter()
        left: list[str] = []
        # All keys first: what comes back meanwhile is not sent a third time.
        for key in list(self._keys()):
            try:
                file = self._read(key)
            except Unreadable:
                left.append(key)
                continue
            for batch in batches(file.rows):
                self.sender.send(self.streams[file.table], batch)
            self.objects.delete_object(Bucket=self.bucket, Key=key)
            rows[file.table] += len(file.rows)
        return Replayed(rows=rows, left=left)

    def _keys(self) -> Iterator[str]:
        asked = {"Bucket": self.bucket, "Prefix": f"{ERRORS}/"}
        while True:
            page = self.objects.list_objects_v2(**asked)
            yield from (found["Key"] for found in page.get("Contents", []))
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

    def _read(self, key: str) -> File:
        body: bytes = self.objects.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        if (table := _table(key)) not in self.streams:
            raise Unreadable(key)
        try:
            told = [json.loads(line) for line in body.splitlines() if line.strip()]
            rows = [base64.b64decode(one["rawData"], validate=True) for one in told]
        except (ValueError, KeyError, TypeError, binascii.Error) as exc:
            raise Unreadable(key) from exc
        reasons = Counter(str(one.get("lastErrorCode") or key.split("/")[2]) for one in told)
        return File(key=key, table=table, rows=rows, reasons=reasons)


def _table(key: str) -> str:
    return key.split("/")[1]
