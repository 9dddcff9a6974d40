"""What is written on the contact: attributes, fields, tags, voice, callback number (2.3)."""

import functools
import re

from localstack.connect.engine import attributes
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.document import text
from localstack.connect.engine.effects import DONE, ActionFailed, Done, failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.registry import Parameters, action

MAX_TAGS = 6
FIELDS = {
    "Name": "name",
    "Description": "description",
    "LanguageCode": "language",
    "CustomerId": "customer_id",
    "WisdomSessionArn": "wisdom_session",
}
VOICE_ID = frozenset({"IsVoiceIdStreamingEnabled", "IsVoiceAuthenticationEnabled", "IsFraudDetectionEnabled"})
"""Fields of a service that has ended: they are taken, and nothing comes of them."""
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


@action("UpdateContactAttributes")
def set_attributes(run: FlowRun, parameters: Parameters) -> Done:
    """Set user-defined attributes, all or none."""
    contact = _target(run, parameters)
    values = run.texts(parameters.get("Attributes") or {})
    if not _may_be_keys(frozenset(values)):
        why = "an attribute key may hold neither $ nor a full stop"
        raise failed(why)
    if not contact.set_attributes(values):
        why = "all attributes together hold at most 32 KB"
        raise failed(why)
    if run.tells:
        run.tell("attributes", ", ".join(f"{key} = {value}" for key, value in values.items()), attributes=values)
    run.world.reporter.data_updated(contact, "UserDefinedAttributes")
    return DONE


@functools.lru_cache(maxsize=1_024)
def _may_be_keys(keys: frozenset[str]) -> bool:
    """Whether attributes may have these keys; the same few sets of them are asked about again and again."""
    return not any("$" in key or "." in key or not key for key in keys)


def _target(run: FlowRun, parameters: Parameters) -> Contact:
    """The contact that is meant. Raises ActionFailed when there is no related one."""
    if text(parameters.get("TargetContact")) != "Related":
        return run.contact
    if run.contact.related is None:
        why = "there is no related contact"
        raise failed(why)
    return run.contact.related


@action("UpdateContactData")
def set_data(run: FlowRun, parameters: Parameters) -> Done:
    """Set predefined fields of the contact."""
    fields = {FIELDS[key]: run.whole(value, key) for key, value in parameters.items() if key in FIELDS}
    contact = _target(run, parameters)
    if not fields and not VOICE_ID & parameters.keys():
        why = "there is nothing to set"
        raise failed(why)
    for field, value in fields.items():
        setattr(contact, field, value)
    return DONE


@action("TagContact")
def tag(run: FlowRun, parameters: Parameters) -> Done:
    """Add tags; a contact has at most six of ours."""
    tags = {run.text(key): run.text(value) for key, value in (parameters.get("Tags") or {}).items()}
    merged = {**run.contact.tags, **tags}
    if len(merged) > MAX_TAGS:
        why = f"a contact has at most {MAX_TAGS} tags"
        raise failed(why)
    run.contact.tags = merged
    run.world.reporter.data_updated(run.contact, "Tags")
    return DONE


@action("UntagContact")
def untag(run: FlowRun, parameters: Parameters) -> Done:
    """Remove tags."""
    gone = {text(key) for key in parameters.get("TagKeys") or ()}
    run.contact.tags = {key: value for key, value in run.contact.tags.items() if key not in gone}
    run.world.reporter.data_updated(run.contact, "Tags")
    return DONE


@action("UpdateContactTextToSpeechVoice")
def set_voice(run: FlowRun, parameters: Parameters) -> Done:
    """Choose the voice of the prompts that follow."""
    run.contact.voice = run.whole(parameters.get("TextToSpeechVoice"), "the voice")
    return DONE


@action("UpdateContactCallbackNumber")
def set_callback_number(run: FlowRun, parameters: Parameters) -> Done:
    """Set the number for a callback; only a path is allowed."""
    path = parameters.get("CallbackNumber")
    number = attributes.value_of(path, run.tree) if attributes.is_path(path) else None
    if number is None or not _NUMBER.fullmatch(number):
        error, why = "InvalidCallbackNumber", f"{number} is no telephone number"
        raise ActionFailed(error, why)
    run.contact.callback_number = number
    return DONE
