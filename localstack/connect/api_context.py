"""What an operation of the Amazon Connect API works on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from localstack.connect import arns
from localstack.connect.api_errors import DuplicateResource, InvalidRequest, ResourceNotFound
from localstack.connect.directory import Directory, Flow, Instance
from localstack.connect.resources import Published, Resource
from localstack.connect.tokens import Tokens

INBOUND = "CONTACT_FLOW"
Request = Mapping[str, Any]
Answer = dict[str, Any]


class Permissions(Protocol):
    """Port: what Amazon Connect does to a function when it is associated with an instance."""

    def allow(self, function_arn: str, instance_arn: str) -> None:
        """Let the instance invoke the function; nothing happens when it may already."""

    def revoke(self, function_arn: str, instance_arn: str) -> None:
        """Take that permission away; nothing happens when it is not there."""


class Gate(Protocol):
    """Port: quotas and throttles (`limits.Limits`)."""

    def admit(self, context: "Context", operation: str, request: Request) -> None:
        """Let a request in, or raise the refusal."""

    def fit(self, context: "Context", operation: str, request: Request) -> None:
        """Look whether one more fits in, or raise the refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Who asks (account, region), when, and the directory that answers."""

    directory: Directory
    permissions: Permissions
    account: str
    region: str
    now_s: float
    engine: object | None = None
    """The running engine (`api_engine.Engine`), None where only resources are kept."""
    limits: "Gate | None" = None
    tokens: Tokens
    """The client tokens that were used."""

    def instance(self, id_or_arn: str) -> Instance:
        """The caller's instance.

        Raises:
            ResourceNotFound: there is none, or it belongs to another account or region.

        """
        found = self.directory.instance(id_or_arn)
        if found is None or (found.account, found.region) != (self.account, self.region):
            msg = f"Instance not found: {id_or_arn}"
            raise ResourceNotFound(msg)
        return found


def require[R: Resource](instance: Instance, kind: type[R], arn_or_id: str) -> R:
    """A resource that must exist in this instance.

    Raises:
        ResourceNotFound: it does not.

    """
    found = instance.find(kind, arn_or_id)
    if found is None:
        msg = f"{kind.__name__} not found in instance {instance.id}: {arn_or_id}"
        raise ResourceNotFound(msg)
    return found


def edition[P: Published](instance: Instance, kind: type[P], arn_or_id: str) -> P:
    """A flow or module that must exist, with the content that the qualifier means (a version, an alias, the newest).

    Raises:
        ResourceNotFound: there is no such resource, or no such version or alias of it.

    """
    require(instance, kind, arn_or_id)
    found = instance.edition(kind, arn_or_id)
    if found is None:
        msg = f"There is no such version or alias of a {kind.__name__}: {arn_or_id}"
        raise ResourceNotFound(msg)
    return found


def qualified[P: Published](instance: Instance, kind: type[P], arn_or_id: str) -> str:
    """The id of a flow or module that must exist, with the qualifier that it was named with."""
    found, qualifier = edition(instance, kind, arn_or_id), arns.qualifier(arn_or_id)
    return f"{found.id}:{qualifier}" if qualifier else found.id


def inbound_flow(instance: Instance, arn_or_id: str) -> Flow:
    """The flow with which a contact that nobody dialled begins.

    Raises:
        ResourceNotFound: there is no such flow.
        InvalidRequest: it is a flow for another moment, such as a queue or a whisper, or was never published.

    """
    flow = edition(instance, Flow, arn_or_id)
    if flow.type != INBOUND:
        msg = f"Flow {flow.name!r} is of type {flow.type}: a contact begins with a {INBOUND}"
        raise InvalidRequest(msg)
    if not flow.text:
        msg = f"Flow {flow.name!r} has never been published"
        raise InvalidRequest(msg)
    return flow


def unique_name(instance: Instance, kind: type[Resource], name: str, own_id: str) -> None:
    """Nothing else of this kind has the name.

    Raises:
        DuplicateResource: something has.

    """
    other = instance.named(kind, name)
    if other is not None and other.id != own_id:
        msg = f"{kind.__name__} {name!r} already exists in instance {instance.id}"
        raise DuplicateResource(msg)


Operation = Callable[[Context, Request], Answer]
OPERATIONS: dict[str, Operation] = {}
"""Every operation that is implemented, by its name in the service model."""


def operation(name: str) -> Callable[[Operation], Operation]:
    """Register a function as the operation `name`."""

    def register(function: Operation) -> Operation:
        OPERATIONS[name] = function
        return function

    return register
