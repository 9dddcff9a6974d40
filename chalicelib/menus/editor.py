"""Menus: what an editor does with them: draft, check, preview, publish, roll back. Never touches a call in progress."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from chalicelib.audit.models import Act, Actor
from chalicelib.menus import checks, documents, preview, report
from chalicelib.menus.checks import Fallback, Places, Problem
from chalicelib.menus.editions import Outdated
from chalicelib.menus.models import Answer, Caller, Tree, Use
from chalicelib.menus.preview import Transcript
from chalicelib.menus.report import MenuReport
from chalicelib.menus.service import PACKAGED
from chalicelib.menus.store import answer_item
from chalicelib.menus.versions import Draft, Pointer, Version
from chalicelib.platform.errors import Conflict, InvalidInput, NotFound
from chalicelib.platform.tenancy import TenantId
from chalicelib.tenancy.models import Tenant


class Unpublishable(Conflict):
    """The tree cannot be published; `errors` has every problem by its place in the tree."""

    code, title = "menu-has-problems", "Menu has problems"


class Editions(Protocol):
    """Port: what is kept; see `editions.Editions`."""

    def draft(self, tenant: TenantId, line: str) -> Draft | None:
        """Return the draft."""

    def pointer(self, tenant: TenantId, line: str) -> Pointer | None:
        """Return what is published."""

    def tree(self, tenant: TenantId, line: str, version: int) -> Tree | None:
        """Return a version's tree."""

    def versions(self, tenant: TenantId, line: str) -> tuple[Version, ...]:
        """Return the newest versions."""

    def save(self, tenant: TenantId, line: str, draft: Draft, act: Act, by: Actor) -> None:
        """Keep a draft."""

    def point(
        self, tenant: TenantId, line: str, pointer: Pointer, act: Act, by: Actor, version: Version | None = None
    ) -> None:
        """Move the pointer."""

    def keep_answer(self, item: Mapping[str, Any], act: Act, by: Actor) -> None:
        """Keep an answer."""


