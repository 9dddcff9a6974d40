"""Agents: what others may know of them. Small: decisions load it while a caller waits."""

from chalicelib.agents.activity import doing, since
from chalicelib.agents.models import AgentState, House
from chalicelib.agents.store import Agents

__all__ = ["AgentState", "Agents", "House", "doing", "since"]
