"""One operation of the REST API, by the models of what it takes and answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, RootModel


class Nothing(BaseModel):
    """The query or body of an operation that takes none."""


class Document(RootModel[dict[str, Any]]):
    """An answer that is a JSON object of any shape."""


@dataclass(frozen=True, slots=True)
class Operation[Query: BaseModel, Body: BaseModel, Answer: BaseModel]:
    """An operation. `keyed`: it takes an idempotency key, so that it may be sent again."""

    method: str
    path: str
    query: type[Query]
    body: type[Body]
    answer: type[Answer]
    keyed: bool = False

    def address(self, parts: Mapping[str, str]) -> str:
        """Return the path with its names filled in.

        Raises:
            ValueError: a name is missing or is not one of the path.

        """
        try:
            found = self.path.format(**{name: quote(part, safe="") for name, part in parts.items()})
        except KeyError as exc:
            msg = f"{self.method} {self.path} needs {exc.args[0]}"
            raise ValueError(msg) from exc
        if unknown := [name for name in parts if f"{{{name}}}" not in self.path]:
            msg = f"{self.method} {self.path} has no {', '.join(unknown)}"
            raise ValueError(msg)
        return found
