"""The flow language imports nothing of the project and nothing from outside the standard library."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[3] / "flowlang"


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_flowlang_needs_only_itself_and_the_standard_library() -> None:
    roots = {
        name.partition(".")[0] for path in PACKAGE.rglob("*.py") for name in _imported(path.read_text(encoding="utf-8"))
    }
    assert roots - sys.stdlib_module_names == {"flowlang"}
