"""Amazon's test cases as files: the request of CreateTestCase as JSON, with symbolic references instead of ARNs."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from chalicelib.platform.errors import InvalidInput

_MEMBERS: Final = frozenset({"Name", "Description", "EntryPoint", "InitializationData", "Content", "Tags"})
_REFERENCE: Final = re.compile(r"\{\{((?:lambda|queue|hours|flow|module)\.[^{}]+)\}\}")

type ArnOf = Callable[[str], str]
"""The ARN of a qualified reference such as `queue.after-sales`. Raises LookupError when there is no such thing."""


@dataclass(frozen=True, slots=True)
class FlowCase:
    """One test case of a file. `Content` and `InitializationData` are JSON values there, and text in a request."""

    file: Path
    asked: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The test case's name."""
        return str(self.asked["Name"])

    def request(self, arn_of: ArnOf) -> dict[str, Any]:
        """Return the members of CreateTestCase, every reference replaced.

        Raises:
            InvalidInput: a reference leads nowhere.

        """
        try:
            request = dict(_resolved(self.asked, arn_of))
        except LookupError as error:
            msg = f"{self.file}: {error.args[0]}"
            raise InvalidInput(msg) from error
        for member in ("Content", "InitializationData"):
            if member in request:
                request[member] = json.dumps(request[member], ensure_ascii=False)
        return request


def read(place: Path) -> tuple[FlowCase, ...]:
    """Return the test cases of a file, or of the JSON files of a folder, by name of file.

    Raises:
        InvalidInput: there are none, one cannot be read, or two have the same name.

    """
    files = sorted(place.glob("*.json")) if place.is_dir() else [place]
    cases = [_case(file) for file in files]
    names = [case.name for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not cases:
        msg = f"{place}: two test cases are called {twice[0]!r}" if twice else f"{place} holds no test case"
        raise InvalidInput(msg)
    return tuple(cases)


def _case(file: Path) -> FlowCase:
    try:
        asked = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{file}: {error}"
        raise InvalidInput(msg) from error
    if not isinstance(asked, dict) or not {"Name", "Content"} <= asked.keys() <= _MEMBERS:
        msg = f"{file}: expected an object with Name and Content, and nothing but {', '.join(sorted(_MEMBERS))}"
        raise InvalidInput(msg)
    return FlowCase(file, asked)


def _resolved(value: Any, arn_of: ArnOf) -> Any:
    if isinstance(value, Mapping):
        return {key: _resolved(inner, arn_of) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_resolved(inner, arn_of) for inner in value]
    return _REFERENCE.sub(lambda match: arn_of(match[1]), value) if isinstance(value, str) else value
