"""A bucket in which another system's files lie, as an S3 client sees it, and over HTTP as S3 answers."""

import hashlib
import io
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError

from tests.support.json_server import listening

HEADER = "id,name,phone,grade,points"
PAGE = 2


@dataclass
class FakeBucket:
    """Objects by key, listed two at a time. `before` is called with each call's name and may raise."""

    objects: dict[str, bytes] = field(default_factory=dict)
    before: Callable[[str], None] = lambda _call: None
    ranges: list[str] = field(default_factory=list)

    def list_objects_v2(self, **request: Any) -> Mapping[str, Any]:
        self.before("list")
        after = request.get("ContinuationToken", "")
        keys = sorted(key for key in self.objects if key.startswith(request["Prefix"]) and key > after)
        found = [{"Key": key, "Size": len(self.objects[key]), "ETag": _mark(self.objects[key])} for key in keys[:PAGE]]
        more = {"IsTruncated": True, "NextContinuationToken": keys[PAGE - 1]} if len(keys) > PAGE else {}
        return {"Contents": found, "IsTruncated": False, **more}

    def get_object(self, **request: Any) -> Mapping[str, Any]:
        self.before("get")
        self.ranges.append(request["Range"])
        content, start = self.objects.get(request["Key"]), int(request["Range"][len("bytes=") : -1])
        if content is None or start >= len(content):
            told: Any = {"Error": {"Code": "NoSuchKey" if content is None else "InvalidRange", "Message": "no"}}
            raise ClientError(told, "GetObject")
        return {"Body": io.BytesIO(content[start:])}

    def put_object(self, **request: Any) -> Mapping[str, Any]:
        self.before("put")
        self.objects[request["Key"]] = request["Body"]
        return {}

    def deliver(self, name: str, *lines: str, header: str = HEADER, adapter: str = "crm") -> None:
        """Let the other system deliver a file."""
        content = "".join(f"{line}\r\n" for line in (header, *lines))
        self.objects[f"adapters/{adapter}/in/{name}"] = content.encode()

    def ours(self, adapter: str = "crm") -> dict[str, bytes]:
        """Return the files that we wrote, by name."""
        prefix = f"adapters/{adapter}/out/"
        return {key.removeprefix(prefix): body for key, body in self.objects.items() if key.startswith(prefix)}


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def name(at: datetime, kind: str = "delta") -> str:
    """Return the name of a file of theirs that was made at `at`."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{kind}.csv"


@contextmanager
def s3_over_http(bucket: FakeBucket) -> Iterator[str]:
    """Yield the address at which `bucket` is asked as S3 is, whatever the name of the bucket."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(asked.query))
            try:
                self._answer(200, _listing(bucket, query) if "prefix" in query else self._content(asked.path))
            except ClientError as error:
                code = error.response["Error"]["Code"]
                status = 416 if code == "InvalidRange" else 404
                self._answer(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode())

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bucket.put_object(Key=_key(self.path), Body=body)
            self._answer(200, b"")

        def _content(self, path: str) -> bytes:
            body = bucket.get_object(Key=_key(path), Range=self.headers["Range"])["Body"]
            return bytes(body.read())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with listening(Handler) as address:
        yield address


def _key(path: str) -> str:
    return urllib.parse.unquote(urllib.parse.urlsplit(path).path).split("/", 2)[2]


def _listing(bucket: FakeBucket, query: Mapping[str, str]) -> bytes:
    more = {"ContinuationToken": query["continuation-token"]} if "continuation-token" in query else {}
    page = bucket.list_objects_v2(Prefix=query["prefix"], **more)
    rows = "".join(
        f"<Contents><Key>{escape(one['Key'])}</Key><Size>{one['Size']}</Size><ETag>{one['ETag']}</ETag></Contents>"
        for one in page["Contents"]
    )
    token = page.get("NextContinuationToken")
    rest = f"<NextContinuationToken>{escape(token)}</NextContinuationToken>" if token else ""
    cut = str(page["IsTruncated"]).lower()
    return f"<ListBucketResult><IsTruncated>{cut}</IsTruncated>{rest}{rows}</ListBucketResult>".encode()
