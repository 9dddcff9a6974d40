"""The world: all contacts and agents of all instances on one timeline. One thread only may touch it."""

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localstack.connect.directory import Directory, Instance, PhoneNumber
from localstack.connect.engine import actions as actions  # noqa: PLC0414  fills the registry
from localstack.connect.engine.attachments import Attachments
from localstack.connect.engine.callbacks import Callbacks
from localstack.connect.engine.calls import API, CUSTOMER, Calls
from localstack.connect.engine.chances import choose, press, press_keys, say
from localstack.connect.engine.chats import Chats
from localstack.connect.engine.conferences import Conferences
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.desks import Desks
from localstack.connect.engine.dialing import Dialing
from localstack.connect.engine.drafts import Drafts
from localstack.connect.engine.emails import Emails
from localstack.connect.engine.files import ContactFiles
from localstack.connect.engine.floor import Floor
from localstack.connect.engine.guides import Guides
from localstack.connect.engine.holds import Holds
from localstack.connect.engine.hours import Timetable
from localstack.connect.engine.ids import new_uuid
from localstack.connect.engine.imported import Imports
from localstack.connect.engine.joining import Joining
from localstack.connect.engine.library import Library
from localstack.connect.engine.load import Load
from localstack.connect.engine.metrics import Metrics
from localstack.connect.engine.monitoring import Monitoring
from localstack.connect.engine.outbox import Outbox
from localstack.connect.engine.parts import State
from localstack.connect.engine.pausing import Pausing
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.ports import Ports
from localstack.connect.engine.providers import Providers
from localstack.connect.engine.recorder import Recorder
from localstack.connect.engine.reporter import Reporter
from localstack.connect.engine.routing import Routing
from localstack.connect.engine.settings import Settings
from localstack.connect.engine.stage import Stage
from localstack.connect.engine.succession import succeed
from localstack.connect.engine.tasks import Tasks
from localstack.connect.engine.third_parties import ThirdParties
from localstack.connect.engine.timeline import Timeline
from localstack.connect.engine.transfers import Transfers
from localstack.connect.engine.watch import Watch

if TYPE_CHECKING:
    from localstack.connect.engine.staff import Agent


