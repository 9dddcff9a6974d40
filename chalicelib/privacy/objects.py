"""Privacy: objects in the tenant's bucket. Deleted with every version, copied while held, packed for a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from chalicelib.platform.dynamo import error_code, store_errors

HELD: Final = "held/"
"""Where copies of held recordings lie, which no rule of the bucket ends."""
_GONE: Final = frozenset({"NoSuchKey", "NoSuchVersion", "404"})


class Client(Protocol):
    """Port: the calls of an S3 client that this makes."""

    def list_object_versions(self, **request: Any) -> Mapping[str, Any]:
        """List versions and delete markers."""

    def delete_object(self, **request: Any) -> Mapping[str, Any]:
        """Delete one version."""

    def put_object(self, **request: Any) -> Mapping[str, Any]:
        """Write an object."""

    def copy_object(self, **request: Any) -> Mapping[str, Any]:
        """Copy an object."""

    def generate_presigned_url(self, ClientMethod: str, **request: Any) -> str:  # noqa: N803 - botocore's own name
        """Return a signed address."""


class Bucket(Protocol):
    """Port: see `Objects`."""

    def erase(self, bucket: str, key: str) -> None:
        """Delete an object with every version."""

    def hold(self, bucket: str, key: str, copy: str) -> bool:
        """Copy an object to where nothing ends it."""

    def pack(self, key: str, body: bytes) -> None:
        """Write a package."""

    def signed(self, key: str, *, valid_s: int) -> str:
        """Return an address of a package."""


@dataclass(frozen=True, slots=True)
class Objects:
    """The bucket of one tenant."""

    client: Client
    bucket: str

    def erase(self, bucket: str, key: str) -> None:
        """Delete every version of an object and every mark of a deletion; of one that is gone, nothing.

        Raises:
            StoreUnavailable, Throttled: some versions may be left; the same call may be made again.

        """
        request: dict[str, Any] = {"Bucket": bucket, "Prefix": key}
        while True:
            with store_errors("erase an object"):
                answer = self.client.list_object_versions(**request)
            for version in (*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())):
                if version["Key"] == key:
                    with store_errors("erase an object"):
                        self.client.delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])
            if not answer.get("IsTruncated"):
                return
            request |= {"KeyMarker": answer["NextKeyMarker"], "VersionIdMarker": answer["NextVersionIdMarker"]}

    def hold(self, bucket: str, key: str, copy: str) -> bool:
        """Copy an object to where nothing ends it; False when it is gone already.

        Raises:
            StoreUnavailable, Throttled: it may not be copied; the same call may be made again.

        """
        with store_errors("hold an object"):
            try:
                self.client.copy_object(Bucket=bucket, Key=copy, CopySource={"Bucket": bucket, "Key": key})
            except ClientError as error:
                if error_code(error) in _GONE:
                    return False
                raise
        return True

    def pack(self, key: str, body: bytes) -> None:
        """Write a package.

        Raises:
            StoreUnavailable, Throttled: it may not be there.

        """
        with store_errors("write a package"):
            self.client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json")

    def signed(self, key: str, *, valid_s: int) -> str:
        """Return an address at which a package can be fetched for `valid_s`."""
        asked = {
            "Bucket": self.bucket,
            "Key": key,
            "ResponseContentDisposition": f'attachment; filename="{key.rpartition("/")[2]}"',
        }
        return self.client.generate_presigned_url("get_object", Params=asked, ExpiresIn=valid_s)
