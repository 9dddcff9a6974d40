"""Entry numbers: the only door for other capabilities."""

from chalicelib.numbers.policy import Resolution, resolve

__all__ = ["Resolution", "resolve"]
