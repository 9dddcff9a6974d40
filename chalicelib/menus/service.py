"""Menus: what they do in a call: which version it is on, what comes next, and what is looked up. The door for others.

A call keeps the version that it began with, whatever is published meanwhile (IVR-01). Trees are kept in memory by
version: a version never changes, so no copy is ever too old. What the store cannot answer never stops a caller: a call
that begins without it gets the packaged tree, one that goes on without it a person (ACD-21).
"""

import functools
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from chalicelib.menus import documents, log, policy, usage
from chalicelib.menus.models import (
    Answer,
    Caller,
    Entry,
    Exit,
    HandOver,
    Heard,
    Input,
    Kind,
    Lookup,
    Prompt,
    State,
    Step,
    Tree,
    Utterance,
)
from chalicelib.menus.store import answers_partition as answers_partition  # noqa: PLC0414 - for others
from chalicelib.platform.budget import Deadline
from chalicelib.platform.errors import StoreUnavailable, Throttled
from chalicelib.platform.tenancy import TenantId
from chalicelib.tenancy.models import Tenant, is_open, local_time

PACKAGED: Final = 0
"""The version of the tree that travels with the code: the contract's."""
KEPT_TREES: Final = 64
"""Trees in memory. A tenant has a few lines, each with the published version and those of calls in progress."""


uses = usage.addition
"""The action that counts a call in the report of its menus; whoever stores the contact puts it into the transaction."""
left_at = usage.place
"""What a contact keeps of where it left the menu."""
read_place = usage.place_of
"""The place that `left_at` wrote, None for a text that is none."""
read_log = log.read
"""The steps that the log of a call tells, None for a text that is no log."""

PACKAGE_VARIABLE: Final = "TRUNKLINE_MENUS"
"""Names another place of the packaged trees, for tests and tools; functions find them beside their code."""


@functools.cache
def packaged() -> Mapping[str, Tree]:
    """Return the trees that travel with the code, by line: what the contract says, when nothing was published yet.

    Raises:
        FileNotFoundError: the package carries none: the function must not start.

    """
    place = Path(__file__).resolve().parents[1] / "menus.json"
    document = json.loads(Path(os.environ.get(PACKAGE_VARIABLE, place)).read_text(encoding="utf-8"))
    return {line: documents.tree_of(tree) for line, tree in document.items()}


