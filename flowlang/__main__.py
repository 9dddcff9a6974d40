"""Flows at the terminal: `python -m flowlang lint FILE...` and `python -m flowlang draw FILE`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from flowlang import document, draw, references
from flowlang.catalogue.model import FLOW_TYPES
from flowlang.lint import Severity, lint


def main(arguments: Sequence[str], out: TextIO) -> int:
    """Do what the arguments say and return the exit code: 1 when a file is no flow or has more than warnings."""
    parser = argparse.ArgumentParser(prog="flowlang", description="Amazon Connect flows: lint and draw.")
    commands = parser.add_subparsers(dest="command", required=True)
    linting = commands.add_parser("lint", help="say what is wrong with flows")
    linting.add_argument("files", nargs="+", type=Path)
    linting.add_argument("--type", choices=sorted(FLOW_TYPES), help="the flow type, for rules that depend on it")
    linting.add_argument("--template", action="store_true", help="symbolic references may stand in it")
    drawing = commands.add_parser("draw", help="draw a flow as a Mermaid flowchart")
    drawing.add_argument("file", type=Path)
    given = parser.parse_args(arguments)
    if given.command == "draw":
        return _draw(given.file, out)
    return max(_lint(path, given.type, out, template=given.template) for path in given.files)


def _lint(path: Path, flow_type: str | None, out: TextIO, *, template: bool) -> int:
    flow = _read(path, out)
    if flow is None:
        return 1
    known = {reference.name for reference in references.find(flow)} if template else None
    findings = lint(flow, flow_type=flow_type, known_references=known)
    for finding in findings:
        out.write(f"{path}: {finding}\n")
    return int(any(finding.severity is not Severity.WARNING for finding in findings))


def _draw(path: Path, out: TextIO) -> int:
    flow = _read(path, out)
    if flow is None:
        return 1
    out.write(draw.mermaid(flow))
    return 0


def _read(path: Path, out: TextIO) -> document.Flow | None:
    try:
        return document.parse(path.read_bytes())
    except (OSError, document.InvalidDocument) as problem:
        out.write(f"{path}: {problem}\n")
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout))
