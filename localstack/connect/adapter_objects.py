"""S3, for what the engine stores, and for the files that others put there and get."""

import logging
import urllib.request
from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError

from localstack.connect.adapter_clients import PATIENCE_S, Clients
from localstack.connect.engine.ports import File, Place, StoredObject

log = logging.getLogger(__name__)

LARGEST_FETCH_BYTES = 21 * 1024 * 1024
"""A little more than may be attached, so that a larger file is seen to be too large."""
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Without proxies: the addresses are those of this machine."""


class CloudObjects:
    """Stores objects in S3."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def put(self, place: Place, stored: StoredObject) -> bool:
        """Store one object; False when it was not taken."""
        encryption = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": stored.kms_key_arn} if stored.kms_key_arn else {}
        )
        try:
            self._clients.get("s3", place).put_object(
                Bucket=stored.bucket, Key=stored.key, Body=stored.data, ContentType=stored.content_type, **encryption
            )
        except (BotoCoreError, ClientError) as error:
            log.warning("S3 did not take %s/%s: %s", stored.bucket, stored.key, error)
            return False
        return True


class CloudFiles:
    """Addresses of objects in S3, signed as S3 wants them."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def upload_url(self, place: Place, file: File, expires_s: int) -> str:
        """Where to PUT the file."""
        asked = {"Bucket": file.bucket, "Key": file.key, "ContentType": file.content_type}
        return self._signed(place, "put_object", asked, expires_s)

    def download_url(self, place: Place, file: File, expires_s: int, disposition: str) -> str:
        """Where to GET it."""
        asked = {"Bucket": file.bucket, "Key": file.key, "ResponseContentDisposition": disposition}
        return self._signed(place, "get_object", asked, expires_s)

    def size_bytes(self, place: Place, file: File) -> int | None:
        """How large it is; None when it is not there, or cannot be asked for."""
        try:
            return int(self._clients.get("s3", place).head_object(Bucket=file.bucket, Key=file.key)["ContentLength"])
        except (BotoCoreError, ClientError) as error:
            log.info("S3 does not have %s/%s: %s", file.bucket, file.key, error)
            return None

    def fetch(self, url: str) -> bytes:
        """What stands at an address of this cloud; no other is asked. Raises ValueError."""
        if not url.startswith(f"{self._clients.endpoint_url}/"):
            msg = f"a file is fetched from {self._clients.endpoint_url} only, not from {url.partition('?')[0]}"
            raise ValueError(msg)
        try:
            with _OPENER.open(url, timeout=PATIENCE_S) as answer:
                return bytes(answer.read(LARGEST_FETCH_BYTES))
        except OSError as error:
            msg = f"the file at {url.partition('?')[0]} cannot be had: {error}"
            raise ValueError(msg) from error

    def delete(self, place: Place, file: File) -> None:
        """Take the file away."""
        try:
            self._clients.get("s3", place).delete_object(Bucket=file.bucket, Key=file.key)
        except (BotoCoreError, ClientError) as error:
            log.warning("S3 did not delete %s/%s: %s", file.bucket, file.key, error)

    def _signed(self, place: Place, operation: str, asked: Mapping[str, str], expires_s: int) -> str:
        client = self._clients.get("s3", place)
        return str(client.generate_presigned_url(operation, Params=dict(asked), ExpiresIn=expires_s))
