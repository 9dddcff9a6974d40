"""What the description of the REST API says of its groups and parameters, for whoever reads it as a stranger.

A name means the same in every path; where a query means something else by it, it has a line of its own. A test holds
every group and every parameter to a line here.
"""

from collections.abc import Mapping
from typing import Final

from chalicelib.platform.openapi_words import Words

_GROUPS: Final[Mapping[str, str]] = {
    "adapters": "Other systems that keep customers: looked up in, compared with, disagreements decided",
    "agents": "Who is signed in and what each agent does, now and on a day",
    "api": "This description",
    "approvals": "What is done only once a superior has approved it",
    "audit": "The append-only trail of what was changed, looked at and refused",
    "callbacks": "Whom the tenant has promised to call back",
    "completions": "What agents write down of a contact before it is done",
    "contacts": "Contacts that were served, and the course of one from its arrival to its end",
    "customers": "Who the tenant's customers are, and what they had to do with it",
    "hours": "Whether a line is open, and why",
    "identity": "The questions by which an agent verifies who calls",
    "menus": "The menus of a line as versioned data: drafted, checked, published, measured",
    "metrics": "Counters and KPIs of a period",
    "offers": "Calls that ring at several desks at once: the first who accepts has it",
    "papers": "Licences and papers of numbers, missing or about to expire",
    "people": "Who leads whom, in which unit, from when on",
    "privacy": "What personal data is kept for; persons' data given out or erased; legal holds",
    "qualifications": "What agents have passed, and what they are qualified for by it",
    "realtime": "What goes on at this moment: agents, queues, lines, menus",
    "recordings": "Recordings: controlled, found, listened to, verified",
    "routing": "What a supervisor changes of routing while calls run",
    "screen": "What the desk shows of a contact, and what is entered of it",
    "seats": "How many seats were in use, against the contract",
    "services": "Service records: of contacts, of tickets, and what was entered",
    "slo": "What is promised of the system itself, what it depends on, how near its limits are",
    "targets": "What the client holds the outsourcer to, and how it came out",
    "tenant": "Where the tenant stands in its lifecycle, its gates and its history",
    "tickets": "Work orders, from opening to acceptance",
    "users": "Who may log in, with which roles, and which part of the organisation they see",
    "voicemails": "Messages that callers left, and what was done about them",
}

_FROM: Final = "The period's beginning, which is in it: an instant with its zone"
_TO: Final = "The period's end, which is not in it: an instant with its zone"
_DAY_FROM: Final = "The first day of the period, by the tenant's calendar"
_DAY_TO: Final = "The day after the period, by the tenant's calendar"
_REVISION: Final = "The revision that was read: 409 when it is another one by now"

_PARAMETERS: Final[Mapping[str, str]] = {
    "path absorbed": "The customer who was made a part of this one",
    "path adapter_id": "The contract's name of the other system",
    "path agent": "The agent's user name",
    "path approval_id": "The id that the 409 `approval-needed` named",
    "path chain": "The contract's name of the overflow chain",
    "path contact_id": "The contact's id, as Amazon Connect gave it",
    "path customer_id": "The customer's id",
    "path enquiry": "The enquiry, as menus name it",
    "path hold_id": "The hold's id",
    "path line": "The service line, as the contract names it",
    "path message_id": "The message's id: that of the contact that left it",
    "path name": "The recording's name, as the contact lists it",
    "path number": "The ticket's number, as it was told to the customer",
    "path queue": "The queue, as the contract names it",
    "path reference": "What callers key in for it: the number of an order, for example",
    "path request_id": "The request's id",
    "path role": "One of the roles",
    "path rule": "The contract's name of the rule",
    "path service_id": "The service record's id",
    "path user": "The user's name; an e-mail address is none",
    "path version": "The version's number",
    "query action": "An action's id, or its beginning before a dot: `users` finds `users.grant`",
    "query actor": "The user name of whoever did it",
    "query agent": "An agent's user name",
    "query assignee": "Who has to act on the ticket",
    "query at": "An instant with its zone; now when left out",
    "query box": "A box of the contract, or a line for what no box takes",
    "query by": "What figures are grouped by",
    "query caller": "The caller's number (E.164): + and 5 to 15 digits",
    "query category": "What the contact was about, as the contract names it",
    "query created_from": "The first day on which the customer was entered (UTC)",
    "query created_to": "The last day on which the customer was entered (UTC)",
    "query cursor": "Leads to the next page: the `cursor` of the page before, as it is, with the same other parameters",
    "query customer_id": "The customer's id",
    "query entry_number": "The number that was dialled (E.164): + and 5 to 15 digits",
    "query first": "The first day (UTC); without first and last the last 31 days",
    "query from": _FROM,
    "query grade": "The customer's grade, as the contract names it",
    "query interval": "Also by quarter-hours",
    "query kind": "Where the service came from",
    "query last": "The last day (UTC)",
    "query limit": "How many a page has at most; it may have fewer, only `cursor` null ends the list",
    "query line": "The service line, as the contract names it",
    "query name": "The beginning of the customer's name",
    "query number": "A number of the customer's (E.164): + and 5 to 15 digits",
    "query on": "A local day of the tenant",
    "query order": "Whether the least comes first (`asc`) or the greatest (`desc`)",
    "query percentiles": "At most five, with commas: `50,90`",
    "query phone": "A telephone number (E.164): + and 5 to 15 digits",
    "query queue": "The queue, as the contract names it",
    "query region": "The customer's region",
    "query resource": "The path below `/v1/` of what it was done to: `users/li.na`",
    "query result": "How the contact ended",
    "query revision": _REVISION,
    "query sort": "What the list is sorted by",
    "query state": "How it stands with it",
    "query step": "The last step that the ticket took",
    "query to": _TO,
    "query version": "The version that was read: 409 `outdated` when it is another one by now",
    "query where": "Values of the tenant's own fields: `city:suzhou,vip:true`",
    "query within_days": "How many days ahead",
}

_OF_OPERATIONS: Final[Mapping[str, str]] = {
    "contacts_contacts query on": "A day (UTC)",
    "licences_papers query on": "A local day of the tenant; today when left out",
    "metrics_report query number": "The dialled number (E.164) that the figures are narrowed to",
    "metrics_report query from": f"{_FROM}, on a quarter-hour",
    "metrics_report query to": f"{_TO}, on a quarter-hour",
    "agents_seats query from": f"{_FROM}, on a quarter-hour",
    "agents_seats query to": f"{_TO}, on a quarter-hour",
    "menus_report query from": f"{_FROM}, on a whole hour",
    "menus_report query to": f"{_TO}, on a whole hour",
    "targets_api_results query from": _DAY_FROM,
    "targets_api_results query to": _DAY_TO,
    "reliability_slo query from": _DAY_FROM,
    "reliability_slo query to": _DAY_TO,
}

WORDS: Final = Words(groups=_GROUPS, parameters=_PARAMETERS, of_operations=_OF_OPERATIONS)
