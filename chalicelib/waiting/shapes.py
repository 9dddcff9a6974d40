"""The waiting line: what `estimate_wait` takes and answers."""

from typing import Annotated, TypedDict

from pydantic import Field

from chalicelib.platform.shapes import FlowEvent, Version, Whole


class WaitParameters(TypedDict, total=False):
    """What a queue flow sends."""

    queue: Annotated[str, Field(description="name of the queue")]
    position: Annotated[Whole, Field(description="place in it, from 1 on")]
    agents: Annotated[Whole, Field(description="agents who are signed in for it")]


type WaitEvent = FlowEvent[WaitParameters]


class WaitAnswer(TypedDict):
    """How long the caller will wait."""

    schema: Version
    waitSeconds: Annotated[str, Field(description="whole seconds; none: nothing is known to tell it from")]
