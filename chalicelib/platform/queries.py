"""What REST routes are asked, checked at the door: all that is wrong is told at once, field by field."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from chalicelib.platform.errors import InvalidInput


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
