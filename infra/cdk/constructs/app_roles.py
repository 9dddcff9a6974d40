"""The roles of the Chalice app's functions: what each group may do with this tenant's table, stream, queue and key."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from constructs import Construct

from chalicelib.tenancy.contract import Contract
from infra.cdk import skills
from infra.cdk.constructs.data_plane import DataPlane
from infra.cdk.constructs.log_groups import LogGroups
from infra.cdk.constructs.post_call import DeadLetters
from infra.cdk.constructs.roles import KEY_READ, KEY_WRITE, STREAM_READ, TABLE_STREAM_READ, FunctionRole, allow
from infra.cdk.constructs.voicemail_notices import VoicemailNotices

_LOOK_UP = ("dynamodb:GetItem", "dynamodb:Query")
_SEARCH = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query")
_APPEND = ("dynamodb:ConditionCheckItem", "dynamodb:PutItem")
"""Entries of the tenant's lifecycle, and tickets: transactions of conditional puts. Nothing is updated or deleted."""
_TALLY = ("dynamodb:UpdateItem",)
"""Counters that people's requests move: complaints, and tickets revisited and closed (K17, K49)."""
_KEEP = ("dynamodb:PutItem", "dynamodb:Query")
"""Agents' states are put over exactly the copy that was seen; all of them are read when somebody takes a seat."""
_HEAR = (*_KEEP, "dynamodb:UpdateItem")
"""What a contact event tells is set on the contact's item of the board."""
_DESK = (
    *("connect:GetCurrentMetricData", "connect:GetCurrentUserData"),
    *("connect:ListAgentStatuses", "connect:PutUserStatus"),
)
"""Signing off whom the contract has no seat for, what waits in the queues, and what agents do (RTM-01)."""
_DESK_KINDS = ("agent", "agent-state", "queue")
_GATE = ("connect:DescribeUser", "connect:SearchUsers", "connect:UpdateUserRoutingProfile")
"""Which routing profile an agent has, and to give the one that the results lead to (PPL-06)."""
_GATE_KINDS = ("agent", "routing-profile")
_USERS = (
    *("cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminCreateUser", "cognito-idp:AdminDeleteUserAttributes"),
    *("cognito-idp:AdminDisableUser", "cognito-idp:AdminEnableUser", "cognito-idp:AdminGetUser"),
    *("cognito-idp:AdminListGroupsForUser", "cognito-idp:AdminRemoveUserFromGroup"),
    *("cognito-idp:AdminUpdateUserAttributes", "cognito-idp:AdminUserGlobalSignOut"),
    *("cognito-idp:ListUsers", "cognito-idp:ListUsersInGroup"),
)
"""Inviting users, giving and taking roles. Nobody is deleted, and no password is set: users choose their own."""
_RECORD = (
    *("connect:DescribeContact", "connect:GetContactAttributes", "connect:ListAssociatedContacts"),
    *("connect:ResumeContactRecording", "connect:StartContactRecording"),
    *("connect:StopContactRecording", "connect:SuspendContactRecording", "connect:UpdateContactAttributes"),
)
"""What an agent's desk does to the contact on its screen: its recording (REC-01), how sure we are of the caller
(IDV-01), whom it is with (CRM-03); and following a contact (RTM-02)."""
_RECORD_KINDS = ("contact",)
_WITHDRAW = ("connect:ListAssociatedContacts", "connect:StopContact")
"""Stopping the callback of a caller who has an agent (QUE-04)."""
_LISTEN = ("s3:GetObject",)
"""Signing addresses of recordings, and hashing what lies there (REC-03, SEC-01)."""
_COUNT = (
    *("connect:DescribeInstance", "connect:ListContactFlowModules", "connect:ListContactFlows"),
    *("connect:ListHoursOfOperations", "connect:ListPhoneNumbers", "connect:ListQueues"),
    *("connect:ListRoutingProfiles", "connect:ListUsers"),
)
"""Whether the instance is there, and how much of its quotas is in use (REL-09)."""
_COUNT_KINDS = ("contact-flow", "phone-number", "queue")
_AUDIT = ("dynamodb:PutItem", "dynamodb:Query")
"""The audit trail: an entry is put once and read; no role changes or deletes one."""
_TELL = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query")
"""Notices of new messages are put over exactly the copy that was seen; those that are due are listed by an index."""
_DECIDE = (*_SEARCH, "dynamodb:PutItem")
"""Where groups are offered calls at their desks, the decision puts the offer; where contacts are aimed at single
agents, their reservations."""
_GIVE = ("connect:UpdateContactRoutingData",)
"""Giving a waiting contact to the agent who was the first to accept it (ACD-04)."""
_INGEST = (
    *("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem"),
    *("dynamodb:PutItem", "dynamodb:UpdateItem"),
)
"""A contact is one transaction of writes and no read: the copy that stood in the way comes back with the lost
condition. Read are the callback that a contact belongs to, its service record and its customer. What is counted of a
completed contact is conditional on contact and completion."""


