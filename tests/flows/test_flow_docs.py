"""docs/flows.md says what the flows and the linter are."""

import re
from pathlib import Path

import yaml

from flowlang import document, draw
from tests.support import lint_page

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")


def test_the_drawings_are_those_of_the_flows() -> None:
    drawn = re.findall(r"<!-- drawn from (\S+) -->\n\n```mermaid\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(drawn) >= 5
    for path, drawing in drawn:
        assert drawing == draw.mermaid(document.parse((ROOT / path).read_bytes())), path


def test_the_page_of_codes_is_that_of_the_rules() -> None:
    assert lint_page.PAGE.read_text(encoding="utf-8") == lint_page.page()


def test_every_flow_and_module_is_described() -> None:
    manifest = yaml.safe_load((ROOT / "contact_flows" / "manifest.yaml").read_text(encoding="utf-8"))
    assert [entry["name"] for entry in manifest["flows"] if f"| `{entry['name']}`" not in PAGE] == []


def test_every_attribute_that_a_flow_sets_is_listed() -> None:
    keys = {
        key
        for path in (ROOT / "contact_flows").glob("*/*.json")
        for action in document.parse(path.read_bytes()).actions
        for key in action.parameters.get("Attributes", {})
    }
    assert [key for key in sorted(keys) if f"`{key}`" not in PAGE] == []
