"""Adapters: where we are in the files of another system. Pure."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where we are: in `file` at byte `at`, before line `line`; `missing` once it is read to the end.

    `whole` is the youngest full file that was taken: what is older than it is in it.
    """

    whole: str = ""
    file: str = ""
    at: int = 0
    line: int = 1
    lines: int = 0
    changed: int = 0
    bad: int = 0
    digest: str = ""
    mark: str = ""
    missing: bool = False
    after: str = ""

    @classmethod
    def read(cls, cursor: str) -> Self:
        """Return the place in a cursor; '' is the beginning."""
        return cls(**json.loads(cursor)) if cursor else cls()

    @property
    def cursor(self) -> str:
        """The place as text."""
        return json.dumps(asdict(self), sort_keys=True)
