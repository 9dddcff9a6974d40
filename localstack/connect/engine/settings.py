"""What can be set about a world. The defaults are what the local cloud uses."""

import uuid
from dataclasses import dataclass, field

from localstack.connect.engine.faults import SPELLINGS, Faults

__all__ = ["Faults", "Settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Numbers of the emulation; those of Amazon Connect carry the section of the reference they come from."""

    seed: int = 1
    namespace: uuid.UUID = field(default_factory=uuid.uuid4)
    """Contact and event ids are made in it: give one to get the same ids again."""
    lambda_latency_s: float = 0.3
    """What an invocation costs on the virtual clock; the real call is not on that clock."""
    lambda_real_limit_s: float = 8.0
    lambda_tries: int = 3
    """Tries after a function error within the limit (4.3)."""
    ring_window_s: float = 20.0
    """A voice contact rings that long before it is missed (5.2)."""
    dial_limit_s: float = 60.0
    """So long it rings at somebody who is called and does not answer (6.4)."""
    whisper_limit_s: float = 120.0
    chat_connect_limit_s: float = 300.0
    """A chat whose customer has not connected by then is over."""
    chat_message_s: float = 0.1
    """From one message of a flow to the next; a chat is not spoken."""
    missed_rest_s: float = 5.0
    """How long a simulated agent leaves a missed contact on the screen; nothing is offered meanwhile."""
    heartbeat_s: float = 120.0
    record_delay_s: float = 1.0
    """From the end of after-contact work to the contact record; AWS takes 1-2 minutes (6.1)."""
    reaction_s: float = 1.5
    """A scripted caller presses a key that long after the prompt began."""
    key_gap_s: float = 0.4
    actions_without_interaction: int = 1000
    """Guard against flows that run in a circle (5.4)."""
    queue_limit: int = 1000
    """Contacts in a queue that sets no limit of its own: the instance's quota of concurrent calls."""
    queue_age_in_ms: bool = True
    """The operand of CheckMetricData on the oldest contact's age is in milliseconds (2.2)."""
    priority_across_queues: bool = True
    """Contact priority counts across queues of equal profile priority (11.2)."""
    routing_change_s: float = 60.0
    """A change of priority or age acts that much later on a contact that waits (11.3)."""
    contacts_kept: int = 2000
    """Contacts that are over and whose transcripts can still be read; older ones are forgotten."""
    contact_event_detail_type: str = SPELLINGS[0]
    """How contact events call themselves: one of the two spellings of 8.1."""
    faults: Faults = field(default_factory=Faults)
