"""Another system's files in a bucket of the local cloud, read and written by clients of S3 and DynamoDB (INT-02)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.support import tenant_table
from tests.support.cloud_fixture import Cloud
from tests.support.file_pair import FilePair
from tests.support.other_files import FakeBucket

NAME = "adapter-files"


class CloudBucket(FakeBucket):
    """The same deliveries in a bucket of the cloud."""

    def __init__(self, client: Any) -> None:
        super().__init__()
        self.client = client

    def list_objects_v2(self, **request: Any) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.client.list_objects_v2(**{**request, "Bucket": NAME, "MaxKeys": 1})
        return found

    def get_object(self, **request: Any) -> Mapping[str, Any]:
        self.ranges.append(request["Range"])
        found: Mapping[str, Any] = self.client.get_object(**{**request, "Bucket": NAME})
        return found

    def put_object(self, **request: Any) -> Mapping[str, Any]:
        self.client.put_object(**{**request, "Bucket": NAME})
        return super().put_object(**request)

    def deliver(self, name: str, *lines: str, header: str = "", adapter: str = "crm") -> None:
        super().deliver(name, *lines, header=header, adapter=adapter)
        key = f"adapters/{adapter}/in/{name}"
        self.client.put_object(Bucket=NAME, Key=key, Body=self.objects[key])


@pytest.fixture
def pair(cloud: Cloud) -> FilePair:
    """Our customers in tables of the cloud, and the other system's files in its bucket."""
    dynamodb, s3 = cloud.client("dynamodb"), cloud.client("s3")
    for table in (NAME, f"{NAME}-audit"):
        tenant_table.create(dynamodb, table)
    s3.create_bucket(Bucket=NAME)
    return FilePair(client=dynamodb, bucket=CloudBucket(s3), table=NAME)


def test_files_go_both_ways_through_a_bucket_and_a_file_that_is_read_to_its_end_is_over(pair: FilePair) -> None:
    lines = [f"c-{number},false,Name {number},,," for number in range(10)]
    first = pair.deliver(*lines, kind="full")
    second = pair.deliver("c-0,false,Other,,,", "c-1,true,,,,", "c-2,maybe,,,,")
    pair.rest()
    assert pair.states() == {first: "taken", second: "taken"}
    assert pair.errors() == {f"{second}:4": "gone: true or false (customer c-2)"}
    assert pair.our_facts("c-1") is None
    assert pair.shown("c-0") == ("Other", None, None, None)
    assert pair.shown("c-9") == ("Name 9", None, None, None)
    assert {one for one in pair.bucket.ranges if one != "bytes=0-"} == {
        f"bytes={len(pair.bucket.objects[f'adapters/crm/in/{name}'])}-" for name in (first, second)
    }, "what is behind the last byte is asked for, and is nothing"

    known = pair.our_facts("c-9")
    assert known is not None
    pair.enter("c-9", replace(known, grade="gold"))
    pair.rest()
    listed = pair.bucket.client.list_objects_v2(Bucket=NAME, Prefix="adapters/crm/out/")["Contents"]
    written = [pair.bucket.client.get_object(Bucket=NAME, Key=one["Key"])["Body"].read() for one in listed]
    assert written == [b"id,gone,name,phone,grade,region\r\nc-9,false,Name 9,,gold,\r\n"]
