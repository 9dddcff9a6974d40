"""Menus: what `menu_step` takes and answers."""

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from chalicelib.platform.shapes import Flag, FlowEvent, Version


class StepParameters(TypedDict, total=False):
    """What a flow sends; where the call stands is in the contact's attributes."""

    event: Annotated[
        str, Field(description="greet: the line's greeting; agent: an agent has answered; left out: a step")
    ]
    line: Annotated[str, Field(description="id of the service line")]
    digits: Annotated[str, Field(description="what the caller typed")]
    agent: Annotated[str, Field(description="user name of who answered")]


type StepEvent = FlowEvent[StepParameters]


class StepAnswer(TypedDict):
    """What the caller hears next, and where the call stands then. A greeting has the words alone."""

    schema: Version
    sayKind: Literal["none", "text", "recording"]
    say: str
    sayRecording: str
    ask: Annotated[str, Field(description="which input action the flow takes")]
    askText: str
    askRecording: str
    version: NotRequired[Annotated[str, Field(description="of the line's tree; 0 is the packaged one")]]
    line: NotRequired[str]
    state: NotRequired[Annotated[str, Field(description="opaque: the flow keeps it and the next step reads it")]]
    path: NotRequired[Annotated[str, Field(description="the start and the keys pressed, such as main>2")]]
    choice: NotRequired[str]
    log: NotRequired[Annotated[str, Field(description="opaque: what the caller did, for the report")]]
    outcome: NotRequired[Annotated[str, Field(description="none: the call is still in the menu")]]
    category: NotRequired[str]
    subCategory: NotRequired[str]
    queue: NotRequired[str]
    queueLanguage: NotRequired[str]
    degraded: NotRequired[Flag]
