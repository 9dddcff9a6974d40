"""Agents: what others may know of them. Small: decisions load it while a caller waits."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.agents.models import AgentState, House, Snapshot
from chalicelib.agents.standing import Standing, Standings
from chalicelib.agents.store import Agents

if TYPE_CHECKING:
    from chalicelib.agents.activity import Doing

__all__ = ["AgentState", "Agents", "House", "Standing", "Standings", "doing_since"]


def doing_since(snapshot: Snapshot, kinds: Mapping[str, str]) -> tuple["Doing", datetime]:
    """Return what the agent of `snapshot` does and since when; `kinds` as in `activity.doing`."""
    from chalicelib.agents import activity  # noqa: PLC0415 - decisions, which load this module, ask for none of it

    what = activity.doing(snapshot, kinds)
    return what, activity.since(snapshot, what)
