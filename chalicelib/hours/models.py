"""Hours: what they are. Values only."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.tenancy.models import Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether a timetable is open at `at`, and what decides it (TEN-04).

    `local` is the wall clock of the timetable's zone. `opening` is the opening that holds `at`, in minutes of the local
    day, None when closed. `changes_at` (UTC) is the next instant with the other answer, None when there is none within
    `policy.HORIZON_DAYS`.
    """

    at: datetime
    local: datetime
    time_zone: str
    is_open: bool
    why: Why
    name: str
    opening: tuple[int, int] | None
    changes_at: datetime | None