class World:
    """State and rules. Deterministic: the same seed, namespace and inputs give the same records, byte for byte."""

    def __init__(self, directory: Directory, ports: Ports, settings: Settings, now: datetime) -> None:
        self.directory = directory
        self.ports = ports
        self.settings = settings
        self.timeline = Timeline(now)
        chance = random.Random(f"{settings.seed}/outbox")  # noqa: S311  not a secret
        self.outbox = Outbox(ports, settings.faults, chance, self.timeline)
        self.documents = Library()
        self.timetable = Timetable()
        self.reporter = Reporter(self)
        self.watch = Watch(self)
        self.outbox.on_lost = self.watch.lost
        self.recorder = Recorder(self)
        self.floor = Floor(self)
        self.desks = Desks(self)
        self.joining = Joining(self)
        self.routing = Routing(self)
        self.holds = Holds(self)
        self.transfers = Transfers(self)
        self.conferences = Conferences(self)
        self.third_parties = ThirdParties(self)
        self.monitoring = Monitoring(self)
        self.imports = Imports(self)
        self.dialing = Dialing(self)
        self.callbacks = Callbacks(self)
        self.load = Load(self)
        self.phone_book: dict[str, CallPlan] = {}
        self.tasks = Tasks(self)
        self.pausing = Pausing(self)
        self.chats = Chats(self)
        self.attachments = Attachments(self)
        self.files = ContactFiles(self)
        self.guides = Guides(self)
        self.emails = Emails(self)
        self.drafts = Drafts(self)
        self.metrics = Metrics(self.floor)
        self.calls = Calls(self)
        self.actions_performed = 0
        """Actions of flows since the world began."""
        self._providers: dict[str, Providers] = {}
        self.unset: list[str] = []
        """Paths that were read and not set, under strict references."""
        self.contacts: dict[str, Contact] = {}
        self.on_completed: list[Callable[[Contact], None]] = []
        self.on_agent: list[Callable[[Agent], None]] = []
        """Told whenever something has changed about an agent, at signing in and out too."""
        self._active: dict[str, Contact] = {}
        self._interactive: dict[str, Contact] = {}
        self._over: deque[str] = deque()
        self._counts: dict[str, int] = {}

    @property
    def now(self) -> datetime:
        """The moment that the world has reached."""
        return self.timeline.now

    @property
    def active(self) -> tuple[Contact, ...]:
        """Contacts that are planned or not yet over, after-contact work included."""
        return tuple(self._active.values())

    @property
    def awaited(self) -> tuple[Contact, ...]:
        """Contacts at which a person must act: virtual time stands still for them.

        An interactive caller is asked for keys, an agent who is a person is asked by a transfer flow, or such an
        agent's telephone rings.
        """
        asked = [one for one in self._interactive.values() if one.listening is not None and not one.listening.waived]
        return (*asked, *self.floor.asked_people(), *self.floor.ringing_at_people())

    def providers(self, instance: Instance) -> Providers:
        """The services beside Amazon Connect that an instance's flows speak to; they may be replaced one by one."""
        found = self._providers.get(instance.id)
        if found is None:
            found = self._providers[instance.id] = Providers()
        return found

    def adopt(self, instance: Instance, providers: Providers) -> None:
        """Let an instance's flows speak to these services from here on."""
        self._providers[instance.id] = providers

    def configure(self, settings: Settings) -> None:
        """Choose other settings. Raises ValueError while contacts are active."""
        if self.active:
            msg = "settings can be changed before contacts run, not while they are active"
            raise ValueError(msg)
        self.settings = settings
        self.floor.configure()

    def new_id(self, kind: str) -> str:
        """The next id of a kind, made in the world's namespace."""
        number = self._counts[kind] = self._counts.get(kind, 0) + 1
        return new_uuid(self.settings.namespace, f"{kind}/{number}")

    def place_call(
        self, plan: CallPlan, *, at: datetime | None = None, seed: str | None = None, burst_id: str = ""
    ) -> Contact:
        """Plan a call. Raises LookupError when nobody answers that number."""
        found = self.directory.number(plan.to)
        if found is None:
            msg = f"nobody answers {plan.to}"
            raise LookupError(msg)
        instance, number = found
        if not plan.caller:
            plan = replace(plan, caller=self.settings.withheld_number)
        contact = self.new_contact(instance, plan, at=at, seed=seed, burst_id=burst_id)
        self.timeline.at(at or self.now, lambda: self._arrive(contact, number))
        return contact

    def new_contact(
        self,
        instance: Instance,
        plan: CallPlan,
        *,
        at: datetime | None = None,
        seed: str | None = None,
        method: str = "INBOUND",
        **more: Any,
    ) -> Contact:
        """A contact that nothing came before."""
        contact_id, sequence = self._next_contact()
        contact = Contact(
            id=contact_id,
            instance=instance,
            plan=plan,
            rng=random.Random(seed or f"{self.settings.seed}/{sequence}"),  # noqa: S311  not a secret
            initiated_at=at or self.now,
            sequence=sequence,
            initiation_method=method,
            **more,
        )
        self._enrol(contact)
        return contact

    def succeed(self, old: Contact, method: str, **more: Any) -> Contact:
        """A new contact of the chain that begins now; `more` is what `succession.succeed` takes."""
        contact_id, sequence = self._next_contact()
        contact = succeed(old, contact_id=contact_id, sequence=sequence, method=method, at=self.now, **more)
        self._enrol(contact)
        return contact

    def press(self, contact: Contact, digits: str) -> bool:
        """An interactive caller presses keys, or lets the time limit go by (""). False when nobody listens."""
        return press(contact.latest, self.now, digits)

    def press_as_agent(self, old: Contact, digits: str) -> None:
        """The agent who transfers presses keys, or lets the time limit go by (""). Raises ValueError when unasked."""
        new = self.transfers.pending(old)
        listening = None if new is None else new.agent_listening
        if new is None or listening is None:
            msg = "no transfer flow is waiting for the agent's keys"
            raise ValueError(msg)
        press_keys(new, self.now, listening, digits, by="agent")

    def say(self, contact: Contact, text: str) -> bool:
        """An interactive customer has said or written something, or stays silent (""). False when nobody listens."""
        contact = contact.latest
        if contact.chat is not None and text:
            self.chats.customer_says(contact, text)
            return True
        return say(contact, self.now, text)

    def choose(self, contact: Contact, action: str, data: Mapping[str, Any]) -> bool:
        """An interactive person chooses on the screen, or lets its time limit go by (""). False without a screen."""
        return choose(contact.latest, self.now, action, data)

    def hang_up(self, contact: Contact, reason: str = CUSTOMER) -> None:
        """The caller hangs up, or is lost; a caller whose call has not arrived yet does not call at all."""
        contact = contact.latest
        if contact.call.customer_left:
            return
        if self.conferences.goes_on_without_customer(contact):
            self.conferences.customer_leaves(contact)
        elif contact.transcript:
            self.calls.end(contact, reason if self.calls.is_present(contact) else API)
        elif not contact.ended:
            contact.state, contact.completed = State.ENDED, True
            self.completed(contact)

    def completed(self, contact: Contact) -> None:
        """A contact is over for good; the oldest of those are forgotten."""
        self._active.pop(contact.id, None)
        self._interactive.pop(contact.id, None)
        self._over.append(contact.id)
        if len(self._over) > self.settings.contacts_kept:
            self.contacts.pop(self._over.popleft(), None)
        for told in self.on_completed:
            told(contact)

    def stage(self, contact: Contact) -> Stage:
        """Where the effects of a contact's flows happen."""
        return Stage(self, contact)

    def _next_contact(self) -> tuple[str, int]:
        return self.new_id("contact"), self._counts["contact"]

    def _enrol(self, contact: Contact) -> None:
        self.contacts[contact.id] = self._active[contact.id] = contact
        if contact.plan.interactive:
            self._interactive[contact.id] = contact

    def _arrive(self, contact: Contact, number: PhoneNumber) -> None:
        if contact.ended:
            return
        if self.load.admit(contact.instance):
            self.calls.arrive(contact, number)
            return
        contact.tell(self.now, "refused", "All lines of the instance are in use")
        contact.state, contact.completed = State.ENDED, True
        self.completed(contact)