_ERASE = ("dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query")
"""Whatever is kept of a person is read, rewritten without the person, or deleted (SEC-06)."""
_ERASE_OBJECTS = ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:PutObject")
_PACKAGES = "privacy/packages/*"
_HEARD = ("connect/*", "held/*")
"""Where recordings lie: as Amazon Connect wrote them, and copies of those that a legal hold keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What functions ask beside what the tenant keeps: its instance of Amazon Connect, and its user pool."""

    instance_arn: str
    users_arn: str


class AppRoles(Construct):
    """Who may do what: `flow_read` for what flows ask, `route` for decisions (the same, unless they keep offers at
    desks or reservations of agents), `menus` for menus, `promise` for callbacks, `ingest` for contact records, `agents`
    for agent events, `api` for REST, `papers` for the daily look at the papers, `qualifications` for the gate,
    `notices` for telling people of new messages, `security_events` for log-ins and changes with AWS's own tools,
    `privacy` for what persons ask of their data.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        data: DataPlane,
        letters: Mapping[str, DeadLetters],
        notices: VoicemailNotices,
        asked: Asked,
        logs: LogGroups,
        contract: Contract,
    ) -> None:
        super().__init__(scope, id_)
        self._data, self._letters, self._logs = data, letters, logs
        self._instance_arn, self._users_arn = asked.instance_arn, asked.users_arn
        self._rings_desks = skills.rings_desks(contract)
        self._decisions_write = self._rings_desks or skills.aims_at_agents(contract)
        self._flows()
        self._streams(notices)
        self._people()
        self._clock()
        self._persons()

    def _flows(self) -> None:
        """What contact flows invoke: they read, promise callbacks, and note where a caller stands in a menu."""
        table, key = self._data.table.table_arn, self._data.key.key_arn
        self.flow_read = self._role(
            "FlowRead",
            *(() if self._decisions_write else ("route_contact",)),
            "lookup_customer",
            "estimate_wait",
            statements={"Table": allow(_SEARCH, [table]), "Key": allow(KEY_READ, [key])},
        )
        self.menus = self._role(
            "Menus",
            "menu_step",
            statements={"Table": allow((*_LOOK_UP, "dynamodb:UpdateItem"), [table]), "Key": allow(KEY_WRITE, [key])},
        )
        self.route = self.flow_read
        if self._decisions_write:
            kept = {"Table": allow(_DECIDE, [table]), "Key": allow(KEY_WRITE, [key])}
            self.route = self._role("Route", "route_contact", statements=kept)
        self.promise = self._role(
            "Promise",
            "request_callback",
            statements={
                "Table": allow(("dynamodb:PutItem",), [table]),
                "Planned": allow(_WITHDRAW, _of_kinds(self._instance_arn, _RECORD_KINDS)),
                "Key": allow(KEY_WRITE, [key]),
            },
        )

    def _streams(self, notices: VoicemailNotices) -> None:
        """What hears of contacts, agents and new messages."""
        table, key = self._data.table.table_arn, self._data.key.key_arn
        self.ingest = self._role(
            "Ingest",
            "ingest_contact_records",
            statements={
                "Table": allow(_INGEST, [table]),
                "Stream": allow(STREAM_READ, [self._data.contact_records.stream_arn]),
                "DeadLetters": allow(("sqs:SendMessage",), [self._letters["records"].queue.queue_arn]),
                "Key": allow(KEY_WRITE, [key]),
            },
        )
        self.agents = self._role(
            "Agents",
            "ingest_agent_events",
            statements={
                "Table": allow(_HEAR, [table]),
                "Stream": allow(STREAM_READ, [self._data.agent_events.stream_arn]),
                "DeadLetters": allow(("sqs:SendMessage",), [self._letters["agents"].queue.queue_arn]),
                "Audit": allow(_AUDIT, [self._data.audit.table_arn]),
                "Desk": allow(_DESK, _of_kinds(self._instance_arn, _DESK_KINDS)),
                "Bus": allow(("events:PutEvents",), [self._data.bus.attr_arn]),
                "Key": allow(KEY_WRITE, [key]),
            },
        )
        self.notices = self._role(
            "Notices",
            "notify_voicemail",
            statements={
                "Table": allow(_TELL, [table, *self._data.index_arns()]),
                "Stream": allow(TABLE_STREAM_READ, [self._data.stream_arn]),
                "DeadLetters": allow(("sqs:SendMessage",), [notices.dead_letters.queue.queue_arn]),
                "Key": allow(KEY_WRITE, [key]),
                **notices.statements(),
            },
        )

    def _people(self) -> None:
        """What people use, and what writes down that they did."""
        table, key = self._data.table.table_arn, self._data.key.key_arn
        self.api = self._role(
            "Api",
            "api",
            statements={
                "Table": allow(_SEARCH, [table, *self._data.index_arns()]),
                "Append": allow(_APPEND, [table]),
                "Tally": allow(_TALLY, [table]),
                "Audit": allow(_AUDIT, [self._data.audit.table_arn, *self._data.audit_index_arns()]),
                "Gate": allow(_GATE, _of_kinds(self._instance_arn, _GATE_KINDS)),
                "Users": allow(_USERS, [self._users_arn]),
                "Record": allow(_RECORD, _of_kinds(self._instance_arn, _RECORD_KINDS)),
                **({"Give": allow(_GIVE, _of_kinds(self._instance_arn, _RECORD_KINDS))} if self._rings_desks else {}),
                "Listen": allow(
                    _LISTEN, [self._data.recordings.arn_for_objects(folder) for folder in (*_HEARD, _PACKAGES)]
                ),
                # CloudWatch knows no resource in this action: a reader of metrics reads those of the account.
                "Refusals": allow(("cloudwatch:GetMetricData",), ["*"]),
                "Key": allow(KEY_WRITE, [key]),
            },
        )
        self.security_events = self._role(
            "SecurityEvents",
            "note_security_events",
            statements={
                "Audit": allow(_AUDIT, [self._data.audit.table_arn]),
                "DeadLetters": allow(("sqs:SendMessage",), [self._letters["security"].queue.queue_arn]),
                "Key": allow(KEY_WRITE, [key]),
            },
        )

    def _clock(self) -> None:
        """What looks at papers, qualifications and dependencies from time to time."""
        table, key = self._data.table.table_arn, self._data.key.key_arn
        self.qualifications = self._role(
            "Qualifications",
            "review_qualifications",
            statements={
                "Table": allow(_KEEP, [table]),
                "Audit": allow(_AUDIT, [self._data.audit.table_arn]),
                "Gate": allow(_GATE, _of_kinds(self._instance_arn, _GATE_KINDS)),
                "Key": allow(KEY_WRITE, [key]),
            },
        )
        self.papers = self._role(
            "Papers",
            "review_papers",
            statements={
                "Table": allow(_KEEP, [table]),
                "Instance": allow(_COUNT, _of_kinds(self._instance_arn, _COUNT_KINDS)),
                "Streams": allow(
                    ("kinesis:DescribeStreamSummary",),
                    [self._data.contact_records.stream_arn, self._data.agent_events.stream_arn],
                ),
                "Key": allow(KEY_WRITE, [key]),
            },
        )

    def _persons(self) -> None:
        """What carries out what persons ask of their data: the only role that deletes what is kept of them."""
        table, key = self._data.table.table_arn, self._data.key.key_arn
        recordings = self._data.recordings
        objects = [recordings.arn_for_objects(folder) for folder in (*_HEARD, _PACKAGES)]
        self.privacy = self._role(
            "Privacy",
            "serve_privacy_requests",
            statements={
                "Table": allow(_ERASE, [table, *self._data.index_arns()]),
                "Audit": allow(_AUDIT, [self._data.audit.table_arn]),
                "Objects": allow(_ERASE_OBJECTS, objects),
                "Versions": allow(("s3:ListBucketVersions",), [recordings.bucket_arn]),
                "Key": allow(KEY_WRITE, [key]),
            },
        )

    def _role(self, id_: str, *functions: str, statements: Mapping[str, iam.PolicyStatement]) -> FunctionRole:
        """Return a role that `functions` share, which writes their logs."""
        return FunctionRole(self, id_, log_groups=[self._logs.of[name] for name in functions], statements=statements)


def _of_kinds(instance_arn: str, kinds: tuple[str, ...]) -> list[str]:
    """Return the ARNs of the instance, and of everything of these kinds in it."""
    return [instance_arn, *(f"{instance_arn}/{kind}/*" for kind in kinds)]
