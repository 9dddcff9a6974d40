"""Qualifications: what they hear. Every few minutes: let routing profiles follow what has run out (PPL-06)."""

import functools
import os
from collections import Counter
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib.platform import observability
from chalicelib.qualifications import wiring
from chalicelib.qualifications.gate import Gate
from chalicelib.qualifications.models import Effect
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)

FUNCTION: Final = "review_qualifications"
SCHEMA: Final = f"{FUNCTION}.v1"


@functools.cache
def wired() -> Gate:
    """Return the gate wired for this process; a missing setting fails here, by name."""
    return wiring.gate(os.environ)


@bp.lambda_function(name=FUNCTION)
def review_qualifications(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look at every agent of a skill that requires something; answer how many lost their queues or got them back."""
    tenant = tenancy.current()
    observability.begin(function=FUNCTION, tenant=tenant.id, request_id=context.aws_request_id)
    done = Counter(wired().look().values())
    observability.measure("QualificationsWithdrawn", float(done[Effect.WITHDRAWN]))
    observability.end(tenant=tenant.id, function=FUNCTION, outcome="ok")
    return {"schema": SCHEMA, **{effect.value: done[effect] for effect in Effect}}
