"""Licences: the only door for other capabilities."""

from chalicelib.licences.activation import may_activate
from chalicelib.licences.policy import refusals

__all__ = ["may_activate", "refusals"]
