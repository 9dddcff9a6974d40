"""Hours: what they do. The only door for other capabilities."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.hours import policy
from chalicelib.hours.models import Answer
from chalicelib.platform.errors import NotFound
from chalicelib.tenancy.models import Tenant

__all__ = ["Answer", "LineHours"]


@dataclass(frozen=True, slots=True)
class LineHours:
    """The hours of one tenant's service lines: the same answer for flows, desktop and reports (TEN-04)."""

    tenant: Tenant

    def of_line(self, line: str, at: datetime) -> Answer:
        """Return whether the service line is open at `at`.

        Raises:
            NotFound: the tenant has no such line.

        """
        found = self.tenant.lines.get(line)
        if found is None:
            raise NotFound("no such service line")
        return policy.answer(self.tenant.hours[found.hours], self.tenant.time_zone, at)
