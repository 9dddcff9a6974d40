"""The clock, and the one seam through which the local cloud sets the time (local stage only).

With `TRUNKLINE_CLOCK=emulator` the time is the Amazon Connect emulator's, which may run ahead of the wall. Nothing else
in the product knows that time can be virtual.
"""

import http.client
import json
import logging
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

type Clock = Callable[[], datetime]

VARIABLE = "TRUNKLINE_CLOCK"
PATH = "/_trunkline/clock"
_TIMEOUT_S = 0.5

_log = logging.getLogger(__name__)


def system_now() -> datetime:
    """Return the machine's time as an aware UTC datetime."""
    return datetime.now(UTC)


def from_environment(environment: Mapping[str, str] = os.environ) -> Clock:
    """Return the clock that the environment asks for: the emulator's, or the system's for anything else."""
    endpoint_url = environment.get("AWS_ENDPOINT_URL", "")
    if environment.get(VARIABLE) != "emulator" or not endpoint_url:
        return system_now
    return lambda: emulator_now(endpoint_url)


def emulator_now(endpoint_url: str) -> datetime:
    """Return the emulator's time; the system's, with a log line, when the emulator does not tell it."""
    try:
        return _ask(endpoint_url)
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as exc:
        _log.warning("the emulator does not tell the time, using the system clock", extra={"cause": type(exc).__name__})
        return system_now()


def _ask(endpoint_url: str) -> datetime:
    parts = urlsplit(endpoint_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", PATH)
        at = datetime.fromisoformat(json.loads(connection.getresponse().read())["now"])
    finally:
        connection.close()
    if at.tzinfo is None:
        msg = "the emulator's time has no zone"
        raise ValueError(msg)
    return at.astimezone(UTC)
