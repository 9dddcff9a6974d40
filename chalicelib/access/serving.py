"""Access: the actions of those who serve customers: customers, the screen, service records, tickets. Pure."""

from typing import Final

from chalicelib.access.groups import AFTERWARDS, DIRECTION, HANDLERS, LEADERS, grants
from chalicelib.access.models import Action, Kind, Role

_CUSTOMERS: Final = grants((*DIRECTION, *LEADERS, *HANDLERS, Role.UNIT_HEAD))
"""Whoever talks to customers finds any of them: nobody knows before who will call."""

_SCREEN: Final = grants((*DIRECTION, *LEADERS, *HANDLERS, Role.DEPARTMENT_HANDLER))
"""Whoever may get a contact by transfer, departments too (DSK-03)."""

_CUSTOMER_OWNERS: Final = grants((*DIRECTION, *LEADERS, Role.UNIT_HEAD))

TABLE: Final[tuple[Action, ...]] = (
    Action(
        id="customers.change",
        kind=Kind.CHANGE,
        says="enter and edit customers",
        grants=grants((*DIRECTION, *LEADERS, *HANDLERS)),
    ),
    Action(id="customers.delete", kind=Kind.CHANGE, says="forget customers", grants=_CUSTOMER_OWNERS),
    Action(
        id="customers.merge",
        kind=Kind.CHANGE,
        says="make one customer of two, and two of one again",
        grants=_CUSTOMER_OWNERS,
    ),
    Action(id="customers.read", kind=Kind.ACCESS, says="open a customer", grants=_CUSTOMERS),
    Action(id="customers.search", kind=Kind.ACCESS, says="search customers", grants=_CUSTOMERS),
    Action(id="customers.timeline", kind=Kind.ACCESS, says="see all contacts of a customer", grants=_CUSTOMERS),
    Action(id="screen.choose", kind=Kind.CHANGE, says="say whom a contact is with", grants=_SCREEN),
    Action(id="screen.draft", kind=Kind.CHANGE, says="enter what a contact is about", grants=_SCREEN),
    Action(id="screen.draft.read", kind=Kind.ACCESS, says="see what is entered of a contact", grants=_SCREEN),
    Action(id="screen.read", kind=Kind.ACCESS, says="see who is calling", grants=_SCREEN),
    Action(
        id="services.change",
        kind=Kind.CHANGE,
        says="enter and edit service records",
        grants=grants((*DIRECTION, *LEADERS, *HANDLERS)),
    ),
    Action(id="services.delete", kind=Kind.CHANGE, says="forget service records", grants=_CUSTOMER_OWNERS),
    Action(id="services.read", kind=Kind.ACCESS, says="open a service record", grants=_CUSTOMERS),
    Action(id="services.search", kind=Kind.ACCESS, says="search service records", grants=_CUSTOMERS),
    Action(
        id="tickets.link",
        kind=Kind.CHANGE,
        says="link a contact to a ticket",
        grants=grants((*DIRECTION, *LEADERS, *HANDLERS, *AFTERWARDS)),
    ),
    Action(id="tickets.open", kind=Kind.CHANGE, says="open a ticket", grants=grants((*DIRECTION, *LEADERS, *HANDLERS))),
    Action(
        id="tickets.read",
        kind=Kind.ACCESS,
        says="open the ticket whose number a customer quotes",
        grants=grants((Role.CLIENT_SUPERVISOR, *DIRECTION, *LEADERS, *HANDLERS, *AFTERWARDS)),
    ),
    Action(
        id="tickets.search",
        kind=Kind.ACCESS,
        says="list tickets",
        grants=grants((Role.CLIENT_SUPERVISOR, *DIRECTION, *LEADERS, Role.DISPATCHER), own=(*HANDLERS, *AFTERWARDS)),
    ),
    Action(
        id="tickets.step",
        kind=Kind.CHANGE,
        says="take the next step of a ticket",
        grants=grants((*DIRECTION, *LEADERS, *HANDLERS, *AFTERWARDS)),
    ),
)
"""Every action on customers, screens, service records and tickets."""
