"""The doors of the local cloud behind which nobody waits for an answer. What fails there is told; the cloud goes on."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping

LOG = logging.getLogger("trunkline.doors")


class Doors:
    """Counts what failed at each door; `GET /_trunkline/health` tells it, the log of the cloud has every trace."""

    def __init__(self) -> None:
        self._failed: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def failed(self) -> Mapping[str, int]:
        """How often something failed, by door; a door where nothing ever did is not named."""
        with self._lock:
            return dict(self._failed)

    def through(self, door: str, what: str, do: Callable[[], object]) -> bool:
        """Do it; False when it failed, which is then in the log with its trace (`what` says at what) and counted."""
        try:
            do()
        except Exception:  # whatever it is: the thread that came through this door must go on with the next thing
            LOG.exception("%s: %s failed", door, what)
            self.count(door)
            return False
        return True

    def count(self, door: str) -> None:
        """Count something that failed and is in the log."""
        with self._lock:
            self._failed[door] += 1


DOORS = Doors()
"""Those of this process."""
