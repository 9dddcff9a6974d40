"""Agents: what a routing decision needs of each, many agents to an item (docs/adr/0022). Values and their text.

The agents' own items are the truth; these are made of them, to be read while a caller waits. An item holds one line of
JSON an agent, compressed, behind a line that says which form it is and how many agents there are.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.agents.items import KEPT_S, at_ms, floor_partition, ms_of
from chalicelib.agents.models import IN_THE_WAY, LONG_AGO, AgentState, House, QueueFigures, StatusType, known_at
from chalicelib.platform.tenancy import TenantId

PACKS: Final = 16
"""Items that share the agents of a tenant by their ids: 32 of 500 agents lie in one, which is below 2 KB."""
FORM: Final = 1
"""Number of the form of a line. A pack of another form is not read: it is made anew."""
PACK_PREFIX: Final = "ROWS#"
"""Sorts behind the agents' items and the figures of the queues: who reads these reads no packs."""

_LEVEL: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a decision needs of one agent; `AgentState` says what each fact is.

    `status` is None after signing out, `moves_on` says that a next status is chosen, `works` are the channels of the
    contacts on the screen, `is_blocked` that one of them keeps every other contact away.
    """

    id: str
    name: str
    heard_at: datetime
    taken_at: datetime
    status: StatusType | None = None
    moves_on: bool = False
    queues: frozenset[str] = frozenset()
    slots: Mapping[str, int] = field(default_factory=dict)
    works: tuple[str, ...] = ()
    is_blocked: bool = False
    site: str | None = None
    idle_since: datetime = LONG_AGO
    talk_s: float = 0.0
    handled: int = 0
    tried: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """All agents as decisions need them, and the queues as they were at `queues_at`.

    `is_packed` is False when there were no packs to be read, or not all, and the agents' own items were read instead.
    """

    agents: tuple[Standing, ...] = ()
    queues: Mapping[str, QueueFigures] = field(default_factory=dict)
    queues_at: datetime | None = None
    is_packed: bool = True

    def known_at(self, now: datetime) -> datetime | None:
        """Return the instant at which what is known of the agents was true; see `models.known_at`."""
        return known_at(((one.heard_at, one.taken_at) for one in self.agents), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The line of one agent. Of two copies the one that was heard later counts, at one instant the later copy."""

    agent_id: str
    heard_ms: int
    revision: int
    line: str

    @property
    def age(self) -> tuple[int, int]:
        """The order of copies. Copies are counted anew when an agent's item had expired, but are then heard later."""
        return self.heard_ms, self.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One item. `revision` is the number of its copy; `rows` is None when its text cannot be read."""

    number: int
    revision: int
    rows: Mapping[str, Row] | None


def of_house(house: House) -> Standings:
    """Return what decisions need of the agents' own items."""
    return Standings(
        agents=tuple(map(standing, house.agents)), queues=house.queues, queues_at=house.queues_at, is_packed=False
    )


def standing(state: AgentState) -> Standing:
    """Return what decisions need of an agent."""
    snapshot, shift = state.snapshot, state.shift
    return Standing(
        id=state.id,
        name=state.name,
        heard_at=state.heard_at,
        taken_at=state.taken_at,
        status=snapshot.status.type if snapshot else None,
        moves_on=snapshot is not None and snapshot.next_status is not None,
        queues=frozenset(snapshot.queues) if snapshot else frozenset(),
        slots=snapshot.slots if snapshot else {},
        works=tuple(work.channel for work in snapshot.works) if snapshot else (),
        is_blocked=snapshot is not None and any(work.state in IN_THE_WAY for work in snapshot.works),
        site=state.site,
        idle_since=state.idle_since,
        talk_s=shift.whole_talk_s,
        handled=shift.whole_handled,
        tried=state.tried,
    )


def pack_of(agent_id: str) -> int:
    """Return the number of the pack in which the agent lies."""
    return zlib.crc32(agent_id.encode()) % PACKS


