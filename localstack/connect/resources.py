"""What an Amazon Connect instance holds: plain frozen values. A change makes a new value (see `directory`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Self

from localstack.connect.channel_configs import NONE, ChannelConfigs

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What all resources have. `segment` is the word of its ARN; `collection` its map on the instance."""

    segment: ClassVar[str] = ""
    collection: ClassVar[str] = ""
    id: str
    arn: str
    name: str
    tags: Tags = field(default_factory=dict)


LATEST, SAVED = "$LATEST", "$SAVED"  # qualifiers of a flow or module: published last, and saved since


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A numbered content of a flow or module, which never changes. `changed_s` are seconds since the epoch."""

    number: int
    content: Mapping[str, Any]
    text: str
    description: str = ""
    changed_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A name for a version of a flow or module."""

    id: str
    name: str
    version: int
    description: str = ""
    changed_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Published(Resource):
    """A flow or a module: `content` is the parsed document, `text` what the author sent; both are what is newest.

    Without a `text` nothing was published yet. `saved` is what was saved after that (None = nothing).
    """

    content: Mapping[str, Any]
    text: str
    description: str = ""
    saved: str | None = None
    version: Version | None = None
    """The version that this is; None for the newest content."""
    versions: tuple[Version, ...] = ()
    """Oldest first."""
    numbered: int = 0
    """The number that was given last: numbers of deleted versions are not given again."""
    aliases: tuple[Alias, ...] = ()

    def edition(self, qualifier: str) -> Self | None:
        """What a qualifier means: "" and $LATEST the newest content, a number or an alias (id, name) a version.

        None when it means nothing that could run.
        """
        if qualifier in ("", LATEST):
            return self
        named = next((one.version for one in self.aliases if qualifier in (one.id, one.name)), None)
        number = int(qualifier) if named is None and qualifier.isdecimal() else named
        found = next((one for one in self.versions if one.number == number), None)
        if found is None:
            return None
        return replace(self, arn=f"{self.arn}:{found.number}", content=found.content, text=found.text, version=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Published):
    """A contact flow."""

    segment: ClassVar[str] = "contact-flow"
    collection: ClassVar[str] = "flows"
    type: str
    state: Literal["ACTIVE", "ARCHIVED"] = "ACTIVE"
    default: bool = False
    """Made by Amazon Connect with the instance, not by the tenant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowModule(Published):
    """A flow module."""

    segment: ClassVar[str] = "flow-module"
    collection: ClassVar[str] = "modules"
    state: Literal["ACTIVE", "ARCHIVED"] = "ACTIVE"
    contract: str = ""
    """Settings of the resource as JSON: input, result data and branches (1); "" = none."""
    external: Mapping[str, Any] = field(default_factory=dict)  # ExternalInvocationConfiguration


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue(Resource):
    """A standard queue. `max_contacts` None = the instance's own limit."""

    segment: ClassVar[str] = "queue"
    collection: ClassVar[str] = "queues"
    hours_id: str
    max_contacts: int | None = None
    status: Literal["ENABLED", "DISABLED"] = "ENABLED"
    description: str = ""
    caller: Mapping[str, str] = field(default_factory=dict)
    """OutboundCallerConfig: OutboundCallerIdName, OutboundCallerIdNumberId, OutboundFlowId."""
    quick_connect_ids: tuple[str, ...] = ()
    outbound_email_id: str | None = None
    """The e-mail address that messages of this queue are sent from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours(Resource):
    """Hours of operation; `config` and `overrides` in the API's own shape (Day, StartTime; EffectiveFrom...).

    `parent_ids` are hours whose overrides these inherit.
    """

    segment: ClassVar[str] = "operating-hours"
    collection: ClassVar[str] = "hours"
    time_zone: str
    config: tuple[Mapping[str, Any], ...]
    overrides: tuple[Mapping[str, Any], ...] = ()
    parent_ids: tuple[str, ...] = ()
    description: str = ""


QueueEntry = tuple[str, str, int, int]
"""(queue id, channel, priority 1..99, delay_s)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingProfile(Resource):
    """Which queues an agent serves, and how many contacts of a channel at once (`concurrency`)."""

    segment: ClassVar[str] = "routing-profile"
    collection: ClassVar[str] = "routing_profiles"
    queues: tuple[QueueEntry, ...]
    concurrency: Mapping[str, int]
    default_outbound_queue_id: str
    description: str = ""
    availability_timer: str = "TIME_SINCE_LAST_ACTIVITY"
    cross_channel: Mapping[str, str] = field(default_factory=dict)
    """Channel to CrossChannelBehavior; without one an agent who has a contact of it gets no other channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Resource):
    """An agent or supervisor. `name` is the username; `acw_limit_s` 0 = after-contact work has no limit."""

    segment: ClassVar[str] = "agent"
    collection: ClassVar[str] = "users"
    routing_profile_id: str
    security_profile_ids: tuple[str, ...] = ()
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    acw_limit_s: int = 0
    auto_accept: bool = False
    per_channel: ChannelConfigs = NONE
    phone_type: str = "SOFT_PHONE"
    desk_phone_number: str = ""
    hierarchy_group_id: str | None = None
    proficiencies: tuple[tuple[str, str, float], ...] = ()
    """(predefined attribute, value, level 1 to 5)."""

    @property
    def username(self) -> str:
        """The log-in name, unique in the instance."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class HierarchyGroup(Resource):
    """A group of users on a level (1 to 5) of the hierarchy; one of level 1 has no parent."""

    segment: ClassVar[str] = "agent-group"
    collection: ClassVar[str] = "hierarchy_groups"
    level: int
    parent_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityProfile(Resource):
    """What a user may do in the agent workspace; `restrictions` are kept in the API's own shape, and bind nobody."""

    segment: ClassVar[str] = "security-profile"
    collection: ClassVar[str] = "security_profiles"
    permissions: tuple[str, ...] = ()
    restrictions: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStatus(Resource):
    """A state that an agent can choose."""

    segment: ClassVar[str] = "agent-state"
    collection: ClassVar[str] = "statuses"
    type: Literal["ROUTABLE", "OFFLINE", "CUSTOM"] = "CUSTOM"
    state: Literal["ENABLED", "DISABLED"] = "ENABLED"
    display_order: int | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Resource):
    """A resource that is only stored, in the API's own shape, such as a prompt, a quick connect or a task template."""

    collection: ClassVar[str] = "documents"
    kind: Literal["prompt", "transfer-destination", "predefined-attribute", "task-template"]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration(Resource):
    """An integration association; of type LAMBDA_FUNCTION it lets the instance's flows invoke `integration_arn`."""

    segment: ClassVar[str] = "integration-association"
    collection: ClassVar[str] = "integrations"
    type: str
    integration_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage(Resource):
    """Where the instance writes one `resource_type` (such as CALL_RECORDINGS or CONTACT_TRACE_RECORDS)."""

    segment: ClassVar[str] = "storage-config"
    collection: ClassVar[str] = "storage"
    resource_type: str
    storage_type: Literal["S3", "KINESIS_STREAM", "KINESIS_FIREHOSE", "KINESIS_VIDEO_STREAM"]
    stream_arn: str = ""
    bucket: str = ""
    prefix: str = ""
    kms_key_arn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber(Resource):
    """A claimed number; `name` is the number in E.164. `flow_id` is None until it is linked to a flow.

    It may carry a qualifier (a version or an alias).
    """

    segment: ClassVar[str] = "phone-number"
    collection: ClassVar[str] = "phone_numbers"
    flow_id: str | None
    instance_id: str
    country: str = ""
    type: str = "DID"
    description: str = ""

    @property
    def number(self) -> str:
        """The number in E.164."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailAddress(Resource):
    """A mailbox of the instance; `name` is the address. Messages to it begin with the flow `flow_id`.

    `forwards_to` is the id of the address whose alias it is.
    """

    segment: ClassVar[str] = "email-address"
    collection: ClassVar[str] = "email_addresses"
    display_name: str = ""
    description: str = ""
    flow_id: str | None = None
    forwards_to: str | None = None
    created_s: float = 0.0
    changed_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCase(Resource):
    """One of Amazon's test cases (17): `content` is its JSON, `entry` the EntryPoint in the API's own shape."""

    segment: ClassVar[str] = "test-case"
    collection: ClassVar[str] = "trial_cases"
    content: str
    entry: Mapping[str, Any]
    status: Literal["PUBLISHED", "SAVED"] = "PUBLISHED"
    description: str = ""
    initialization: str = ""
    changed_s: float = 0.0
