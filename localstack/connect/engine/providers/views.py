"""Views: what a guide or a form shows, and which actions a person may choose (2.1, ShowView)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from localstack.connect.engine.providers.reading import Part

MANAGED = frozenset({"cards", "confirmation", "detail", "form", "list"})
"""Amazon's own views, by the id that flows use. Their actions come from the data that they are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view. `actions` empty = any action may be chosen; `inputs` are the data that it must be given."""

    name: str
    actions: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


class Views(Protocol):
    """Port: the views of an instance."""

    def find(self, view_id: str) -> View | None:
        """The view with this id, ARN or name, without its version."""
        ...


class LocalViews:
    """Views as the document tells them, beside Amazon's own. With no views told, every view is known by its id."""

    def __init__(self, views: Mapping[str, View] | None = None) -> None:
        self._views = views

    def find(self, view_id: str) -> View | None:
        """The view with this id, ARN or name."""
        wanted = view_id.partition(":$")[0]
        own = wanted.rpartition("/")[2]
        for name in (view_id, wanted, own):
            if self._views and name in self._views:
                return self._views[name]
        if own in MANAGED or self._views is None:
            return View(name=own)
        return None


def views(parts: Sequence[tuple[str, Part]]) -> LocalViews:
    """Read the views of a document. Raises BadProviders."""
    return LocalViews({name: _view(name, part) for name, part in parts})


def _view(name: str, part: Part) -> View:
    read = View(name=part.text("name", name), actions=part.texts("actions"), inputs=part.texts("inputs"))
    part.done()
    return read
