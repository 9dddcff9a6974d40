"""Flows at the terminal: `python -m flowlang lint|draw|convert|explore FILE`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from flowlang import tasks
from flowlang.catalogue.model import FLOW_TYPES


def main(arguments: Sequence[str], out: TextIO) -> int:
    """Do what the arguments say and return the exit code: 1 when a file is no flow or has more than warnings."""
    given = _parser().parse_args(arguments)
    try:
        return _run(given, out)
    except tasks.Unreadable as problem:
        out.write(f"{problem}\n")
        return 1


def _run(given: argparse.Namespace, out: TextIO) -> int:
    match given.command:
        case "lint":
            asked = tasks.LintOptions(
                flow_type=given.type, template=given.template, as_json=given.json, strict=given.strict
            )
            return tasks.lint_files(given.files, out, asked)
        case "draw":
            return tasks.draw_file(given.file, out, picture=given.svg)
        case "convert":
            return tasks.convert_file(given.file, out, sys.stderr)
        case _:
            return tasks.explore_file(given.file, out, folder=given.flows, as_json=given.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="flowlang", description="Amazon Connect flows: lint, draw, convert, explore.")
    commands = parser.add_subparsers(dest="command", required=True)
    linting = commands.add_parser("lint", help="say what is wrong with flows")
    linting.add_argument("files", nargs="+", type=Path)
    linting.add_argument("--type", choices=sorted(FLOW_TYPES), help="the flow type, for rules that depend on it")
    linting.add_argument("--template", action="store_true", help="symbolic references may stand in it")
    linting.add_argument("--strict", action="store_true", help="warnings fail too")
    linting.add_argument("--json", action="store_true", help="findings as JSON")
    drawing = commands.add_parser("draw", help="draw a flow as a Mermaid flowchart, or as a picture")
    drawing.add_argument("file", type=Path)
    drawing.add_argument("--svg", type=Path, help="write an SVG picture to this file instead")
    converting = commands.add_parser("convert", help="write a flow, also an old console export, in the flow language")
    converting.add_argument("file", type=Path)
    exploring = commands.add_parser("explore", help="drive a flow through every branch and say what callers may meet")
    exploring.add_argument("file", type=Path)
    exploring.add_argument("--flows", type=Path, help="a folder of flows and modules that it may refer to")
    exploring.add_argument("--json", action="store_true", help="the report as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout))
