"""Operations on contacts that exist: read, change, tag, stop, recording."""

from collections.abc import Mapping
from typing import Any

from localstack.connect import api_attributes, api_contact_show
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Request
from localstack.connect.api_engine import Engine, any_contact, bare, contact_of, live
from localstack.connect.api_errors import InvalidParameter, InvalidRequest, ResourceConflict
from localstack.connect.directory import Instance
from localstack.connect.engine import criteria
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import State
from localstack.connect.engine.world import World

MAX_TAGS = 6
"""User-defined tags of a contact (13.2)."""
AFTER_S = 1.0
"""A changed contact is delivered again that much later, so that its LastUpdateTimestamp is a larger one."""
LOWEST_PRIORITY = 9_223_372_036_854_775_807
STOPPED = "OTHER"
"""What a contact record says of a call that the API ended (6.4)."""


def deliver_again(world: World, contact: Contact) -> None:
    """A contact that is over has changed: its record leaves once more (6.1)."""
    if contact.completed:
        world.timeline.after(AFTER_S, lambda: world.reporter.contact_record(contact))


def changed(world: World, contact: Contact, what: str) -> None:
    """Tell what has changed, and deliver the record again when it is out already."""
    world.reporter.data_updated(contact, what)
    deliver_again(world, contact)


@live("DescribeContact")
def describe(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """One contact, also a while after its end."""
    return {"Contact": api_contact_show.contact(contact_of(world, instance, request["ContactId"]))}


@live("ListAssociatedContacts")
def list_associated(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """The contacts that came of one: of its call, and those that are related to it, oldest first."""
    first = contact_of(world, instance, request["ContactId"]).initial
    mine = (one for one in world.contacts.values() if one.instance.id == instance.id)
    found = [one for one in mine if one.initial is first or (one.related is not None and one.related.initial is first)]
    rows = [api_contact_show.associated(one) for one in sorted(found, key=lambda one: one.sequence)]
    return page(request, "ContactSummaryList", rows)


@live("ListContactReferences")
def list_references(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """References of the types that are asked for, by name."""
    contact = contact_of(world, instance, request["ContactId"])
    wanted = set(request["ReferenceTypes"])
    rows = [
        {REFERENCES[one["Type"]]: {"Name": name, **_kept(one)}}
        for name, one in sorted(contact.references.items())
        if one["Type"] in wanted and one["Type"] in REFERENCES
    ]
    return page(request, "ReferenceSummaryList", rows)


def _kept(reference: Mapping[str, Any]) -> dict[str, Any]:
    return {name: reference.get(name) for name in ("Value", "Arn", "Status")}


CONVERSATION = "AGENT"
"""The ContactRecordingType of what agent and customer say."""
REFERENCES = {
    "URL": "Url",
    "ATTACHMENT": "Attachment",
    "CONTACT_ANALYSIS": "ContactAnalysis",
    "NUMBER": "Number",
    "STRING": "String",
    "DATE": "Date",
    "EMAIL": "Email",
    "EMAIL_MESSAGE": "EmailMessage",
}
"""Types of references, and the member under which each is listed."""


@live("GetContactMetrics")
def metrics(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Where a waiting contact stands; -1 where that is not known, as one that does not wait has no place."""
    contact = contact_of(world, instance, bare(request["ContactId"]))
    known = world.metrics.of_contact(contact) if contact.waiting else {}
    values = {"POSITION_IN_QUEUE": known.get("PositionInQueue"), "ESTIMATED_WAIT_TIME": known.get("EstimatedWaitTime")}
    asked = [one["Name"] for one in request["Metrics"]]
    rows = [{"Name": name, "Value": {"Number": float(values[name] or -1)}} for name in asked]
    return {"MetricResults": rows, "Id": contact.id, "Arn": f"{instance.arn}/contact/{contact.id}"}


@live("GetContactAttributes")
def get_attributes(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """User-defined attributes."""
    return {"Attributes": dict(contact_of(world, instance, request["InitialContactId"]).attributes)}


@live("UpdateContactAttributes")
def update_attributes(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Set user-defined attributes, all or none."""
    contact = contact_of(world, instance, request["InitialContactId"])
    values = dict(request["Attributes"])
    contact.attributes = api_attributes.given(request, contact.attributes)
    contact.tell(world.now, "attributes", ", ".join(f"{k} = {v}" for k, v in values.items()), attributes=values)
    changed(world, contact, "UserDefinedAttributes")
    return {}


@live("UpdateContact")
def update(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Set name, description and references."""
    refused = sorted(
        set(request) & {"SegmentAttributes", "QueueInfo", "UserInfo", "CustomerEndpoint", "SystemEndpoint"}
    )
    if refused:
        msg = f"This emulator does not update {', '.join(refused)} of a contact"
        raise InvalidRequest(msg)
    contact = contact_of(world, instance, request["ContactId"])
    contact.name = request.get("Name", contact.name)
    contact.description = request.get("Description", contact.description)
    contact.references.update(request.get("References") or {})
    deliver_again(world, contact)
    return {}


@live("StopContact")
def stop(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """End a contact, wherever it is."""
    contact = any_contact(world, instance, request)
    if contact.ended:
        msg = f"Contact {contact.id} is over already"
        raise InvalidRequest(msg)
    if contact.leg is None and not contact.transcript:
        world.hang_up(contact)  # planned, and has not arrived yet
    else:
        world.calls.end(contact, STOPPED if contact.channel == "VOICE" else "API")
    return {}


@live("UpdateContactRoutingData")
def update_routing(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Change priority or age, or what the contact asks of an agent, while it has no agent yet."""
    contact = contact_of(world, instance, request["ContactId"])
    if contact.ended or contact.leg is not None:
        msg = f"Contact {contact.id} is not on its way to an agent"
        raise ResourceConflict(msg)
    if asked := request.get("RoutingCriteria"):
        try:
            wanted = criteria.read(asked)
        except (ValueError, KeyError, TypeError) as error:
            msg = f"The routing criteria cannot be used: {error}"
            raise InvalidParameter(msg) from error
        world.routing.set(contact, wanted)
    priority, older_s = request.get("QueuePriority"), request.get("QueueTimeAdjustmentSeconds")
    if priority is not None and not 1 <= priority <= LOWEST_PRIORITY:
        msg = "QueuePriority is 1 at least"
        raise InvalidParameter(msg)
    if priority is not None or older_s is not None:
        world.routing.change(contact, priority=priority, older_s=older_s)
    return {}


@live("TagContact")
def tag(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Add tags; a contact has at most six of the user's."""
    contact = contact_of(world, instance, request["ContactId"])
    merged = {**contact.tags, **request["Tags"]}
    if any(key.startswith("aws:") for key in request["Tags"]):
        msg = "Tags that begin with aws: belong to AWS"
        raise InvalidParameter(msg)
    if len(merged) > MAX_TAGS:
        msg = f"A contact has at most {MAX_TAGS} tags"
        raise InvalidRequest(msg)
    contact.tags = merged
    changed(world, contact, "Tags")
    return {}


@live("UntagContact")
def untag(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Remove tags; one that is not there is no error."""
    contact = contact_of(world, instance, request["ContactId"])
    contact.tags = {key: value for key, value in contact.tags.items() if key not in request["TagKeys"]}
    changed(world, contact, "Tags")
    return {}


def _being_recorded(world: World, instance: Instance, request: Request) -> Contact:
    """A conversation that is recorded. Raises InvalidRequest, for a recording of another kind, too."""
    kind = request.get("ContactRecordingType", CONVERSATION)
    if kind != CONVERSATION:
        msg = f"This emulator stops, suspends and resumes recordings of the type {CONVERSATION} only, not {kind}"
        raise InvalidRequest(msg)
    contact = contact_of(world, instance, request["ContactId"])
    recording = any(not one.ivr and one.ended_at is None for one in contact.recordings)
    if contact.state is not State.CONNECTED or not recording:
        msg = f"Contact {contact.id} is not being recorded"
        raise InvalidRequest(msg)
    return contact


@live("StartContactRecording")
def start_recording(_engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Record a conversation from here on."""
    contact = contact_of(world, instance, request["ContactId"])
    if contact.state is not State.CONNECTED:
        msg = f"Contact {contact.id} is not connected to an agent"
        raise InvalidRequest(msg)
    if any(not one.ivr and one.ended_at is None for one in contact.recordings):
        msg = f"Contact {contact.id} is being recorded already"
        raise InvalidRequest(msg)
    track = request["VoiceRecordingConfiguration"].get("VoiceRecordingTrack", "ALL")
    contact.recorded = {"FROM_AGENT": ("Agent",), "TO_AGENT": ("Customer",)}.get(track, ("Agent", "Customer"))
    world.recorder.start_conversation(contact)
    return {}


@live("StopContactRecording")
def stop_recording(engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """End the recording of a conversation."""
    contact = _being_recorded(world, instance, request)
    engine.suspended.discard(contact.id)
    world.recorder.stop(contact)
    contact.tell(world.now, "recording", "Recording ends", ivr=False)
    return {}


@live("SuspendContactRecording")
def suspend_recording(engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Leave out what follows, such as the digits of a card; the recording stays one object."""
    contact = _being_recorded(world, instance, request)
    if contact.id not in engine.suspended:
        engine.suspended.add(contact.id)
        contact.tell(world.now, "recording", "Recording is suspended", ivr=False)
    return {}


@live("ResumeContactRecording")
def resume_recording(engine: Engine, world: World, instance: Instance, request: Request) -> Answer:
    """Record again."""
    contact = _being_recorded(world, instance, request)
    if contact.id in engine.suspended:
        engine.suspended.discard(contact.id)
        contact.tell(world.now, "recording", "Recording goes on", ivr=False)
    return {}
