"""Amazon Connect ARNs: the one place in the emulator that builds and takes them apart."""

import functools
import re
import uuid
from typing import NamedTuple

_NAMESPACE = uuid.UUID("6f0c6d0e-5a35-5d0e-9b1e-7472756e6b6c")
_INSTANCE = re.compile(r"(arn:aws:connect:([a-z0-9-]*):(\d*|aws):instance/([0-9a-f-]{36}))(?:/(.+))?")
_NUMBER = re.compile(r"arn:aws:connect:([a-z0-9-]*):(\d+):phone-number/([0-9a-f-]{36})")


class ConnectArn(NamedTuple):
    """A parsed ARN. A phone number names no instance (""), an instance has no `kind` ("")."""

    instance_id: str
    kind: str
    id: str


def stable_id(*parts: str) -> str:
    """A UUID that is the same for the same parts, so that a cloud that is started afresh gives the same ids again."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(parts)))


def instance_arn(region: str, account: str, instance_id: str) -> str:
    """ARN of an instance."""
    return f"arn:aws:connect:{region}:{account}:instance/{instance_id}"


def phone_number_arn(region: str, account: str, number_id: str) -> str:
    """ARN of a claimed number: it names no instance, because a number can move between instances."""
    return f"arn:aws:connect:{region}:{account}:phone-number/{number_id}"


def child_arn(parent: str, segment: str, resource_id: str) -> str:
    """ARN of a resource inside an instance; `segment` is such as "queue", "contact-flow" or "operating-hours"."""
    return f"{parent}/{segment}/{resource_id}"


@functools.lru_cache(maxsize=4_096)
def parse(text: str) -> ConnectArn | None:
    """Take an ARN apart; None when `text` is not an ARN of Amazon Connect.

    A qualifier behind the id (`$LATEST`, `$SAVED`, a version or alias of a flow or module) is dropped.
    """
    if match := _NUMBER.fullmatch(text):
        return ConnectArn("", "phone-number", match.group(3))
    match = _INSTANCE.fullmatch(text)
    if match is None:
        return None
    rest = match.group(5)
    if rest is None:
        return ConnectArn(match.group(4), "", match.group(4))
    kind, _, resource_id = rest.partition("/")
    if kind == "queue" and resource_id.startswith("agent/"):
        return ConnectArn(match.group(4), "agent-queue", resource_id.removeprefix("agent/"))
    return ConnectArn(match.group(4), kind, resource_id.partition("/")[0].partition(":")[0])


def qualifier(arn_or_id: str) -> str:
    """The version or alias behind the id of a flow or module; "" when there is none."""
    return arn_or_id.rpartition("/")[2].partition(":")[2]


def bare_id(arn_or_id: str) -> str:
    """The resource id behind `arn_or_id`."""
    parsed = parse(arn_or_id)
    return parsed.id if parsed else arn_or_id.partition(":")[0]
