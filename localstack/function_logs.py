"""What a function writes: whole in its log when its invocation is answered.

MiniStack looks for the lines of an invocation for at most 50 ms after its answer, and no longer than 5 ms after a line.
On a busy machine the last lines come later, and are kept for the next invocation of the same process: for ever, if
there is none. But a process writes its lines before its answer, so that whoever has the answer finds them in the pipe.
"""

import os
import select
import threading
from collections.abc import Callable
from typing import IO, Any, Final

from localstack import ministack_glue as glue

_PLACE: Final = ("ministack.core.lambda_runtime", "Worker")
_AT_ONCE_BYTES: Final = 65_536


class Lines:
    """Hands on the lines that come out of a pipe, for any thread that asks and for one that follows it."""

    def __init__(self, pipe: IO[str], hand_on: Callable[[str], object]) -> None:
        # A descriptor of our own: whoever closes the pipe must not give its number to another file under our hands.
        self._fd, self._hand_on = os.dup(pipe.fileno()), hand_on
        self._one_at_a_time = threading.Lock()
        self._begun = b""
        self._over = False

    def follow(self) -> None:
        """Take what comes until every writer has closed the pipe, so that none of them waits for a reader."""
        while self.take():
            _readable(self._fd).poll()
        os.close(self._fd)

    def take(self) -> bool:
        """Hand on all that was written before; False at the end of the pipe."""
        with self._one_at_a_time:
            while not self._over and _readable(self._fd).poll(0):
                data = os.read(self._fd, _AT_ONCE_BYTES)
                self._over = not data
                *whole, self._begun = (self._begun + data).split(b"\n")
                if self._over and self._begun:
                    whole.append(self._begun)
                for line in whole:
                    self._hand_on(line.decode("utf-8", "replace"))
            return not self._over


def _readable(fd: int) -> "select.poll":
    looked_at = select.poll()
    looked_at.register(fd, select.POLLIN)
    return looked_at


def plug_in() -> None:
    """Let an invocation's log have all that was written before its answer."""
    theirs: Any = glue.reach(*_PLACE)

    class Worker(theirs):  # type: ignore[misc]  # MiniStack is not where this project is type-checked
        """A process of a function, whose lines are read to the last one."""

        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self._lines: tuple[Any, Lines] | None = None
            self._one_reader = threading.Lock()

        def _read_stderr(self) -> None:
            self._reading().follow()

        def _drain_stderr_bounded(self, *_given: Any, **_named: Any) -> str:
            self._reading().take()
            return str(self._drain_stderr())

        def _reading(self) -> Lines:
            """Return what reads the process that there is now; of one that was ended, what has read it."""
            with self._one_reader:
                if self._lines is None or self._proc not in (None, self._lines[0]):
                    self._lines = self._proc, Lines(self._proc.stderr, self._stderr_queue.put)
                return self._lines[1]

    glue.replace(*_PLACE, Worker)
