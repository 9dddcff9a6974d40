"""Query parameters of REST routes, checked at the door: all that is wrong is told at once, field by field."""

from collections.abc import Mapping

from pydantic import BaseModel, ValidationError

from chalicelib.platform.errors import InvalidInput


def parse[Query: BaseModel](model: type[Query], params: Mapping[str, str] | None) -> Query:
    """Return the query that `params` hold.

    Raises:
        InvalidInput: `errors` has each offending field by its path and what is wrong with it; values are not repeated.

    """
    try:
        return model.model_validate(dict(params or {}))
    except ValidationError as error:
        errors = [
            {"field": ".".join(map(str, entry["loc"])) or "(query)", "problem": _plain(entry["msg"])}
            for entry in error.errors(include_url=False, include_input=False)
        ]
        raise InvalidInput("the query has invalid parameters", errors=errors) from error


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
