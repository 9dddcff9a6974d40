"""Agents: the items that they are. One a agent in one partition, so that one Query gives the whole floor.

What is known of an agent is one packed text: a floor of 500 is read while a caller waits, and a text costs its reader
a tenth of what the same facts cost as attributes (docs/adr/0016).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from chalicelib.agents.models import (
    AgentState,
    Call,
    QueueFigures,
    QueuesKept,
    Shift,
    Snapshot,
    Status,
    StatusChange,
    StatusType,
    Work,
)
from chalicelib.platform.tenancy import TenantId, partition

AGENT_PREFIX: Final = "AGENT#"
QUEUES_SORT: Final = "QUEUES"
KEPT_S: Final = 2 * 86_400
"""How long an agent of whom nothing is heard stays: hunting goes on after the one who was tried last, even tomorrow."""


def floor_partition(tenant: TenantId) -> str:
    """Return the partition of all agents and queues of the tenant."""
    return partition(tenant, "FLOOR", tenant)


def agent_key(tenant: TenantId, agent_id: str) -> dict[str, str]:
    """Return the key of an agent's state."""
    return {"pk": floor_partition(tenant), "sk": AGENT_PREFIX + agent_id}


def queues_key(tenant: TenantId) -> dict[str, str]:
    """Return the key of what waits in the queues."""
    return {"pk": floor_partition(tenant), "sk": QUEUES_SORT}


def change_partition(tenant: TenantId, day: str) -> str:
    """Return the partition of the changes of status on the UTC day `day`."""
    return partition(tenant, "STATUS", day)


def change_item(tenant: TenantId, change: StatusChange, days: int) -> dict[str, Any]:
    """Return the item of a change of status; it expires after `days`."""
    at = instant(change.at)
    return {
        "pk": change_partition(tenant, at[:10]),
        "sk": f"{at}#{change.agent_id}",
        "agent": change.username,
        "status": change.status,
        "type": change.type,
        "ttl": int(change.at.timestamp()) + days * 86_400,
    }


def change_of(item: Mapping[str, Any]) -> StatusChange:
    """Return the change that `item` holds."""
    at, _, agent_id = str(item["sk"]).partition("#")
    return StatusChange(
        at=datetime.fromisoformat(at),
        agent_id=agent_id,
        username=item["agent"],
        status=item["status"],
        type=StatusType(item["type"]),
    )


def agent_item(tenant: TenantId, state: AgentState, revision: int) -> dict[str, Any]:
    """Return the item of an agent's state."""
    return {
        **agent_key(tenant, state.id),
        "agent": state.name,
        "heard_at": instant(state.heard_at),
        "revision": revision,
        "state": json.dumps(_packed(state), ensure_ascii=False, separators=(",", ":")),
        "ttl": int(state.heard_at.timestamp()) + KEPT_S,
    }


def state_of(item: Mapping[str, Any]) -> AgentState:
    """Return the state that `item` holds."""
    return _unpacked(json.loads(item["state"]))


def states_of(texts: Sequence[str], known: Mapping[str, AgentState]) -> dict[str, AgentState]:
    """Return the state of each packed text, in order; see `unpacked`."""
    return unpacked(texts, known, _unpacked)


def unpacked[T](texts: Sequence[str], known: Mapping[str, T], of: Callable[[Sequence[Any]], T]) -> dict[str, T]:
    """Return what each text of JSON says, in order; those `known` already are not read again, the others as one."""
    new = [text for text in texts if text not in known]
    found = dict(zip(new, map(of, json.loads(f"[{','.join(new)}]")), strict=True))
    return {text: found[text] if text in found else known[text] for text in texts}


def queues_item(tenant: TenantId, queues: QueuesKept) -> dict[str, Any]:
    """Return the item of what waits in the queues."""
    rows = {name: [one.waiting, round(one.oldest_s)] for name, one in queues.figures.items()}
    return {
        **queues_key(tenant),
        "at": instant(queues.at),
        "asked_at": instant(queues.asked_at),
        "state": json.dumps(rows, ensure_ascii=False, separators=(",", ":")),
    }


