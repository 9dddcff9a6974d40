"""Breaking text into rows by terminal columns, where a Chinese character takes two. Pure."""

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len

CLOSING: Final = frozenset("，。；：、！？）》」,.;:!?)")
"""Marks that never begin a row."""


def wrap(text: str, cells: int) -> list[str]:
    """Break `text` into rows of at most `cells` columns: at spaces, and anywhere between Chinese characters."""
    rows: list[str] = []
    row = ""
    for word in _words(" ".join(text.split())):
        if row and cell_len((row + word).rstrip()) > cells:
            rows.append(row.rstrip())
            row = ""
        row += word if row else word.lstrip()
        while cell_len(row.rstrip()) > cells:
            cut = _fit(row, cells)
            rows.append(row[:cut])
            row = row[cut:]
    return [*rows, row.rstrip()] if row.strip() or not rows else rows


def _words(text: str) -> Iterator[str]:
    """Yield the pieces between which a row may end: words with the space after them, single wide characters.

    Closing punctuation stays with what it closes, so that no row begins with a comma, and a digit with its verb: 按3.
    """
    piece = ""
    for character in text:
        wide = cell_len(character) > 1
        ends = piece and (piece.endswith(" ") or wide)
        if ends and character not in CLOSING:
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _fit(text: str, cells: int) -> int:
    used = 0
    for position, character in enumerate(text):
        used += cell_len(character)
        if used > cells:
            return max(1, position)
    return len(text)
