"""Every function, its versioned schemas and its real answers to real events are held to each other (INT-07)."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from chalicelib.agents import agent_event
from chalicelib.contacts import record as contact_record
from chalicelib.platform.fields import Unusable
from chalicelib.platform.flow_door import FlowFunctionFailed
from cli import function_schemas
from infra.cdk.capacity import WEIGHTS
from tests.support.agent_events import Life, lives
from tests.support.contact_records import Record, encoded, histories, record
from tests.support.every_function import HANDLERS, SAMPLES, Aws, agent_day, every_function

FILES = function_schemas.on_disk()
NAMED = {
    *function_schemas.FLOW_INVOKED,
    "notify_voicemail",
    "review_papers",
    "review_qualifications",
    "serve_privacy_requests",
    "recording_indexer",
}


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with pytest.MonkeyPatch.context() as patch, every_function(patch, tmp_path_factory.mktemp("functions")) as aws:
        yield aws


def schema_of(name: str, way: str) -> Mapping[str, Any]:
    version = {**function_schemas.FUNCTIONS, **function_schemas.MESSAGES}[name].version
    return FILES[f"{name}.v{version}.{way}.json"]


def wrong(name: str, way: str, value: object) -> list[str]:
    """Return what keeps `value` from being what the schema says."""
    return [error.message for error in jsonschema.Draft202012Validator(schema_of(name, way)).iter_errors(value)]


def test_every_function_of_the_stack_has_schemas_and_an_event_of_each_kind() -> None:
    assert function_schemas.FUNCTIONS.keys() == WEIGHTS.keys() == SAMPLES.keys() == HANDLERS.keys()


def test_the_schemas_on_disk_are_the_types_own() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in function_schemas.FOLDER.glob("*.json")}
    made = {name: function_schemas.text(schema) for name, schema in function_schemas.generated().items()}
    assert made.items() <= written.items(), "trunkline api schemas"
    assert function_schemas.breaking(FILES, {**FILES, **function_schemas.generated()}) == []


@pytest.mark.parametrize("name", FILES)
def test_a_schema_is_one_and_names_itself(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(FILES[name])
    assert FILES[name]["$id"] == f"urn:trunkline:schema:{name.removesuffix('.json')}"


@pytest.mark.parametrize("function", SAMPLES)
def test_a_function_and_its_schemas_accept_the_same_events_and_it_answers_as_they_say(aws: Aws, function: str) -> None:
    assert aws.table is not None
    for event in SAMPLES[function]:
        assert wrong(function, "in", event) == []
        answer = HANDLERS[function](event)
        assert wrong(function, "out", json.loads(json.dumps(answer))) == []
        if function in NAMED:
            assert answer["schema"] == f"{function}.v{function_schemas.FUNCTIONS[function].version}"


@pytest.mark.parametrize("function", function_schemas.FLOW_INVOKED)
def test_a_flow_gets_no_key_that_the_schema_does_not_have(aws: Aws, function: str) -> None:
    assert aws.table is not None
    for event in SAMPLES[function]:
        assert HANDLERS[function](event).keys() <= schema_of(function, "out")["$defs"].keys() | known(function)


def known(function: str) -> set[str]:
    found = [one for one in schema_of(function, "out").get("$defs", {}).values() if "properties" in one]
    return {key for one in [*found, schema_of(function, "out")] for key in one.get("properties", {})}


def test_a_record_that_cannot_be_taken_in_is_kept_as_the_schema_says(aws: Aws) -> None:
    for function in ("ingest_contact_records", "ingest_agent_events"):
        HANDLERS[function](SAMPLES[function][1])
    kept = [json.loads(letter) for letter in aws.letters]
    assert {letter["kind"] for letter in kept} == {"contact-record", "agent-event"}
    assert [wrong("dead_letter", "out", letter) for letter in kept] == [[]] * len(kept)


@settings(max_examples=8)
@given(histories())
def test_whatever_record_is_taken_in_is_one_by_its_schema(copies: list[list[Record]]) -> None:
    for one in (each for some in copies for each in some):
        assert wrong("contact_record", "in", one) == []
        assert contact_record.parse(encoded(one)).contact_id == one["ContactId"]


@settings(max_examples=8)
@given(lives())
def test_whatever_agent_event_is_taken_in_is_one_by_its_schema(life: Life) -> None:
    for one in life.events:
        assert wrong("agent_event", "in", one) == []
        assert agent_event.parse(json.dumps(one).encode()).id == one["EventId"]


@pytest.mark.parametrize("field", schema_of("contact_record", "in")["required"])
def test_a_contact_record_without_a_field_that_the_schema_requires_is_refused(field: str) -> None:
    less = {name: value for name, value in record().items() if name != field}
    assert wrong("contact_record", "in", less) == [f"'{field}' is a required property"]
    with pytest.raises(Unusable, match=field):
        contact_record.parse(encoded(less))


@pytest.mark.parametrize("field", schema_of("agent_event", "in")["required"])
def test_an_agent_event_without_a_field_that_the_schema_requires_is_refused(field: str) -> None:
    less = {name: value for name, value in json.loads(agent_day()[0]).items() if name != field}
    assert wrong("agent_event", "in", less) == [f"'{field}' is a required property"]
    with pytest.raises(Unusable, match=field):
        agent_event.parse(json.dumps(less).encode())


@pytest.mark.shared
@pytest.mark.parametrize("function", function_schemas.FLOW_INVOKED)
def test_public_samples_of_a_flows_event_are_answered_where_the_schema_accepts_them_and_only_there(
    aws: Aws, shared: Path, function: str
) -> None:
    assert aws.table is not None
    samples = sorted((shared / "corpus" / "records" / "lambda-contactflowevent").glob("*.json"))
    assert len(samples) > 5
    for path in samples:
        event = json.loads(path.read_text(encoding="utf-8"))
        if refused := wrong(function, "in", event):
            assert (function, refused) == ("route_contact", ["'' should be non-empty"])
            with pytest.raises(FlowFunctionFailed):
                HANDLERS[function](event)
        else:
            assert wrong(function, "out", HANDLERS[function](event)) == [], path.name


@pytest.mark.shared
def test_public_contact_records_are_records_by_the_schema_and_are_taken_in(shared: Path) -> None:
    samples = sorted((shared / "corpus" / "records" / "contact-record").glob("*.json"))
    assert len(samples) > 3
    for path in samples:
        data = path.read_bytes()
        assert wrong("contact_record", "in", json.loads(data)) == [], path.name
        assert contact_record.parse(data).contact_id
