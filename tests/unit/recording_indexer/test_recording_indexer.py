"""The recording indexer: what Amazon Connect names as a recording ends on its contact, and nothing else does."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.contacts.items import recording_of
from chalicelib.platform import tenancy
from chalicelib.platform.dynamo import decode
from tests.support.fake_dynamo import FakeDynamo
from tests.support.indexed import Body, Bucket
from tests.support.lambda_files import loaded

CONTACT = "6f1c0a52-0000-4000-8000-000000000001"
CALL = f"connect/hrgroup/CallRecordings/2026/03/02/{CONTACT}_20260302T09:03_UTC.wav"
IVR = f"connect/hrgroup/CallRecordings/ivr/2026/03/02/{CONTACT}_20260302T09:03_UTC.wav"


class AnyBucket(Bucket):
    """Has an object under every key."""

    def __init__(self, content: bytes = b"sound") -> None:
        super().__init__(defaultdict(lambda: content))

    def get_object(self, **request: Any) -> Mapping[str, Any]:
        return {"Body": Body(self.objects[request["Key"]])}


@pytest.fixture
def indexer() -> Iterator[ModuleType]:
    """The function's module."""
    module = loaded("recording_indexer", "recording_indexer")
    yield module
    module.wired.cache_clear()


def event(key: str, size: int = 32_044) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "e-1",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "time": "2026-03-02T09:07:00Z",
        "detail": {
            "version": "0",
            "bucket": {"name": "recordings-hrgroup"},
            "object": {"key": key, "size": size, "etag": "x", "sequencer": "0"},
            "reason": "PutObject",
        },
    }


def settings(indexer: ModuleType, **more: str) -> Any:
    return indexer.Settings.load({"TRUNKLINE_TENANT": "hrgroup", "TRUNKLINE_TABLE": "table", **more})


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (CALL, "call"),
        (CALL.replace(":", "%3A"), "call"),
        (CALL.replace("connect/hrgroup/", ""), "call"),
        (IVR, "voicemail"),
        (IVR.replace(":", "%3A").replace("/", "%2F"), "voicemail"),
    ],
)
def test_a_recording_is_found_on_its_contact_by_the_products_own_reader(
    indexer: ModuleType, key: str, kind: str
) -> None:
    table = FakeDynamo()
    assert indexer.index(event(key), table, AnyBucket(), settings(indexer)) == "indexed"
    ((place, item),) = table.items.items()
    found = recording_of(decode(item))
    assert place[0] == tenancy.partition(tenancy.tenant_id("hrgroup"), "CONTACT", CONTACT)
    assert (found.kind, found.bucket, found.size_bytes) == (kind, "recordings-hrgroup", 32_044)
    assert found.key.endswith("_20260302T09:03_UTC.wav")


def test_the_same_event_twice_is_one_recording(indexer: ModuleType) -> None:
    table = FakeDynamo()
    for _ in range(2):
        indexer.index(event(CALL), table, AnyBucket(), settings(indexer))
    assert len(table.items) == 1


def test_a_call_and_a_voicemail_of_the_same_minute_are_two_recordings(indexer: ModuleType) -> None:
    table = FakeDynamo()
    for key in (CALL, IVR):
        indexer.index(event(key), table, AnyBucket(), settings(indexer))
    assert len(table.items) == 2


@pytest.mark.parametrize(
    "key",
    [
        "",
        "access-logs/2026-03-02",
        CALL.replace("CallRecordings", "ChatTranscripts"),
        CALL.replace(".wav", ".json"),
        CALL.replace(CONTACT, "a#b"),
        CALL.replace("2026/03/02/", ""),
    ],
)
def test_what_is_no_recording_of_a_contact_is_left_alone(indexer: ModuleType, key: str) -> None:
    table = FakeDynamo()
    assert indexer.index(event(key), table, AnyBucket(), settings(indexer)) == "not-a-recording"
    assert table.items == {}


def test_the_item_ends_with_its_object_when_retention_is_given(indexer: ModuleType) -> None:
    table = FakeDynamo()
    indexer.index(event(CALL), table, AnyBucket(), settings(indexer, TRUNKLINE_RECORDINGS_DAYS="1"))
    ((item),) = table.items.values()
    assert item["ttl"] == {"N": str(1_772_442_420 + 86_400)}


@pytest.mark.parametrize("missing", ["TRUNKLINE_TENANT", "TRUNKLINE_TABLE"])
def test_a_function_without_its_settings_does_not_start(indexer: ModuleType, missing: str) -> None:
    environment = {"TRUNKLINE_TENANT": "hrgroup", "TRUNKLINE_TABLE": "table"}
    with pytest.raises(KeyError, match=missing):
        indexer.Settings.load({name: value for name, value in environment.items() if name != missing})


def test_the_hash_is_of_the_bytes_that_came_first_and_a_change_is_told(indexer: ModuleType) -> None:
    table = FakeDynamo()
    assert indexer.index(event(CALL), table, AnyBucket(b"first"), settings(indexer)) == "indexed"
    assert indexer.index(event(CALL), table, AnyBucket(b"first"), settings(indexer)) == "indexed"
    assert indexer.index(event(CALL), table, AnyBucket(b"second"), settings(indexer)) == "changed"
    ((item),) = table.items.values()
    assert recording_of(decode(item)).sha256 == hashlib.sha256(b"first").hexdigest()


def test_an_item_of_before_there_were_hashes_gets_one(indexer: ModuleType) -> None:
    table = FakeDynamo()
    indexer.index(event(CALL), table, AnyBucket(), settings(indexer))
    ((item),) = table.items.values()
    del item["sha256"]
    assert indexer.index(event(CALL), table, AnyBucket(), settings(indexer)) == "indexed"
    ((again),) = table.items.values()
    assert "sha256" in again


def test_a_recording_that_cannot_be_read_is_not_indexed(indexer: ModuleType) -> None:
    table = FakeDynamo()
    with pytest.raises(ClientError):
        indexer.index(event(CALL), table, Bucket({}), settings(indexer))
    assert not table.items
