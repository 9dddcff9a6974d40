"""The organisation: what it decides. Pure; total (TEN-11)."""

from collections.abc import Sequence

from chalicelib.organisation.models import NO_TEAM, Sight
from chalicelib.tenancy.models import Part


def subtree(nodes: Sequence[Part], top: str) -> frozenset[str]:
    """Return the ids of the node `top` and of all below it; none when there is no such node."""
    found = {node.id for node in nodes if node.id == top}
    while more := {node.id for node in nodes if node.parent in found} - found:
        found |= more
    return frozenset(found)


def sight(nodes: Sequence[Part], granted: str | None) -> Sight | None:
    """Return what a user sees to whom the node `granted` was given; None: everything.

    | the tenant has     | granted            | sees                       |
    |--------------------|--------------------|----------------------------|
    | no organisation    | anything           | everything                 |
    | an organisation    | nothing            | everything, as the root    |
    | an organisation    | a node             | the node and all below it  |
    | an organisation    | no node of it      | nothing                    |
    """
    if not nodes or granted is None:
        return None
    seen = subtree(nodes, granted)
    return Sight(
        nodes=seen,
        owners={bound: node.id for node in nodes for bound in (*node.queues, *node.numbers)},
        root=next(node.id for node in nodes if node.parent is None),
        agents=frozenset(agent for node in nodes if node.id in seen for agent in node.agents),
    )


def sees_agent(seen: Sight | None, agent: str) -> bool:
    """Return whether an agent's figures are the user's to see: of their subtree, or the user sees the whole tree."""
    return seen is None or agent in seen.agents or seen.is_whole


def team(nodes: Sequence[Part], agent: str) -> str:
    """Return the node that the agent is bound to, the root for one who is bound to none; NO_TEAM without nodes."""
    bound = (node.id for node in nodes if agent in node.agents)
    return next(bound, None) or next((node.id for node in nodes if node.parent is None), NO_TEAM)


def site(nodes: Sequence[Part], agent: str) -> str:
    """Return the branch, region or headquarters of the agent's team: an outlet belongs to the one above it."""
    by_id = {node.id: node for node in nodes}
    found = team(nodes, agent)
    while found in by_id and by_id[found].kind == "outlet":
        found = by_id[found].parent or NO_TEAM
    return found


def owner(seen: Sight, queue: str | None, number: str | None) -> str:
    """Return the one node that a contact belongs to: its queue's, else its entry number's, else the root."""
    bound = (seen.owners[one] for one in (queue, number) if one in seen.owners)
    return next(bound, seen.root)


def sees_figures(seen: Sight | None, queue: str | None, number: str | None) -> bool:
    """Return whether the figures of contacts in this queue, over this number, are the user's to see."""
    return seen is None or owner(seen, queue, number) in seen.nodes


def sees_node(seen: Sight | None, node: str | None) -> bool:
    """Return whether what is bound to `node` is the user's to see; None: it is bound to the headquarters."""
    return seen is None or (node or seen.root) in seen.nodes


def sees_contact(seen: Sight | None, queue: str | None, number: str | None, agent: str | None) -> bool:
    """Return whether a contact is the user's to see: it belongs to their subtree, or an agent of theirs took it."""
    return sees_figures(seen, queue, number) or (seen is not None and agent in seen.agents)
