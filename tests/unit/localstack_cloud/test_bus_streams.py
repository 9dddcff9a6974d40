"""Rules that put events into streams: under which partition key."""

import pytest

from localstack.bus_streams import partition_key

EVENT = {"id": "event-1", "detail": {"contactId": "c-1", "at": 5}}


@pytest.mark.parametrize(
    ("path", "key"),
    [("$.detail.contactId", "c-1"), ("", "event-1"), ("$.detail.nothing", "event-1"), ("$.detail.at", "event-1")],
)
def test_the_key_is_the_text_at_the_path_else_the_events_id(path: str, key: str) -> None:
    assert partition_key(EVENT, path) == key
