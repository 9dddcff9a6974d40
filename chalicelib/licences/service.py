"""Licences: the only door for other capabilities."""

from chalicelib.licences.activation import may_activate
from chalicelib.licences.policy import refusals
from chalicelib.licences.presentation import may_present

__all__ = ["may_activate", "may_present", "refusals"]
