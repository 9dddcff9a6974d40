"""Audit: REST. The trail of a period, of one actor or of one resource, and whether an actor's chain is whole."""

from datetime import UTC, timedelta
from typing import Any, Final, Self

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from chalicelib.access import service as access
from chalicelib.access.models import Role
from chalicelib.audit import policy
from chalicelib.audit import service as audit
from chalicelib.audit.models import Entry, Page, Search
from chalicelib.platform import cursors, http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER

bp = Blueprint(__name__)
door = access.Door(bp)

LONGEST: Final = timedelta(days=366)
LONGEST_OF_EVERYBODY: Final = timedelta(days=31)
"""A day is a partition of the index, so a page of everybody's entries may take a query a day."""


class AuditQuery(BaseModel):
    """Which part of the trail: `from` is in the period, `to` is not. Of everybody, or what fits all that is given.

    `action` is an action's id or its beginning before a dot: `users` finds `users.grant` and `users.take`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: queries.Instant = Field(alias="from")
    end: queries.Instant = Field(alias="to")
    actor: str | None = Field(default=None, min_length=1, max_length=128)
    resource: str | None = Field(default=None, min_length=1, max_length=512)
    action: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9-]{0,60}(\.[A-Za-z0-9-]{1,60}){0,4}$")
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=1024)

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        narrowed = any(one is not None for one in (self.actor, self.resource, self.action))
        longest = LONGEST if narrowed else LONGEST_OF_EVERYBODY
        if not timedelta(0) < self.end - self.start <= longest:
            msg = f"to must lie after from, by at most {longest.days} days"
            raise ValueError(msg)
        return self

    def search(self) -> Search:
        """Return what to look for."""
        start, end = self.start.astimezone(UTC), self.end.astimezone(UTC)
        return Search(start=start, end=end, actor=self.actor, resource=self.resource, action=self.action)


class ChainQuery(BaseModel):
    """Whose chain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    actor: str = Field(min_length=1, max_length=128)


class AuditEntryView(BaseModel):
    """One entry. `before` and `after` are JSON texts, '' for nothing; `previous` is the digest of the entry before.

    `shown` is how many records the actor was shown in that hour up to then. `redacted`: `before`, `after` and values of
    facts are left out, for a reader who may not see content.
    """

    number: int
    at: AwareDatetime
    actor: str
    roles: list[str]
    action: str
    resource: str
    outcome: str
    before: str
    after: str
    facts: dict[str, str]
    request_id: str
    source: str
    previous: str
    digest: str
    shown: int
    redacted: bool


class AuditView(BaseModel):
    """A page of entries, newest first. `cursor` leads to the next page; null: there is none."""

    entries: list[AuditEntryView]
    cursor: str | None


class ChainView(BaseModel):
    """Whether every entry of the actor is as it was written; `broken_at` is the first that is not, null: none."""

    actor: str
    entries: int
    intact: bool
    broken_at: int | None


def page_view(page: Page, *, redacted: bool) -> AuditView:
    """Return a page as the API shows it."""
    return AuditView(
        entries=[_entry(policy.without_content(entry) if redacted else entry, redacted) for entry in page.entries],
        cursor=cursors.encode(page.after) if page.after else None,
    )


def _entry(entry: Entry, redacted: bool) -> AuditEntryView:  # noqa: FBT001 - a fact of the entry
    return AuditEntryView(
        number=entry.number,
        at=entry.at,
        actor=entry.actor,
        roles=list(entry.roles),
        action=entry.action,
        resource=entry.resource,
        outcome=entry.outcome.value,
        before=entry.before,
        after=entry.after,
        facts=dict(entry.facts),
        request_id=entry.request_id,
        source=entry.source,
        previous=entry.previous,
        digest=entry.digest,
        shown=entry.shown,
        redacted=redacted,
    )


@bp.route("/v1/audit", methods=["GET"], authorizer=AUTHORIZER)
@door("audit.read", answers=AuditView, query=AuditQuery)
def entries() -> Response:
    """Answer a page of the trail."""
    query = queries.parse(AuditQuery, _params())
    after = cursors.decode(query.cursor) if query.cursor else None
    caller = door.caller()
    page = audit.trail().search(query.search(), after=after, limit=query.limit, seen=caller.sight)
    view = page_view(page, redacted=Role.COMPLIANCE_OFFICER not in caller.roles)
    return http_door.json_response(view.model_dump(mode="json"))


@bp.route("/v1/audit/chain", methods=["GET"], authorizer=AUTHORIZER)
@door("audit.read", answers=ChainView, query=ChainQuery, refuses=(404,))
def chain() -> Response:
    """Answer whether the chain of an actor is whole."""
    actor = queries.parse(ChainQuery, _params()).actor
    verdict = audit.trail().verify(actor, door.caller().sight)
    shown = ChainView(
        actor=actor, entries=verdict.entries, intact=verdict.broken_at is None, broken_at=verdict.broken_at
    )
    return http_door.json_response(shown.model_dump(mode="json"))


def _params() -> Any:
    return bp.current_request.query_params
