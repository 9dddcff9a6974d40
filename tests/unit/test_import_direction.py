"""The map's rules about imports that import-linter's layers cannot say (docs/adr/0013)."""

import ast
import configparser
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "chalicelib"
CAPABILITIES = sorted(path.name for path in PRODUCT.iterdir() if path.is_dir() and (path / "__init__.py").exists())
OPEN = {"service", "events", "models", "registry"}
"""What a capability may import of another one. The registry of KPIs is data, as models are (KPI-01)."""

AUTHORING = {path.stem for path in (PRODUCT / "tenancy").glob("contract*.py")} | {"compiler"}
"""Tenancy's authoring side: for CDK, command line and tests, never for functions."""


def imports_of(path: Path) -> Iterator[str]:
    """Yield every module of the product that the file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("chalicelib"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("chalicelib"):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def parts_of(module: str) -> tuple[str, str]:
    """Return capability and door of `chalicelib.routing.service.Routing`; the door is '' for the package itself."""
    _, capability, door, *_ = [*module.split("."), "", ""]
    return capability, door


def test_a_capability_imports_only_the_open_doors_of_another_one() -> None:
    closed = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in PRODUCT.rglob("*.py")
        for module in imports_of(path)
        for capability, door in [parts_of(module)]
        if capability not in {path.parent.name, "platform", ""}
        if door not in OPEN
    ]
    assert closed == []


def test_no_function_carries_the_authoring_side_of_the_contract() -> None:
    carried = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in [ROOT / "app.py", *PRODUCT.rglob("*.py")]
        if path.stem not in AUTHORING
        for module in imports_of(path)
        if parts_of(module)[0] == "tenancy" and parts_of(module)[1] in AUTHORING
    ]
    assert carried == []


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_every_package_says_in_one_line_what_it_is(capability: str) -> None:
    docstring = ast.get_docstring(ast.parse((PRODUCT / capability / "__init__.py").read_text(encoding="utf-8")))
    assert docstring
    assert len(docstring.splitlines()) <= 3


def test_the_map_names_every_capability() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    _, _, told = page.partition("Capabilities so far:")
    named = set(re.findall(r"\*\*([a-z]+)\*\*: ", told.partition("## ")[0]))
    assert named == set(CAPABILITIES) - {"platform"}


def test_import_linter_knows_every_capability() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    named = {f"chalicelib.{capability}" for capability in CAPABILITIES if capability != "platform"}
    assert set(contracts["importlinter:contract:ground-floor"]["forbidden_modules"].split()) == named
    layered = set(contracts["importlinter:contract:doors"]["containers"].split())
    assert layered == named - {"chalicelib.tenancy"}, "tenancy has an authoring side of its own shape"
