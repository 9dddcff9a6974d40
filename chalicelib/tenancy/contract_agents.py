"""The statuses that agents of a tenant may choose beside Available and Offline (DSK-05). Authoring side only."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import StringConstraints

from chalicelib.tenancy.contract_base import Model
from chalicelib.tenancy.contract_problems import Problem, items, twice

MOST_STATUSES: Final = 48
"""An instance takes 50 (13.1), and brings Available and Offline along."""

_BROUGHT_ALONG: Final = frozenset({"available", "offline"})

StatusName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=127)]


class AgentStatus(Model):
    """A status of the type CUSTOM: its name is the reason that is kept of an agent who offers no contacts.

    `break`: the agent rests; `busy`: the agent works on something else, or must not be disturbed.
    """

    name: StatusName
    kind: Literal["break", "busy"]


def status_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for a name that stands twice, or that Amazon Connect brings along."""
    statuses = items(raw, "agent_statuses")
    yield from twice(statuses, "name", "agent_statuses")
    for i, status in enumerate(statuses):
        if str(status.get("name", "")).strip().lower() in _BROUGHT_ALONG:
            yield Problem(f"agent_statuses.{i}.name", "Available and Offline are there without being named")
