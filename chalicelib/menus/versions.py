"""Menus: a line's tree through time. What somebody works on, what was published, which of it new calls get.

Values only; no flow-invoked function loads them.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.menus.models import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A tree that somebody works on. `revision` counts its savings from 1."""

    revision: int
    at: datetime
    actor: str
    tree: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A tree as it was published, for good; `tree` None where only the list is asked for. Version 0 is the contract's.

    `nodes` counts them, `note` says why it was made.
    """

    number: int
    at: datetime
    actor: str
    note: str
    nodes: int
    tree: Tree | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """Which version new calls get, since when and by whom. `revision` counts the moves from 1."""

    version: int
    revision: int
    at: datetime
    actor: str
