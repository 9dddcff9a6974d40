"""Which tests of a parallel run stay with one worker: those that share a cloud, and those that share templates."""

import functools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).resolve().parents[1]
CLOUD, TEMPLATES = "cloud", "templates"
"""The two groups. Both are made of few, long tests, so that whoever has one begins with it."""
FOLDERS = {"e2e": CLOUD, "integration": CLOUD, "infra": TEMPLATES}
SHARED_THINGS = {
    "tests.support.cloud_fixture": CLOUD,
    "tests.support.deployed_system": CLOUD,
    "tests.support.synthesis": TEMPLATES,
}
"""Modules that a test imports when it uses what takes long to make, so that one worker should make it once."""


class Groups(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives every test to whichever worker is free, and the tests of a group to one worker, first of all.

    xdist's own groups are marks that it writes into a test's node id, which pytest 9.2 no longer takes.
    """

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)


def scope(nodeid: str) -> str:
    """Return the name of what is given to a worker as one."""
    return group(nodeid.split("::", 1)[0]) or nodeid


@functools.cache
def group(path: str) -> str | None:
    """Return the group that the tests of a file (relative to the project) belong to; the cloud's comes first."""
    inside = Path(path).relative_to("tests")
    text = (TESTS / inside).read_text(encoding="utf-8")
    found = {FOLDERS.get(inside.parts[0])} | {of for name, of in SHARED_THINGS.items() if name in text}
    return CLOUD if CLOUD in found else TEMPLATES if TEMPLATES in found else None


def uses_what_is_shared(item: Any) -> bool:
    """Return whether a collected test asks for a cloud or the deployed system."""
    return bool({"cloud", "private_cloud", "system"} & set(getattr(item, "fixturenames", ())))


def seed_was_given(config: pytest.Config) -> bool:
    """Return whether whoever started the run gave the seed of its order (`-p randomly` draws one otherwise)."""
    given = getattr(config, "workerinput", {}).get("mainargv", sys.argv)
    return any(argument.startswith("--randomly-seed") for argument in given)


def as_written[T](shuffled: Sequence[T], written: Sequence[T]) -> list[T]:
    """Return what was shuffled with the members of `written` in the order of `written`, in the places they have."""
    in_order = iter(sorted(set(shuffled) & set(written), key=written.index))
    belongs = set(written)
    return [next(in_order) if one in belongs else one for one in shuffled]
