"""What REST routes are asked, checked at the door: all that is wrong is told at once, field by field."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
)

from chalicelib.platform.errors import InvalidInput

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _plus(value: object) -> object:
    """Give an offset its plus back: in a query string an unescaped plus is a space."""
    return value.replace(" ", "+") if isinstance(value, str) else value


def _thinkable(value: datetime) -> datetime:
    """Refuse years whose neighbours, reached by a change of zone or by counting days, may not exist."""
    if not 2_000 <= value.year < 3_000:  # noqa: PLR2004 - said in the message
        msg = "must lie in the years 2000 to 2999"
        raise ValueError(msg)
    return value


def _written(value: object) -> object:
    """Refuse numbers, which pydantic would take for seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and not _DATE.match(value)):
        msg = "must begin as a date does: 2026-03-02"
        raise ValueError(msg)
    return value


type Day = Annotated[date, BeforeValidator(_written)]
"""A date, in a query string or a body."""

type Instant = Annotated[AwareDatetime, BeforeValidator(_written), BeforeValidator(_plus), AfterValidator(_thinkable)]
"""An instant with its zone, in a query string or a body."""


def _plus_first(value: object) -> object:
    return "+" + value[1:] if isinstance(value, str) and value.startswith(" ") else value


type Phone = Annotated[str, BeforeValidator(_plus_first), Field(pattern=r"^\+[1-9][0-9]{4,14}$")]
"""A telephone number (E.164) in a query string; an unescaped plus arrives as a space."""


def printable(text: str) -> str:
    """Refuse control characters, which no line of text has."""
    if not text.isprintable():
        msg = "must not hold control characters"
        raise ValueError(msg)
    return text


type Named = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(printable)
]
"""A name of somebody or something, on one line."""


def parse[Query: BaseModel](model: type[Query], params: Mapping[str, str] | None) -> Query:
    """Return the query that `params` hold.

    Raises:
        InvalidInput: `errors` has each offending field by its path and what is wrong with it; values are not repeated.

    """
    return _parsed(model, dict(params or {}), "(query)", "the query has invalid parameters")


def parse_body[Body: BaseModel](model: type[Body], body: Any) -> Body:
    """Return the request that the decoded JSON `body` holds; None stands for no JSON at all.

    Raises:
        InvalidInput: as `parse`.

    """
    return _parsed(model, body, "(body)", "the body is not the JSON object that is expected")


def _parsed[Model: BaseModel](model: type[Model], value: Any, whole: str, detail: str) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        errors = [
            {"field": ".".join(map(str, entry["loc"])) or whole, "problem": _plain(entry["msg"])}
            for entry in error.errors(include_url=False, include_input=False)
        ]
        raise InvalidInput(detail, errors=errors) from error


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
