"""What references such as `$.Attributes.name` can see: each root of section 3, for a contact in a frame."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from localstack.connect.directory import Instance, PhoneNumber, Queue
from localstack.connect.engine.attributes import Ruled, Rules, Tree
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.frame import Frame
from localstack.connect.engine.records import endpoint


class References(Ruled):
    """What references are worth now (section 3), by root; a root that is missing or None is unset.

    Each root is worked out when it is asked for: an action seldom names more than one, and there are many.
    """

    __slots__ = ("_contact", "_with_agent", "frame")

    def __init__(self, contact: Contact, frame: Frame, rules: Rules, *, with_agent: bool) -> None:
        self.rules = rules
        self._contact = contact
        self.frame = frame
        self._with_agent = with_agent

    def __getitem__(self, root: str) -> Any:
        """What the root is worth. Raises KeyError when there is no such root."""
        if root not in _ROOTS:
            raise KeyError(root)
        return self.get(root)

    def get(self, root: str, default: Any = None, /) -> Any:
        """What the root is worth, `default` when there is no such root."""
        read = _ROOTS.get(root)
        if read is None:
            return default
        return None if root == "Agent" and not self._with_agent else read(self._contact, self.frame)

    def __iter__(self) -> Iterator[str]:
        return iter(_ROOTS)

    def __len__(self) -> int:
        return len(_ROOTS)


def _customer(contact: Contact) -> Tree | None:
    end = endpoint(contact.plan.caller)
    return {**end, "DisplayName": contact.plan.display_name or None} if end else None


def queue_facts(instance: Instance, queue: Queue | None) -> Tree | None:
    """A queue as references and functions see it; an agent's own queue has no name (3)."""
    if queue is None:
        return None
    number_id = queue.caller.get("OutboundCallerIdNumberId")
    number = instance.find(PhoneNumber, number_id) if number_id else None
    caller = endpoint(number.number) if number else None
    return {"Name": queue.name or None, "ARN": queue.arn, "OutboundCallerId": caller}


def _agent(contact: Contact) -> Tree | None:
    agent = contact.leg.agent if contact.leg else contact.offered_to
    if agent is None:
        return None
    user = agent.user
    return {"UserName": user.username, "FirstName": user.first_name, "LastName": user.last_name, "ARN": user.arn}


def _recipients(contact: Contact) -> Tree | None:
    """Further recipients of an e-mail, as a sentence can name them."""
    if contact.email is None:
        return None
    lists = (("ToList", contact.email.to), ("CcList", contact.email.cc))
    return {name: ", ".join(one.address for one in listed) or None for name, listed in lists}


def _modules(frame: Frame) -> Tree:
    return {"Input": frame.inputs, "Result": frame.module_result, "ResultData": frame.module_data}


def _loops(contact: Contact, frame: Frame) -> Tree:
    counters = {**contact.loops, **frame.loops}
    return {key[1]: {"Index": str(count - 1)} for key, count in counters.items() if key[0] == frame.source.arn}


def _invocation(frame: Frame) -> Tree:
    return {"ResultData": frame.external, "InvocationId": frame.invocation_id}


def _media(contact: Contact) -> Tree:
    plan = contact.plan
    first = contact.chat.initial_message if contact.chat else None
    sip = {"Headers": plan.sip_headers, "SiprecMetadata": plan.siprec or None}
    return {"Sip": sip, "InitialMessage": first}


def _streams(contact: Contact) -> Tree:
    return {"Customer": {"Audio": contact.media_stream.facts() if contact.media_stream else None}}


def _loaded(root: str) -> Callable[[Contact, Frame], Any]:
    """A root that a block fills."""
    return lambda _contact, frame: frame.loaded.get(root)


_ROOTS: Mapping[str, Callable[[Contact, Frame], Any]] = {
    "FlowAttributes": lambda _contact, frame: frame.flow_attributes,
    "External": lambda _contact, frame: frame.external,
    "LambdaInvocation": lambda _contact, frame: _invocation(frame),
    "StoredCustomerInput": lambda _contact, frame: frame.stored,
    "Metrics": lambda _contact, frame: frame.metrics,
    "Modules": lambda _contact, frame: _modules(frame),
    "Loop": _loops,
    **{root: _loaded(root) for root in ("Lex", "Customer", "Case", "Views", "DataTables", "DataTableList", "Email")},
    "Wisdom": lambda contact, frame: frame.loaded.get("Wisdom") or {"SessionArn": contact.wisdom_session},
    "AdditionalEmailRecipients": lambda contact, _frame: _recipients(contact),
    "Attributes": lambda contact, _frame: contact.attributes,
    "CustomerEndpoint": lambda contact, _frame: _customer(contact),
    "SystemEndpoint": lambda contact, _frame: endpoint(contact.plan.to),
    "ContactId": lambda contact, _frame: contact.id,
    "InitialContactId": lambda contact, _frame: contact.initial.id,
    "PreviousContactId": lambda contact, _frame: (contact.previous or contact).id,
    "Task": lambda contact, _frame: {"ContactId": contact.task_id},
    "Channel": lambda contact, _frame: contact.channel,
    "InitiationMethod": lambda contact, _frame: contact.initiation_method,
    "InstanceARN": lambda contact, _frame: contact.instance.arn,
    "AwsRegion": lambda contact, _frame: contact.instance.region,
    "Name": lambda contact, _frame: contact.name,
    "Description": lambda contact, _frame: contact.description,
    "CustomerId": lambda contact, _frame: contact.customer_id,
    "LanguageCode": lambda contact, _frame: contact.language,
    "TextToSpeechVoiceId": lambda contact, _frame: contact.voice,
    "SegmentAttributes": lambda contact, _frame: contact.segment_attributes,
    "Tags": lambda contact, _frame: contact.tags,
    "References": lambda contact, _frame: contact.references,
    "Queue": lambda contact, _frame: queue_facts(contact.instance, contact.target_queue),
    "Agent": lambda contact, _frame: _agent(contact),
    "Media": lambda contact, _frame: _media(contact),
    "MediaStreams": lambda contact, _frame: _streams(contact),
    "Capabilities": lambda contact, _frame: contact.plan.capabilities,
}
"""Root name to what it is worth for a contact in a frame."""
