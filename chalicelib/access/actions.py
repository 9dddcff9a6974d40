"""Access: the table of actions. What each does, whose part of the organisation it holds, what it lets a user do, and
who may: for the whole tenant, for the team that they lead, for their own.

New rows go here, with the roles that section 5 of the requirement catalogue gives the work to.
"""

from typing import Final

from chalicelib.access import roles
from chalicelib.access.models import Action, Kind, Parted, Role, Scope
from chalicelib.access.roles import (
    AFTERWARDS,
    CLIENT,
    DIRECTION,
    EDITORS,
    EVERYBODY,
    FIGURES,
    FLOOR,
    HANDLERS,
    LEADERS,
    LISTENERS,
    NOBODY,
    PLANNED_FLOOR,
    QUALITY,
    TRAINING,
    Roles,
)

_READ, _ACCESS, _CHANGE = Kind.READ, Kind.ACCESS, Kind.CHANGE
_SUBTREE, _SHARED, _WHOLE = Parted.SUBTREE, Parted.SHARED, Parted.WHOLE


def _row(
    id_: str,
    kind: Kind,
    parted: Parted,
    says: str,
    tenant: Roles = NOBODY,
    *,
    team: Roles = NOBODY,
    own: Roles = NOBODY,
) -> Action:
    """Return the action; of a role that stands twice the wider scope counts."""
    grants = {**dict.fromkeys(own, Scope.OWN), **dict.fromkeys(team, Scope.TEAM), **dict.fromkeys(tenant, Scope.TENANT)}
    return Action(id=id_, kind=kind, parted=parted, says=says, grants=grants)


_MENUS: Final = CLIENT | DIRECTION | EDITORS | {Role.PROJECT_MANAGER, Role.DUTY_MANAGER, Role.DATA_ANALYST}
_WRITERS: Final = DIRECTION | EDITORS
_KEEPERS: Final = {Role.TENANT_ADMINISTRATOR, Role.TECHNICAL_STAFF, Role.COMPLIANCE_OFFICER}
_OFFICERS: Final = frozenset({Role.COMPLIANCE_OFFICER, Role.OPERATIONS_DIRECTOR})
"""Who deals with personal data on behalf of the persons."""

