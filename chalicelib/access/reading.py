"""Access: how much personal data a user is shown. Pages, records an hour, masked fields, and who is told (SEC-02).

The count is part of the audit trail: every entry carries how many records its actor was shown in that hour, so it costs
no item and no request of its own, and nobody can set it back.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from chalice.app import Response

from chalicelib.access import policy
from chalicelib.access.models import Caller
from chalicelib.audit import service as audit
from chalicelib.audit.models import Act, Outcome
from chalicelib.platform import classification, observability
from chalicelib.platform.errors import InvalidInput, ProductError
from chalicelib.platform.openapi import Operation
from chalicelib.tenancy.models import Reading

LIMIT: Final = "limit"
"""The parameter of a list that says how long a page is."""

_log = logging.getLogger(__name__)


class ReadTooMuch(ProductError):
    """The user was shown as many records in this hour as the front desk may be."""

    code, status, title = "read-too-much", 429, "Too many records"


def check_page(caller: Caller, operation: Operation, params: Mapping[str, str] | None, terms: Reading) -> None:
    """Accept the length of the page that the caller asks for.

    Raises:
        InvalidInput: it is longer than the front desk gets.

    """
    if operation.query is None or LIMIT not in operation.query.model_fields or not policy.is_front_desk(caller.roles):
        return
    said = (params or {}).get(LIMIT) or str(operation.query.model_fields[LIMIT].default)
    if said.isdecimal() and int(said) > terms.front_desk_page:
        raise InvalidInput(f"your roles get pages of at most {terms.front_desk_page}", field=LIMIT)


def note(caller: Caller, act: Act, operation: Operation, answer: Any, terms: Reading) -> None:
    """Write the entry of an answer that shows personal data, before it leaves.

    Raises:
        ReadTooMuch: the front desk was shown enough in this hour; the entry says so.
        ProductError: the entry could not be written, so nothing may be shown.

    """
    most = terms.front_desk_per_h if policy.is_front_desk(caller.roles) else None
    shown = records(operation, answer)
    entry = audit.trail().note(caller.actor, replace(act, records=shown, most=most))
    if entry.outcome is Outcome.REFUSED:
        observability.measure("UnusualReading")
        raise ReadTooMuch(f"you were shown {entry.shown} records in this hour", most=most)
    if entry.shown - shown < terms.unusual_per_h <= entry.shown:
        observability.measure("UnusualReading")
        _log.warning("unusual reading", extra={"audit": True, "actor": caller.user, "shown": entry.shown})


def records(operation: Operation, answer: Any) -> int:
    """Return how many records `answer` shows: the rows of a list, else one. A list without a row was a look, too."""
    if operation.query is None or LIMIT not in operation.query.model_fields or not isinstance(answer, Response):
        return 1
    body = json.loads(answer.body)
    return max(1, *(len(value) for value in body.values() if isinstance(value, list)))


def masked(caller: Caller, answer: Any) -> Any:
    """Return `answer` as the caller's roles may see it."""
    hidden = policy.hidden(caller.roles)
    if not hidden or not isinstance(answer, Response):
        return answer
    body = json.dumps(classification.masked(json.loads(answer.body), hidden), ensure_ascii=False)
    return Response(body=body, status_code=answer.status_code, headers=dict(answer.headers))