class Trees(Protocol):
    """Port: the reads of a call, each bounded in seconds; see `store.Trees`."""

    def published(self, tenant: TenantId, line: str, *, within_s: float) -> int:
        """Return the version that new calls get."""

    def tree(self, tenant: TenantId, line: str, version: int, *, within_s: float) -> Tree | None:
        """Return a version's tree."""

    def answer(self, tenant: TenantId, enquiry: str, reference: str, *, within_s: float) -> Answer | None:
        """Return what an enquiry answers to a reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Where a call stands. `version` None: it has not begun; `state` None: it is not in the menu, or no longer."""

    line: str
    version: int | None = None
    state: State | None = None
    steps: int = 0
    began_at: datetime | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """The first words of a call, and the version that it is on from now on."""

    version: int
    words: Utterance
    degraded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What comes next in a call, in the menus of `line`."""

    line: str
    version: int
    start: str
    began_at: datetime
    step: Step
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class Menus:
    """The menus of one tenant, walked by its callers."""

    tenant: Tenant
    trees: Trees
    packaged: Mapping[str, Tree]
    now: Callable[[], datetime]
    _kept: dict[tuple[str, int], Tree] = field(default_factory=dict)

    def greet(self, visit: Visit, caller: Caller, *, budget_s: float) -> Greeting:
        """Return the greeting of the version that is published now; without the store, of the packaged one."""
        version, tree, degraded = self._first(visit.line, visit.version, Deadline.after(budget_s))
        return Greeting(
            version=version, words=policy.greeting(tree, caller, self.tenant.default_language), degraded=degraded
        )

    def agent_greeting(self, agent: str, caller: Caller) -> Utterance | None:
        """Return what the caller hears when `agent` answers; None: that agent has no greeting of his own (IVR-09)."""
        found = self.tenant.agent_greetings.get(agent)
        return policy.words(Prompt(**found), caller, self.tenant.default_language) if found else None

    def turn(self, visit: Visit, given: Input, caller: Caller, *, budget_s: float) -> Turn:
        """Return what follows `given`, with at most one look-up."""
        deadline = Deadline.after(budget_s)
        now = self.now()
        began_at = visit.began_at or now
        if visit.state is None:
            version, tree, degraded = self._first(visit.line, visit.version, deadline)
            step = policy.begin(tree, caller, self._default, closed=visit.closed, steps=visit.steps)
        else:
            version, found, degraded = self._pinned(visit, deadline)
            if found is None:
                return self._lost(visit, began_at, now)
            tree = found
            step = policy.step(tree, visit.state, given, caller, self._default, _since_s(began_at, now))
        step, failed = self._with_answer(tree, step, caller, deadline, _since_s(began_at, now))
        turn = Turn(
            line=visit.line,
            version=version,
            start=tree.start,
            began_at=began_at,
            step=step,
            degraded=degraded or failed,
        )
        return self._other_line(turn, caller, deadline, now)

    @property
    def _default(self) -> str:
        return self.tenant.default_language

    def _first(self, line: str, version: int | None, deadline: Deadline) -> tuple[int, Tree, bool]:
        """Return version and tree of a call that begins; the packaged ones when the store has no better answer."""
        try:
            if version is None:
                version = self.trees.published(self.tenant.id, line, within_s=deadline.left_s())
            tree = self._tree(line, version, deadline)
        except (StoreUnavailable, Throttled):
            return PACKAGED, self.packaged[line], True
        return (PACKAGED, self.packaged[line], True) if tree is None else (version, tree, False)

    def _pinned(self, visit: Visit, deadline: Deadline) -> tuple[int, Tree | None, bool]:
        version = visit.version or PACKAGED
        try:
            return version, self._tree(visit.line, version, deadline), False
        except (StoreUnavailable, Throttled):
            return version, None, True

    def _tree(self, line: str, version: int, deadline: Deadline) -> Tree | None:
        if version == PACKAGED:
            return self.packaged[line]
        kept = self._kept.get((line, version))
        if kept is None:
            kept = self.trees.tree(self.tenant.id, line, version, within_s=deadline.left_s())
            if kept is not None:
                while len(self._kept) >= KEPT_TREES:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[line, version] = kept
        return kept

    def _lost(self, visit: Visit, began_at: datetime, now: datetime) -> Turn:
        """Lead a caller to a person whose version cannot be read now: the packaged tree knows the way."""
        tree = self.packaged[visit.line]
        state = visit.state or State(node=tree.start)
        human = tree.nodes[tree.human]
        done = HandOver(kind=Kind.ROUTE, category=human.category, sub_category=human.sub_category, queues=human.queues)
        log = (Entry(at_s=_since_s(began_at, now), node=state.node, choice="-", exit=Exit.FAILED),)
        return Turn(
            line=visit.line,
            version=visit.version or PACKAGED,
            start=tree.start,
            began_at=began_at,
            step=Step(state=state, done=done, log=log),
            degraded=True,
        )

    def _with_answer(self, tree: Tree, step: Step, caller: Caller, deadline: Deadline, at_s: int) -> tuple[Step, bool]:
        """Return the step after the look-up that `step` asks for, and whether the look-up failed."""
        if step.lookup is None:
            return step, False
        found = self._look_up(step.lookup, caller, deadline)
        after = policy.step(tree, step.state, found, caller, self._default, at_s)
        return policy.joined(step, after), found.heard is Heard.FAILED

    def _look_up(self, wanted: Lookup, caller: Caller, deadline: Deadline) -> Input:
        """Fetch an answer; one that belongs to a customer is told to nobody else (IDV-02)."""
        if not wanted.reference.isascii() or not wanted.reference.replace("-", "").isalnum():
            return Input(heard=Heard.NOT_FOUND)
        try:
            answer = self.trees.answer(self.tenant.id, wanted.enquiry, wanted.reference, within_s=deadline.left_s())
        except (StoreUnavailable, Throttled):
            return Input(heard=Heard.FAILED)
        if answer is None or (wanted.owned and answer.customer_id != caller.customer_id):
            return Input(heard=Heard.NOT_FOUND)
        text = answer.text.get(caller.language) or answer.text.get(self._default)
        return Input(heard=Heard.FOUND, text=text) if text else Input(heard=Heard.NOT_FOUND)

    def _other_line(self, turn: Turn, caller: Caller, deadline: Deadline, now: datetime) -> Turn:
        """Go on in the menus of the line that the tree hands over to, open or closed as that line is now."""
        done = turn.step.done
        if done is None or done.line is None:
            return turn
        hours = self.tenant.hours[self.tenant.lines[done.line].hours]
        closed = not is_open(hours, local_time(now, self.tenant.time_zone))
        version, tree, degraded = self._first(done.line, None, deadline)
        begun = policy.begin(tree, caller, self._default, closed=closed, steps=turn.step.state.steps)
        step = policy.joined(turn.step, begun)
        if begun.lookup is not None or (begun.done and begun.done.line):
            step = Step(state=begun.state, says=turn.step.says, done=HandOver(kind=Kind.VOICEMAIL), log=turn.step.log)
        return Turn(
            line=done.line,
            version=version,
            start=tree.start,
            began_at=turn.began_at,
            step=step,
            degraded=turn.degraded or degraded,
        )


def _since_s(began_at: datetime, now: datetime) -> int:
    return max(0, int((now - began_at).total_seconds()))
