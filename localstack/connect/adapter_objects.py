"""S3, for what the engine stores, and for the files that others put there and get."""

import logging
from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError

from localstack.connect.adapter_clients import Clients
from localstack.connect.engine.ports import File, Place, StoredObject

log = logging.getLogger(__name__)


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

    def _signed(self, place: Place, operation: str, asked: Mapping[str, str], expires_s: int) -> str:
        client = self._clients.get("s3", place)
        return str(client.generate_presigned_url(operation, Params=dict(asked), ExpiresIn=expires_s))
