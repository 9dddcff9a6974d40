"""Licences: what `review_papers` takes and answers."""

from typing import Annotated, Literal, TypedDict

from pydantic import Field

from chalicelib.platform.shapes import Tick, Version


class LookEvent(TypedDict):
    """What the clock sends every five minutes: look at what the tenant depends on (chalicelib/reliability)."""

    look: Literal["dependencies"]


type ReviewEvent = LookEvent | Tick


class PapersAnswer(TypedDict):
    """What is missing or expires soon, counted."""

    schema: Version
    on: Annotated[str, Field(description="the day that was looked at")]
    uncovered: int
    expiring: int


class LookAnswer(TypedDict):
    """Whether everything answered; how many dependencies are down and limits near."""

    schema: Version
    up: bool
    down: int
    near: int


type ReviewAnswer = PapersAnswer | LookAnswer