# fmt: off
TABLE: Final[tuple[Action, ...]] = (
    _row("api.read", _READ, _SHARED, "read the description of this API", EVERYBODY),
    _row("adapters.read", _READ, _WHOLE, "see which other systems keep customers too", roles.CUSTOMERS | _KEEPERS),
    _row("adapters.look-up", _ACCESS, _WHOLE, "look a caller up in another system", roles.CUSTOMERS),
    _row("adapters.errors", _ACCESS, _WHOLE, "see whom two systems do not agree on", roles.CUSTOMER_OWNERS | _KEEPERS),
    _row("adapters.decide", _CHANGE, _WHOLE, "decide what becomes of whom two systems do not agree on",
         roles.CUSTOMER_OWNERS | _KEEPERS),
    _row("adapters.run", _CHANGE, _WHOLE, "let customers be compared with another system now",
         DIRECTION | _KEEPERS | {Role.PLATFORM_OPERATOR}),
    _row("agents.read", _READ, _SUBTREE, "see who is signed in and what each agent does", PLANNED_FLOOR),
    _row("agents.states.read", _READ, _SUBTREE, "see what an agent did on a day, and why", PLANNED_FLOOR, own=HANDLERS),
    _row("approvals.read", _ACCESS, _SUBTREE, "see what waits for an approval of yours", EVERYBODY),
    _row("approvals.decide", _CHANGE, _SUBTREE, "approve or refuse what somebody below you proposed", EVERYBODY),
    _row("audit.read", _ACCESS, _SUBTREE, "read the audit trail",
         frozenset({Role.COMPLIANCE_OFFICER, Role.PLATFORM_OPERATOR})),
    _row("callbacks.read", _ACCESS, _SUBTREE, "see whom the tenant has promised to call back", FLOOR),
    _row("completions.read", _ACCESS, _SUBTREE, "see what was written down of a contact",
         LISTENERS, team=LEADERS, own=HANDLERS),
    _row("completions.search", _ACCESS, _SUBTREE, "list the contacts that an agent has still to complete",
         DIRECTION | LEADERS | {Role.QA_HEAD}, own=HANDLERS),
    _row("completions.lists.read", _READ, _SHARED, "see what contacts are completed from", EVERYBODY),
    _row("completions.write", _CHANGE, _SUBTREE, "complete a contact and correct its completion",
         DIRECTION | LEADERS | {Role.QA_HEAD}, own=HANDLERS),
    _row("contacts.read", _ACCESS, _SUBTREE, "open a contact with the places of its recordings",
         LISTENERS, team=LEADERS, own=HANDLERS),
    _row("contacts.trace", _ACCESS, _SUBTREE, "follow a contact from its arrival to its end",
         FLOOR | QUALITY, own=HANDLERS),
    _row("contacts.search", _ACCESS, _SUBTREE, "search contacts", LISTENERS, team=LEADERS, own=HANDLERS),
    _row("customers.change", _CHANGE, _SUBTREE, "enter and edit customers", roles.CUSTOMER_CARE),
    _row("customers.delete", _CHANGE, _SUBTREE, "forget customers", roles.CUSTOMER_OWNERS),
    _row("customers.merge", _CHANGE, _SUBTREE, "make one customer of two, and two of one again", roles.CUSTOMER_OWNERS),
    _row("customers.read", _ACCESS, _SUBTREE, "open a customer", roles.CUSTOMERS),
    _row("customers.timeline", _ACCESS, _SUBTREE, "see all contacts of a customer", roles.CUSTOMERS),
    _row("customers.search", _ACCESS, _SUBTREE, "search customers", roles.CUSTOMERS),
    _row("services.change", _CHANGE, _SUBTREE, "enter and edit service records", roles.CUSTOMER_CARE),
    _row("services.delete", _CHANGE, _SUBTREE, "forget service records", roles.CUSTOMER_OWNERS),
    _row("services.read", _ACCESS, _SUBTREE, "open a service record", roles.CUSTOMERS),
    _row("services.search", _ACCESS, _SUBTREE, "search service records", roles.CUSTOMERS),
    _row("hours.read", _READ, _SHARED, "see opening hours", EVERYBODY),
    _row("identity.read", _ACCESS, _SUBTREE, "see the questions for the contact on the own screen", own=HANDLERS),
    _row("identity.answer", _CHANGE, _SUBTREE, "verify the caller on the own screen", own=HANDLERS),
    _row("menus.read", _READ, _SHARED, "see, check and preview menus", _MENUS),
    _row("menus.report", _READ, _SUBTREE, "see how menus are used", _MENUS),
    _row("menus.change", _CHANGE, _SHARED, "draft menus", _WRITERS),
    _row("menus.publish", _CHANGE, _SHARED, "publish menus and roll them back", _WRITERS | {Role.DUTY_MANAGER}),
    _row("menus.answers.change", _CHANGE, _SHARED, "write what an enquiry of the menus answers",
         _WRITERS | {Role.DEPARTMENT_HANDLER, Role.INFORMATION_STAFF}),
    _row("metrics.read", _READ, _SUBTREE, "see the KPIs of queues, lines and the tenant",
         FIGURES | {Role.WFM_PLANNER, Role.DATA_ANALYST}, team=LEADERS),
    _row("realtime.read", _READ, _SUBTREE, "see what goes on: agents, queues, lines and menus", PLANNED_FLOOR),
    _row("offers.read", _READ, _SUBTREE, "see what the own desk is offered", own=HANDLERS),
    _row("offers.accept", _CHANGE, _SUBTREE, "accept a call that the own desk is offered", own=HANDLERS),
    _row("recordings.control", _CHANGE, _SUBTREE,
         "start, stop, suspend and resume the recording of the contact on the own screen", own=HANDLERS),
    _row("recordings.search", _ACCESS, _SUBTREE, "search recordings", LISTENERS | LEADERS),
    _row("recordings.play", _ACCESS, _SUBTREE, "listen to a recording", LISTENERS | LEADERS),
    _row("recordings.download", _ACCESS, _SUBTREE, "download a recording", DIRECTION | {Role.QA_HEAD}),
    _row("recordings.verify", _ACCESS, _SUBTREE, "see whether a recording still is what was stored",
         LISTENERS | LEADERS | {Role.COMPLIANCE_OFFICER}),
    _row("routing.read", _READ, _SHARED, "see what routing follows",
         DIRECTION | _KEEPERS | {Role.DUTY_MANAGER, Role.SERVICE_SUPERVISOR, Role.TEAM_LEADER, Role.WFM_PLANNER}),
    _row("papers.read", _READ, _SHARED, "see which licences and papers of numbers are missing or expire soon",
         CLIENT | DIRECTION
         | {Role.PROJECT_MANAGER, Role.COMPLIANCE_OFFICER, Role.TENANT_ADMINISTRATOR, Role.PLATFORM_OPERATOR}),
    _row("people.change", _CHANGE, _WHOLE, "say who leads whom, and in which unit",
         DIRECTION | {Role.TENANT_ADMINISTRATOR}),
    _row("people.read", _READ, _SUBTREE, "see who leads whom",
         DIRECTION | TRAINING | {Role.CLIENT_SUPERVISOR, Role.PROJECT_MANAGER, Role.WFM_PLANNER,
                                 Role.TENANT_ADMINISTRATOR}, team=LEADERS, own=HANDLERS),
    _row("privacy.read", _READ, _SHARED, "see what personal data is kept for, how long, and who answers for it",
         EVERYBODY),
    _row("privacy.request", _CHANGE, _WHOLE, "have a person's data given out or erased", _OFFICERS),
    _row("privacy.requests.read", _ACCESS, _WHOLE, "see what persons asked for, and what is held", _OFFICERS),
    _row("privacy.package", _ACCESS, _WHOLE, "fetch what was packed for a person", _OFFICERS),
    _row("privacy.hold", _CHANGE, _WHOLE, "put a legal hold on a person, and end it",
         frozenset({Role.COMPLIANCE_OFFICER})),
    _row("routing.change", _CHANGE, _SHARED, "change what routing follows while calls run",
         DIRECTION | {Role.DUTY_MANAGER, Role.SERVICE_SUPERVISOR, Role.TENANT_ADMINISTRATOR}),
    _row("qualifications.read", _ACCESS, _SUBTREE, "see what an agent has passed and is qualified for",
         DIRECTION | TRAINING | LEADERS | {Role.PROJECT_MANAGER, Role.DUTY_MANAGER, Role.WFM_PLANNER}, own=HANDLERS),
    _row("qualifications.record", _CHANGE, _SUBTREE, "record the result of an agent's training, exam or test",
         DIRECTION | TRAINING),
    _row("screen.choose", _CHANGE, _SUBTREE, "say whom a contact is with", roles.SCREEN),
    _row("screen.draft", _CHANGE, _SUBTREE, "enter what a contact is about", roles.SCREEN),
    _row("screen.draft.read", _ACCESS, _SUBTREE, "see what is entered of a contact", roles.SCREEN),
    _row("screen.read", _ACCESS, _SUBTREE, "see who is calling", roles.SCREEN),
    _row("seats.read", _READ, _WHOLE, "see how many seats are in use against the contract",
         FIGURES | {Role.SPONSOR, Role.WFM_PLANNER}),
    _row("slo.read", _READ, _WHOLE, "see how promises about the system came out, and how near its limits are",
         FIGURES | _KEEPERS | {Role.SPONSOR, Role.PLATFORM_OPERATOR}),
    _row("targets.read", _READ, _SUBTREE, "see what the client holds the outsourcer to, at a date",
         FIGURES | {Role.SPONSOR, Role.DATA_ANALYST}),
    _row("tickets.link", _CHANGE, _SUBTREE, "link a contact to a ticket", roles.TICKETS),
    _row("tickets.open", _CHANGE, _SUBTREE, "open a ticket", roles.CUSTOMER_CARE),
    _row("tickets.read", _ACCESS, _SUBTREE, "open the ticket whose number a customer quotes",
         roles.TICKETS | {Role.CLIENT_SUPERVISOR}),
    _row("tickets.search", _ACCESS, _SUBTREE, "list tickets",
         DIRECTION | LEADERS | {Role.CLIENT_SUPERVISOR, Role.DISPATCHER}, own=HANDLERS | AFTERWARDS),
    _row("tickets.step", _CHANGE, _SUBTREE, "take the next step of a ticket", roles.TICKETS),
    _row("tenant.read", _READ, _SHARED, "see where the tenant stands, its gates and its history",
         CLIENT | DIRECTION | _KEEPERS | {Role.SPONSOR, Role.PROJECT_MANAGER, Role.PLATFORM_OPERATOR}),
    _row("tenant.change", _CHANGE, _SHARED, "record evidence of a gate and move the tenant to another state",
         DIRECTION | {Role.PROJECT_MANAGER}),
    _row("users.change", _CHANGE, _SUBTREE, "invite users, give and take roles, move users and keep them out",
         frozenset({Role.TENANT_ADMINISTRATOR, Role.OPERATIONS_DIRECTOR})),
    _row("users.read", _ACCESS, _SUBTREE, "see who may log in, and as what",
         DIRECTION | {Role.TENANT_ADMINISTRATOR, Role.COMPLIANCE_OFFICER}),
    _row("voicemails.read", _ACCESS, _SUBTREE, "see the messages that callers left", FLOOR),
    _row("voicemails.close", _CHANGE, _SUBTREE, "close a message with its result", FLOOR),
)
# fmt: on
"""Every action of the REST API."""
