"""Access: the groups of roles that the table of actions names, from section 5 of the requirement catalogue. Values."""

from typing import Final

from chalicelib.access.models import Role

type Roles = frozenset[Role]

NOBODY: Final[Roles] = frozenset()
EVERYBODY: Final[Roles] = frozenset(Role)
DIRECTION: Final[Roles] = frozenset({Role.OPERATIONS_DIRECTOR, Role.OPERATIONS_MANAGER})
CLIENT: Final[Roles] = frozenset({Role.STEERING_OFFICE, Role.CLIENT_SUPERVISOR})
LEADERS: Final[Roles] = frozenset({Role.PROJECT_TEAM_LEADER, Role.SERVICE_SUPERVISOR, Role.TEAM_LEADER})
EDITORS: Final[Roles] = frozenset({Role.KNOWLEDGE_EDITOR, Role.TECHNICAL_STAFF, Role.TENANT_ADMINISTRATOR})
TRAINING: Final[Roles] = frozenset({Role.TRAINER, Role.QA_HEAD})
QUALITY: Final[Roles] = frozenset({Role.QA_INSPECTOR, Role.QA_HEAD})
HANDLERS: Final[Roles] = frozenset({Role.AGENT, Role.TELESALES_AGENT, Role.ACCOUNT_MANAGER})
"""Who talks to customers."""
ON_HAND: Final[Roles] = frozenset({Role.AGENT, Role.TELESALES_AGENT})
"""Whom these roles alone let act on customers: of those on the own screen only (SEC-02)."""
HELD: Final = ON_HAND | {Role.ACCOUNT_MANAGER}
"""And whom these alone do: of those on the own screen, and account managers of their own accounts."""
AFTERWARDS: Final[Roles] = frozenset(
    {
        *(Role.SQUAD_LEADER, Role.DISPATCHER, Role.REVISIT_STAFF, Role.FIELD_STAFF),
        *(Role.DEPARTMENT_HANDLER, Role.UNIT_HEAD),
    }
)
"""Who works on what a contact led to."""

LISTENERS: Final = DIRECTION | QUALITY | {Role.CLIENT_SUPERVISOR}
"""Who hears contacts of the whole tenant."""
FLOOR: Final = DIRECTION | LEADERS | {Role.CLIENT_SUPERVISOR, Role.DUTY_MANAGER}
"""Who watches over the floor, and over what callers are still owed."""
PLANNED_FLOOR: Final = FLOOR | {Role.WFM_PLANNER}
FIGURES: Final = CLIENT | DIRECTION | {Role.PROJECT_MANAGER, Role.DUTY_MANAGER}
"""Who sees figures of the whole tenant."""
CUSTOMER_CARE: Final = DIRECTION | LEADERS | HANDLERS
CUSTOMERS: Final = CUSTOMER_CARE | {Role.UNIT_HEAD}
"""Whoever talks to customers finds any of them: nobody knows before who will call."""
SCREEN: Final = CUSTOMER_CARE | {Role.DEPARTMENT_HANDLER}
"""Whoever may get a contact by transfer, departments too (DSK-03)."""
CUSTOMER_OWNERS: Final = DIRECTION | LEADERS | {Role.UNIT_HEAD}
TICKETS: Final = CUSTOMER_CARE | AFTERWARDS

FRONT_DESK: Final[Roles] = frozenset(
    {
        *(Role.AGENT, Role.TELESALES_AGENT, Role.SQUAD_LEADER, Role.REVISIT_STAFF, Role.INFORMATION_STAFF),
        *(Role.OPERATIONS_ASSISTANT, Role.TRAINER, Role.RECRUITER, Role.SUBCONTRACTOR),
    }
)
"""Who serves customers or works beside those who do: they see the customer on hand, masked, and take nothing away
(SEC-02)."""
