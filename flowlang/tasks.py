"""What a person asks of flow files: lint, draw, convert, explore. Each writes to `out` and returns the exit code."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any, TextIO

from flowlang import document, draw, references
from flowlang.explore import Bounds, Problem, Report, explore
from flowlang.lint import Finding, Severity, lint
from flowlang.lint.set_rules import lint_set
from flowlang.load import Loaded, load
from flowlang.svg import svg

NOT_A_FLOW = "D00"
"""Code of what cannot be read as a flow at all."""
NOT_CONVERTED = "C01"
"""Code of what a conversion kept because it knows no counterpart."""
MAX_FLOW_FILE_BYTES = 5_000_000


class Unreadable(Exception):
    """A file is missing, holds no flow or cannot be written; the text says which and why."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """One flow with its findings."""

    file: str
    name: str
    type: str | None
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object with counts."""
        errors = sum(one.severity is not Severity.WARNING for one in self.findings)
        found = [asdict(one) for one in self.findings]
        about = {"file": self.file, "name": self.name, "type": self.type}
        return {**about, "errors": errors, "warnings": len(found) - errors, "findings": found}


def read(path: Path) -> tuple[Loaded, ...]:
    """Return the flows of a file; one without a name of its own has the file's.

    Raises:
        Unreadable: there is no such file, or no flow in it.

    """
    try:
        found = load(path.read_bytes())
    except (OSError, document.InvalidDocument) as problem:
        raise Unreadable(path, str(problem)) from problem
    stem = path.name.partition(".")[0]
    return tuple(replace(one, name=one.name or stem, ids=one.ids | {stem, path.stem}) for one in found)


def read_folder(folder: Path) -> Iterator[Loaded]:
    """Yield the flows of every file below a folder; files without one are passed over."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= MAX_FLOW_FILE_BYTES:
            try:
                yield from read(path)
            except Unreadable:
                continue


@dataclass(frozen=True, slots=True, kw_only=True)
class LintOptions:
    """How to lint: the type where files do not say, references allowed, the form of the answer, warnings as errors."""

    flow_type: str | None = None
    template: bool = False
    as_json: bool = False
    strict: bool = False


def lint_files(files: Sequence[Path], out: TextIO, options: LintOptions | None = None) -> int:
    """Write the findings; 1 when a file holds no flow or a finding is an error (with `strict` also for a warning).

    Several flows are also looked at together: who depends on whom, and whether calls of modules fit the modules.
    """
    asked = options or LintOptions()
    linted = list(_together(_lint_file(path, asked) for path in files))
    _write(linted, out, as_json=asked.as_json)
    found = [finding for one in linted for finding in one.findings]
    return int(any(asked.strict or finding.severity is not Severity.WARNING for finding in found))


def _write(linted: Sequence[Linted], out: TextIO, *, as_json: bool) -> None:
    if as_json:
        out.write(json.dumps({"flows": [one.to_json() for one in linted]}, ensure_ascii=False, indent=2) + "\n")
    else:
        for one in linted:
            for finding in one.findings:
                lost = finding.code == NOT_A_FLOW
                out.write(f"{one.file}: {finding.message if lost else finding}\n")


type _Seen = tuple[Loaded | None, Linted]


def _together(files: Iterable[Iterable[_Seen]]) -> Iterator[Linted]:
    """Add to each flow what only shows beside the others."""
    seen = [one for found in files for one in found]
    flows = [loaded for loaded, _ in seen if loaded is not None]
    more: dict[int, list[Finding]] = {}
    for flow, finding in lint_set(flows):
        more.setdefault(id(flow), []).append(finding)
    for loaded, linted in seen:
        yield replace(linted, findings=(*linted.findings, *more.get(id(loaded), ())))


def _lint_file(path: Path, asked: LintOptions) -> Iterator[_Seen]:
    try:
        flows = read(path)
    except Unreadable as lost:
        finding = Finding(NOT_A_FLOW, Severity.REFUSED, "", lost.problem, "Give a file that holds a flow")
        yield None, Linted(file=str(path), name="", type=asked.flow_type, findings=(finding,))
        return
    for loaded in flows:
        known = {reference.name for reference in references.find(loaded.flow)} if asked.template else None
        kind = asked.flow_type or loaded.type
        kept = (Finding(NOT_CONVERTED, Severity.WARNING, "", note, "Check it by hand") for note in loaded.notes)
        found = lint(loaded.flow, flow_type=kind, known_references=known)
        yield loaded, Linted(file=_label(path, loaded, flows), name=loaded.name, type=kind, findings=(*kept, *found))


def _label(path: Path, loaded: Loaded, flows: Sequence[Loaded]) -> str:
    return str(path) if len(flows) == 1 else f"{path}[{loaded.name}]"


def draw_file(path: Path, out: TextIO, *, picture: Path | None = None) -> int:
    """Write a file's flow as Mermaid, and as SVG to `picture`; of several flows the first."""
    loaded = read(path)[0]
    if picture is None:
        out.write(draw.mermaid(loaded.flow))
    else:
        try:
            picture.write_text(svg(loaded.flow, title=loaded.name), encoding="utf-8")
        except OSError as problem:
            raise Unreadable(picture, f"cannot be written: {problem.strerror}") from problem
        out.write(f"written: {picture}\n")
    return 0


