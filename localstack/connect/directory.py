"""The directory: every Amazon Connect resource of this local cloud, in memory.

CloudFormation handlers and the API write it, the engine reads it, each in its own thread. Resources are frozen and the
maps of an instance are replaced, never changed in place: a reader may walk them at any time without a lock.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from localstack.connect import arns
from localstack.connect.resources import (
    AgentStatus,
    Document,
    EmailAddress,
    Flow,
    FlowModule,
    HierarchyGroup,
    Hours,
    Integration,
    PhoneNumber,
    Published,
    Queue,
    Resource,
    RoutingProfile,
    SecurityProfile,
    Storage,
    TrialCase,
    User,
)

__all__ = [
    "AgentStatus",
    "Directory",
    "Document",
    "EmailAddress",
    "Flow",
    "FlowModule",
    "HierarchyGroup",
    "Hours",
    "Instance",
    "Integration",
    "PhoneNumber",
    "Queue",
    "RoutingProfile",
    "SecurityProfile",
    "Storage",
    "TrialCase",
    "User",
]


@dataclass(slots=True, kw_only=True)
class Instance:
    """One Amazon Connect instance. The maps go from resource id to resource; `storage` from resource type."""

    id: str
    arn: str
    alias: str
    account: str
    region: str
    identity: str = "CONNECT_MANAGED"
    created_s: float = 0.0
    attributes: Mapping[str, bool] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)
    modules: Mapping[str, FlowModule] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    hours: Mapping[str, Hours] = field(default_factory=dict)
    routing_profiles: Mapping[str, RoutingProfile] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    security_profiles: Mapping[str, SecurityProfile] = field(default_factory=dict)
    hierarchy_levels: tuple[str, ...] = ()
    """Names of the levels of the users' hierarchy, from the top down."""
    hierarchy_groups: Mapping[str, HierarchyGroup] = field(default_factory=dict)
    statuses: Mapping[str, AgentStatus] = field(default_factory=dict)
    phone_numbers: Mapping[str, PhoneNumber] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    integrations: Mapping[str, Integration] = field(default_factory=dict)
    storage: Mapping[str, Storage] = field(default_factory=dict)
    email_addresses: Mapping[str, EmailAddress] = field(default_factory=dict)
    trial_cases: Mapping[str, TrialCase] = field(default_factory=dict)

    @property
    def lambdas(self) -> tuple[str, ...]:
        """ARNs of the functions that this instance's flows may invoke."""
        return tuple(i.integration_arn for i in self.integrations.values() if i.type == "LAMBDA_FUNCTION")

    def find[R: Resource](self, kind: type[R], arn_or_id: str) -> R | None:
        """The resource of `kind` with this id or ARN; None when there is none in this instance."""
        known = self.all(kind)
        found = known.get(arn_or_id)
        if found is not None:
            return found
        parsed = arns.parse(arn_or_id)
        if parsed is None:
            return known.get(arns.bare_id(arn_or_id))
        return known.get(parsed.id) if parsed.instance_id in ("", self.id) else None

    def edition[P: Published](self, kind: type[P], arn_or_id: str) -> P | None:
        """The flow or module with the content that the qualifier behind this id or ARN means; None without one."""
        found = self.find(kind, arn_or_id)
        return None if found is None else found.edition(arns.qualifier(arn_or_id))

    def named[R: Resource](self, kind: type[R], name: str) -> R | None:
        """The resource of `kind` with this name; user names and mailboxes compare without case."""
        same = str.casefold if kind in (User, EmailAddress) else str
        return next((r for r in self.all(kind).values() if same(r.name) == same(name)), None)

    def all[R: Resource](self, kind: type[R]) -> Mapping[str, R]:
        """The map of one kind of resource."""
        found: Mapping[str, R] = getattr(self, kind.collection)
        return found


class Directory:
    """All instances. Every method is safe in every thread."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._instances: Mapping[str, Instance] = {}
        self._made: dict[tuple[str, str, str], int] = {}

    def instances(self) -> tuple[Instance, ...]:
        """All instances, oldest first."""
        return tuple(self._instances.values())

    def instance(self, id_arn_or_alias: str) -> Instance | None:
        """The instance with this id, ARN (its own or that of something in it) or alias."""
        parsed = arns.parse(id_arn_or_alias)
        found = self._instances.get(parsed.instance_id if parsed else id_arn_or_alias)
        return found or next((i for i in self._instances.values() if i.alias == id_arn_or_alias), None)

    def number(self, e164: str) -> tuple[Instance, PhoneNumber] | None:
        """Who answers this number."""
        for instance in self.instances():
            for claimed in instance.phone_numbers.values():
                if claimed.number == e164:
                    return instance, claimed
        return None

    def phone_number(self, arn_or_id: str) -> tuple[Instance, PhoneNumber] | None:
        """A claimed number by its id or ARN (which names no instance)."""
        number_id = arns.bare_id(arn_or_id)
        for instance in self.instances():
            if claimed := instance.phone_numbers.get(number_id):
                return instance, claimed
        return None

    def resolve(self, arn_or_id: str) -> tuple[Instance, Resource | None] | None:
        """What an ARN or id names: the instance and the resource in it (None = the instance itself)."""
        wanted = arns.bare_id(arn_or_id)
        for instance in self.instances():
            if instance.id == wanted:
                return instance, None
            for resource in everything(instance):
                if resource.id == wanted:
                    return instance, resource
        return None

    def add_instance(self, instance: Instance) -> None:
        """Store a new instance."""
        with self.lock:
            self._instances = {**self._instances, instance.id: instance}

    def remove_instance(self, instance_id: str) -> None:
        """Forget an instance and all that it holds; nothing happens when it is not there."""
        with self.lock:
            self._instances = {key: value for key, value in self._instances.items() if key != instance_id}

    def put(self, instance: Instance, resource: Resource) -> None:
        """Store a new resource or the new value of one."""
        with self.lock:
            old: Mapping[str, Resource] = getattr(instance, resource.collection)
            setattr(instance, resource.collection, {**old, _key(resource): resource})

    def remove(self, instance: Instance, resource: Resource) -> None:
        """Forget a resource; nothing happens when it is not there."""
        with self.lock:
            old: Mapping[str, Resource] = getattr(instance, resource.collection)
            kept = {key: value for key, value in old.items() if key != _key(resource)}
            setattr(instance, resource.collection, kept)

    def new_id(self, scope: str, kind: str, name: str) -> str:
        """An id for a new resource: stable for the same scope, kind and name, but never given twice in one run."""
        with self.lock:
            nth = self._made.get((scope, kind, name), 0)
            self._made[scope, kind, name] = nth + 1
        return arns.stable_id(scope, kind, name, str(nth))

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self._instances = {}
            self._made.clear()


def everything(instance: Instance) -> tuple[Resource, ...]:
    """All resources of an instance."""
    collections = (
        instance.flows,
        instance.modules,
        instance.queues,
        instance.hours,
        instance.routing_profiles,
        instance.users,
        instance.security_profiles,
        instance.hierarchy_groups,
        instance.statuses,
        instance.phone_numbers,
        instance.documents,
        instance.integrations,
        instance.storage,
        instance.trial_cases,
    )
    return tuple(
        resource for collection in collections for resource in cast("Mapping[str, Resource]", collection).values()
    )


def _key(resource: Resource) -> str:
    return resource.resource_type if isinstance(resource, Storage) else resource.id
