"""Test cases as resources of an instance: what is checked before one is kept, and where its contact comes in (17)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from botocore.utils import parse_to_aware_datetime

from localstack.connect import trial_document
from localstack.connect.api_context import Request, qualified, unique_name
from localstack.connect.api_errors import InvalidParameter, InvalidTestCase
from localstack.connect.directory import Flow, Instance, TrialCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where the simulated contact comes in."""

    channel: Literal["VOICE", "CHAT"] = "VOICE"
    source: str = ""
    destination: str = ""
    flow_id: str
    attributes: Mapping[str, str]


def trial_case(instance: Instance, request: Request, identity: tuple[str, str]) -> TrialCase:
    """A test case; a published one must be able to run.

    Raises:
        InvalidTestCase: with every problem of the content.
        InvalidParameter: the entry point or the initial attributes cannot be used.

    """
    unique_name(instance, TrialCase, request["Name"], identity[0])
    made = TrialCase(
        id=identity[0],
        arn=identity[1],
        name=request["Name"],
        tags=request.get("Tags", {}),
        content=request["Content"],
        entry=request.get("EntryPoint") or {},
        status=request.get("Status", "PUBLISHED"),
        description=request.get("Description", ""),
        initialization=request.get("InitializationData", ""),
        changed_s=parse_to_aware_datetime(request.get("LastModifiedTime", 0.0)).timestamp(),
    )
    if made.status == "PUBLISHED":
        try:
            trial_document.read(made.content)
        except trial_document.BadTrial as error:
            raise InvalidTestCase(error.problems) from error
        entry_of(instance, made)
    return made


def entry_of(instance: Instance, case: TrialCase) -> Entry:
    """The flow that the contact of a test case comes into. Raises InvalidParameter or ResourceNotFound."""
    attributes = _attributes(case.initialization)
    if case.entry.get("Type") == "CHAT":
        chat = case.entry.get("ChatEntryPointParameters") or {}
        if not chat.get("FlowId"):
            msg = "The entry point of a chat needs ChatEntryPointParameters with FlowId"
            raise InvalidParameter(msg)
        return Entry(
            channel="CHAT",
            flow_id=qualified(instance, Flow, chat["FlowId"]),
            attributes=attributes,
        )
    voice = case.entry.get("VoiceCallEntryPointParameters") or {}
    destination, flow_id = voice.get("DestinationPhoneNumber", ""), voice.get("FlowId", "")
    return Entry(
        source=voice.get("SourcePhoneNumber", ""),
        destination=destination,
        flow_id=qualified(instance, Flow, flow_id) if flow_id else _flow_behind(instance, destination),
        attributes=attributes,
    )


def _flow_behind(instance: Instance, number: str) -> str:
    claimed = next((one for one in instance.phone_numbers.values() if one.number == number), None)
    if claimed is None:
        msg = f"The entry point names no flow, and {number or 'no number'} is not a number of this instance"
        raise InvalidParameter(msg)
    return claimed.flow_id or ""


def _attributes(text: str) -> Mapping[str, str]:
    """Attributes of the simulated contact: a JSON object, or one under "Attributes"."""
    try:
        given: Any = json.loads(text or "{}")
    except ValueError as error:
        msg = "InitializationData is not JSON"
        raise InvalidParameter(msg) from error
    given = given.get("Attributes", given) if isinstance(given, dict) else None
    if not isinstance(given, dict):
        msg = "InitializationData is not an object"
        raise InvalidParameter(msg)
    return {str(key): str(value) for key, value in given.items()}
