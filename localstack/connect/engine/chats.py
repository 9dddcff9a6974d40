"""Chats as they go on: starting, writing, joining, falling silent, ending (12, 13.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from localstack.connect.directory import Flow, Instance
from localstack.connect.engine import chat as chats_of
from localstack.connect.engine import hearing, keys
from localstack.connect.engine.chat import (
    BOT_LEFT,
    CUSTOMER_RETURNED,
    ENDED,
    JOINED,
    LEFT,
    NOT_TRANSFERRED,
    PLAIN,
    SYSTEM,
    TRANSFERRED,
    USUAL_MIN,
    Chat,
    Item,
    Participant,
    Role,
)
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.idling import Idling
from localstack.connect.engine.outbox import encode
from localstack.connect.engine.parts import Recording, State
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.ports import Place, StoredObject
from localstack.connect.engine.staff import Agent

if TYPE_CHECKING:
    from localstack.connect.engine.attachments import Attachment
    from localstack.connect.engine.world import World

EXPIRED, NEVER_CAME = "EXPIRED", "CUSTOMER_CONNECTION_NOT_ESTABLISHED"
RESOURCE = "CHAT_TRANSCRIPTS"
NOBODY = CallPlan(to="", caller="")
"""Where a chat comes from that has no address."""
THANKS = "Thank you. Let me look into it."
"""What a simulated agent answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPlan:
    """A chat to start. `subtype` is connect:Chat, connect:SMS and so on; `message` is what the customer begins with."""

    flow: Flow
    customer: str = "Customer"
    call: CallPlan = NOBODY
    subtype: str = "connect:Chat"
    message: str | None = None
    message_type: str = PLAIN
    attributes: Mapping[str, str] = field(default_factory=dict)
    segment_attributes: Mapping[str, str] = field(default_factory=dict)
    minutes: int = USUAL_MIN
    method: str = "API"
    opening: str | None = None
    """What the system writes first, in a chat that the customer has not begun."""


