"""The recording indexer as its build makes it: with the tenancy module beside it."""

import functools
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.platform import tenancy

HANDLER = Path(__file__).resolve().parents[2] / "lambdas" / "recording_indexer" / "handler.py"


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
    sys.modules.setdefault("tenancy", tenancy)
    spec = importlib.util.spec_from_file_location("recording_indexer_of_journeys", HANDLER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def arrived(bucket: str, key: str, *, size_bytes: int, at: str = "2026-03-02T01:10:00Z") -> Mapping[str, Any]:
    """Return the event of an object that has arrived in the bucket."""
    return {"time": at, "detail": {"bucket": {"name": bucket}, "object": {"key": key, "size": size_bytes}}}
