"""Licences: what they hear. Once a day: look whether the tenant's papers still hold (LIC-02).

The function is that of the clock: every five minutes it looks at what the tenant depends on
(`chalicelib/reliability/events.py`).
"""

import logging
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib.licences.service import Licences
from chalicelib.platform import clock, observability
from chalicelib.reliability import events as reliability
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)

FUNCTION: Final = "review_papers"
SCHEMA: Final = f"{FUNCTION}.v2"

_log = logging.getLogger(__name__)


@bp.lambda_function(name=FUNCTION)
def review_papers(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Count and log what is missing or expires soon; alarms watch the counts, `GET /v1/papers` shows each finding."""
    if reliability.is_look(event):
        return {"schema": SCHEMA, **reliability.look(context, FUNCTION)}
    tenant = tenancy.current()
    observability.begin(function=FUNCTION, tenant=tenant.id, request_id=context.aws_request_id)
    review = Licences(tenant, clock.from_environment()).review()
    for kind, findings in (("uncovered", review.uncovered), ("expiring", review.expiring)):
        for finding in findings:
            _log.warning(kind, extra={"code": f"papers-{kind}", "field": finding.field, "reason": finding.reason})
    observability.measure("PapersUncovered", float(len(review.uncovered)))
    observability.measure("PapersExpiring", float(len(review.expiring)))
    observability.end(tenant=tenant.id, function=FUNCTION, outcome="uncovered" if review.uncovered else "ok")
    return {
        "schema": SCHEMA,
        "on": review.on.isoformat(),
        "uncovered": len(review.uncovered),
        "expiring": len(review.expiring),
    }
