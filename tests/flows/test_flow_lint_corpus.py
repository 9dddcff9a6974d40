"""Public flows that others have published: read, linted and drawn without a crash, and believed to be publishable."""

from pathlib import Path

import pytest

from flowlang import document, draw, layout, lint

pytestmark = pytest.mark.shared

TRUSTED = {"B01", "B02", "B06", "B07", "B08", "B09", "G01", "G03", "G04", "T01", "D01", "D03", "D04", "D05"}
"""Rules on which these flows, which the service has accepted, and the catalogue must agree."""


def _flows(shared: Path) -> dict[str, document.Flow]:
    found: dict[str, document.Flow] = {}
    for path in sorted((shared / "corpus" / "flows").rglob("*")):
        if not path.is_file():
            continue
        try:
            found[str(path)] = document.parse(path.read_bytes())
        except document.InvalidDocument:
            continue
    return found


def test_every_public_flow_can_be_read_written_linted_and_drawn(shared: Path) -> None:
    flows = _flows(shared)
    assert len(flows) >= 90
    for flow in flows.values():
        assert document.parse(document.to_json(flow)) == flow
        assert draw.mermaid(flow)
        assert document.to_document(layout.arrange(flow))["Actions"] == document.to_document(flow)["Actions"]
        for finding in lint.lint(flow):
            assert str(finding)


def test_the_catalogue_agrees_with_what_the_service_has_accepted(shared: Path) -> None:
    wrong = {
        f"{Path(path).name}: {finding}"
        for path, flow in _flows(shared).items()
        for finding in lint.lint(flow)
        if finding.code in TRUSTED
    }
    assert wrong == set()
