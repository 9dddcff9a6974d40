"""Metrics: what each counter holds. The formulas of the registry are made of these names and no others."""

from collections.abc import Mapping
from typing import Final

COUNTERS: Final[Mapping[str, str]] = {
    "arrivals": "first contacts of a chain (ARR, less those that were refused before they had a contact record)",
    "accepted": "first contacts of a chain that were connected to the system (ACC)",
    "offered": "contacts that entered a queue of agents and were answered there, abandoned, or left it (REQ)",
    "answered": "offered contacts that an agent answered (ANS)",
    "answered_in_target": "answered within the threshold of their queue, the threshold itself included",
    "abandoned": "offered contacts that ended while they waited, by the caller or by the system (ABN)",
    "short_abandoned": "abandoned by the caller before the short limit of their queue, the limit excluded (SAB)",
    "abandoned_in_target": "abandoned within the threshold of their queue",
    "dropped": "abandoned contacts that the system ended",
    "exits": "offered contacts that left for voicemail, a callback, another service or a telephone outside (EXT)",
    "overflowed": "contacts that went on to another queue, where they are offered",
    "self_served": "contacts that the flow served to their end",
    "left_in_flow": "contacts whose caller hung up before any queue",
    "closed": "contacts that came outside service hours",
    "turned_away": "contacts for whom a queue was chosen and not entered",
    "transferred_out": "contacts that left for a telephone outside without a queue",
    "handled": "contacts that an agent was connected to (HND)",
    "transferred": "handled contacts that went on to somebody else",
    "degraded": "contacts whose decision was made without the table",
    "voicemails": "contacts that left a message",
    "callbacks": "contacts that asked to be called back",
    "complaints": "chains of contacts that an agent wrote down as a complaint, and complaints that came as tickets",
    "surveyed": "handled contacts whose customer was offered a survey",
    "survey_answers": "handled contacts whose customer gave a valid answer",
    "satisfied": "valid answers in the satisfied classes of the contract",
    "called_back": "contacts in which a customer who had asked was reached",
    "line_failures": "contacts that the telephone network ended (DisconnectReason TELECOM_*)",
    "voice_rated": "contacts of which Amazon Connect rated how the customer's end was heard",
    "voice_score": "sum of these ratings, in hundredths of the score of 1 to 5",
    "agent_voice_rated": "contacts of which Amazon Connect rated how the agent's end was heard",
    "agent_voice_score": "sum of these ratings, in hundredths of the score of 1 to 5",
    "wait_s": "seconds in queue of answered contacts",
    "abandon_wait_s": "seconds in queue of abandoned contacts",
    "talk_s": "seconds of conversation, hold excluded",
    "hold_s": "seconds on hold",
    "acw_s": "seconds of after-call work",
    "tickets_revisited": "tickets of which the customer was asked for the first time whether the work was well done",
    "tickets_closed": "tickets that were closed",
}
"""Counters of a quarter-hour, line, queue and entry number. All change by addition only."""

OF_TICKETS: Final = frozenset({"tickets_revisited", "tickets_closed"})
"""What steps of tickets add, and no contact."""

OF_TRANSACTIONS: Final = OF_TICKETS | {"complaints"}
"""What people's own requests add, too, and not only contact records as they are taken in."""

STAFF_COUNTERS: Final[Mapping[str, str]] = {
    "signed_in_ms": "milliseconds in which agents were signed in: in any status but an offline one",
    "unpaid_ms": "milliseconds of them in a status that the contract names under `kpis.unpaid_statuses`",
}
"""Not stored: told by the changes of agents' statuses (`staffing.py`), of agents, teams, sites and the tenant."""

OFFER_COUNTERS: Final[Mapping[str, str]] = {
    "ring_ms": "milliseconds for which contacts rang at the agents who then answered them",
    "rung": "contacts that an agent answered after they had rung",
    "available_ms": "milliseconds in which agents were free: ready, and nothing was offered to them",
}
"""Not stored: told by the turns of agents (`presence.py`), of the same groups, in periods of a day at most."""

INSTANCE_COUNTERS: Final[Mapping[str, str]] = {
    "refused": "calls that were refused before they were contacts: over the quota of calls at once, or over their rate",
}
"""Not stored: told by CloudWatch (`refused.py`), of the tenant as a whole."""

TOLD_COUNTERS: Final[Mapping[str, str]] = {**STAFF_COUNTERS, **OFFER_COUNTERS, **INSTANCE_COUNTERS}
"""All that are not stored."""

OF_AGENTS: Final = frozenset(
    {
        *("answered", "answered_in_target", "handled", "transferred", "wait_s", "talk_s", "hold_s", "acw_s"),
        *("surveyed", "survey_answers", "satisfied", "line_failures"),
        *("voice_rated", "voice_score", "agent_voice_rated", "agent_voice_score"),
    }
)
"""What only handled contacts add: kept at their agent, too, so that totals over agents and over queues are the same."""
