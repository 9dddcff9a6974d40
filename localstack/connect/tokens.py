"""Client tokens: what was done once under a token is answered again, not done again (15)."""

import hashlib
import json
import threading
from collections.abc import Callable, Hashable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

LIFE = timedelta(days=7)
"""A token is remembered that long (15)."""
KEPT = 100_000
"""So many tokens are remembered; then the oldest ones are forgotten."""
MEMBER = "ClientToken"
"""The member of a request that holds the token, in every operation that has one."""


class OtherRequest(Exception):
    """The token was used for a request that asked for something else."""


@dataclass(slots=True)
class _Use:
    """One token: when it was used, for which request, and what was answered (None: nothing yet)."""

    at: datetime
    asked: str
    answer: dict[str, Any] | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)


class Tokens:
    """Remembers the answers of requests with a token. Used in any thread."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._uses: dict[Hashable, _Use] = {}
        self._lock = threading.Lock()

    def once(
        self, scope: tuple[str, ...], request: Mapping[str, Any], now: datetime, do: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """What `do` answers; for a token that was used in this scope within seven days, the answer of that time.

        A request that was refused leaves its token unused. A second request waits while the first is being answered.

        Raises:
            OtherRequest: the token was used in this scope, and something else was asked.

        """
        if MEMBER not in request:
            return do()
        asked = _print(request)
        use = self._use((*scope, request[MEMBER]), asked, now)
        with use.turn:
            if use.answer is None:
                answer = do()
                use.asked, use.answer = asked, deepcopy(answer)
                return answer
            if use.asked != asked:
                msg = f"{MEMBER} was used for another request"
                raise OtherRequest(msg)
            return deepcopy(use.answer)

    def _use(self, key: Hashable, asked: str, now: datetime) -> _Use:
        with self._lock:
            use = self._uses.get(key)
            if use is None or now - use.at >= LIFE:
                self._uses.pop(key, None)
                use = self._uses[key] = _Use(now, asked)
                if len(self._uses) > self._kept:
                    del self._uses[next(iter(self._uses))]
            return use


def _print(request: Mapping[str, Any]) -> str:
    """A short print of what is asked, the same for members in any order."""
    asked = {name: value for name, value in request.items() if name != MEMBER}
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
