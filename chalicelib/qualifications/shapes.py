"""Qualifications: what `review_qualifications` answers."""

from typing import TypedDict

from chalicelib.platform.shapes import Version


class GateAnswer(TypedDict):
    """How many agents stand where they belong, lost their queues, got them back."""

    schema: Version
    left: int
    withdrawn: int
    restored: int
