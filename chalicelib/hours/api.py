"""Hours: REST. Whether a service line is open at an instant, why, and when that changes (TEN-04)."""

import functools
from datetime import UTC
from typing import Any

from chalice.app import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict

from chalicelib.access import service as access
from chalicelib.hours.service import Answer, LineHours
from chalicelib.platform import clock, http_door, queries
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.tenancy import service as tenancy

bp = Blueprint(__name__)
door = access.Door(bp)


class HoursQuery(BaseModel):
    """The instant that is asked about, with its zone; now when it is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: queries.Instant | None = None


class HoursView(BaseModel):
    """The answer. `opening` is the one that holds the instant, by the local clock; null when closed."""

    line: str
    at: AwareDatetime
    local: AwareDatetime
    time_zone: str
    is_open: bool
    why: str
    name: str | None
    opening: str | None
    changes_at: AwareDatetime | None


def view(line: str, answer: Answer) -> HoursView:
    """Return the answer as the API shows it."""
    return HoursView(
        line=line,
        at=answer.at,
        local=answer.local,
        time_zone=answer.time_zone,
        is_open=answer.is_open,
        why=answer.why.value,
        name=answer.name or None,
        opening=_written(answer.opening) if answer.opening else None,
        changes_at=answer.changes_at,
    )


def _written(opening: tuple[int, int]) -> str:
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in opening)


@functools.cache
def wired() -> LineHours:
    """Return the use-case wired for this process; it reads the packaged tenant and nothing else."""
    return LineHours(tenancy.current())


@bp.route("/v1/lines/{line}/hours", methods=["GET"], authorizer=AUTHORIZER)
@door("hours.read", answers=HoursView, query=HoursQuery)
def line_hours(line: str) -> Response:
    """Answer whether the line is open."""
    query = queries.parse(HoursQuery, _params())
    at = (query.at or clock.from_environment()()).astimezone(UTC)
    return http_door.json_response(view(line, wired().of_line(line, at)).model_dump(mode="json"))


def _params() -> Any:
    return bp.current_request.query_params
