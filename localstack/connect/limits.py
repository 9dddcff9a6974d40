"""Quotas and throttles of Amazon Connect (13), as one table. Off unless switched on: they would slow down a deploy.

The numbers are AWS's defaults for a new account. Throttles belong to an account and Region, whatever instance is asked.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from botocore.utils import parse_to_aware_datetime

from localstack.connect.api_context import Context, Request
from localstack.connect.api_errors import ConnectError, LimitExceeded, QuotaExceeded, Throttled, TooManyRequests
from localstack.connect.api_model import operation_model
from localstack.connect.directory import Instance


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: `burst` requests at once, `per_s` more each second."""

    per_s: float
    burst: float


EACH = Rate(2, 5)
"""Every operation that no group names has a bucket of its own with this rate (13.3)."""
GROUPS: Mapping[str, tuple[Rate, frozenset[str]]] = {
    "metrics": (Rate(5, 8), frozenset({"GetMetricData", "GetCurrentMetricData"})),
    "history": (Rate(10, 10), frozenset({"GetMetricDataV2"})),
    "chats": (Rate(5, 8), frozenset({"StartChatContact", "CreateParticipant"})),
    "routing": (Rate(20, 20), frozenset({"UpdateContactRoutingData"})),
    "tags": (Rate(20, 25), frozenset({"TagContact", "UntagContact"})),
    "search": (Rate(10, 30), frozenset({"SearchContacts"})),
    "integrations": (Rate(25, 50), frozenset({"ListIntegrationAssociations"})),
}
OWN_RATES: Mapping[str, Rate] = dict.fromkeys(
    (
        "GetContactAttributes",
        "UpdateContactAttributes",
        "DescribeContact",
        "StopContact",
        "UpdateContact",
        "BatchPutContact",
    ),
    Rate(10, 15),
)
"""Operations with a bucket of their own and another rate."""
LONG_SEARCH = Rate(1, 1)
"""SearchContacts over more than two weeks."""
LONG_RANGE = timedelta(weeks=2)
PARTICIPANTS: Mapping[str, Rate] = {"SendMessage": Rate(10, 15), "CreateParticipantConnection": Rate(6, 9)}
"""Operations of the Participant Service, whose buckets belong to an instance; no limits of others are published."""


def _documents(kind: str) -> Callable[[Instance], int]:
    return lambda instance: sum(document.kind == kind for document in instance.documents.values())


