"""Privacy: what `serve_privacy_requests` answers."""

from typing import TypedDict

from chalicelib.platform.shapes import Version


class PrivacyAnswer(TypedDict):
    """How many holds keep and were released; how many requests ended, are held, and go on with the next look."""

    schema: Version
    kept: int
    released: int
    ended: int
    held: int
    left: int
