"""The schemas of what leaves: they take what is documented and what was seen, and refuse what is neither."""

import copy
import json
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack.connect import schemas
from localstack.connect.engine.ports import LambdaReply
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import Small, action, one_queue, staff, to_queue
from tests.support.schema_checks import Breach, Compiler, complaint, hold, holds

NAMES = typing.get_args(schemas.Name)
ARN = "arn:aws:connect:eu-west-2:111122223333:instance/INST"
SAMPLES = {
    "6.2 Example": "contact_record",
    "7. Agent event stream": "agent_event",
    "8.1 Contact events": "contact_event",
    "4.1 Event": "lambda_event",
    "16. Flow logs": "flow_log",
}
"""Sections of the reference and what their first example is."""
NO_JSON = {
    "awsdocs__sample-agent-event-stream_1.jsonc": "has comments and closes one object too many",
    "awsdocs__determine-acw-time_2.jsonc": "has comments that go on over lines",
    "awsdocs__connect-lambda-functions_1.jsonc": "has comments and lacks a comma",
}
"""Samples of AWS's pages that no parser takes, and why."""


def busy() -> Small:
    """A world whose one call leaves everything that can leave."""
    small = one_queue()
    recorded = {"RecordingBehavior": {"RecordedParticipants": ["Agent"]}}
    log = action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, "rec")
    record = action("rec", "UpdateContactRecordingBehavior", recorded, "ask")
    asked = {"LambdaFunctionARN": f"{FUNCTION}ask", "InvocationTimeLimitSeconds": "3"}
    ask = action("ask", "InvokeLambdaFunction", asked, "set", errors={"NoMatchingError": "set"})
    small.number(small.flow("main", log, record, ask, *to_queue("support")))
    small.lambdas.answers["ask"] = LambdaReply("ok", b'{"a": "1"}')
    staff(small, "li.na")
    small.call(talk_s=60)
    small.run()
    return small


def left() -> dict[schemas.Name, list[Any]]:
    """What such a call leaves, by schema."""
    small = busy()
    return {
        "contact_record": small.cloud.records,
        "agent_event": small.cloud.agent_events,
        "contact_event": small.cloud.events,
        "contact_event_tolerant": small.cloud.events,
        "flow_log": small.cloud.lines,
        "lambda_event": [event for _, event in small.lambdas.events],
        "object_key": [key.partition("/")[2] for key in small.cloud.objects],
    }


LEFT = left()


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_one_and_takes_what_leaves(name: schemas.Name) -> None:
    schema = schemas.load(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert LEFT[name]
    for document in LEFT[name]:
        assert complaint(name, document) == ""


def test_every_file_of_the_folder_has_a_name() -> None:
    folder = Path(schemas.__file__).parent
    assert sorted(path.stem for path in folder.glob("*.json")) == sorted(NAMES)
    assert all(f"`{name}.json`" in (folder / "README.md").read_text() for name in NAMES)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a document."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


wrong = st.sampled_from([None, "", "x", 7, -1, 2.5, True, [], ["x"], {}, {"x": 1}, "2026-03-02T09:00:00Z", "VOICE"])


@settings(max_examples=300)
@given(name=st.sampled_from(NAMES), data=st.data())
def test_the_fast_check_is_the_packages_own(name: schemas.Name, data: st.DataObject) -> None:
    document = copy.deepcopy(data.draw(st.sampled_from(LEFT[name])))
    spots = list(places(document))
    if spots:
        container, key = data.draw(st.sampled_from(spots))
        match data.draw(st.sampled_from(["set", "drop", "add"])), container:
            case "drop", _:
                del container[key]
            case "add", dict():
                container["somethingNew"] = data.draw(wrong)
            case _:
                container[key] = data.draw(wrong)
    assert holds(name)(document) == (complaint(name, document) == "")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("Channel",), "Voice"),
        (("DisconnectReason",), "AGENT_COMPLETED"),
        (("InitiationTimestamp",), "2026-03-02T09:00:00.123Z"),
        (("Queue", "Duration"), 1.5),
        (("Agent", "Mood"), "good"),
        (("Attributes", "n"), 1),
        (("CustomerEndpoint", "Type"), "PIGEON"),
    ],
)
def test_a_record_that_is_not_as_documented_is_refused(path: tuple[str, ...], value: Any) -> None:
    record = copy.deepcopy(LEFT["contact_record"][0])
    inner = record
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(Breach, match="contact_record"):
        hold("contact_record", [record])


def test_a_keyword_that_is_not_compiled_is_refused() -> None:
    with pytest.raises(ValueError, match="multipleOf"):
        Compiler({}).compile({"type": "integer", "multipleOf": 3})


@pytest.mark.shared
@pytest.mark.parametrize("section", SAMPLES)
def test_the_examples_of_the_reference_are_right(shared: Path, section: str) -> None:
    text = (shared / "connect-reference.md").read_text(encoding="utf-8")
    (body,) = re.findall(rf"^#+ {re.escape(section)}.*?```json\n(.*?)```", text, re.MULTILINE | re.DOTALL)[:1]
    example = json.loads(body.replace("arn:...", ARN))
    if section.startswith("7"):
        example["PreviousAgentSnapshot"] = None  # the reference writes: same shape, or null
    if section.startswith("8"):
        example["id"] = "0" * 36  # the reference writes: uuid
    name: Any = SAMPLES[section]
    assert complaint(name, example) == ""


@pytest.mark.shared
def test_disconnect_reasons_are_those_of_the_reference(shared: Path) -> None:
    text = (shared / "connect-reference.md").read_text(encoding="utf-8")
    reasons = re.search(r"^## 6\.4 DisconnectReason\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert reasons is not None
    parts = re.split(r"(Voice|Chat|Task|Email): ", reasons[1])
    channels = dict(zip(parts[1::2], parts[2::2], strict=True))
    for rule in schemas.load("contact_record")["allOf"]:
        channel = rule["if"]["properties"]["Channel"]["const"].capitalize()
        written = set(" ".join(re.findall(r"`([^`]*)`", channels[channel])).split())
        assert set(rule["then"]["properties"]["DisconnectReason"]["enum"]) - {None} == written


@pytest.mark.shared
@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("contact-record", "contact_record"),
        ("contact-event", "contact_event_tolerant"),
        ("flow-log", "flow_log"),
        ("lambda-contactflowevent", "lambda_event"),
        ("agent-event", "agent_event"),
    ],
)
def test_samples_of_others_are_right_or_no_json_at_all(shared: Path, folder: str, name: schemas.Name) -> None:
    for path in sorted((shared / "corpus" / "records" / folder).iterdir()):
        if path.name in NO_JSON:
            with pytest.raises(json.JSONDecodeError):
                json.loads(path.read_bytes())
        else:
            assert complaint(name, json.loads(path.read_bytes())) == "", path.name


@pytest.mark.shared
def test_the_documented_sample_event_shows_why_there_is_a_tolerant_schema(shared: Path) -> None:
    sample = json.loads((shared / "corpus/records/contact-event/awsdocs__contact-events_1.json").read_bytes())
    assert not holds("contact_event")(sample)
    assert holds("contact_event_tolerant")(sample)
