"""Recordings: the objects in the tenant's bucket. Signed addresses that end soon, and the hash of what lies there."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from chalicelib.contacts.models import Recording
from chalicelib.platform.dynamo import error_code, store_errors
from chalicelib.platform.errors import NotFound, Unprocessable

CHUNK_BYTES: Final = 1_048_576
LARGEST_BYTES: Final = 600_000_000
"""Five hours of stereo at 8 kHz and 16 bit; more cannot be read within a request."""
_MISSING: Final = frozenset({"NoSuchKey", "NoSuchVersion", "404"})


class Client(Protocol):
    """Port: the calls of an S3 client that recordings need."""

    def get_object(self, **request: Any) -> Mapping[str, Any]:
        """Return an object, its body to be read."""

    def generate_presigned_url(self, ClientMethod: str, **request: Any) -> str:  # noqa: N803 - botocore's own name
        """Return a signed address."""


@dataclass(frozen=True, slots=True)
class Objects:
    """The recordings of one tenant."""

    client: Client

    def signed(self, recording: Recording, *, valid_s: int, as_file: bool) -> str:
        """Return an address of the recording that ends after `valid_s`; `as_file`: browsers save it."""
        asked: dict[str, Any] = _place(recording)
        if as_file:
            asked["ResponseContentDisposition"] = f'attachment; filename="{recording.name}"'
        return self.client.generate_presigned_url("get_object", Params=asked, ExpiresIn=valid_s)

    def sha256(self, recording: Recording) -> str:
        """Return the SHA-256 of what lies there now, in hexadecimal.

        Raises:
            NotFound: the object is gone. Unprocessable: it is too large to be read in one request.
            Throttled, StoreUnavailable: S3 did not answer.

        """
        if recording.size_bytes > LARGEST_BYTES:
            errors = [{"field": "name", "problem": f"has more than {LARGEST_BYTES} bytes"}]
            raise Unprocessable("the recording is too large to be verified in a request", errors=errors)
        digest = hashlib.sha256()
        with store_errors("read a recording"):
            try:
                body = self.client.get_object(**_place(recording))["Body"]
            except ClientError as exc:
                if error_code(exc) in _MISSING:
                    raise NotFound("the object of this recording is gone") from exc
                raise
            for chunk in body.iter_chunks(CHUNK_BYTES):
                digest.update(chunk)
        return digest.hexdigest()


def _place(recording: Recording) -> dict[str, str]:
    return {"Bucket": recording.bucket, "Key": recording.key}
