"""The clock, and the one seam through which the local cloud sets the time (local stage only).

With `TRUNKLINE_CLOCK=emulator` the time is the Amazon Connect emulator's, which may run ahead of the wall. Nothing else
in the product knows that time can be virtual.
"""

import http.client
import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

type Clock = Callable[[], datetime]

VARIABLE = "TRUNKLINE_CLOCK"
PATH = "/_trunkline/clock"
_TIMEOUT_S = 5.0
"""A wrong time is worse than a late one: on a busy machine two seconds were not always enough. One that is away refuses
at once."""

_log = logging.getLogger(__name__)


def system_now() -> datetime:
    """Return the machine's time as an aware UTC datetime."""
    return datetime.now(UTC)


def from_environment(environment: Mapping[str, str] = os.environ) -> Clock:
    """Return the clock that the environment asks for: the emulator's, or the system's for anything else."""
    endpoint_url = environment.get("AWS_ENDPOINT_URL", "")
    if environment.get(VARIABLE) != "emulator" or not endpoint_url:
        return system_now
    return EmulatorClock(endpoint_url)


@dataclass(slots=True)
class EmulatorClock:
    """The emulator's time. When it does not tell it, a log line and the virtual time that it told last.

    Without one it is the system's: between two clocks that are months apart nothing may go to and fro.
    """

    endpoint_url: str
    told: datetime | None = None

    def __call__(self) -> datetime:
        """Return the time."""
        try:
            at, is_virtual = _ask(self.endpoint_url)
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as exc:
            _log.warning("the emulator does not tell the time", extra={"cause": type(exc).__name__})
            return self.told or system_now()
        self.told = at if is_virtual else None
        return at


def _ask(endpoint_url: str) -> tuple[datetime, bool]:
    """Return the emulator's time, and whether that is a virtual one."""
    parts = urlsplit(endpoint_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", PATH)
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    at = datetime.fromisoformat(answer["now"])
    if at.tzinfo is None:
        msg = "the emulator's time has no zone"
        raise ValueError(msg)
    return at.astimezone(UTC), answer.get("mode") == "virtual"
