"""What can be set about a world. The defaults are what the local cloud uses."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from localstack.connect.engine.faults import SPELLINGS, Faults

__all__ = ["Faults", "Settings"]

FIXED = frozenset({"namespace", "faults"})
"""What is chosen when a world is made, or has a route of its own."""


def open_choice(section: str, *, usually: Any) -> Any:
    """A switch for something that AWS's pages leave open; `section` of the reference says what is known."""
    return field(default=usually, metadata={"section": section})


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
    lambda_latencies_s: Mapping[str, float] = field(default_factory=dict)
    """The same for single functions, by name, to try what a flow does when one is slow."""
    lambda_chain_s: float = 20.0
    """Functions one after another without a participant interaction may take that long in total (4.3)."""
    sign_in_limit_s: float = open_choice("2.1", usually=900.0)
    """So long a customer has to sign in (AuthenticateParticipant)."""
    lambda_permission_needed: bool = True
    """A function must allow Amazon Connect to invoke it for the instance, as an association makes it do (4.3)."""
    ring_window_s: float = 20.0
    """A voice contact rings that long before it is missed (5.2)."""
    dial_limit_s: float = 60.0
    """So long it rings at somebody who is called and does not answer (6.4)."""
    detection_s: float = 2.0
    """So long answering machine detection listens before it says who has answered."""
    customer_first_flow: str = open_choice("11.7", usually="")
    """Callbacks of an instance that has a flow of this name (or id) are customer first, and this is their dial flow."""
    whisper_limit_s: float = 120.0
    chat_connect_limit_s: float = 300.0
    """A chat whose customer has not connected by then is over."""
    chat_message_s: float = 0.1
    """From one message of a flow to the next; a chat is not spoken."""
    missed_rest_s: float = 5.0
    """How long a simulated agent leaves a missed contact on the screen; nothing is offered meanwhile."""
    heartbeat_s: float = 120.0
    heartbeats_after_logout_s: float = open_choice("7", usually=0.0)
    """So long an agent who has signed out is still told of; AWS says "may", and up to an hour."""
    record_delay_s: float = 1.0
    """From the end of after-contact work to the contact record; AWS takes 1-2 minutes (6.1)."""
    reaction_s: float = 1.5
    """A scripted caller presses a key that long after the prompt began."""
    key_gap_s: float = 0.4
    actions_without_interaction: int = 1000
    """Guard against flows that run in a circle (5.4)."""
    queue_limit: int = 1000
    """Contacts in a queue that sets no limit of its own: the instance's quota of concurrent calls."""
    concurrent_calls: int = 1000
    """Quotas of what is up at one time (13.1), for the shares that CloudWatch is told; AWS begins with 10 calls."""
    concurrent_chats: int = 500
    concurrent_tasks: int = 2_500
    concurrent_emails: int = 1_000
    queue_age_in_ms: bool = open_choice("2.2", usually=True)
    """The operand of CheckMetricData on the oldest contact's age is in milliseconds."""
    priority_across_queues: bool = open_choice("11.2", usually=True)
    """Contact priority counts across queues of equal profile priority."""
    equal_agents: Literal["lowest-id", "drawn"] = open_choice("11.2", usually="lowest-id")
    """Who of equally idle agents is served first: the lowest user id, or one who is drawn by the seed."""
    strict_references: bool = open_choice("3", usually=False)
    """A flow that reads an unset path ends there, and `POST /connect/run` names the path."""
    unset_in_text: Literal["empty", "path"] = open_choice("3", usually="empty")
    """What an unset path becomes inside a sentence: nothing, or it stays as it is written."""
    full_stop_ends_path: bool = open_choice("3", usually=True)
    """A full stop after a path in a sentence is punctuation; else it belongs to the path, which is unset then."""
    withheld_number: str = open_choice("3", usually="anonymous")
    """The address of a caller who withholds the number."""
    metrics_age_in_ms: bool = open_choice("3", usually=False)
    """$.Metrics.Queue.OldestContactAge is in milliseconds, not in seconds."""
    external_leaves_module: bool = open_choice("1", usually=False)
    """$.External that a module has loaded is seen by its caller after the return."""
    external_survives_transfer: bool = open_choice("2.2", usually=True)
    """$.External (and what other blocks have loaded) is kept when a flow transfers to another."""
    wait_lasts_as_its_branch: bool = open_choice("2.2", usually=False)
    """A Wait beside which the flow runs on (ContinueExecution) is over when its branch Continue is, too; else with its
    time, after the action that runs then."""
    loop_counter_outlives_flow: bool = open_choice("2.2", usually=True)
    """A Loop that is left in mid-count goes on counting when its flow is entered again."""
    external_kept_on_error: bool = open_choice("4.2", usually=True)
    """$.External keeps its last answer when a function fails; else it is emptied."""
    unhandled_error_disconnects: bool = open_choice("5.4", usually=True)
    """An error without a branch ends the contact; else the flow stops and the customer stays on the silent line."""
    whisper_error_joins: bool = open_choice("5.4", usually=True)
    """An error without a branch in a whisper flow ends the whisper and the two are joined; else the contact ends."""
    unverified_actions: Literal["run", "refuse"] = open_choice("2.1", usually="run")
    """Types whose parameters nobody has published run as docs/connect-emulator.md says, or their flows are refused."""
    input_encryption: Literal["opaque", "refuse"] = open_choice("2.1", usually="opaque")
    """Encrypted input is stored as a text that nobody can decrypt, or flows that ask for it are refused."""
    default_locale: str = open_choice("2.1", usually="en-US")
    """The locale in which a bot is spoken to when the contact has no language."""
    metrics_booked_by: Literal["disconnect", "initiation", "enqueue"] = open_choice("10.2", usually="disconnect")
    """The moment in whose interval GetMetricDataV2 counts a contact."""
    routing_change_s: float = 60.0
    """A change of priority or age acts that much later on a contact that waits (11.3)."""
    contacts_kept: int = 2000
    """Contacts that are over and whose transcripts can still be read; older ones are forgotten."""
    flows_told: bool = True
    """What flows say, ask and decide stands in transcripts and flow logs; without, only the course of contacts does."""
    contact_event_detail_type: str = open_choice("8.2", usually=SPELLINGS[0])
    """How contact events call themselves: one of the two spellings of 8.1."""
    faults: Faults = field(default_factory=Faults)


def latency(settings: Settings, function_arn: str) -> float:
    """What an invocation of a function costs on the virtual clock, in seconds."""
    name = function_arn.partition(":function:")[2].partition(":")[0] or function_arn
    return settings.lambda_latencies_s.get(name, settings.lambda_latency_s)