class Chats:
    """All chats of a world."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.idling = Idling(world)
        self._expected: dict[str, ChatPlan] = {}
        """Chats whose customer has not connected yet."""

    def create(self, instance: Instance, plan: ChatPlan) -> Contact:
        """A chat whose flow begins as soon as its customer connects; one who never does is not waited for (12)."""
        world = self._world
        contact = world.new_contact(instance, plan.call, method=plan.method, channel="CHAT")
        contact.segment_attributes = {**plan.segment_attributes, "connect:Subtype": plan.subtype}
        contact.attributes.update(plan.attributes)
        chat = contact.chat = Chat(Participant(world.new_id("participant"), "CUSTOMER", plan.customer))
        chat.initial_message = plan.message
        contact.state = State.CONNECTING
        self._expected[contact.id] = plan
        contact.tell(world.now, "arrived", f"{plan.customer} begins a chat")
        world.reporter.contact_event(contact, "INITIATED")
        limit_s = world.settings.chat_connect_limit_s
        chat.running["connect"] = world.timeline.after(limit_s, lambda: self._never_came(contact), background=True)
        chat.expiry = world.timeline.after(plan.minutes * 60, lambda: self._expire(chat, contact), background=True)
        return contact

    def start(self, instance: Instance, plan: ChatPlan, *, related: Contact | None = None) -> Contact:
        """A chat whose customer is there already, or is written to first."""
        contact = self.create(instance, plan)
        contact.related = related
        self.connect(contact)
        return contact

    def connect(self, contact: Contact) -> None:
        """The customer has connected; the first time, the flow begins. Later times change nothing."""
        chat, plan = _chat(contact), self._expected.pop(contact.id, None)
        if contact.ended or plan is None:
            return
        world = self._world
        chat.connected, contact.connected_at, contact.state = True, world.now, State.FLOW
        world.timeline.cancel(chat.running.pop("connect", None))
        self._add(contact, chat.customer, JOINED)
        world.reporter.contact_event(contact, "CONNECTED_TO_SYSTEM")
        if plan.message is not None:
            contact.tell(world.now, "said", plan.message)
            self._add(contact, chat.customer, plan.message_type, plan.message)
        if plan.opening is not None:
            contact.tell(world.now, "hears", plan.opening)
            self.system_says(contact, plan.opening)
        world.calls.begin(contact, plan.flow)

    def customer_says(self, contact: Contact, text: str, kind: str = PLAIN) -> Item:
        """The customer writes something, at whatever moment. Raises ValueError when the chat is over."""
        contact = contact.latest
        chat = _chat(contact)
        if contact.ended or not chat.connected:
            msg = "the customer is not in the chat"
            raise ValueError(msg)
        contact.tell(self._world.now, "said", text)
        item = self._add(contact, chat.customer, kind, text)
        self.idling.spoke(contact, "CUSTOMER")
        if contact.listening is not None:
            contact.listening.say(text)
        self.notify(contact, CUSTOMER_RETURNED)
        self._answered_by_habit(contact)
        return item

    def attached(self, contact: Contact, attachment: "Attachment") -> None:
        """A participant has attached a file: everybody sees it."""
        contact.tell(self._world.now, "attached", attachment.name, by=attachment.by.name)
        self._add(contact, attachment.by, attachment.file.content_type, attachment=attachment)
        if attachment.by.role == "CUSTOMER":
            self.idling.spoke(contact, "CUSTOMER")

    def agent_says(self, agent: Agent, contact: Contact, text: str, kind: str = PLAIN) -> Item:
        """The agent writes something. Raises ValueError when the agent is not in the chat."""
        leg = contact.leg
        if contact.chat is None or leg is None or leg.agent is not agent or leg.left_at is not None:
            msg = f"{agent.user.username} is not in that chat"
            raise ValueError(msg)
        contact.tell(self._world.now, "agent-said", text, agent=agent.user.username)
        item = self._add(contact, contact.chat.agents[contact.id], kind, text)
        self.idling.spoke(contact, "AGENT")
        return item

    def bot_says(self, contact: Contact, participant_id: str, text: str, kind: str = PLAIN) -> Item:
        """A custom participant writes something. Raises ValueError when it is not connected."""
        chat = _chat(contact)
        if participant_id not in chat.bots or contact.ended:
            msg = "the participant is not in the chat"
            raise ValueError(msg)
        contact.tell(self._world.now, "hears", text)
        return self._add(contact, chat.bots[participant_id], kind, text)

    def system_says(self, contact: Contact, text: str, only: Role | None = None) -> None:
        """A flow says something; a whisper is for one side only."""
        self._add(contact, SYSTEM, PLAIN, text, only=only)

    def invite_bot(self, contact: Contact, name: str) -> Participant:
        """A custom participant is in the chat. Raises ValueError when the chat is over."""
        chat = _chat(contact)
        if contact.ended:
            msg = "the chat is over"
            raise ValueError(msg)
        participant = Participant(self._world.new_id("participant"), "CUSTOM_BOT", name)
        chat.bots[participant.id] = participant
        self._add(contact, participant, JOINED)
        return participant

    def bot_leaves(self, contact: Contact, participant_id: str) -> None:
        """A custom participant goes."""
        gone = _chat(contact).bots.pop(participant_id, None)
        if gone is not None:
            self._add(contact, gone, LEFT)
            self.notify(contact, BOT_LEFT)

    def notify(self, contact: Contact, event: str) -> None:
        """Something has happened that a flow may be waiting for."""
        waiting = contact.awaits
        if waiting is not None and event in waiting.events:
            waiting.happened(event)

    def joined(self, contact: Contact, agent: Agent) -> None:
        """An agent is in the chat."""
        if contact.chat is None:
            return
        name = agent.user.first_name or agent.user.username
        participant = Participant(self._world.new_id("participant"), "AGENT", name)
        contact.chat.agents[contact.id] = participant
        self._add(contact, participant, JOINED)
        self.idling.begin(contact)

    def left(self, contact: Contact) -> None:
        """The agent is in the chat no more."""
        if contact.chat is None:
            return
        self.idling.end(contact)
        participant = contact.chat.agents.get(contact.id)
        if participant is not None:
            self._add(contact, participant, LEFT)

    def transferred(self, contact: Contact, *, well: bool) -> None:
        """A transfer has succeeded or failed; the chat says so."""
        if contact.chat is not None:
            self._add(contact, SYSTEM, TRANSFERRED if well else NOT_TRANSFERRED)

    def event(self, contact: Contact, participant: Participant, kind: str) -> Item:
        """A participant sends an event, or something is true of one."""
        return self._add(contact, participant, kind)

    def over(self, contact: Contact) -> None:
        """The contact is over. Its transcript is kept; the chat ends unless it goes on as another contact."""
        chat = contact.chat
        if chat is None:
            return
        self._expected.pop(contact.id, None)
        self.idling.end(contact)
        if not chat.over and all(segment.ended for segment in contact.segments):
            chat.over = True
            self._world.timeline.cancel(chat.expiry)
            self._world.timeline.cancel(chat.running.pop("connect", None))
            if chat.connected:
                self._add(contact, chat.customer, LEFT)
                self._add(contact, SYSTEM, ENDED)
        self._store(contact, chat)

    def _add(
        self,
        contact: Contact,
        by: Participant,
        kind: str,
        text: str | None = None,
        *,
        only: Role | None = None,
        attachment: "Attachment | None" = None,
    ) -> Item:
        item = Item(
            id=self._world.new_id("chat-item"),
            at=self._world.now,
            contact_id=contact.id,
            by=by,
            content_type=kind,
            content=text,
            only=only,
            attachment=attachment,
        )
        _chat(contact).items.append(item)
        hearing.tell(contact, item)
        return item

    def _store(self, contact: Contact, chat: Chat) -> None:
        """Keep what was written while the chat was this contact, where the instance keeps transcripts (9)."""
        storage = contact.instance.storage.get(RESOURCE)
        items = chat.of(contact.id)
        if storage is None or storage.storage_type != "S3" or not storage.bucket or not items:
            return
        start = contact.initiated_at
        key = keys.dated(storage.prefix, "ChatTranscripts", contact.id, start, "json")
        instance = contact.instance
        body = chats_of.stored(
            items,
            account=instance.account,
            instance_id=instance.id,
            contact_id=contact.id,
            initial_id=contact.initial.id,
        )
        stored = StoredObject(storage.bucket, key, encode(body), "application/json", storage.kms_key_arn)
        self._world.outbox.store(Place(instance.account, instance.region), stored)
        contact.recordings.append(Recording(start, ivr=False, media="CHAT", location=f"{storage.bucket}/{key}"))

    def _answered_by_habit(self, contact: Contact) -> None:
        leg = contact.leg
        if leg is None or leg.left_at is not None or leg.agent.habits.person:
            return
        agent = leg.agent

        def answer() -> None:
            if not contact.ended and leg.left_at is None:
                self.agent_says(agent, contact, THANKS)

        self._world.timeline.after(self._world.desks.varied(agent.habits.reply_s, contact), answer)

    def _never_came(self, contact: Contact) -> None:
        if not _chat(contact).connected:
            self._world.calls.end(contact, NEVER_CAME)

    def _expire(self, chat: Chat, first: Contact) -> None:
        latest = first.latest
        if latest.chat is chat:
            self._world.calls.end(latest, EXPIRED)


def _chat(contact: Contact) -> Chat:
    if contact.chat is None:
        msg = f"contact {contact.id} is no chat"
        raise ValueError(msg)
    return contact.chat
