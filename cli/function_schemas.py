"""The JSON Schemas of what our Lambda functions take and answer, and of what we publish (INT-07).

Each is a file of docs/schemas, `<name>.v<version>.<in or out>.json`, made of the types in `shapes.py`. A version never
promises less than its file on disk: what breaks somebody is another version.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from chalicelib.agents import shapes as agents
from chalicelib.analytics import shapes as analytics
from chalicelib.audit import shapes as audit
from chalicelib.callbacks import shapes as callbacks
from chalicelib.contacts import shapes as contacts
from chalicelib.customers import shapes as customers
from chalicelib.licences import shapes as licences
from chalicelib.menus import shapes as menus
from chalicelib.platform import shapes
from chalicelib.privacy import shapes as privacy
from chalicelib.qualifications import shapes as qualifications
from chalicelib.realtime import shapes as realtime
from chalicelib.routing import shapes as routing
from chalicelib.voicemail import shapes as voicemail
from chalicelib.waiting import shapes as waiting
from cli import places
from cli.compatibility import Part, Schema, given, taken
from lambdas.connect_linker import shapes as linker
from lambdas.recording_indexer import shapes as indexer

FOLDER: Final = places.ROOT / "docs" / "schemas"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The types of what is taken and what is given; None where there is nothing of the kind."""

    version: int = 1
    takes: Any = None
    gives: Any = None


FLOW_INVOKED: Final[Mapping[str, Shape]] = {
    "lookup_customer": Shape(takes=customers.LookupEvent, gives=customers.LookupAnswer),
    "menu_step": Shape(takes=menus.StepEvent, gives=menus.StepAnswer),
    "route_contact": Shape(takes=routing.RouteEvent, gives=routing.RouteAnswer),
    "estimate_wait": Shape(takes=waiting.WaitEvent, gives=waiting.WaitAnswer),
    "request_callback": Shape(takes=callbacks.CallbackEvent, gives=callbacks.CallbackAnswer),
}

FUNCTIONS: Final[Mapping[str, Shape]] = {
    **FLOW_INVOKED,
    "ingest_contact_records": Shape(takes=shapes.KinesisBatch, gives=shapes.Failures),
    "ingest_agent_events": Shape(takes=agents.EventsOrClock, gives=shapes.Failures),
    "notify_voicemail": Shape(takes=voicemail.NotifyEvent, gives=voicemail.NotifyAnswer),
    "export_analytics": Shape(takes=analytics.ExportEvent, gives=analytics.ExportAnswer),
    "review_papers": Shape(version=2, takes=licences.ReviewEvent, gives=licences.ReviewAnswer),
    "review_qualifications": Shape(takes=shapes.Tick, gives=qualifications.GateAnswer),
    "serve_privacy_requests": Shape(takes=shapes.Tick, gives=privacy.PrivacyAnswer),
    "note_security_events": Shape(takes=audit.SecurityEvent, gives=audit.SecurityEvent),
    "recording_indexer": Shape(takes=indexer.ObjectCreated, gives=indexer.Indexed),
    "connect_linker": Shape(version=2, takes=linker.LinkRequest, gives=linker.LinkOutcome),
    "api": Shape(takes=shapes.GatewayRequest, gives=shapes.GatewayAnswer),
}
"""Every Lambda function of a tenant's stack. Of `connect_linker` the outcome is what it puts to CloudFormation."""

MESSAGES: Final[Mapping[str, Shape]] = {
    "contact_record": Shape(takes=contacts.ContactRecord),
    "agent_event": Shape(takes=agents.AgentEvent),
    "contact_event": Shape(takes=realtime.ContactEvent),
    "dead_letter": Shape(gives=shapes.DeadLetter),
}
"""What travels inside streams and queues: what we read of Amazon Connect's records, and what we write ourselves."""


class _Plain(GenerateJsonSchema):
    """Without a title for every field; a type keeps its own."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No field has one."""
        del schema
        return False

    def generate_inner(self, schema: Any) -> dict[str, Any]:
        """Return the schema, a type of fields with its name as the title."""
        made = super().generate_inner(schema)
        if schema["type"] == "typed-dict" and "cls" in schema:
            made.setdefault("title", schema["cls"].__name__)
        return made


@functools.cache
def generated() -> Mapping[str, dict[str, Any]]:
    """Return the schema of every file by its name, as the types are now. Made once a process: it takes a second."""
    return dict(_files({**FUNCTIONS, **MESSAGES}))


def _files(every: Mapping[str, Shape]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, shape in sorted(every.items()):
        for way, type_ in (("in", shape.takes), ("out", shape.gives)):
            if type_ is not None:
                known_as = f"{name}.v{shape.version}.{way}"
                yield f"{known_as}.json", _schema(known_as, type_)


def _schema(name: str, type_: Any) -> dict[str, Any]:
    made = TypeAdapter(type_).json_schema(schema_generator=_Plain)
    if "$ref" in made:
        made |= made["$defs"].pop(str(made.pop("$ref")).rpartition("/")[2])
    if "Version" in made.get("$defs", {}):
        made["$defs"]["Version"] = {"const": name.rpartition(".")[0], "description": "name and version of this schema"}
    return {"$schema": DIALECT, "$id": f"urn:trunkline:schema:{name}", **made}


def text(schema: Schema) -> str:
    """Return a schema as its file has it."""
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def on_disk() -> dict[str, dict[str, Any]]:
    """Return the schemas of docs/schemas by the names of their files."""
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def breaking(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> list[str]:
    """Return what whoever relies on `old` can no longer do or rely on with `new`, one line each.

    A schema may go when a later version of it is there: who still sends or reads the old one is known by its name.
    """
    return [said for name, was in old.items() for said in _differences(name, was, new)]


def _differences(name: str, was: Schema, new: Mapping[str, Schema]) -> Iterator[str]:
    now = new.get(name)
    if now is None:
        function, version, way, _ = name.split(".")
        later = (other.split(".") for other in new)
        if not any(one[0] == function and one[2] == way and int(one[1][1:]) > int(version[1:]) for one in later):
            yield f"{name}: gone, and no later version is there"
        return
    compare = taken if name.endswith(".in.json") else given
    yield from compare(name.removesuffix(".json"), Part(was, was), Part(now, now))
