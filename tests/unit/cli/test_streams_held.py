"""Streams while a table is mended: nobody reads them once the block has begun, and everybody who did does after it."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from cli import streams

STREAMS = ["arn:records", "arn:events"]


@dataclass
class Mappings:
    """The event source mappings of a Lambda client: by id, stream and state; one in hand is `Disabling` for a while."""

    of: dict[str, str]
    states: dict[str, str]
    in_hand: dict[str, int] = field(default_factory=dict)

    def list_event_source_mappings(self, *, EventSourceArn: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        found = [{"UUID": one, "State": self.states[one]} for one, arn in self.of.items() if arn == EventSourceArn]
        return {"EventSourceMappings": found}

    def update_event_source_mapping(self, *, UUID: str, Enabled: bool) -> None:  # noqa: N803 - AWS's names
        self.states[UUID] = "Enabled" if Enabled else "Disabling"

    def get_event_source_mapping(self, *, UUID: str) -> dict[str, str]:  # noqa: N803 - AWS's name
        left = self.in_hand.get(UUID, 0)
        self.in_hand[UUID] = left - 1
        if self.states[UUID] == "Disabling" and left <= 0:
            self.states[UUID] = "Disabled"
        return {"State": self.states[UUID]}


@pytest.fixture
def mappings() -> Mappings:
    of = {"a": "arn:records", "b": "arn:events", "off": "arn:events", "other": "arn:elsewhere"}
    states = {"a": "Enabled", "b": "Enabled", "off": "Disabled", "other": "Enabled"}
    return Mappings(of, states, in_hand={"b": 2})


def test_the_block_begins_when_the_last_batch_in_hand_is_done(mappings: Mappings) -> None:
    with streams.held(mappings, STREAMS):
        assert mappings.states == {"a": "Disabled", "b": "Disabled", "off": "Disabled", "other": "Enabled"}
    assert mappings.states == {"a": "Enabled", "b": "Enabled", "off": "Disabled", "other": "Enabled"}


def test_they_are_read_again_after_a_block_that_failed(mappings: Mappings) -> None:
    with pytest.raises(KeyError), streams.held(mappings, STREAMS):
        raise KeyError
    assert mappings.states == {"a": "Enabled", "b": "Enabled", "off": "Disabled", "other": "Enabled"}
