"""Adapters: files of another system in the tenant's bucket: found, read from any byte on, told apart, written."""

import contextlib
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.models import Refused, Unreachable
from chalicelib.platform.dynamo import error_code

LARGEST_FILE_BYTES: Final = 64 * 2**20
"""Half a million customers; a larger file is delivered in parts, as deltas."""
_CHUNK_BYTES: Final = 65_536
_NAME: Final = re.compile(r"(\d{8}T\d{6}Z)-(full|delta)\.csv")
_GONE: Final = frozenset({"NoSuchKey", "404"})


class Client(Protocol):
    """Port: the calls of an S3 client that this makes."""

    def list_objects_v2(self, **request: Any) -> Mapping[str, Any]:
        """List objects."""

    def get_object(self, **request: Any) -> Mapping[str, Any]:
        """Read an object."""

    def put_object(self, **request: Any) -> Mapping[str, Any]:
        """Write an object."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file of theirs. `at` is the instant in its name, of which it tells; names sort by it."""

    name: str
    at: datetime
    is_full: bool


class Gone(Refused):
    """The file is not in the bucket any more."""


def delivery(name: str) -> Delivery | None:
    """Return what a name such as `20260302T090000Z-full.csv` says; None: it is no name of a delivery."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        at = datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Delivery(name, at, found[2] == "full")


def name_of(at: datetime, content: bytes) -> str:
    """Return the name of a file of ours; another content of the same second has another one."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-delta-{hashlib.sha256(content).hexdigest()[:8]}.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of one adapter. All raise Unreachable when the bucket does not answer."""

    client: Client
    bucket: str
    adapter: str

    def delivered(self) -> dict[str, tuple[int, str]]:
        """Return size in bytes and S3's mark of the content of each file that they delivered, by name, oldest first."""
        prefix = f"adapters/{self.adapter}/in/"
        request: dict[str, Any] = {"Bucket": self.bucket, "Prefix": prefix}
        found: dict[str, tuple[int, str]] = {}
        while True:
            with _answers():
                answer = self.client.list_objects_v2(**request)
            for one in answer.get("Contents", ()):
                found[one["Key"].removeprefix(prefix)] = one["Size"], one["ETag"]
            if not answer.get("IsTruncated"):
                return {name: found[name] for name in sorted(found) if name}
            request["ContinuationToken"] = answer["NextContinuationToken"]

    def chunks(self, name: str, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes of a file from `start` on.

        Raises:
            Gone: it is not there any more.

        """
        with _answers():
            try:
                body = self.client.get_object(
                    Bucket=self.bucket, Key=f"adapters/{self.adapter}/in/{name}", Range=f"bytes={start}-"
                )["Body"]
            except ClientError as error:
                if error_code(error) == "InvalidRange":
                    return  # nothing is behind the last byte
                if error_code(error) in _GONE:
                    raise Gone("the file is not in the bucket any more") from error
                raise
        with contextlib.closing(body):
            while True:
                with _answers():
                    chunk = body.read(_CHUNK_BYTES)
                if not chunk:
                    return
                yield chunk

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file's content, in hex; raises Gone."""
        found = hashlib.sha256()
        for chunk in self.chunks(name):
            found.update(chunk)
        return found.hexdigest()

    def hand_over(self, name: str, content: bytes) -> None:
        """Write a file of ours."""
        with _answers():
            self.client.put_object(
                Bucket=self.bucket, Key=f"adapters/{self.adapter}/out/{name}", Body=content, ContentType="text/csv"
            )


@contextlib.contextmanager
def _answers() -> Iterator[None]:
    """Let a bucket that does not answer be a system that does not."""
    try:
        yield
    except ClientError as error:
        raise Unreachable(f"the bucket: {error_code(error)}") from error
    except BotoCoreError as error:
        raise Unreachable(f"the bucket: {type(error).__name__}") from error