QUOTAS: Mapping[str, tuple[int, Callable[[Instance], int]]] = {
    "CreateContactFlow": (100, lambda instance: len(instance.flows)),
    "CreateContactFlowModule": (200, lambda instance: len(instance.modules)),
    "CreateQueue": (100, lambda instance: len(instance.queues)),
    "CreateRoutingProfile": (500, lambda instance: len(instance.routing_profiles)),
    "CreateHoursOfOperation": (100, lambda instance: len(instance.hours)),
    "CreateUser": (500, lambda instance: len(instance.users)),
    "CreateUserHierarchyGroup": (500, lambda instance: len(instance.hierarchy_groups)),
    "CreateSecurityProfile": (100, lambda instance: len(instance.security_profiles)),
    "CreateAgentStatus": (50, lambda instance: len(instance.statuses)),
    "CreatePrompt": (500, _documents("prompt")),
    "CreateQuickConnect": (100, _documents("transfer-destination")),
    "CreateTaskTemplate": (50, _documents("task-template")),
    "CreateEmailAddress": (100, lambda instance: len(instance.email_addresses)),
    "CreatePredefinedAttribute": (150, _documents("predefined-attribute")),
    "AssociateLambdaFunction": (50, lambda instance: len(instance.lambdas)),
}
"""What an instance holds at most (13.1), by the operation that would add one."""
INSTANCES = 2
"""Instances of an account in a Region."""
NUMBERS = 10
"""Telephone numbers of an instance."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


@dataclass(slots=True)
class Limits:
    """The switches, and the buckets. Safe in every thread."""

    throttles: bool = False
    quotas: bool = False
    _buckets: dict[tuple[str, str, str], _Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def switch(self, *, throttles: bool, quotas: bool) -> None:
        """Enforce or not; all buckets are full again."""
        with self._lock:
            self.throttles, self.quotas = throttles, quotas
            self._buckets.clear()

    def admit(self, context: Context, operation: str, request: Request) -> None:
        """Take a token, and look whether one more fits.

        Raises:
            Throttled: the account's bucket is empty.
            LimitExceeded: the quota is used up (QuotaExceeded where the operation calls it so).

        """
        name, rate = _rate(operation, request)
        if self.throttles and not self._take((context.account, context.region, name), rate, context.now_s):
            refusal = Throttled if _declares(operation, Throttled) else TooManyRequests
            msg = f"Rate exceeded: {operation}"
            raise refusal(msg)
        self.fit(context, operation, request)

    def admit_participant(self, instance_id: str, operation: str, now_s: float) -> None:
        """Take a token of an instance's bucket for the Participant Service. Raises Throttled when it is empty."""
        rate = PARTICIPANTS.get(operation)
        if self.throttles and rate is not None and not self._take((instance_id, "participant", operation), rate, now_s):
            msg = f"Rate exceeded: {operation}"
            raise Throttled(msg)

    def fit(self, context: Context, operation: str, request: Request) -> None:
        """Look whether one more fits: what a template makes counts, too. Raises LimitExceeded or QuotaExceeded."""
        if self.quotas:
            _hold(context, operation, request)

    def _take(self, key: tuple[str, str, str], rate: Rate, now_s: float) -> bool:
        with self._lock:
            bucket = self._buckets.setdefault(key, _Bucket(rate.burst, now_s))
            waited_s = max(0.0, now_s - bucket.at_s)
            bucket.tokens, bucket.at_s = min(rate.burst, bucket.tokens + waited_s * rate.per_s), now_s
            if bucket.tokens < 1:
                return False
            bucket.tokens -= 1
            return True


def _rate(operation: str, request: Request) -> tuple[str, Rate]:
    """The bucket of a request, and its rate."""
    if operation == "SearchContacts" and _long(request.get("TimeRange") or {}):
        return "long search", LONG_SEARCH
    for name, (rate, members) in GROUPS.items():
        if operation in members:
            return name, rate
    return operation, OWN_RATES.get(operation, EACH)


def _long(wanted: Mapping[str, Any]) -> bool:
    if not {"StartTime", "EndTime"} <= wanted.keys():
        return False
    start, end = (parse_to_aware_datetime(wanted[name]) for name in ("StartTime", "EndTime"))
    return bool(end - start > LONG_RANGE)


def _declares(operation: str, error: type[ConnectError]) -> bool:
    return error.code in {shape.name for shape in operation_model(operation).error_shapes}


def _hold(context: Context, operation: str, request: Request) -> None:
    used, most = _used(context, operation, request)
    if used < most:
        return
    refusal = LimitExceeded if _declares(operation, LimitExceeded) else QuotaExceeded
    msg = f"{operation}: the quota of {most} is used up"
    raise refusal(msg)


def _used(context: Context, operation: str, request: Request) -> tuple[int, int]:
    """(how many there are, how many there may be) of what the operation adds; (0, 1) when it adds nothing counted."""
    directory = context.directory
    if operation == "CreateInstance":
        here = [i for i in directory.instances() if (i.account, i.region) == (context.account, context.region)]
        return len(here), INSTANCES
    instance = directory.instance(
        str(request.get("InstanceId") or request.get("InstanceArn") or request.get("TargetArn") or "")
    )
    if instance is None:
        return 0, 1
    if operation == "ClaimPhoneNumber":
        return len(instance.phone_numbers), NUMBERS
    if operation in QUOTAS:
        most, count = QUOTAS[operation]
        return count(instance), most
    return 0, 1
