"""Privacy: how long everything that is kept is kept (SEC-06, LIC-04). A declaration, and nothing else.

`items` are the item types of docs/data-model.md. A test holds every one of them to exactly one line, and every line
that has days to the `ttl` that the stores write.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.privacy.models import DELIVERED_DAYS, Retention


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One line. `by` names the period of the contract; `days` is one that no contract changes; `why` has neither.

    What is `beyond_erasure` an erasure on request cannot reach, or may not. What is `walked` has no end of its own: a
    clock looks for what is over, and asks for its erasure (see `aging`).
    """

    what: str
    items: tuple[str, ...] = ()
    counted_from: str = ""
    by: str = ""
    days: int | None = None
    why: str = ""
    beyond_erasure: bool = False
    walked: bool = False

    def period_days(self, terms: Retention) -> int | None:
        """Return the period in days, None for what no clock ends."""
        return getattr(terms, self.by) if self.by else self.days


KEPT: Final = (
    Kept(
        what="contacts with their steps in the menus, and where callers and customers find them",
        items=("contact", "pointer to a contact of the caller", "pointer to a contact that was with a customer"),
        counted_from="the beginning of the contact",
        by="contacts_days",
    ),
    Kept(
        what="completions of contacts",
        items=("completion of a contact", "version of a completion", "complaints of a chain of contacts"),
        counted_from="the beginning of the contact",
        by="contacts_days",
    ),
    Kept(
        what="recordings and voicemails, and the entries that lead to them",
        items=("recording of a contact",),
        counted_from="the arrival of the recording",
        by="recordings_days",
    ),
    Kept(
        what="messages and the notices of them",
        items=("message", "notice of a message"),
        counted_from="the moment at which it was left",
        by="contacts_days",
    ),
    Kept(what="callbacks", items=("callback",), counted_from="the moment of the promise", by="contacts_days"),
    Kept(
        what="which number has an open callback",
        items=("lock of a number with an open callback",),
        counted_from="the moment of the promise",
        days=9,
    ),
    Kept(
        what="service records",
        items=("service record", "place of a service record in a list"),
        counted_from="the service",
        by="contacts_days",
    ),
    Kept(
        what="tickets with their steps and contacts",
        items=(
            *("open ticket of the caller", "ticket", "step of a ticket", "contact of a ticket", "ticket of a contact"),
            *("newest ticket of a contact", "ticket of a customer or caller"),
        ),
        counted_from="the last step, and of each step and contact the moment at which it was written",
        by="contacts_days",
    ),
    Kept(
        what="customers, their numbers and addresses",
        items=(
            *("caller profile", "who has another identity", "customer number", "customer record"),
            "place of a customer in a list",
            *("mark that a customer is to be compared with another system", "what another system and ours agree on"),
            *("copy of another system's customer", "customer on the way to another system"),
        ),
        counted_from="the last change of the record; not before contacts, tickets and services of the customer ended",
        by="customers_days",
        walked=True,
    ),
    Kept(
        what="what is entered during a contact, how a caller was verified, and answers to repeated requests",
        items=("what is entered during a contact", "identity of a call", "answer under an idempotency key"),
        counted_from="the last change",
        days=1,
    ),
    Kept(
        what="answers of enquiries",
        items=("answer of an enquiry",),
        counted_from="the moment at which it was written",
        by="contacts_days",
    ),
    Kept(
        what="what agents did and which status they chose",
        items=("change of an agent's status", "turn of an agent"),
        counted_from="the moment of the change",
        by="contacts_days",
    ),
    Kept(
        what="the state of agents who are signed in",
        items=("state of an agent", "agents of a pack"),
        counted_from="the last event",
        days=2,
    ),
    Kept(
        what="offers of calls to groups of agents",
        items=("offer of a call to a group",),
        counted_from="the end of the offer",
        days=1,
    ),
    Kept(
        what="for which contact an agent is kept a moment",
        items=("reservation of an agent",),
        counted_from="the end of the reservation",
        days=1,
    ),
    Kept(
        what="looks at what the tenant depends on",
        items=("look at what the tenant depends on",),
        counted_from="the look",
        days=400,
    ),
    Kept(
        what="where in the organisation people of the staff work, and under whom",
        items=("place of a person", "count of changes of the people"),
        why="it says who leads whom on any day, as long as figures of that day are asked for",
    ),
    Kept(
        what="the change of a user that is being made",
        items=("change of a user",),
        why="one item, written over and over; it names who of the staff is changed, and no caller",
    ),
    Kept(
        what="contacts on the board, and where they stand in the menus",
        items=("contact on the board",),
        counted_from="the last event",
        days=1,
    ),
    Kept(
        what="the board's checks and thresholds",
        items=("check of the board", "where the thresholds stand"),
        why="one item each, written over and over; it names nobody",
    ),
    Kept(
        what="figures of queues, lines, menus and agents",
        items=(
            *("counters of a quarter-hour", "counters of an agent's quarter-hour", "use of the menus in an hour"),
            "figures of the queues",
        ),
        why="they count, and name no caller; those of agents are what work was judged and paid by",
        beyond_erasure=True,
    ),
    Kept(
        what="configuration, its versions and the lifecycle of the tenant",
        items=(
            *("published version of a line's menus", "draft of a line's menus", "version of a line's menus"),
            *("overrides of the routing", "entry of the lifecycle"),
            "state of an adapter",
        ),
        why="it names who of the staff changed it, and no caller",
    ),
    Kept(
        what="proposals and what became of them",
        items=("proposal that needs an approval",),
        why="they prove who agreed to what",
    ),
    Kept(
        what="what agents have passed",
        items=("result of an agent", "routing profile that an agent is given back"),
        why="it decides which contacts they may take",
    ),
    Kept(
        what="what persons asked for, and legal holds",
        items=("request of a person", "legal hold"),
        why="it proves what was done, and forgets of whom when it is over",
    ),
    Kept(
        what="that a customer was erased, where other systems keep customers too",
        items=("erasure of a customer",),
        why="it holds the id alone, and keeps another system from bringing the person back",
    ),
    Kept(
        what="where the walk over the customers stands",
        items=("walk over the customers",),
        why="one item, written over and over; it names nobody",
    ),
    Kept(
        what="the audit trail",
        items=("entry of the audit trail (its own table)",),
        why="the law asks for six months; nobody can shorten or change it",
        beyond_erasure=True,
    ),
    Kept(
        what="logs of functions, API, deliveries and flows",
        counted_from="the event",
        by="logs_days",
        beyond_erasure=True,
    ),
    Kept(
        what="files of other systems and ours for them, and their earlier versions for 30 days more",
        counted_from="the writing of the file",
        days=DELIVERED_DAYS,
        beyond_erasure=True,
    ),
    Kept(
        what="which files of other systems were read",
        items=("file of another system", "content of a file of another system"),
        counted_from="the reading",
        days=90,
    ),
    Kept(what="access logs of the buckets", counted_from="the event", by="logs_days"),
    Kept(
        what="Parquet files, in which callers are marks",
        counted_from="the writing of the file",
        by="contacts_days",
        beyond_erasure=True,
    ),
    Kept(
        what="rows that could not be written to the Parquet files, in which callers are marks",
        counted_from="the attempt",
        days=30,
        beyond_erasure=True,
    ),
    Kept(
        what="answers of SQL over the Parquet files, in which callers are marks",
        counted_from="the question",
        days=7,
        beyond_erasure=True,
    ),
    Kept(what="earlier versions of deleted recordings", counted_from="the deletion", days=30),
    Kept(
        what="records that wait in the queues of dead letters",
        counted_from="their arrival",
        days=14,
        beyond_erasure=True,
    ),
    Kept(what="streams of records and events", counted_from="their arrival", days=3, beyond_erasure=True),
    Kept(what="backups of the table", counted_from="the change that they hold", days=35, beyond_erasure=True),
)
"""Everything, the stores outside of the table last."""
