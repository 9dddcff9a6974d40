"""What the connect linker takes and sends. The function does not load this; see chalicelib/platform/shapes.py."""

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field


class Linked(TypedDict, total=False):
    """What the template asks for."""

    InstanceArn: str
    ContactFlowArn: str
    PhoneNumberArn: Annotated[str, Field(description="of Custom::PhoneNumberFlow")]
    Content: Annotated[str, Field(description="of Custom::ContactFlowContent")]
    LogGroupName: Annotated[str, Field(description="of Custom::LogRetention")]
    RetentionInDays: Annotated[str, Field(description="of Custom::LogRetention")]


class LinkRequest(TypedDict):
    """A custom resource is made, changed or deleted."""

    RequestType: Literal["Create", "Update", "Delete"]
    ResourceType: Literal["Custom::PhoneNumberFlow", "Custom::ContactFlowContent", "Custom::LogRetention"]
    ResponseURL: str
    StackId: str
    RequestId: str
    LogicalResourceId: str
    ResourceProperties: Linked
    PhysicalResourceId: NotRequired[str]


class LinkOutcome(TypedDict):
    """What is put to `ResponseURL`."""

    Status: Literal["SUCCESS", "FAILED"]
    PhysicalResourceId: str
    StackId: str
    RequestId: str
    LogicalResourceId: str
    Reason: NotRequired[Annotated[str, Field(description="why it failed")]]
