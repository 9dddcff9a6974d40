"""What the recording indexer takes and answers. The function does not load this; see chalicelib/platform/shapes.py."""

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field


class Bucket(TypedDict):
    """Where the object lies."""

    name: str


class Stored(TypedDict):
    """The object."""

    key: str
    size: NotRequired[int]


class Detail(TypedDict):
    """What S3 tells."""

    bucket: Bucket
    object: Stored


class ObjectCreated(TypedDict):
    """An object has arrived, as EventBridge brings it."""

    time: Annotated[str, Field(description="instant, UTC")]
    detail: Detail


class Indexed(TypedDict):
    """What was done. `changed`: the recording had other bytes when it was indexed first."""

    schema: Annotated[str, Field(description="name and version of this schema")]
    outcome: Literal["indexed", "changed", "not-a-recording"]
