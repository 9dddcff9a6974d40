"""Which tests of a parallel run stay with one worker: those that share a cloud or a synthesized stack."""

import functools
from pathlib import Path
from typing import Any

from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).resolve().parents[1]
TOGETHER = "stack"
FOLDERS = frozenset({"e2e", "infra", "integration"})
SHARED_THINGS = ("tests.support.cloud_fixture", "tests.support.deployed_system", "tests.support.synthesis")
"""Modules that a test imports when it uses what takes long to make, so that one worker should make it once."""


class StackTogether(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives every test to whichever worker is free, and the tests of the deployed system to one worker, first of all.

    xdist's own groups are marks that it writes into a test's node id, which pytest 9.2 no longer takes.
    """

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)


def scope(nodeid: str) -> str:
    """Return the name of what is given to a worker as one."""
    return TOGETHER if is_together(nodeid.split("::", 1)[0]) else nodeid


@functools.cache
def is_together(path: str) -> bool:
    """Return whether the tests of a file (relative to the project) belong to the worker of the deployed system."""
    inside = Path(path).relative_to("tests")
    if inside.parts[0] in FOLDERS:
        return True
    text = (TESTS / inside).read_text(encoding="utf-8")
    return any(name in text for name in SHARED_THINGS)


def uses_what_is_shared(item: Any) -> bool:
    """Return whether a collected test asks for a cloud or the deployed system."""
    return bool({"cloud", "private_cloud", "system"} & set(getattr(item, "fixturenames", ())))
