"""`trunkline menus preview`: a scripted call through the contract's menus, or through a tree from a file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chalicelib.platform.errors import InvalidInput
from chalicelib.tenancy.contract_file import load
from cli import places
from cli.main import app
from infra.cdk import menu_catalogue

CONTRACT = load(places.contract_path("taxihotline"))


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["menus", "preview", "--tenant", "taxihotline", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_it_tells_what_the_caller_hears_and_where_the_menu_leads() -> None:
    told = run("6", "1", "2", "0")
    assert told.index("收费标准请按1") < told.index("起步价为三公里十元") < told.index("重听请按1")
    assert "menuPath: main>6>1>2>0" in told
    assert "category: consultation" in told


def test_a_tree_from_a_file_is_heard_in_the_place_of_the_contracts(tmp_path: Path) -> None:
    tree = json.loads(menu_catalogue.package_text(CONTRACT))["hotline"]
    tree["nodes"]["main"]["prompt"]["text"]["zh-CN"] = "新菜单请按1"
    file = tmp_path / "tree.json"
    file.write_text(json.dumps({"tree": tree}), encoding="utf-8")
    assert "新菜单请按1" in run("-", "1", "--tree", str(file))
    tree["nodes"]["main"]["keys"]["8"] = "nowhere"
    file.write_text(json.dumps(tree), encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"nodes\.main\.keys\.8: no such node"):
        run("--tree", str(file))
    file.write_text("[]", encoding="utf-8")
    with pytest.raises(InvalidInput, match="has no tree"):
        run("--tree", str(file))


def test_a_number_of_another_tenant_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not an entry number of taxihotline"):
        run("--to", "+864008601234")
