"""Access: what it is. Roles, scopes, actions, and who asks. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.audit.models import Actor
from chalicelib.organisation.models import Sight


class Role(StrEnum):
    """The people of the requirement catalogue's section 5: each is a group of the tenant's user pool.

    Customers have no log-in, and machine roles are roles of AWS, not of this table.
    """

    STEERING_OFFICE = "steering-office"
    CLIENT_SUPERVISOR = "client-supervisor"
    DEPARTMENT_HANDLER = "department-handler"
    SPONSOR = "sponsor"
    OPERATIONS_DIRECTOR = "operations-director"
    OPERATIONS_MANAGER = "operations-manager"
    PROJECT_MANAGER = "project-manager"
    PROJECT_TEAM_LEADER = "project-team-leader"
    SERVICE_SUPERVISOR = "service-supervisor"
    TEAM_LEADER = "team-leader"
    SQUAD_LEADER = "squad-leader"
    DUTY_MANAGER = "duty-manager"
    AGENT = "agent"
    TELESALES_AGENT = "telesales-agent"
    ACCOUNT_MANAGER = "account-manager"
    UNIT_HEAD = "unit-head"
    REVISIT_STAFF = "revisit-staff"
    INFORMATION_STAFF = "information-staff"
    FIELD_STAFF = "field-staff"
    DISPATCHER = "dispatcher"
    QA_INSPECTOR = "qa-inspector"
    QA_HEAD = "qa-head"
    TRAINER = "trainer"
    RECRUITER = "recruiter"
    OPERATIONS_ASSISTANT = "operations-assistant"
    WFM_PLANNER = "wfm-planner"
    DATA_ANALYST = "data-analyst"
    KNOWLEDGE_EDITOR = "knowledge-editor"
    TECHNICAL_STAFF = "technical-staff"
    FINANCE = "finance"
    COMPLIANCE_OFFICER = "compliance-officer"
    TENANT_ADMINISTRATOR = "tenant-administrator"
    PLATFORM_OPERATOR = "platform-operator"
    SUBCONTRACTOR = "subcontractor"


class Scope(StrEnum):
    """How far a permission reaches."""

    TENANT = "tenant"
    TEAM = "team"
    """What belongs to the teams that the user leads."""
    OWN = "own"
    """What the user handled."""


class Kind(StrEnum):
    """What an action does, which decides who writes its audit entry."""

    READ = "read"
    """Configuration and figures: no entry."""
    ACCESS = "access"
    """Personal data or the trail itself: the door writes an entry before the answer leaves (SEC-03)."""
    CHANGE = "change"
    """The capability writes the entry in the transaction of the change."""


class Parted(StrEnum):
    """What of an action belongs to the parts of the tenant's organisation (TEN-11)."""

    SUBTREE = "subtree"
    """Its routes hold their answers to the part of the organisation that the user was granted."""
    SHARED = "shared"
    """Configuration that no part has of its own: every part may see it, only headquarters changes it."""
    WHOLE = "whole"
    """About the tenant as a whole: headquarters alone may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that routes may do, and who may. `says` ends the sentence 'This user may ...'."""

    id: str
    kind: Kind
    parted: Parted
    says: str
    grants: Mapping[Role, Scope]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, as the verified token and the gateway tell. `scope` is how far the action reaches for this caller.

    `node` is the part of the organisation that the token grants, `sight` what is seen from there; None: the whole
    tenant. `on_hand_only`: the action reaches the customers alone whom the caller serves now (SEC-02), and the own
    accounts of an account manager.
    """

    user: str
    roles: tuple[Role, ...]
    scope: Scope
    request_id: str
    source: str
    node: str | None = None
    sight: Sight | None = None
    on_hand_only: bool = False
    team: frozenset[str] = frozenset()

    @property
    def whose(self) -> frozenset[str] | None:
        """Whose work the action reaches: the caller's own, that of the people below the caller too; None: everybody's.

        `team` is the caller and whom the caller leads (PPL-01).
        """
        own = frozenset({self.user})
        return {Scope.TENANT: None, Scope.TEAM: self.team | own, Scope.OWN: own}[self.scope]

    @property
    def owns_accounts(self) -> bool:
        """Whether the action reaches the customers whose account manager the caller is, and no others but on hand."""
        return self.on_hand_only and Role.ACCOUNT_MANAGER in self.roles

    @property
    def actor(self) -> Actor:
        """The same person as the audit trail names them."""
        roles = tuple(role.value for role in self.roles)
        return Actor(user=self.user, roles=roles, request_id=self.request_id, source=self.source, node=self.node or "")
