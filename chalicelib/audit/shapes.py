"""Audit: what `note_security_events` takes; it answers the event itself, as Amazon Cognito wants it back."""

from typing import Annotated, Any, NotRequired, TypedDict

from pydantic import Field


class Groups(TypedDict, total=False):
    """The user's groups."""

    groupsToOverride: list[str] | None


class TokenRequest(TypedDict, total=False):
    """What Amazon Cognito knows of the user."""

    userAttributes: dict[str, str]
    groupConfiguration: Groups


class Client(TypedDict, total=False):
    """What the user logs in with."""

    clientId: str | None


class LogIn(TypedDict):
    """Amazon Cognito asks before it gives a token."""

    triggerSource: str
    userName: str
    request: TokenRequest
    callerContext: NotRequired[Client]
    response: NotRequired[dict[str, Any]]


class Told(TypedDict):
    """An event that CloudTrail wrote."""

    eventName: str
    eventSource: NotRequired[str]
    eventID: NotRequired[str]
    errorCode: NotRequired[Annotated[str, Field(description="it failed")]]
    requestParameters: NotRequired[dict[str, Any] | None]
    userIdentity: NotRequired[dict[str, Any]]
    requestID: NotRequired[str]
    sourceIPAddress: NotRequired[str]


class Change(TypedDict):
    """What EventBridge brings of it."""

    detail: Told


type SecurityEvent = LogIn | Change
