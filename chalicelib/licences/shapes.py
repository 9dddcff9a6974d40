"""Licences: what `review_papers` answers."""

from typing import Annotated, TypedDict

from pydantic import Field

from chalicelib.platform.shapes import Version


class ReviewAnswer(TypedDict):
    """What is missing or expires soon, counted."""

    schema: Version
    on: Annotated[str, Field(description="the day that was looked at")]
    uncovered: int
    expiring: int
