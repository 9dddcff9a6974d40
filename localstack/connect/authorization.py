"""Which resources a policy must allow for an operation, by AWS's service authorization reference.

`authorization.json` has the resource types of every action (`scripts/distil_authorization.py`). It does not say which
types an action always needs. So a type is asked about for every id of it that the request names, in its path or its
body, at any depth; what a `Create` makes has no id yet and is asked about as all of its kind.
"""

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from botocore.model import Shape

from localstack.connect import api_model, arns
from localstack.connect.directory import Directory

FILE: Final = Path(__file__).with_name("authorization.json")
EVERYTHING: Final = "*"
"""What must be allowed for an action without resource types."""

_SEGMENTS: Final = {
    "agent-status": "agent-state",
    "attached-file": "file",
    "aws-managed-view": "view",
    "contact-flow-module": "flow-module",
    "customer-managed-view": "view",
    "hierarchy-group": "agent-group",
    "hours-of-operation": "operating-hours",
    "legacy-phone-number": "phone-number",
    "quick-connect": "transfer-destination",
    "user": "agent",
}
"""The word in the ARN of a type, where it is another one."""

_TYPES: Final = (
    ("attached-file", r"File"),
    ("agent-status", r"AgentStatus"),
    ("contact", r"(Initial|Previous|Related|Source)?Contact"),
    ("contact-evaluation", r"Evaluation"),
    ("contact-flow", r"(Contact|Outbound|SelfAssign)?Flow"),
    ("contact-flow-module", r"(Contact)?FlowModule"),
    ("customer-managed-view", r"View"),
    ("data-table", r"DataTable"),
    ("email-address", r"(Outbound)?EmailAddress(es)?"),
    ("evaluation-form", r"EvaluationForm"),
    ("hierarchy-group", r"HierarchyGroup|AllowedAccessControlHierarchyGroup|ParentGroup|L[1-5]"),
    ("hours-of-operation", r"(Parent)?HoursOfOperation"),
    ("integration-association", r"IntegrationAssociation"),
    ("phone-number", r"PhoneNumber|OutboundCallerIdNumber"),
    ("prompt", r"Prompt"),
    ("queue", r"(DefaultOutbound)?Queue"),
    ("quick-connect", r"QuickConnect"),
    ("routing-profile", r"RoutingProfile"),
    ("rule", r"Rule"),
    ("security-profile", r"SecurityProfile"),
    ("task-template", r"TaskTemplate"),
    ("traffic-distribution-group", r"TrafficDistributionGroup"),
    ("use-case", r"UseCase"),
    ("user", r"User|Agent"),
    ("vocabulary", r"Vocabulary"),
    ("workspace", r"Workspace"),
)
"""The type that a member of a request names, by the member's name without its ending."""
_ENDING: Final = re.compile(r"(?<=.)(IdOrArn|Ids|Arns|Id|Arn|s)$")

_BY_THE_OLDER_LIST: Final[Mapping[str, tuple[str, ...]]] = {"StartOutboundVoiceContact": ("contact",)}
"""Types that AWS's printed tables give an action, and its list for machines leaves out; the new contact has no id."""


@functools.cache
def types(operation: str) -> tuple[str, ...] | None:
    """The resource types of an operation's action; None when the reference has no such action."""
    found = _reference().get(operation)
    return None if found is None else tuple(found) or _BY_THE_OLDER_LIST.get(operation, ())


def resources(
    directory: Directory, operation: str, request: Mapping[str, Any], *, region: str, account: str
) -> list[str]:
    """The ARNs that a policy must all allow for this request of the operation's action, each once."""
    meant = types(operation)
    if meant == ():
        return [EVERYTHING]
    named = list(_named(directory, operation, request))
    instance = next((arn for kind, arn in named if kind == "instance"), "")
    whole = instance or f"arn:aws:connect:{region}:{account}"
    if meant is None:
        found = [arn for kind, arn in named if kind != "instance"] or [instance]
    else:
        found = [arn for kind, arn in named if kind in meant or kind == "any"]
        found += [_every(kind, whole, region, account) for kind in _without_id(operation, meant, named)]
    return list(dict.fromkeys(arn for arn in found if arn)) or [f"{whole}/*" if instance else f"{whole}:*"]


def _without_id(operation: str, meant: Iterable[str], named: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Types that are asked about as a whole: what a list is of, unless an ARN says which one, and what is made."""
    known = {kind for kind, _ in named}
    made = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", operation.removeprefix("Create")).lower()
    for kind in meant:
        if (kind.startswith("wildcard-") and "any" not in known) or operation in _BY_THE_OLDER_LIST:
            yield kind.removeprefix("wildcard-")
        elif operation.startswith("Create") and kind not in known and (made.endswith(kind) or kind.endswith(made)):
            yield kind


def _every(kind: str, whole: str, region: str, account: str) -> str:
    if kind in ("phone-number", "traffic-distribution-group"):
        return f"arn:aws:connect:{region}:{account}:{kind}/*"
    return arns.child_arn(whole, _SEGMENTS.get(kind, kind), "*")


def _named(directory: Directory, operation: str, request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Types and ARNs of what the request names, beginning with the instance; `any` is named by an ARN alone."""
    shape = api_model.operation_model(operation).input_shape
    members = list(_texts(shape, request)) if shape else []
    instance = next((arn for _, text in members if (arn := _instance_of(directory, text))), "")
    if instance:
        yield "instance", instance
    for member, text in members:
        kind = _type(member)
        found = directory.resolve(text)
        if found is not None and found[1] is not None:
            yield kind or "any", found[1].arn
        elif found is None and (kind or text.startswith("arn:aws:connect:")):
            yield kind or "any", text if text.startswith("arn:") else _arn(instance, kind, text)


def _arn(instance: str, kind: str, text: str) -> str:
    return arns.child_arn(instance, _SEGMENTS.get(kind, kind), text) if instance else ""


def _instance_of(directory: Directory, text: str) -> str:
    """The ARN of the instance that an id or ARN names or is in; "" when it names none."""
    found = directory.resolve(text)
    return found[0].arn if found else ""


@functools.cache
def _type(member: str) -> str:
    stem = _ENDING.sub("", member)
    return next((kind for kind, pattern in _TYPES if re.fullmatch(pattern, stem)), "")


def _texts(shape: Shape, value: Any, member: str = "") -> Iterator[tuple[str, str]]:
    """Members that may hold an id or ARN, with their texts; the elements of a list go by the list's name."""
    if shape.type_name == "structure":
        for name, inner in shape.members.items():
            if isinstance(value, Mapping) and value.get(name) is not None:
                yield from _texts(inner, value[name], name)
    elif shape.type_name == "list" and isinstance(value, list):
        for one in value:
            yield from _texts(shape.member, one, member)
    elif shape.type_name == "string" and isinstance(value, str) and _may_name(member):
        yield member, value


def _may_name(member: str) -> bool:
    """Whether a member's text is an id: by its ending, or because filters say ids by these names."""
    return member.endswith(("Id", "Ids", "Arn", "Arns")) or member in (
        *("AgentStatuses", "Agents", "FilterValues", "Queues", "RoutingProfiles"),
        "resourceArn",
    )


@functools.cache
def _reference() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
