"""The waiting line: what it does. The only door for other capabilities."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chalicelib.metrics import service as metrics
from chalicelib.platform.errors import ProductError
from chalicelib.tenancy.models import Tenant
from chalicelib.waiting import policy
from chalicelib.waiting.models import Pace, Place

__all__ = ["EstimateUnknown", "Estimates", "Pace", "Place"]

LOOK_BACK: Final = timedelta(minutes=60)
"""Time over which a queue's pace is taken: short enough for a change of shift, long enough for a steady mean (2.12)."""
LONGEST_LINE: Final = 5_000
"""More contacts than any queue holds; a greater position is not summed up."""


class EstimateUnknown(ProductError):
    """Nothing is known from which a wait could be told."""

    code, status, title = "estimate-unknown", 404, "Estimate unknown"


@dataclass(frozen=True, slots=True)
class Estimates:
    """Estimates waits of one tenant from the counters of its queues."""

    counters: metrics.Reader
    tenant: Tenant
    now: Callable[[], datetime]

    def wait_s(self, place: Place) -> float:
        """Return the mean wait of the caller at `place`, by the queue's pace in the last hour.

        Raises:
            EstimateUnknown: no such queue, nobody serves it, or nobody has finished a contact in that hour.
            StoreUnavailable, Throttled: the store did not answer.

        """
        if place.queue not in self.tenant.queues or place.position > LONGEST_LINE:
            raise EstimateUnknown("there is no such place in a queue of the contract", queue=place.queue)
        moving = policy.pace(metrics.recent(self.counters, self.tenant.id, place.queue, self.now(), LOOK_BACK))
        expected = policy.expected_wait_s(place, moving) if moving else None
        if expected is None:
            raise EstimateUnknown("the queue has no pace yet", queue=place.queue)
        return expected
