"""The text of a file that may hold flows: decoded, and mended where people write what JSON does not know."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from flowlang.document import InvalidDocument

_ARCHIVES: Mapping[bytes, str] = {
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
}
_PLACEHOLDER = re.compile(r"([:\[,]\s*)(\$\{[^{}\"]*\}|\{\{[^{}\"]*\}\}|<[A-Za-z][A-Za-z0-9_ -]*>)(\s*[,}\]])")
_COMMENT_OR_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMA_OR_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])', re.DOTALL)
_CONTINUED = re.compile(r"\\\r?\n[ \t]*")
_SIBLING = re.compile(r"""["']?(\w+)["']?\s*[:=]\s*["']?([^"'#]+?)["']?\s*,?\s*$""")
LEVELS = 3


def decoded(source: str | bytes) -> str:
    """Return the text of a file in any of Unicode's encodings, without its byte order mark.

    Raises:
        InvalidDocument: it is an archive, or no text.

    """
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    for start, kind in _ARCHIVES.items():
        if source.startswith(start):
            raise InvalidDocument("(document)", f"expected text, found {kind}: unpack it and give the files in it")
    try:
        return source.decode(json.detect_encoding(source)).removeprefix("\ufeff")
    except UnicodeDecodeError as exc:
        raise InvalidDocument("(document)", f"expected UTF-8 or UTF-16 text: {exc}") from exc


def value(text: str) -> tuple[Any, InvalidDocument | None]:
    """Return the JSON value of a text, or what is wrong with it."""
    try:
        return json.loads(text, strict=False), None
    except json.JSONDecodeError as exc:
        cut = "; the text ends too early, is it cut off?" if exc.pos >= len(text.rstrip()) else ""
        return None, InvalidDocument("(document)", f"expected JSON: {exc}{cut}")
    except (ValueError, RecursionError) as exc:
        return None, InvalidDocument("(document)", f"expected JSON: {exc}")


def mended(text: str) -> Iterator[str]:
    """Yield the text as it may have been meant: without comments and trailing commas, placeholders quoted."""
    plain = _COMMENT_OR_TEXT.sub(lambda match: match[0] if match[0].startswith('"') else " ", text)
    plain = _COMMA_OR_TEXT.sub(lambda match: match[0] if match[0].startswith('"') else "", plain)
    yield plain
    yield _PLACEHOLDER.sub(r'\1"\2"\3', plain)


def joined_lines(text: str) -> str:
    """Return a quoted text that YAML continues over lines, in one line."""
    return _CONTINUED.sub("", text)


def siblings(text: str, at: int) -> tuple[dict[str, str], ...]:
    """Return the keys with simple values that stand beside the one whose value begins at `at`, then those above it.

    Beside are lines of the same depth, up to one that is less deep: `Type: CUSTOMER_QUEUE` beside `Content: ...`, in
    YAML as in Terraform. Above them are the lines of what it stands in, up to two levels.
    """
    before, after = text[:at].split("\n"), text[at:].split("\n")
    own = _owner(before)
    if own is None:
        return ()
    depth = _depth(before[own])
    found: list[dict[str, str]] = [{}]
    for line in (line for line in after[1:] if line.strip()):
        if _depth(line) < depth:
            break
        _learn(found[0], line, depth)
    for line in (line for line in reversed(before[:own]) if line.strip()):
        if _depth(line) < depth:
            depth = _depth(line)
            found.append({})
        if len(found) > LEVELS:
            break
        _learn(found[-1], line, depth)
    return tuple(found[:LEVELS])


def _learn(keys: dict[str, str], line: str, depth: int) -> None:
    match = _SIBLING.match(line.strip().removeprefix("- ")) if _depth(line) == depth else None
    if match:
        keys.setdefault(match[1], match[2].strip())


def _owner(lines: list[str]) -> int | None:
    """Return the line whose key has the value: the last that names a key before it."""
    for number in range(len(lines) - 1, max(-1, len(lines) - 5), -1):
        if re.match(r"\s*(?:- )?[\"']?\w+[\"']?\s*[:=]", lines[number]):
            return number
    return None


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip().removeprefix("- ").lstrip())
