"""What Lambda functions take and answer, as types: the shapes that AWS gives, which several functions share.

A capability's own shapes are in its `shapes.py`. No function loads these modules: the JSON Schemas in docs/schemas are
made of them (`trunkline api schemas`), and tests hold real events and every function's answers to those.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

type Version = Annotated[str, Field(description="name and version of this schema")]
type Flag = Literal["true", "false"]
"""A flow compares texts."""
type Whole = Annotated[str, Field(description="a whole number, as a text")]


class Endpoint(TypedDict, total=False):
    """One end of a contact."""

    Address: Annotated[str | None, Field(description="E.164 for a telephone; any other text is a withheld number")]
    Type: str | None


class ContactFacts(TypedDict, total=False):
    """What Amazon Connect tells of the contact; everything may be null or missing, which depends on the channel."""

    ContactId: str | None
    InitialContactId: str | None
    PreviousContactId: str | None
    Channel: str | None
    InitiationMethod: str | None
    CustomerEndpoint: Endpoint | None
    SystemEndpoint: Endpoint | None
    LanguageCode: str | None
    Attributes: dict[str, str] | None


class AnyContact(ContactFacts, total=False):
    """The contact, to a function that names nothing of the instance."""

    InstanceARN: str | None


class ContactOfInstance(ContactFacts):
    """The contact, to a function that names things of the instance."""

    InstanceARN: Annotated[str, Field(min_length=1)]


class Details[Sent, Contact = AnyContact](TypedDict):
    """The contact, and what the flow sends beside it."""

    ContactData: Contact
    Parameters: Sent


class FlowEvent[Sent, Contact = AnyContact](TypedDict):
    """What a contact flow invokes a function with (4.1)."""

    Name: NotRequired[str]
    Details: Details[Sent, Contact]


class KinesisData(TypedDict):
    """The record itself."""

    data: Annotated[str, Field(description="base64")]
    partitionKey: str
    sequenceNumber: str
    approximateArrivalTimestamp: NotRequired[float]


class KinesisRecord(TypedDict):
    """A record of a Kinesis stream, and its place there."""

    kinesis: KinesisData
    eventID: NotRequired[Annotated[str, Field(description="shard and sequence number")]]
    eventSourceARN: str


class KinesisBatch(TypedDict):
    """What Lambda reads from one shard, in its order."""

    Records: list[KinesisRecord]


class TableChange(TypedDict, total=False):
    """An item before and after, as DynamoDB spells values."""

    Keys: dict[str, dict[str, object]]
    NewImage: dict[str, dict[str, object]]
    OldImage: dict[str, dict[str, object]]
    SequenceNumber: str


class TableRecord(TypedDict):
    """One change of the tenant's table."""

    eventName: Literal["INSERT", "MODIFY", "REMOVE"]
    dynamodb: TableChange


class TableBatch(TypedDict):
    """What Lambda reads from one shard of the table's stream."""

    Records: list[TableRecord]


class Tick(TypedDict, total=False):
    """What the clock sends; nothing of it is read."""

    time: str


class Failure(TypedDict):
    """A record that must be given again."""

    itemIdentifier: Annotated[str, Field(description="its sequence number")]


class Failures(TypedDict):
    """What a stream function answers: Lambda gives everything from the lowest of these on again."""

    batchItemFailures: list[Failure]


class DeadReason(TypedDict):
    """Why a record cannot be taken in."""

    code: str
    detail: str
    field: str | None


class DeadLetter(TypedDict):
    """A message of a dead-letter queue: a record that cannot be taken in, and where it came from."""

    schema: Literal["dead_letter.v1"]
    kind: Literal["contact-record", "agent-event"]
    reason: DeadReason
    stream_arn: str
    shard_id: str
    sequence_number: str
    partition_key: str
    arrived_at: float
    size_bytes: int
    data: Annotated[str | None, Field(description="base64; null: too large, it is found by its place in the stream")]


class GatewayCaller(TypedDict, total=False):
    """Where a request came from."""

    sourceIp: str | None


class GatewayAuthorizer(TypedDict, total=False):
    """What the user pool's authorizer verified."""

    claims: dict[str, str]


class GatewayContext(TypedDict):
    """What API Gateway knows of a request."""

    httpMethod: str
    resourcePath: str
    path: str
    requestId: NotRequired[str]
    identity: NotRequired[GatewayCaller]
    authorizer: NotRequired[GatewayAuthorizer | None]


class GatewayRequest(TypedDict):
    """A request of the REST API as API Gateway hands it on; what a route takes is in openapi.json."""

    requestContext: GatewayContext
    headers: dict[str, str] | None
    multiValueQueryStringParameters: dict[str, list[str]] | None
    pathParameters: dict[str, str] | None
    stageVariables: dict[str, str] | None
    body: str | None
    isBase64Encoded: bool


class GatewayAnswer(TypedDict):
    """The answer to it; what a route answers is in openapi.json."""

    statusCode: int
    headers: dict[str, str]
    multiValueHeaders: dict[str, list[str]]
    body: str
    isBase64Encoded: NotRequired[bool]
