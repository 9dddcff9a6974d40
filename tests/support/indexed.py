"""The recording indexer as its build makes it: with the tenancy module beside it."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from botocore.exceptions import ClientError

from tests.support.lambda_files import loaded


class Body:
    """What an S3 client returns as the body of an object."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        yield from (self.content[at : at + size] for at in range(0, len(self.content), size))


@dataclass
class Bucket:
    """Objects by `bucket/key`, read as an S3 client reads them and signed for as it signs."""

    objects: Mapping[str, bytes]

    def get_object(self, **request: Any) -> Mapping[str, Any]:
        place = f"{request['Bucket']}/{request['Key']}"
        if place not in self.objects:
            told: Any = {"Error": {"Code": "NoSuchKey", "Message": place}}
            raise ClientError(told, "GetObject")
        return {"Body": Body(self.objects[place])}

    def generate_presigned_url(self, ClientMethod: str, **request: Any) -> str:  # noqa: N803 - botocore's own name
        asked = request["Params"]
        saved = asked.get("ResponseContentDisposition", "inline")
        return f"https://{asked['Bucket']}/{asked['Key']}?{ClientMethod}&expires={request['ExpiresIn']}&{saved}"


@functools.cache
def indexer() -> ModuleType:
    """Return the module of the function."""
    return loaded("recording_indexer", "recording_indexer_of_journeys")


def arrived(bucket: str, key: str, *, size_bytes: int, at: str = "2026-03-02T01:10:00Z") -> Mapping[str, Any]:
    """Return the event of an object that has arrived in the bucket."""
    return {"time": at, "detail": {"bucket": {"name": bucket}, "object": {"key": key, "size": size_bytes}}}
