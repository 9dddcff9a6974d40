"""Access: what it decides. The table of actions, and how far a user's roles let an action reach. Pure.

A route names its action; an action that is not in the table does not exist, so a route without a permission cannot be
registered. New rows go here, with the roles that section 5 of the requirement catalogue gives the work to.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from chalicelib.access import serving
from chalicelib.access.groups import CLIENT, DIRECTION, EDITORS, HANDLERS, LEADERS, TRAINING, grants
from chalicelib.access.models import Action, Kind, Role, Scope
from chalicelib.platform.classification import Kind as Fields

_WIDEST_FIRST: Final = (Scope.TENANT, Scope.TEAM, Scope.OWN)

_CONTACTS: Final = grants(
    (Role.CLIENT_SUPERVISOR, *DIRECTION, Role.QA_INSPECTOR, Role.QA_HEAD), team=LEADERS, own=HANDLERS
)

_COMPLETIONS: Final = grants((*DIRECTION, Role.QA_HEAD, *LEADERS), own=HANDLERS)

_LISTENERS: Final = (Role.CLIENT_SUPERVISOR, *DIRECTION, Role.QA_INSPECTOR, Role.QA_HEAD)

_FOLLOWERS: Final = grants(
    (Role.CLIENT_SUPERVISOR, *DIRECTION, Role.DUTY_MANAGER, Role.QA_INSPECTOR, Role.QA_HEAD, *LEADERS),
    own=HANDLERS,
)

_MESSAGES: Final = grants((Role.CLIENT_SUPERVISOR, *DIRECTION, Role.DUTY_MANAGER, *LEADERS))

FRONT_DESK: Final = frozenset(
    {
        *(Role.AGENT, Role.TELESALES_AGENT, Role.SQUAD_LEADER, Role.REVISIT_STAFF, Role.INFORMATION_STAFF),
        *(Role.OPERATIONS_ASSISTANT, Role.TRAINER, Role.RECRUITER, Role.SUBCONTRACTOR),
    }
)
"""Who serves customers or works beside those who do: they see the customer on hand, masked, and take nothing away
(SEC-02)."""

HIDDEN: Final = frozenset({Fields.REACH})
"""What is masked for the front desk: Amazon Connect dials, so nobody there needs a number in full."""

TABLE: Final[tuple[Action, ...]] = (
    Action(id="api.read", kind=Kind.READ, says="read the description of this API", grants=grants(Role)),
    Action(
        id="agents.read",
        kind=Kind.READ,
        says="see who is signed in and what each agent does",
        grants=grants((Role.CLIENT_SUPERVISOR, *DIRECTION, Role.DUTY_MANAGER, Role.WFM_PLANNER, *LEADERS)),
    ),
    Action(
        id="agents.states.read",
        kind=Kind.READ,
        says="see what an agent did on a day, and why",
        grants=grants(
            (Role.CLIENT_SUPERVISOR, *DIRECTION, Role.DUTY_MANAGER, Role.WFM_PLANNER, *LEADERS), own=HANDLERS
        ),
    ),
    Action(
        id="audit.read",
        kind=Kind.ACCESS,
        says="read the audit trail",
        grants=grants((Role.COMPLIANCE_OFFICER, Role.PLATFORM_OPERATOR)),
    ),
    Action(
        id="callbacks.read",
        kind=Kind.ACCESS,
        says="see whom the tenant has promised to call back",
        grants=grants((Role.CLIENT_SUPERVISOR, *DIRECTION, Role.DUTY_MANAGER, *LEADERS)),
    ),
    Action(
        id="completions.read",
        kind=Kind.ACCESS,
        says="see what was written down of a contact",
        grants=_CONTACTS,
    ),
    Action(
        id="completions.search",
        kind=Kind.ACCESS,
        says="list the contacts that an agent has still to complete",
        grants=_COMPLETIONS,
    ),
    Action(
        id="completions.lists.read",
        kind=Kind.READ,
        says="see what contacts are completed from",
        grants=grants(Role),
    ),
    Action(
        id="completions.write",
        kind=Kind.CHANGE,
        says="complete a contact and correct its completion",
        grants=_COMPLETIONS,
    ),
    Action(
        id="contacts.read",
        kind=Kind.ACCESS,
        says="open a contact with the places of its recordings",
        grants=_CONTACTS,
    ),
    Action(
        id="contacts.trace",
        kind=Kind.ACCESS,
        says="follow a contact from its arrival to its end",
        grants=_FOLLOWERS,
    ),
    Action(id="contacts.search", kind=Kind.ACCESS, says="search contacts", grants=_CONTACTS),
    Action(id="hours.read", kind=Kind.READ, says="see opening hours", grants=grants(Role)),
    Action(
        id="identity.read",
        kind=Kind.ACCESS,
        says="see the questions for the contact on the own screen",
        grants=grants(own=HANDLERS),
    ),
    Action(
        id="identity.answer",
        kind=Kind.CHANGE,
        says="verify the caller on the own screen",
        grants=grants(own=HANDLERS),
    ),
    Action(
        id="menus.read",
        kind=Kind.READ,
        says="see, check and preview menus",
        grants=grants((*CLIENT, *DIRECTION, *EDITORS, Role.PROJECT_MANAGER, Role.DUTY_MANAGER, Role.DATA_ANALYST)),
    ),
    Action(
        id="menus.report",
        kind=Kind.READ,
        says="see how menus are used",
        grants=grants((*CLIENT, *DIRECTION, *EDITORS, Role.PROJECT_MANAGER, Role.DUTY_MANAGER, Role.DATA_ANALYST)),
    ),
    Action(id="menus.change", kind=Kind.CHANGE, says="draft menus", grants=grants((*DIRECTION, *EDITORS))),
    Action(
        id="menus.publish",
        kind=Kind.CHANGE,
        says="publish menus and roll them back",
        grants=grants((*DIRECTION, *EDITORS, Role.DUTY_MANAGER)),
    ),
    Action(
        id="menus.answers.change",
        kind=Kind.CHANGE,
        says="write what an enquiry of the menus answers",
        grants=grants((*DIRECTION, *EDITORS, Role.DEPARTMENT_HANDLER, Role.INFORMATION_STAFF)),
    ),
    Action(
        id="metrics.read",
        kind=Kind.READ,
        says="see the KPIs of queues, lines and the tenant",
        grants=grants(
            (*CLIENT, *DIRECTION, Role.PROJECT_MANAGER, Role.DUTY_MANAGER, Role.WFM_PLANNER, Role.DATA_ANALYST),
            team=LEADERS,
        ),
    ),
    Action(
        id="recordings.control",
        kind=Kind.CHANGE,
        says="start, stop, suspend and resume the recording of the contact on the own screen",
        grants=grants(own=HANDLERS),
    ),
    Action(id="recordings.search", kind=Kind.ACCESS, says="search recordings", grants=grants((*_LISTENERS, *LEADERS))),
    Action(
        id="recordings.play", kind=Kind.ACCESS, says="listen to a recording", grants=grants((*_LISTENERS, *LEADERS))
    ),
    Action(
        id="recordings.download",
        kind=Kind.ACCESS,
        says="download a recording",
        grants=grants((Role.OPERATIONS_DIRECTOR, Role.OPERATIONS_MANAGER, Role.QA_HEAD)),
    ),
    Action(
        id="recordings.verify",
        kind=Kind.ACCESS,
        says="see whether a recording still is what was stored",
        grants=grants((*_LISTENERS, *LEADERS, Role.COMPLIANCE_OFFICER)),
    ),
    Action(
        id="routing.read",
        kind=Kind.READ,
        says="see what routing follows",
        grants=grants(
            (
                *(*DIRECTION, Role.DUTY_MANAGER, Role.SERVICE_SUPERVISOR, Role.TEAM_LEADER, Role.WFM_PLANNER),
                *(Role.TENANT_ADMINISTRATOR, Role.TECHNICAL_STAFF, Role.COMPLIANCE_OFFICER),
            )
        ),
    ),
    Action(
        id="papers.read",
        kind=Kind.READ,
        says="see which licences and papers of numbers are missing or expire soon",
        grants=grants(
            (
                *(*CLIENT, *DIRECTION, Role.PROJECT_MANAGER, Role.COMPLIANCE_OFFICER),
                *(Role.TENANT_ADMINISTRATOR, Role.PLATFORM_OPERATOR),
            )
        ),
    ),
    Action(
        id="routing.change",
        kind=Kind.CHANGE,
        says="change what routing follows while calls run",
        grants=grants((*DIRECTION, Role.DUTY_MANAGER, Role.SERVICE_SUPERVISOR, Role.TENANT_ADMINISTRATOR)),
    ),
    Action(
        id="qualifications.read",
        kind=Kind.ACCESS,
        says="see what an agent has passed and is qualified for",
        grants=grants(
            (*DIRECTION, *TRAINING, Role.PROJECT_MANAGER, Role.DUTY_MANAGER, Role.WFM_PLANNER, *LEADERS),
            own=HANDLERS,
        ),
    ),
    Action(
        id="qualifications.record",
        kind=Kind.CHANGE,
        says="record the result of an agent's training, exam or test",
        grants=grants((*DIRECTION, *TRAINING)),
    ),
    Action(
        id="seats.read",
        kind=Kind.READ,
        says="see how many seats are in use against the contract",
        grants=grants((*CLIENT, Role.SPONSOR, *DIRECTION, Role.PROJECT_MANAGER, Role.DUTY_MANAGER, Role.WFM_PLANNER)),
    ),
    Action(
        id="targets.read",
        kind=Kind.READ,
        says="see what the client holds the outsourcer to, at a date",
        grants=grants((*CLIENT, Role.SPONSOR, *DIRECTION, Role.PROJECT_MANAGER, Role.DUTY_MANAGER, Role.DATA_ANALYST)),
    ),
    Action(
        id="tenant.read",
        kind=Kind.READ,
        says="see where the tenant stands, its gates and its history",
        grants=grants(
            (
                *(*CLIENT, Role.SPONSOR, *DIRECTION, Role.PROJECT_MANAGER, Role.TECHNICAL_STAFF),
                *(Role.COMPLIANCE_OFFICER, Role.TENANT_ADMINISTRATOR, Role.PLATFORM_OPERATOR),
            )
        ),
    ),
    Action(
        id="tenant.change",
        kind=Kind.CHANGE,
        says="record evidence of a gate and move the tenant to another state",
        grants=grants((*DIRECTION, Role.PROJECT_MANAGER)),
    ),
    Action(
        id="voicemails.read",
        kind=Kind.ACCESS,
        says="see the messages that callers left",
        grants=_MESSAGES,
    ),
    Action(id="voicemails.close", kind=Kind.CHANGE, says="close a message with its result", grants=_MESSAGES),
    *serving.TABLE,
)
"""Every action of the REST API."""

BY_ID: Final[Mapping[str, Action]] = {action.id: action for action in TABLE}


def action(id_: str) -> Action:
    """Return the action `id_`.

    Raises:
        ValueError: there is none, so a route that names it cannot be registered.

    """
    found = BY_ID.get(id_)
    if found is None:
        msg = f"no action {id_!r} in chalicelib/access/policy.py"
        raise ValueError(msg)
    return found


def known(groups: Iterable[str]) -> tuple[Role, ...]:
    """Return the roles among the groups of a token, in the table's order; other groups mean nothing here."""
    named = frozenset(groups)
    return tuple(role for role in Role if role.value in named)


def is_front_desk(roles: Iterable[Role]) -> bool:
    """Return whether all of `roles` are of the front desk; one other role is enough not to be."""
    return FRONT_DESK.issuperset(roles)


def hidden(roles: Iterable[Role]) -> frozenset[Fields]:
    """Return the kinds of fields that answers to a user of these roles mask."""
    return HIDDEN if is_front_desk(roles) else frozenset()


def reach(roles: Iterable[Role], wanted: Action) -> Scope | None:
    """Return the widest scope in which one of `roles` may do `wanted`; None: none of them may."""
    granted = {wanted.grants[role] for role in roles if role in wanted.grants}
    return next((scope for scope in _WIDEST_FIRST if scope in granted), None)
