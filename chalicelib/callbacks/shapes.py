"""Callbacks: what `request_callback` takes and answers."""

from typing import Annotated, TypedDict

from pydantic import Field

from chalicelib.platform.shapes import Flag, FlowEvent, Version


class CallbackParameters(TypedDict, total=False):
    """What a flow sends."""

    event: Annotated[
        str, Field(description="answered: an agent has the caller, who needs none; left out: one is asked")
    ]
    number: Annotated[str, Field(description="E.164; left out: the caller's own")]
    line: Annotated[str, Field(description="id of the service line")]
    queue: Annotated[str, Field(description="the queue in which the caller keeps the place")]
    language: str
    chain: Annotated[str, Field(description="true: an overflow chain asks, not the caller")]


type CallbackEvent = FlowEvent[CallbackParameters]


class CallbackAnswer(TypedDict):
    """Whether a callback is promised."""

    schema: Version
    accepted: Flag
    reason: Annotated[
        str, Field(description="why none is; withdrawn: it was stopped; none: one is, or none was to be stopped")
    ]
    callback: Annotated[str, Field(description="promised, or the reason")]
    callbackId: str
    number: Annotated[str, Field(description="which will be called")]
