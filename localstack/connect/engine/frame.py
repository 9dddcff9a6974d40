"""A frame: one flow or module that is being run for a contact, with what its actions have loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flowlang.document import Action
from localstack.connect.directory import Flow, FlowModule
from localstack.connect.engine.document import Document


@dataclass(frozen=True, slots=True)
class Beside:
    """A Wait beside which its flow runs on (ContinueExecution): the action, and when its time is over."""

    at: str
    until: datetime


@dataclass(slots=True)
class Frame:
    """State that lives as long as a flow run. A module has a frame of its own: it sees nothing of its caller's.

    `loaded` is what blocks have filled in, by root: Lex, Customer, Case, Views and so on.
    """

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
    invocation_id: str | None = None
    loaded: dict[str, Any] = field(default_factory=dict)
    loops: dict[tuple[str, str], int] = field(default_factory=dict)
    """Counters of this run, where they do not live as long as the contact."""
    beside: Beside | None = None

    @property
    def action(self) -> Action:
        """The action that runs now."""
        return self.document.actions[self.at]

    def inherit(self, other: "Frame") -> None:
        """Take over what was loaded before a transfer to this flow."""
        self.external, self.stored, self.metrics = other.external, other.stored, other.metrics
        self.invocation_id, self.loaded = other.invocation_id, other.loaded
