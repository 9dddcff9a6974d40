"""A frame: one flow or module that is being run for a contact, and what its references can see."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flowlang.document import Action
from localstack.connect.directory import Flow, FlowModule, Queue
from localstack.connect.engine.attributes import Tree
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.document import Document


@dataclass(slots=True)
class Frame:
    """State that lives as long as a flow run. A module has a frame of its own: it sees nothing of its caller's."""

    source: Flow | FlowModule
    document: Document
    at: str
    external: Mapping[str, Any] = field(default_factory=dict)
    stored: str | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    module_result: str | None = None
    module_data: Mapping[str, Any] = field(default_factory=dict)
    flow_attributes: dict[str, str] = field(default_factory=dict)

    @property
    def action(self) -> Action:
        """The action that runs now."""
        return self.document.actions[self.at]


class References(Mapping[str, Any]):
    """What references are worth now (section 3), by root; a root that is missing or None is unset.

    Each root is worked out when it is asked for: an action seldom names more than one, and there are many.
    """

    __slots__ = ("_contact", "_frame", "_with_agent")

    def __init__(self, contact: Contact, frame: Frame, *, with_agent: bool) -> None:
        self._contact = contact
        self._frame = frame
        self._with_agent = with_agent

    def __getitem__(self, root: str) -> Any:
        """What the root is worth. Raises KeyError when there is no such root."""
        if root == "Agent" and not self._with_agent:
            return None
        return _ROOTS[root](self._contact, self._frame)

    def __iter__(self) -> Iterator[str]:
        return iter(_ROOTS)

    def __len__(self) -> int:
        return len(_ROOTS)


def _endpoint(address: str) -> Tree | None:
    return {"Address": address, "Type": "TELEPHONE_NUMBER"} if address else None


def _queue(queue: Queue | None) -> Tree | None:
    return None if queue is None else {"Name": queue.name or None, "ARN": queue.arn}


def _agent(contact: Contact) -> Tree | None:
    agent = contact.leg.agent if contact.leg else contact.offered_to
    if agent is None:
        return None
    user = agent.user
    return {"UserName": user.username, "FirstName": user.first_name, "LastName": user.last_name, "ARN": user.arn}


def _modules(frame: Frame) -> Tree:
    return {"Input": frame.inputs, "Result": frame.module_result, "ResultData": frame.module_data}


def _loops(contact: Contact, frame: Frame) -> Tree:
    return {key[1]: {"Index": str(count)} for key, count in contact.loops.items() if key[0] == frame.source.arn}


_ROOTS: Mapping[str, Callable[[Contact, Frame], Any]] = {
    "FlowAttributes": lambda _contact, frame: frame.flow_attributes,
    "External": lambda _contact, frame: frame.external,
    "LambdaInvocation": lambda _contact, frame: {"ResultData": frame.external},
    "StoredCustomerInput": lambda _contact, frame: frame.stored,
    "Metrics": lambda _contact, frame: frame.metrics,
    "Modules": lambda _contact, frame: _modules(frame),
    "Loop": _loops,
    "Attributes": lambda contact, _frame: contact.attributes,
    "CustomerEndpoint": lambda contact, _frame: _endpoint(contact.plan.caller),
    "SystemEndpoint": lambda contact, _frame: _endpoint(contact.plan.to),
    "ContactId": lambda contact, _frame: contact.id,
    "InitialContactId": lambda contact, _frame: contact.initial.id,
    "PreviousContactId": lambda contact, _frame: (contact.previous or contact).id,
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
    "Media": lambda contact, _frame: {"InitialMessage": contact.chat.initial_message if contact.chat else None},
    "Queue": lambda contact, _frame: _queue(contact.target_queue),
    "Agent": lambda contact, _frame: _agent(contact),
}
"""Root name to what it is worth for a contact in a frame."""