def figures_of(item: Mapping[str, Any]) -> tuple[dict[str, QueueFigures], datetime]:
    """Return what waits in the queues, and when it was so."""
    rows = json.loads(item["state"])
    figures = {name: QueueFigures(waiting=row[0], oldest_s=row[1]) for name, row in rows.items()}
    return figures, datetime.fromisoformat(item["at"])


def queues_of(item: Mapping[str, Any]) -> QueuesKept:
    """Return the whole item."""
    figures, at = figures_of(item)
    return QueuesKept(figures=figures, at=at, asked_at=datetime.fromisoformat(item["asked_at"]))


def instant(at: datetime) -> str:
    """Return `at` as keys hold it, with milliseconds."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _packed(state: AgentState) -> list[Any]:
    shift = state.shift
    return [
        state.id,
        state.name,
        _ms(state.heard_at),
        list(state.heard_ids),
        _ms(state.taken_at),
        _snapshot(state.snapshot),
        [
            _ms(shift.began_at), shift.talk_ms, shift.handled, _ms(shift.counted_until),
            [[call.mark, _ms(call.connected_at), call.talk_ms] for call in shift.calls],
        ],
        state.site,
        _ms(state.online_at),
        _ms(state.offline_at),
        _ms(state.cleared_at),
        {queue: _ms(at) for queue, at in sorted(state.tried.items())},
    ]  # fmt: skip


def _snapshot(one: Snapshot | None) -> list[Any] | None:
    if one is None:
        return None
    works = [
        [work.contact_id, work.channel, work.state, _ms(work.since), _ms(work.connected_at), work.queue]
        for work in one.works
    ]
    status = one.status
    return [status.name, status.type, _ms(status.since), one.next_status, list(one.queues), dict(one.slots), works]


def _unpacked(row: Sequence[Any]) -> AgentState:
    (id_, name, heard, ids, taken, snapshot, shift, site, online, offline, cleared, tried) = row
    return AgentState(
        id=id_,
        name=name,
        heard_at=at_ms(heard),
        heard_ids=tuple(ids),
        taken_at=at_ms(taken),
        snapshot=None if snapshot is None else _snapshot_of(name, snapshot),
        shift=_shift_of(shift),
        site=site,
        online_at=_maybe(online),
        offline_at=_maybe(offline),
        cleared_at=_maybe(cleared),
        tried={queue: at_ms(ms) for queue, ms in tried.items()},
    )


def _shift_of(row: Sequence[Any]) -> Shift:
    began, talk_ms, handled, counted, calls = row
    return Shift(
        began_at=at_ms(began),
        talk_ms=talk_ms,
        handled=handled,
        counted_until=at_ms(counted),
        calls=tuple(Call(mark=mark, connected_at=at_ms(ms), talk_ms=talk) for mark, ms, talk in calls),
    )


def _snapshot_of(name: str, row: Sequence[Any]) -> Snapshot:
    status, kind, since, next_status, queues, slots, works = row
    return Snapshot(
        username=name,
        status=Status(name=status, type=StatusType(kind), since=at_ms(since)),
        next_status=next_status,
        queues=tuple(queues),
        slots=slots,
        works=tuple(
            Work(
                contact_id=work[0],
                channel=work[1],
                state=work[2],
                since=at_ms(work[3]),
                connected_at=_maybe(work[4]),
                queue=work[5],
            )
            for work in works
        ),
    )


def ms_of(at: datetime) -> int:
    """Return `at` as packed texts hold it: milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def at_ms(ms: int) -> datetime:
    """Return the instant that a packed text holds."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def _ms(at: datetime | None) -> int | None:
    return None if at is None else ms_of(at)


def _maybe(ms: int | None) -> datetime | None:
    return None if ms is None else at_ms(ms)
