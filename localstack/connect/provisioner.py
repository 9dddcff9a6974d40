"""What provisions one type of `AWS::Connect::*` resource."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localstack.connect.api_context import Context

Properties = Mapping[str, Any]
Provisioned = tuple[str, dict[str, Any]]
"""Physical id (what Ref gives) and attributes (what GetAtt gives)."""


@dataclass(frozen=True, slots=True)
class Provisioner:
    """Create, update and delete one type of resource; each raises a `ConnectError` that the stack event then shows."""

    create: Callable[[Context, Properties], Provisioned]
    update: Callable[[Context, str, Properties], Provisioned]
    delete: Callable[[Context, str, Properties], None]


def recreate(
    create: Callable[[Context, Properties], Provisioned],
) -> Callable[[Context, str, Properties], Provisioned]:
    """The update of a resource that cannot change in place."""

    def update(context: Context, _: str, properties: Properties) -> Provisioned:
        return create(context, properties)

    return update
