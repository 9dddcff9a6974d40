"""A floor and a caller's past from a file, for decisions that are tried out without a cloud."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.platform.errors import InvalidInput
from chalicelib.routing.floor import Agent, Floor, Presence, QueueState
from chalicelib.routing.models import Past

Seconds = Annotated[float, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AgentRow(_Part):
    """An agent; spans are seconds before the decision. Without an id the username stands for it."""

    name: str
    id: str | None = None
    presence: Literal["available", "away", "offline"] = "available"
    queues: list[str]
    place: int = 0
    site: str | None = None
    idle_s: Seconds | None = None
    talk_s: Seconds = 0
    handled: int = Field(default=0, ge=0)
    slots: int = Field(default=1, ge=1)
    used: int = Field(default=0, ge=0)
    ready_in_s: Seconds | None = None


class QueueRow(_Part):
    """A queue."""

    waiting: int = Field(default=0, ge=0)
    oldest_s: Seconds = 0
    last_tried: str | None = None


class PastRow(_Part):
    """An answered contact of the caller."""

    hours_ago: Seconds
    agent: str | None = None
    queue: str | None = None
    line: str | None = None


class StateFile(_Part):
    """What `--state` reads: the floor `age_s` before the decision, and what the caller went through."""

    age_s: Seconds = 0
    agents: list[AgentRow] = Field(default_factory=list)
    queues: dict[str, QueueRow] = Field(default_factory=dict)
    recent: list[PastRow] = Field(default_factory=list)
    open_tickets: int = Field(default=0, ge=0)

    def floor(self, now: datetime) -> Floor:
        """Return the floor for a decision at `now`."""
        return Floor(
            at=now - timedelta(seconds=self.age_s),
            agents=tuple(_agent(row, now) for row in self.agents),
            queues={name: QueueState(**row.model_dump()) for name, row in self.queues.items()},
        )

    def past(self, now: datetime) -> tuple[Past, ...]:
        """Return the caller's contacts for a decision at `now`, newest first."""
        rows = sorted(self.recent, key=lambda row: row.hours_ago)
        return tuple(
            Past(
                at=now - timedelta(hours=row.hours_ago),
                agent=row.agent,
                queue=row.queue,
                line=row.line,
                answered=row.agent is not None,
            )
            for row in rows
        )


def read(path: Path) -> StateFile:
    """Return the state in a YAML or JSON file.

    Raises:
        InvalidInput: with every offending field.

    """
    try:
        return StateFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        msg = f"{path.name}: expected a readable YAML or JSON file: {exc}"
        raise InvalidInput(msg) from exc
    except ValidationError as exc:
        rows = (f"  - {'.'.join(map(str, one['loc'])) or '(file)'}: {one['msg']}" for one in exc.errors())
        raise InvalidInput("\n".join([f"{path.name}: not a state", *rows])) from exc


def _agent(row: AgentRow, now: datetime) -> Agent:
    return Agent(
        id=row.id or row.name,
        name=row.name,
        presence=Presence(row.presence),
        queues=frozenset(row.queues),
        place=row.place,
        site=row.site,
        idle_since=None if row.idle_s is None else now - timedelta(seconds=row.idle_s),
        talk_s=row.talk_s,
        handled=row.handled,
        slots=row.slots,
        used=row.used,
        ready_at=None if row.ready_in_s is None else now + timedelta(seconds=row.ready_in_s),
    )
