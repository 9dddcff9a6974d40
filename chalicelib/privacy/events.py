"""Privacy: what it hears. Every few minutes the clock: carry out what persons asked for, and what holds ask for."""

from datetime import timedelta
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib.platform import observability
from chalicelib.privacy.service import wired
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)

FUNCTION: Final = "serve_privacy_requests"
SCHEMA: Final = f"{FUNCTION}.v1"
MARGIN_S: Final = 10.0
"""Before the function's own time is over no further step is begun: the longest one is done in less."""


@bp.lambda_function(name=FUNCTION)
def serve_privacy_requests(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Go on with every request and hold, while there is time; answer how many of each were dealt with."""
    tenant = tenancy.current().id
    observability.begin(function=FUNCTION, tenant=tenant, request_id=context.aws_request_id)
    privacy = wired()
    left_s = context.get_remaining_time_in_millis() / 1000 - MARGIN_S
    done = privacy.carry_out(privacy.now() + timedelta(seconds=left_s))
    observability.measure("PrivacyRequestsEnded", float(done["ended"]))
    observability.end(tenant=tenant, function=FUNCTION, outcome="ok")
    return {"schema": SCHEMA, **done}
