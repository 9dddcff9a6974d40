"""Menus: what the REST API answers, as its description tells it, and what its report is asked.

Trees are shown in the form in which they are kept.
"""

from datetime import timedelta
from typing import Any, Final, Self

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from chalicelib.platform import queries

LONGEST_REPORT: Final = timedelta(days=92)


class PublishedView(BaseModel):
    """What the next call gets; version 0 is the contract's, which nobody published."""

    version: int
    revision: int
    at: AwareDatetime | None
    actor: str | None


class DraftMark(BaseModel):
    """That there is a draft."""

    revision: int
    at: AwareDatetime
    actor: str


class MenuView(BaseModel):
    """The menu of a line: what is published, and the draft (null: none)."""

    line: str
    published: PublishedView
    draft: DraftMark | None


class DraftView(BaseModel):
    """A draft with its tree; revision 0 is the published tree to begin with."""

    line: str
    revision: int
    tree: dict[str, Any]


class FindingView(BaseModel):
    """A problem of a tree, by its path."""

    field: str
    problem: str


class FallbackView(BaseModel):
    """A prompt that a language borrows from the default one."""

    field: str
    language: str


class FindingsView(BaseModel):
    """What is wrong with a tree (empty: nothing) and where it falls back."""

    line: str
    errors: list[FindingView]
    fallbacks: list[FallbackView]


class SavedView(FindingsView):
    """A draft that was kept, with its new revision."""

    revision: int


class WordsView(BaseModel):
    """What a caller hears."""

    text: str
    recording: str | None
    fell_back: bool


class SceneView(BaseModel):
    """One step of a preview: what was given, where the call stands, what it hears and waits for."""

    given: str | None
    node: str
    hears: list[WordsView]
    waits_for: str
    exits: list[str]


class TranscriptView(BaseModel):
    """A previewed call; `outcome` null: the script ended before the call did."""

    greeting: WordsView
    steps: list[SceneView]
    outcome: dict[str, Any] | None


class MovedView(BaseModel):
    """What is published now."""

    line: str
    published: PublishedView


class VersionView(BaseModel):
    """A version without its tree."""

    version: int
    at: AwareDatetime
    actor: str
    note: str
    nodes: int


class VersionsView(BaseModel):
    """The newest versions; `contract` is the number of the contract's own."""

    line: str
    published: PublishedView
    versions: list[VersionView]
    contract: int


class VersionTreeView(BaseModel):
    """One version with its tree."""

    line: str
    version: int
    tree: dict[str, Any]


class NodeView(BaseModel):
    """The use of one node; a share is null where nobody came."""

    node: str
    visits: int
    left: int
    drop_off: float | None
    completed: int
    completion: float | None
    exits: dict[str, int]


class MenuReportView(BaseModel):
    """The use of a menu in a period, over the versions that were published in it."""

    line: str
    start: AwareDatetime = Field(serialization_alias="from", validation_alias=AliasChoices("start", "from"))
    end: AwareDatetime = Field(serialization_alias="to", validation_alias=AliasChoices("end", "to"))
    versions: list[int]
    nodes: list[NodeView]


class EnquiryView(BaseModel):
    """What an enquiry answers to a reference, by language."""

    enquiry: str
    reference: str
    text: dict[str, str]


class ReportQuery(BaseModel):
    """A period of whole hours, at most 92 days."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: queries.Instant = Field(alias="from")
    end: queries.Instant = Field(alias="to")

    @model_validator(mode="after")
    def _hours(self) -> Self:
        if not timedelta() < self.end - self.start <= LONGEST_REPORT:
            msg = f"to must be after from, by at most {LONGEST_REPORT.days} days"
            raise ValueError(msg)
        if any(each.minute or each.second or each.microsecond for each in (self.start, self.end)):
            msg = "from and to must be whole hours"
            raise ValueError(msg)
        return self
