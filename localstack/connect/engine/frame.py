"""A frame: one flow or module that is being run for a contact, and what its references can see."""

from collections.abc import Mapping
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


def tree(contact: Contact, frame: Frame, *, with_agent: bool) -> Tree:
    """What references are worth now (section 3). A key that is missing or None is unset."""
    return {
        **_of_frame(contact, frame),
        **_of_contact(contact),
        "Agent": _agent(contact) if with_agent else None,
    }


def _of_frame(contact: Contact, frame: Frame) -> Tree:
    loops = {key[1]: {"Index": str(count)} for key, count in contact.loops.items() if key[0] == frame.source.arn}
    return {
        "FlowAttributes": frame.flow_attributes,
        "External": frame.external,
        "LambdaInvocation": {"ResultData": frame.external},
        "StoredCustomerInput": frame.stored,
        "Metrics": frame.metrics,
        "Modules": {"Input": frame.inputs, "Result": frame.module_result, "ResultData": frame.module_data},
        "Loop": loops,
    }


def _of_contact(contact: Contact) -> Tree:
    return {
        "Attributes": contact.attributes,
        "CustomerEndpoint": _endpoint(contact.plan.caller),
        "SystemEndpoint": _endpoint(contact.plan.to),
        "ContactId": contact.id,
        "InitialContactId": contact.initial.id,
        "PreviousContactId": (contact.previous or contact).id,
        "Channel": contact.channel,
        "InitiationMethod": contact.initiation_method,
        "InstanceARN": contact.instance.arn,
        "AwsRegion": contact.instance.region,
        "Name": contact.name,
        "Description": contact.description,
        "CustomerId": contact.customer_id,
        "LanguageCode": contact.language,
        "TextToSpeechVoiceId": contact.voice,
        "SegmentAttributes": contact.segment_attributes,
        "Tags": contact.tags,
        "References": contact.references,
        "Queue": _queue(contact.target_queue),
    }


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