class Usage(Protocol):
    """Port: the counters of a period; see `usage.Usage`."""

    def between(self, tenant: TenantId, line: str, start: datetime, end: datetime) -> Iterator[Use]:
        """Yield what callers did in the hours that start in [start, end)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is wrong with a tree, and what some callers get in the default language."""

    problems: tuple[Problem, ...]
    fallbacks: tuple[Fallback, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """The menus of one tenant's lines, as their editors see them."""

    tenant: Tenant
    editions: Editions
    usage: Usage
    packaged: Mapping[str, Tree]
    now: Callable[[], datetime]

    def pointer(self, line: str) -> Pointer | None:
        """Return what is published; None while the contract's own menus are heard.

        Raises:
            NotFound: the tenant has no such line.

        """
        return self.editions.pointer(self.tenant.id, self._line(line))

    def draft(self, line: str) -> Draft | None:
        """Return the draft of a line; None when nobody has begun one.

        Raises:
            NotFound: as `pointer`.

        """
        return self.editions.draft(self.tenant.id, self._line(line))

    def tree(self, line: str, version: int) -> Tree:
        """Return a version's tree.

        Raises:
            NotFound: the line has no such version.

        """
        if version == PACKAGED:
            return self.packaged[self._line(line)]
        found = self.editions.tree(self.tenant.id, self._line(line), version)
        if found is None:
            raise NotFound(f"the menus of {line} have no version {version}", version=version)
        return found

    def versions(self, line: str) -> tuple[Version, ...]:
        """Return the newest versions, newest first, without their trees.

        Raises:
            NotFound: as `pointer`.

        """
        return self.editions.versions(self.tenant.id, self._line(line))

    def published(self, line: str) -> Tree:
        """Return the tree that new calls get.

        Raises:
            NotFound: as `pointer`.

        """
        pointer = self.pointer(line)
        return self.tree(line, pointer.version if pointer else PACKAGED)

    def findings(self, line: str, tree: Tree) -> Findings:
        """Return whether `tree` could be published for the line.

        Raises:
            NotFound: as `pointer`.

        """
        places = self._places(self._line(line))
        size_bytes = len(documents.text_of(tree).encode())
        found = checks.problems(tree, places)
        if size_bytes > checks.TREE_MAX_BYTES:
            found = (*found, Problem("", f"{size_bytes} bytes are more than {checks.TREE_MAX_BYTES}"))
        return Findings(problems=found, fallbacks=checks.fallbacks(tree, places))

    def save(self, line: str, tree: Tree, seen: int, by: Actor) -> Draft:
        """Keep `tree` as the draft after revision `seen` (0: there was none); it may have problems.

        Raises:
            Outdated: another draft is there.
            NotFound: as `pointer`.

        """
        draft = Draft(revision=seen + 1, at=self._at(), actor=by.user, tree=tree)
        after = {"revision": draft.revision, "nodes": len(tree.nodes)}
        act = Act(action="menus.change", resource=f"menu/{self._line(line)}/draft", after=after)
        self.editions.save(self.tenant.id, line, draft, act, by)
        return draft

    def preview(
        self,
        line: str,
        tree: Tree,
        script: Sequence[str],
        caller: Caller,
        *,
        closed: bool,
        answers: Mapping[str, str],
    ) -> Transcript:
        """Return what a scripted caller would hear.

        Raises:
            Unpublishable: the tree has problems: a caller could be lost in it.

        """
        self._require_sound(line, tree)
        default = self.tenant.default_language
        return preview.transcript(tree, script, caller, default, closed=closed, answers=answers)

    def publish(self, line: str, revision: int, note: str, by: Actor) -> Pointer:
        """Make the draft of `revision` a version, and the one that the next call gets.

        Raises:
            Outdated: the draft or the published version is another one by now.
            Unpublishable: the draft has problems.
            NotFound: there is no draft, or no such line.

        """
        draft = self.draft(line)
        if draft is None:
            raise NotFound(f"the menus of {line} have no draft")
        if draft.revision != revision:
            raise Outdated(f"the draft has the revision {draft.revision}", revision=draft.revision)
        self._require_sound(line, draft.tree)
        newest = next(iter(self.versions(line)), None)
        version = Version(
            number=newest.number + 1 if newest else PACKAGED + 1,
            at=self._at(),
            actor=by.user,
            note=note,
            nodes=len(draft.tree.nodes),
            tree=draft.tree,
        )
        return self._point(line, version.number, note, by, version)

    def roll_back(self, line: str, version: int, note: str, by: Actor) -> Pointer:
        """Give the next call an older version again; 0 is the contract's.

        Raises:
            NotFound: the line has no such version.
            Unpublishable: the tenant has changed since: the version names what is no longer there.
            Outdated: somebody else published meanwhile.

        """
        self._require_sound(line, self.tree(line, version))
        return self._point(line, version, note, by)

    def keep_answer(self, enquiry: str, reference: str, answer: Answer, by: Actor) -> None:
        """Keep what an enquiry answers to a reference, as long as contacts are kept.

        Raises:
            InvalidInput: the reference is not one that a caller can type or a customer can have.

        """
        if not reference.isascii() or not reference.replace("-", "").isalnum():
            raise InvalidInput("a reference has letters, digits and dashes", field="reference")
        act = Act(action="menus.answers.change", resource=f"enquiry/{enquiry}", facts={"reference": reference})
        until = self._at() + timedelta(days=self.tenant.contacts_days)
        self.editions.keep_answer(answer_item(self.tenant.id, enquiry, reference, answer, until), act, by)

    def report(self, line: str, start: datetime, end: datetime) -> MenuReport:
        """Return usage, drop-off and self-service completion of each node in the hours from `start` to `end`.

        Raises:
            NotFound: as `pointer`.

        """
        return report.report(self.usage.between(self.tenant.id, self._line(line), start, end))

    def _point(self, line: str, version: int, note: str, by: Actor, new: Version | None = None) -> Pointer:
        before = self.pointer(line)
        moved = Pointer(version=version, revision=before.revision + 1 if before else 1, at=self._at(), actor=by.user)
        act = Act(
            action="menus.publish",
            resource=f"menu/{line}",
            before={"version": before.version if before else PACKAGED},
            after={"version": version, "note": note},
        )
        self.editions.point(self.tenant.id, line, moved, act, by, new)
        return moved

    def _require_sound(self, line: str, tree: Tree) -> None:
        found = self.findings(line, tree).problems
        if found:
            errors = [{"field": each.path, "problem": each.problem} for each in found]
            raise Unpublishable(f"{len(errors)} problems keep this tree from being published", errors=errors)

    def _places(self, line: str) -> Places:
        default = self.tenant.default_language
        return Places(
            line=line,
            languages=(default, *(each for each in self.tenant.languages if each != default)),
            queues=frozenset(self.tenant.queues),
            lines=frozenset(self.tenant.lines),
        )

    def _line(self, line: str) -> str:
        if line not in self.tenant.lines:
            raise NotFound(f"there is no line {line!r}", line=line)
        return line

    def _at(self) -> datetime:
        return self.now().replace(microsecond=0)
