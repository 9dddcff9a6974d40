"""Other services: assistants, stored content, messages, and Voice ID, which has ended (2.2, 2.3)."""

import re

from localstack.connect.directory import Flow, PhoneNumber
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.document import text
from localstack.connect.engine.effects import Done, failed
from localstack.connect.engine.email import MOST_TEXT_BYTES
from localstack.connect.engine.emails import MESSAGE
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.providers.messages import Message
from localstack.connect.engine.registry import Parameters, action, cannot
from localstack.connect.engine.settings import Settings

ENDED = "Voice ID has ended on 2026-05-20"
SMS = "connect:SMS"
_ASSISTANT = re.compile(r"arn:aws[\w-]*:wisdom:[\w-]*:\d*:assistant/[\w-]+")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


@action("CreateWisdomSession")
def create_session(run: FlowRun, parameters: Parameters) -> Done:
    """Begin a session of the Connect assistant; UpdateContactData puts it on the contact."""
    assistant = run.whole(parameters.get("WisdomAssistantArn"), "the assistant")
    instance = run.contact.instance
    known = [one.integration_arn for one in instance.integrations.values() if one.type == "WISDOM_ASSISTANT"]
    if not _ASSISTANT.fullmatch(assistant) or (known and assistant not in known):
        why = f"there is no assistant {assistant}"
        raise failed(why)
    head, _, assistant_id = assistant.partition(":assistant/")
    session = f"{head}:session/{assistant_id}/{run.world.new_id('wisdom-session')}"
    run.frame.loaded["Wisdom"] = {"SessionArn": session}
    return Done()


@action("StartVoiceIdStream")
def start_voice_id(_run: FlowRun, _parameters: Parameters) -> Done:
    """Fails always: the service has ended."""
    raise failed(ENDED)


@action("CheckVoiceId")
def check_voice_id(_run: FlowRun, _parameters: Parameters) -> Done:
    """Fails always: the service has ended."""
    raise failed(ENDED)


@action("LoadContactContent")
def load_content(run: FlowRun, _parameters: Parameters) -> Done:
    """Load what the customer has written: the text of an e-mail into $.Email.EmailMessage.Plaintext.

    The message must have been stored, and its text hold at most 32 KB. Nobody has published the parameters, so none
    is read.
    """
    email = run.contact.email
    if email is None or MESSAGE not in run.contact.references:
        why = "there is no stored content"
        raise failed(why)
    if len(email.plain.encode()) > MOST_TEXT_BYTES:
        why = "the text of the message is larger than 32 KB"
        raise failed(why)
    run.frame.loaded["Email"] = {"EmailMessage": {"Plaintext": email.plain}}
    return Done()


@cannot("StartOutboundChatContact")
def _other_subtypes(parameters: Parameters, _settings: Settings) -> str | None:
    subtype = text(parameters.get("ContactSubtype"))
    return None if subtype == SMS else f"ContactSubtype {subtype!r} is not emulated, only {SMS}"


@action("StartOutboundChatContact")
def send_message(run: FlowRun, parameters: Parameters) -> Done:
    """Send an SMS: a chat contact of its own, whose first message also stands in the provider's list of messages."""
    instance, directory = run.contact.instance, run.world.directory
    source = run.whole((parameters.get("SourceEndpoint") or {}).get("Address"), "the number that sends")
    to = run.whole((parameters.get("DestinationEndpoint") or {}).get("Address"), "the number that receives")
    claimed = directory.phone_number(source)
    number: PhoneNumber | None = claimed[1] if claimed and claimed[0].id == instance.id else None
    wanted = run.whole(parameters.get("ContactFlowArn"), "the flow")
    flow = instance.edition(Flow, wanted)
    if number is None or flow is None or not _NUMBER.fullmatch(to):
        why = f"a message needs a claimed number, a telephone number and a flow, not {source}, {to}, {wanted}"
        raise failed(why)
    said = run.text((parameters.get("InitialSystemMessage") or {}).get("Content"))
    plan = ChatPlan(flow=flow, customer=to, call=CallPlan(to=number.number, caller=to), subtype=SMS)
    contact = run.world.chats.create(instance, plan)
    message = Message(at=run.world.now, source=source, to=to, text=said, contact_id=contact.id)
    try:
        run.world.providers(instance).messages.send(message)
    except ValueError as error:
        raise failed(str(error)) from error
    if text(parameters.get("RelatedContact")) == "CURRENT":
        contact.related = run.contact
    if said:
        run.world.chats.system_says(contact, said)
    run.world.chats.connect(contact)
    run.tell("message", f"SMS to {to}: {said}", to=to, contact_id=contact.id)
    return Done()