def convert_file(path: Path, out: TextIO, notes: TextIO) -> int:
    """Write a file's flow in the flow language; what has no counterpart goes to `notes`. Several flows: a list."""
    flows = read(path)
    documents = [document.to_document(one.flow) for one in flows]
    out.write(json.dumps(documents[0] if len(flows) == 1 else documents, ensure_ascii=False, indent=2) + "\n")
    for one in flows:
        notes.writelines(f"{note}\n" for note in one.notes)
    return 0


def explore_file(path: Path, out: TextIO, *, folder: Path | None = None, as_json: bool = False) -> int:
    """Write what exploring each flow of a file found; flows below `folder` are followed."""
    flows = read(path)
    others = list(read_folder(folder)) if folder else []
    reports = [_explore(path, one, [*flows, *others]) for one in flows]
    if as_json:
        shown = [report.to_json() for report in reports]
        out.write(json.dumps(shown[0] if len(shown) == 1 else shown, ensure_ascii=False, indent=2) + "\n")
    else:
        for report in reports:
            out.writelines(f"{line}\n" for line in _lines(report))
    return 0


def _explore(path: Path, loaded: Loaded, all_of_them: Sequence[Loaded]) -> Report:
    others = [one for one in all_of_them if one.flow != loaded.flow]
    file = str(path) if loaded.where == "" else f"{path}[{loaded.name}]"
    return explore(loaded, others, bounds=Bounds(clock=monotonic), file=file)


def _lines(report: Report) -> Iterator[str]:
    yield (
        f"{report.file}: {report.visited} of {report.reachable} reachable actions visited "
        f"({report.actions} in all), {report.taken} of {report.transitions} transitions taken, {report.states} states"
        + (", stopped at the bound" if report.bounded else "")
    )
    if report.unsupported:
        yield f"  unsupported: {', '.join(report.unsupported)}"
    if report.stubbed:
        yield f"  not given, so not followed: {', '.join(report.stubbed)}"
    if report.without_values:
        yield f"  visited only where values are ignored: {', '.join(report.without_values)}"
    for branch in report.not_taken:
        yield f"  never taken: {branch}"
    for problem in report.problems:
        yield f"  {problem.severity} {problem.code} at {problem.action}: {problem.message}"
        yield f"    way: {_way(problem)}"


def _way(problem: Problem) -> str:
    steps = (f"{step.flow + '/' if step.flow else ''}{step.action} ({step.choice})" for step in problem.script)
    return " > ".join(steps)
