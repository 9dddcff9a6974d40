"""Analytics: what `export_analytics` takes and answers."""

from typing import Annotated, TypedDict

from pydantic import Field

from chalicelib.platform.shapes import Failures, TableBatch


class Days(TypedDict):
    """Days in UTC, both in it."""

    first: Annotated[str, Field(description="such as 2026-03-02")]
    last: str


class Again(TypedDict):
    """What an operator sends: the days to send once more."""

    again: Days


class LastDays(TypedDict):
    """Today and the UTC days before it."""

    days: int


class Refused(TypedDict):
    """What the clock sends: of which days to send the calls that were refused."""

    refused: LastDays


type ExportEvent = TableBatch | Again | Refused
type Sent = dict[str, dict[str, int]]
"""Rows sent of each table, by day; `refused` for what the clock asked for."""
type ExportAnswer = Failures | Sent
