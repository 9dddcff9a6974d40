"""The REST API of a tenant over tables in memory, which it reaches through its real client."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.access import service as access
from chalicelib.access.models import Role
from chalicelib.adapters import wiring as adapters_wiring
from chalicelib.agents import api as agents_api
from chalicelib.approvals import service as approvals
from chalicelib.callbacks import api as callbacks_api
from chalicelib.completions import api as completions_api
from chalicelib.contacts import api as contacts_api
from chalicelib.customers import api as customers_api
from chalicelib.customers import screen_api
from chalicelib.identity import api as identity_api
from chalicelib.identity import on_hand
from chalicelib.lifecycle import api as lifecycle_api
from chalicelib.menus import api as menus_api
from chalicelib.metrics import api as metrics_api
from chalicelib.offers import accepting
from chalicelib.overrides import api as overrides_api
from chalicelib.people import service as people
from chalicelib.platform import clock
from chalicelib.privacy import service as privacy
from chalicelib.qualifications import api as qualifications_api
from chalicelib.qualifications import events as qualifications_events
from chalicelib.realtime import api as realtime_api
from chalicelib.recordings import api as recordings_api
from chalicelib.reliability import api as reliability_api
from chalicelib.services import api as services_api
from chalicelib.tenancy.models import UNQUALIFIED
from chalicelib.tickets import api as tickets_api
from chalicelib.traces import api as traces_api
from chalicelib.users import service as users
from chalicelib.voicemail import api as voicemail_api
from tests.support.fake_cognito import POOL_ARN, FakePool, operation_of
from tests.support.fake_dynamo import FakeDynamo
from tests.support.flow_environment import function_environment
from tests.support.json_server import serving_with_headers
from tests.support.tenants import INSTANCE_ARN

WIRED = (
    *(
        callbacks_api.wired,
        contacts_api.wired,
        customers_api.history,
        customers_api.wired,
        screen_api.callers,
        screen_api.choosing,
        screen_api.drafts,
        screen_api.seeing,
        people.wired,
        users.wired,
        approvals.wired,
        lifecycle_api.wired,
        menus_api.wired,
        metrics_api.wired,
        overrides_api.wired,
    ),
    *(privacy.wired, agents_api.wired, qualifications_api.wired, tickets_api.wired),
    adapters_wiring.adapter,
    accepting.wired,
    *(services_api.wired, services_api.feeding, services_api.written),
    *(voicemail_api.wired, completions_api.wired, recordings_api.wired, traces_api.wired, identity_api.wired),
    on_hand.screens,
    *(reliability_api.wired, realtime_api.wired, qualifications_events.wired),
)

NOBODY = (200, {"Users": [], "ApproximateTotalCount": 0})
"""What Amazon Connect answers of an instance without users."""
NO_CONTACT = (404, {"__type": "ResourceNotFoundException", "Message": "no such contact"})
"""What it answers of every contact: it knows none."""


EVERYBODY = ("li.na", "mallory")
"""Who asks with every role where tests try every route."""

type Contacts = Callable[[str], tuple[int, Any]]


_CALLS: dict[str, Callable[[FakeDynamo, Any], Any]] = {
    "TransactItems": lambda table, body: table.transact_write_items(**body),
    "RequestItems": lambda table, body: table.batch_get_item(**body),
    "MetricDataQueries": lambda _table, _body: {"MetricDataResults": []},
    "SecretId": lambda _table, body: {"SecretString": f"the secret {body['SecretId']}"},
    "Item": lambda table, body: table.put_item(**body),
    "UpdateExpression": lambda table, body: table.update_item(**body),
    "Key": lambda table, body: table.get_item(**body),
    "": lambda table, body: table.query(**body),
}
"""What a request is, by what its body has; a question for a secret is Secrets Manager's, one for metrics
CloudWatch's, which has none."""


def over_http(table: FakeDynamo, body: Any) -> tuple[int, Any]:
    """Answer a request of a real client from the tables in memory, refusals as DynamoDB spells them."""
    table.asked.append(body)
    if body is None:  # a question about a contact to Amazon Connect, which has none
        return 404, {"__type": "ResourceNotFoundException"}
    try:
        kinds = (name for name in _CALLS if name in body)
        call = _CALLS[next(kinds, "")]
        return 200, call(table, body)
    except ClientError as exc:
        refusal: Any = exc.response
        kind = f"com.amazonaws.dynamodb.v20120810#{refusal['Error']['Code']}"
        found = {"Item": refusal["Item"]} if "Item" in refusal else {}
        return 400, {"__type": kind, "CancellationReasons": refusal.get("CancellationReasons", []), **found}


def _answered(table: FakeDynamo, contacts: Contacts, path: str, body: Any) -> tuple[int, Any]:
    """Answer as Amazon Connect where the path is one of its, else as DynamoDB, which has none."""
    if path.startswith("/contact"):
        return contacts(path)
    return NOBODY if "search-users" in path else over_http(table, body)


@contextmanager
def rest_table(
    patch: pytest.MonkeyPatch,
    folder: Path,
    name: str = "hrgroup",
    contacts: Contacts = lambda _path: NO_CONTACT,
    pool: FakePool | None = None,
    now: datetime | None = None,
) -> Iterator[FakeDynamo]:
    """Let the REST function serve tenant `name` and yield what it writes; the audit trail lies in the same memory.

    `contacts` answers what is asked of Amazon Connect about contacts, by the path. `pool` are the users; without one,
    those of `EVERYBODY` with every role. At `now` the clock stands still; without it the system's goes on.
    """
    kept = FakeDynamo()
    known = pool or everybody()

    def answered(_method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any]:
        if "/cognito-idp/aws4_request" in headers.get("authorization", ""):
            return known.answer(operation_of(headers), body)
        if path == clock.PATH and now:
            return 200, {"now": now.isoformat(), "mode": "virtual"}
        return _answered(kept, contacts, path, body)

    with (
        serving_with_headers(answered) as url,
        function_environment(patch, folder, name, url),
    ):
        if now:
            patch.setenv(clock.VARIABLE, "emulator")
        patch.setenv("TRUNKLINE_INSTANCE_ARN", INSTANCE_ARN)
        patch.setenv("TRUNKLINE_RECORDING_BUCKET", "recordings")
        patch.setenv("TRUNKLINE_USER_POOL_ARN", POOL_ARN)
        patch.setenv("TRUNKLINE_QUEUES", json.dumps({"after-sales": "q-1"}))
        patch.setenv("TRUNKLINE_PROFILES", json.dumps({"service": "p-1", UNQUALIFIED: "p-2"}))
        forget()
        yield kept
        forget()


def everybody() -> FakePool:
    """Return a pool in which those who ask with every role have every role."""
    pool = FakePool()
    pool.staff(EVERYBODY, *Role)
    return pool


def forget() -> None:
    """Let every route be wired anew."""
    access.answers_kept.cache_clear()
    for cached in WIRED:
        cached.cache_clear()


def without_trail(table: FakeDynamo) -> dict[tuple[str, str], Any]:
    """Return the items that are not entries of the audit trail."""
    return {key: item for key, item in table.items.items() if "#AUDIT#" not in key[0]}
