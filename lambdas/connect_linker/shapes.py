"""What the connect linker takes and sends. The function does not load this; see chalicelib/platform/shapes.py."""

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field


class Linked(TypedDict, total=False):
    """What the template asks for."""

    InstanceArn: str
    ContactFlowArn: Annotated[str, Field(description="of Custom::PhoneNumberFlow")]
    PhoneNumberArn: Annotated[str, Field(description="of Custom::PhoneNumberFlow")]
    Document: Annotated[str, Field(description="of Custom::ContactFlowContent: name of the document of flows")]
    Bucket: Annotated[str, Field(description="of Custom::ContactFlowContent: where it lies")]
    Key: Annotated[str, Field(description="of Custom::ContactFlowContent: and under which key")]
    Digest: Annotated[str, Field(description="of Custom::ContactFlowContent: SHA-256 of its bytes")]
    References: Annotated[
        dict[str, str], Field(description="of Custom::ContactFlowContent: ARN of each name in it, its flows among them")
    ]
    Descriptions: Annotated[dict[str, str], Field(description="of Custom::ContactFlowContent: read by nobody")]
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
