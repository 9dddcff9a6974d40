"""Routing: what `route_contact` takes and answers."""

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from chalicelib.platform.shapes import ContactOfInstance, Flag, FlowEvent, Version, Whole


class RouteParameters(TypedDict, total=False):
    """What a flow sends; what the menu handed over is in the contact's attributes."""

    line: Annotated[str, Field(description="id of the service line of the flow; the dialled number's own comes first")]
    language: str
    menuChoice: str
    branch: Annotated[str, Field(description="of the tenant's organisation")]
    tried: Annotated[str, Field(description="where the contact has been")]
    stage: Annotated[str, Field(description="waiting: it stands in a queue; aside: a flow serves it meanwhile")]
    since: Annotated[str, Field(description="when it began to wait for its target")]
    timeoutS: Annotated[Whole, Field(description="how long it may")]


type RouteEvent = FlowEvent[RouteParameters, ContactOfInstance]

type Kind = Annotated[str, Field(description="queue, agent, group, callback, voicemail, menu or none")]


class _Targets(TypedDict, total=False):
    """The first three targets; a slot that is not used says none."""

    target1Type: Kind
    target1Id: str
    target1Arn: str
    target1TimeoutS: Whole
    target1Reason: str
    target1Criteria: str
    target2Type: Kind
    target2Id: str
    target2Arn: str
    target2TimeoutS: Whole
    target2Reason: str
    target2Criteria: str
    target3Type: Kind
    target3Id: str
    target3Arn: str
    target3TimeoutS: Whole
    target3Reason: str
    target3Criteria: str


class RouteAnswer(_Targets):
    """Where the contact goes, and why. To one that goes on waiting the answer is `stay` alone."""

    schema: Version
    stay: Annotated[
        Literal["true", "last", "no"], Field(description="true: goes on waiting; last: waits and has nowhere to go")
    ]
    queue: NotRequired[Annotated[str, Field(description="where it goes when the flow does not know what else to do")]]
    queueArn: NotRequired[str]
    queueName: NotRequired[str]
    category: NotRequired[str]
    priority: NotRequired[Whole]
    headStart: NotRequired[Annotated[str, Field(description="class of the head start in seconds")]]
    reason: NotRequired[str]
    strategy: NotRequired[str]
    rule: NotRequired[str]
    region: NotRequired[str]
    without: NotRequired[Annotated[str, Field(description="what the decision had to do without")]]
    degraded: NotRequired[Flag]
    degradedFlag: NotRequired[str]
    line: NotRequired[str]
    language: NotRequired[str]
    contractVersion: NotRequired[str]
    decidedAt: NotRequired[Annotated[str, Field(description="instant, UTC")]]
    presentedNumber: NotRequired[str]
    tried: NotRequired[str]
    criteria: NotRequired[Annotated[str, Field(description="routing criteria of Amazon Connect, JSON")]]
    criteriaOff: NotRequired[Annotated[str, Field(description="the same, lifted")]]
    targetCount: NotRequired[Whole]
    targets: NotRequired[Annotated[str, Field(description="all of them in words")]]
    passed: NotRequired[Annotated[str, Field(description="what was passed over, and why")]]
    found: NotRequired[Annotated[str, Field(description="the decision in words")]]
