"""What agents did on a day of a world in this process, kept in memory and told as the product's stores tell it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from chalicelib.agents.activity import Turn
from chalicelib.agents.models import StatusChange


@dataclass(slots=True)
class Diary:
    """Statuses and turns by UTC day; what is told twice is kept once (`presence.Statuses`, `presence.Turns`)."""

    _changes: dict[str, dict[tuple[str, str], StatusChange]] = field(default_factory=dict)
    _turns: dict[str, dict[tuple[str, str, str], Turn]] = field(default_factory=dict)

    def log(self, changes: Iterable[StatusChange]) -> None:
        """Keep changes of status; the later one of two of an agent at one instant stays."""
        for change in changes:
            at = change.at.isoformat()
            self._changes.setdefault(at[:10], {})[at, change.agent_id] = change

    def keep(self, turn: Turn) -> None:
        """Keep what an agent turned to."""
        at = turn.at.isoformat()
        self._turns.setdefault(at[:10], {})[turn.username, at, turn.event_id] = turn

    def changes(self, day: str) -> Iterator[StatusChange]:
        """Yield the changes of status of a UTC day."""
        yield from self._changes.get(day, {}).values()

    def of_agent(self, username: str, day: str) -> Iterator[Turn]:
        """Yield the turns of one agent on a UTC day."""
        return (turn for turn in self.of_day(day) if turn.username == username)

    def of_day(self, day: str) -> Iterator[Turn]:
        """Yield the turns of all agents on a UTC day."""
        yield from self._turns.get(day, {}).values()

    @property
    def all_changes(self) -> list[StatusChange]:
        """Every change of status."""
        return [change for day in self._changes.values() for change in day.values()]

    @property
    def all_turns(self) -> list[Turn]:
        """Every turn."""
        return [turn for day in self._turns.values() for turn in day.values()]
