"""The contact record: parsed tolerantly, and refused by the name of the field when it cannot be used."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.contacts import policy
from chalicelib.contacts.record import parse
from chalicelib.platform.fields import Unusable
from tests.support.contact_records import agent, encoded, record, tenant

TENANT = tenant()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def parsed(**changes: Any) -> Any:
    return parse(encoded(record(**changes)))


@given(st.dictionaries(st.sampled_from(sorted(record())) | st.text(), json_values, max_size=12), st.booleans())
def test_any_json_becomes_a_contact_or_a_refusal_that_names_its_field(changes: dict[str, Any], whole: bool) -> None:  # noqa: FBT001
    document = {**record(), **changes} if whole else changes
    assert outcome(json.dumps(document).encode())


def outcome(data: bytes) -> object:
    """Return the contact's id, or the field that the refusal names."""
    try:
        return policy.contact(parse(data), TENANT).id
    except Unusable as error:
        return error.facts["field"]


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_parsed(data: bytes) -> None:
    with pytest.raises(Unusable):
        parse(data)


@pytest.mark.parametrize("field", ["ContactId", "InstanceARN", "InitiationTimestamp", "LastUpdateTimestamp"])
@pytest.mark.parametrize("nothing", [None, {}, [], ""])
def test_a_field_that_a_contact_cannot_do_without_is_named(field: str, nothing: object) -> None:
    with pytest.raises(Unusable) as refusal:
        parsed(**{field: nothing})
    assert refusal.value.facts == {"field": field}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ContactId": "a#b"}, "ContactId"),
        ({"ContactId": "x" * 257}, "ContactId"),
        ({"ContactId": "a b"}, "ContactId"),
        ({"Agent": agent(Username="a#b")}, "Agent.Username"),
        ({"Agent": "nobody"}, "Agent"),
        ({"Agent": agent(AgentInteractionDuration="4")}, "Agent.AgentInteractionDuration"),
        ({"Agent": agent(AgentInteractionDuration=True)}, "Agent.AgentInteractionDuration"),
        ({"Agent": agent(AgentInteractionDuration=-1)}, "Agent.AgentInteractionDuration"),
        ({"Queue": {"EnqueueTimestamp": "2026-03-02 09:00"}}, "Queue.EnqueueTimestamp"),
        ({"Queue": {"EnqueueTimestamp": "2026-02-30T09:00:00Z"}}, "Queue.EnqueueTimestamp"),
        ({"DisconnectTimestamp": 1}, "DisconnectTimestamp"),
        ({"Recordings": ["x"], "Recording": None}, "Recordings"),
        ({"Attributes": "none"}, "Attributes"),
        ({"DisconnectReason": "\ud800"}, "DisconnectReason"),
        ({"Channel": "x" * 2_049}, "Channel"),
    ],
)
def test_a_field_of_another_type_than_documented_is_named_with_its_path(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Unusable) as refusal:
        parsed(**changes)
    assert refusal.value.facts == {"field": field}


@pytest.mark.parametrize("nothing", [None, {}, []])
def test_null_empty_and_missing_are_the_same(nothing: object) -> None:
    optional = (
        "Agent", "Queue", "Recording", "Recordings", "Attributes", "CustomerEndpoint", "SystemEndpoint", "References",
        "DisconnectReason", "DisconnectTimestamp", "AgentConnectionAttempts", "TransferredToEndpoint", "NextContactId",
    )  # fmt: skip
    missing = {name: value for name, value in record().items() if name not in optional}
    assert parsed(**dict.fromkeys(optional, nothing)) == parse(encoded(missing))


def test_unknown_fields_and_unknown_values_are_no_reason_to_refuse() -> None:
    found = parsed(Channel="TELEPATHY", InitiationMethod="NEW", DisconnectReason="NEW", Brandnew={"a": [1]})
    assert (found.channel, found.method, found.disconnect_reason) == ("TELEPATHY", "NEW", "NEW")


def test_fractions_of_seconds_are_cut_and_the_unset_time_of_1970_is_none() -> None:
    found = parsed(
        DisconnectTimestamp="2026-03-02T09:06:00.999Z", ConnectedToSystemTimestamp="1970-01-01T00:00:00.001Z"
    )
    assert (found.disconnected_at, found.connected_at) == (datetime(2026, 3, 2, 9, 6, tzinfo=UTC), None)


def test_the_recording_is_found_in_the_list_when_the_single_one_is_empty() -> None:
    assert parsed(Recording=None, Recordings=[{"Location": "bucket/key.wav"}]).recording == "bucket/key.wav"


def test_attributes_that_are_no_text_are_left_out() -> None:
    assert parsed(Attributes={"line": "x", "odd": 7, "empty": "", "half": "\ud83d"}).attributes == {"line": "x"}


@pytest.mark.shared
def test_every_record_of_the_reference_material_becomes_a_contact(shared: Path) -> None:
    files = sorted((shared / "corpus" / "records" / "contact-record").glob("*.json"))
    results = [policy.contact(parse(path.read_bytes()), TENANT).result.value for path in files]
    assert results == ["abandoned", "answered", "answered", "self-served"]
