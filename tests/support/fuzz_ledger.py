"""What was tried of the REST API with Schemathesis, round by round, so that a long trial may be run in parts."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from chalicelib.access.actions import TABLE

EVERYBODY: Final = "everybody"
"""The user who has every role."""
_NAMED: Final = re.compile(r'"#/components/schemas/([^"]+)"')
_WORDS: Final = frozenset({"description", "summary", "title"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One group of operations, tried once by one user; `open_` is how many requests failed, or 1 when the tool did."""

    group: str
    user: str
    seed: int
    operations: int
    requests: int
    open_: int
    seconds: float
    description: str = ""
    """The digest of what was asked and answered, which the ledger writes here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What was tried of the groups as the document describes them. The rounds stand in a file, written after each."""

    file: Path
    document: Mapping[str, Any]
    rounds: list[Round]

    @classmethod
    def read(cls, file: Path, document: Mapping[str, Any]) -> "Ledger":
        """Return what was tried of the API; of a group that asks or answers otherwise since then, nothing."""
        kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
        rounds = [Round(**one) for one in kept]
        return cls(
            file=file,
            document=document,
            rounds=[one for one in rounds if one.description == digest(document, one.group)],
        )

    def of(self, group: str) -> list[Round]:
        """Return the rounds of a group."""
        return [one for one in self.rounds if one.group == group]

    def requests(self, group: str) -> int:
        """Return how often the group was asked."""
        return sum(one.requests for one in self.of(group))

    def whole(self, group: str, least: int) -> bool:
        """Return whether the group was asked so often and nothing is open."""
        return self.requests(group) >= least and not self.open_(group)

    def open_(self, group: str) -> int:
        """Return how many of the group's requests failed."""
        return sum(one.open_ for one in self.of(group))

    def begin(self, group: str) -> None:
        """Forget a group of which something is open: it was mended, and is tried anew."""
        if self.open_(group):
            self.rounds[:] = [one for one in self.rounds if one.group != group]

    def add(self, one: Round) -> None:
        """Keep a round, as one of the group as it is described now."""
        self.rounds.append(replace(one, description=digest(self.document, one.group)))
        kept = [asdict(each) for each in self.rounds]
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_suffix(".part")
        part.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        part.replace(self.file)

    def next(self, group: str) -> tuple[str, int]:
        """Return who tries the group in its next round, and the seed: every round another user and other requests."""
        users, before = users_of(group), len(self.of(group))
        return users[before % len(users)], before + 1


def alone(document: Mapping[str, Any], group: str) -> dict[str, Any]:
    """Return the description with the paths of one group: the whole one takes most of a second to be read."""
    paths = document["paths"].items()
    ours = {path: methods for path, methods in paths if any(group in one["tags"] for one in methods.values())}
    return {**document, "paths": ours}


def digest(document: Mapping[str, Any], group: str) -> str:
    """Return the digest of what a group asks and answers, with every schema that it names; words do not count."""
    schemas = document["components"]["schemas"]
    text, named = json.dumps(_wordless(alone(document, group)["paths"]), sort_keys=True), set[str]()
    while new := {name for name in _NAMED.findall(text) if name not in named}:
        named |= new
        text += json.dumps([_wordless(schemas[name]) for name in sorted(new)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _wordless(told: Any) -> Any:
    """Return a description without the texts that only people read."""
    if isinstance(told, Mapping):
        kept = {key: value for key, value in told.items() if key not in _WORDS or not isinstance(value, str)}
        return {key: _wordless(value) for key, value in kept.items() if key != "x-roles"}
    return [_wordless(one) for one in told] if isinstance(told, list) else told


def users_of(group: str) -> Sequence[str]:
    """Return who tries a group: whoever has every role, then each role that may do something in it, alone."""
    able = {role.value for action in TABLE if action.id.partition(".")[0] == group for role in action.grants}
    return (EVERYBODY, *sorted(able))


def table(ledger: Ledger, groups: Iterable[str], least: int) -> list[str]:
    """Return a line for each group, one for all, and one that says what is not whole."""
    groups = list(groups)
    lines = [f"{'group':16} {'operations':>10} {'requests':>9} {'rounds':>7} {'users':>6} {'open':>5} {'seconds':>8}"]
    lines += [_line(group, ledger.of(group)) for group in groups]
    lines.append(_line("all", [one for group in groups for one in ledger.of(group)], _operations(ledger, groups)))
    missing = [group for group in groups if not ledger.whole(group, least)]
    return [*lines, f"not whole: {', '.join(missing)}" if missing else f"every group >= {least} requests, nothing open"]


def _operations(ledger: Ledger, groups: Iterable[str]) -> int:
    most: Mapping[str, int] = {group: max((one.operations for one in ledger.of(group)), default=0) for group in groups}
    return sum(most.values())


def _line(name: str, rounds: Sequence[Round], operations: int | None = None) -> str:
    tried = max((one.operations for one in rounds), default=0) if operations is None else operations
    requests, open_ = sum(one.requests for one in rounds), sum(one.open_ for one in rounds)
    users, took_s = len({one.user for one in rounds}), sum(one.seconds for one in rounds)
    return f"{name:16} {tried:10} {requests:9} {len(rounds):7} {users:6} {open_:5} {took_s:8.0f}"
