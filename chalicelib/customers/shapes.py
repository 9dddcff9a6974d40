"""Customers: what `lookup_customer` takes and answers."""

from typing import Annotated, TypedDict

from pydantic import Field

from chalicelib.platform.shapes import Flag, FlowEvent, Version, Whole


class LookupParameters(TypedDict, total=False):
    """What a flow sends."""

    line: Annotated[str, Field(description="id of the service line, for the tenant's own page")]
    customerNumber: Annotated[
        str, Field(description="what the caller typed; it is looked up in the place of the telephone's number")
    ]


type LookupEvent = FlowEvent[LookupParameters]


class LookupAnswer(TypedDict):
    """Who is calling; `none` for what is not known."""

    schema: Version
    found: Flag
    customerId: str
    customerName: str
    grade: str
    language: Annotated[str, Field(description="of the customer, such as zh-CN")]
    lastAgent: Annotated[str, Field(description="who handled the last contact")]
    lastQueue: str
    lastContactAt: str
    recentContacts: Whole
    region: Annotated[str, Field(description="of the number")]
    screenPage: Annotated[str, Field(description="address of the tenant's own page")]
    lastContacts: Annotated[str, Field(description="JSON, newest first")]
    openTickets: Annotated[str, Field(description="JSON, newest first")]
    candidates: Annotated[str, Field(description="JSON: customers who share the number")]
    degraded: Annotated[Flag, Field(description="true: the store did not answer")]
