"""What the parts of a tenant contract are made of: the closed model, ids, numbers and texts. Authoring side only."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Language = Literal["zh-CN", "en-US"]
"""Languages that the prompt catalogue in `contact_flows/prompts/` speaks."""

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
"""An id inside one contract: lower case, digits and dashes."""

E164 = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{4,14}$")]
"""A telephone number in E.164 form."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=250)]
"""The name of something that Amazon Connect holds: it becomes a description there, of 250 characters at most."""

HolidayName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=116)]
"""With a space and the date it is a name of an override, of 127 characters at most."""

LONGEST_DAYS = 36_500
"""Nothing is kept longer than a hundred years: dates before year 1 do not exist."""

TextByLanguage = Mapping[Language, Text]


def each_once[Item](values: list[Item]) -> list[Item]:
    """Return `values` when none of them stands twice, for use as a validator.

    Raises:
        ValueError: one does.

    """
    if any(value in values[:n] for n, value in enumerate(values)):
        msg = f"each once, not {values}"
        raise ValueError(msg)
    return values


class Model(BaseModel):
    """Base of the contract's parts: closed (an unknown field is an error), strict (no coercion) and frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
