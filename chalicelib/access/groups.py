"""Access: the groups of roles that actions are granted to, as section 5 of the requirement catalogue has them. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from chalicelib.access.models import Role, Scope

DIRECTION: Final = (Role.OPERATIONS_DIRECTOR, Role.OPERATIONS_MANAGER)
CLIENT: Final = (Role.STEERING_OFFICE, Role.CLIENT_SUPERVISOR)
LEADERS: Final = (Role.PROJECT_TEAM_LEADER, Role.SERVICE_SUPERVISOR, Role.TEAM_LEADER)
EDITORS: Final = (Role.KNOWLEDGE_EDITOR, Role.TECHNICAL_STAFF, Role.TENANT_ADMINISTRATOR)
TRAINING: Final = (Role.TRAINER, Role.QA_HEAD)
HANDLERS: Final = (Role.AGENT, Role.TELESALES_AGENT, Role.ACCOUNT_MANAGER)

AFTERWARDS: Final = (
    *(Role.SQUAD_LEADER, Role.DISPATCHER, Role.REVISIT_STAFF, Role.FIELD_STAFF),
    *(Role.DEPARTMENT_HANDLER, Role.UNIT_HEAD),
)


def grants(tenant: Iterable[Role] = (), *, team: Iterable[Role] = (), own: Iterable[Role] = ()) -> Mapping[Role, Scope]:
    """Return who may do an action, and how far it reaches for each; the widest of several scopes counts."""
    return {
        **dict.fromkeys(own, Scope.OWN),
        **dict.fromkeys(team, Scope.TEAM),
        **dict.fromkeys(tenant, Scope.TENANT),
    }