def row(state: AgentState, revision: int) -> Row:
    """Return the line of copy `revision` of an agent."""
    one, heard_ms = standing(state), ms_of(state.heard_at)
    line = [
        one.id,
        heard_ms,
        revision,
        ms_of(one.taken_at),
        one.name,
        one.status,
        int(one.moves_on),
        sorted(one.queues),
        dict(one.slots),
        list(one.works),
        int(one.is_blocked),
        one.site,
        ms_of(one.idle_since),
        round(one.talk_s * 1000),
        one.handled,
        {queue: ms_of(at) for queue, at in sorted(one.tried.items())},
    ]
    return Row(agent_id=one.id, heard_ms=heard_ms, revision=revision, line=_text(line))


def standing_of(line: Sequence[Any]) -> Standing:
    """Return what a line says."""
    (id_, heard, _, taken, name, status, moves_on, queues, slots, works, blocked, site, idle, talk, handled, tried) = (
        line
    )
    return Standing(
        id=id_,
        name=name,
        heard_at=at_ms(heard),
        taken_at=at_ms(taken),
        status=None if status is None else StatusType(status),
        moves_on=bool(moves_on),
        queues=frozenset(queues),
        slots=slots,
        works=tuple(works),
        is_blocked=bool(blocked),
        site=site,
        idle_since=at_ms(idle),
        talk_s=talk / 1000,
        handled=handled,
        tried={queue: at_ms(ms) for queue, ms in tried.items()},
    )


def pack_key(tenant: TenantId, number: int) -> dict[str, str]:
    """Return the key of a pack."""
    return {"pk": floor_partition(tenant), "sk": f"{PACK_PREFIX}{number:02d}"}


def pack_item(tenant: TenantId, pack: Pack) -> dict[str, Any]:
    """Return the item of a pack, the same bytes for the same rows."""
    rows = sorted((pack.rows or {}).values(), key=lambda one: one.agent_id)
    text = "\n".join([_text([FORM, PACKS, len(rows)]), *(one.line for one in rows)])
    newest_ms = max((one.heard_ms for one in rows), default=0)
    return {
        **pack_key(tenant, pack.number),
        "revision": pack.revision,
        "state": zlib.compress(text.encode(), _LEVEL),
        **({"ttl": newest_ms // 1000 + KEPT_S} if rows else {}),
    }


def pack_from(item: Mapping[str, Any]) -> Pack:
    """Return the pack that `item` holds, for whoever changes it."""
    lines = _lines(item["state"])
    rows = None if lines is None else {one.agent_id: one for one in map(_row_of, lines)}
    return Pack(number=int(str(item["sk"]).removeprefix(PACK_PREFIX)), revision=int(item["revision"]), rows=rows)


def lines_of(packs: Iterable[Mapping[str, Any]]) -> list[str] | None:
    """Return the lines of all packs; None when one is missing, torn or of another form."""
    texts = [_lines(item["state"]) for item in packs]
    if len(texts) != PACKS or None in texts:
        return None
    return [line for lines in texts if lines for line in lines]


def joined(rows: Mapping[str, Row], news: Iterable[Row], now: datetime) -> dict[str, Row]:
    """Return `rows` with the news that are newer, without agents of whom nothing is heard for so long that they expire.

    In whatever order and how often news come, the result is the same.
    """
    both = dict(rows)
    for new in news:
        known = both.get(new.agent_id)
        if known is None or new.age > known.age:
            both[new.agent_id] = new
    oldest_ms = ms_of(now - timedelta(seconds=KEPT_S))
    return {agent: one for agent, one in both.items() if one.heard_ms >= oldest_ms}


def _row_of(line: str) -> Row:
    agent_id, heard_ms, revision, *_ = json.loads(line)
    return Row(agent_id=agent_id, heard_ms=heard_ms, revision=revision, line=line)


def _lines(state: object) -> list[str] | None:
    """Return the lines of a pack's text without the first one; None when it is not whole, or of another form."""
    if not isinstance(state, bytes):
        return None
    try:
        first, *lines = zlib.decompress(state).decode().split("\n")
        form = json.loads(first)
    except (zlib.error, ValueError):
        return None
    return lines if form == [FORM, PACKS, len(lines)] else None


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
