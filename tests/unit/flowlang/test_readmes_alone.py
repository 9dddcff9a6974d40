"""What the READMEs of the two libraries say works with nothing but these libraries, in a bare interpreter."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.flow_documents import with_action

ROOT = Path(__file__).resolve().parents[3]
LEGACY = {
    "modules": [{"id": "bye", "type": "Disconnect", "branches": [], "parameters": []}],
    "version": "1", "type": "contactFlow", "start": "bye", "metadata": {"name": "Goodbye"},
}  # fmt: skip


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that has the two libraries, a flow and an old export, and nothing else."""
    folder = tmp_path_factory.mktemp("alone")
    compiled = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "flowlang", folder / "flowlang", ignore=compiled)
    shutil.copytree(ROOT / "localstack" / "connect", folder / "localstack" / "connect", ignore=compiled)
    shutil.copy(ROOT / "localstack" / "__init__.py", folder / "localstack")
    arn = {"LambdaFunctionARN": "arn:aws:lambda:us-east-1:000000000000:function:look_up"}
    flow = with_action("look-up", lambda item: item["Parameters"].update(arn))
    (folder / "flow.json").write_text(json.dumps(flow), encoding="utf-8")
    (folder / "folder").mkdir()
    (folder / "old-export").write_text(json.dumps(LEGACY), encoding="utf-8")
    return folder


def _blocks(readme: str, language: str) -> list[str]:
    text = (ROOT / readme).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def _bare(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an interpreter without site packages and without this repository."""
    return subprocess.run(
        [sys.executable, "-S", "-W", "error", *arguments], cwd=folder, env={"PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("readme", "number"),
    [("flowlang/README.md", 0), ("localstack/connect/README.md", 0), ("localstack/connect/README.md", 1)],
)
def test_a_snippet_of_a_readme_runs_with_nothing_else(alone: Path, readme: str, number: int) -> None:
    done = _bare(alone, "-c", _blocks(readme, "python")[number])
    assert (done.returncode, done.stderr) == (0, "")


def test_five_lines_run_a_flow_with_a_function(alone: Path) -> None:
    (first, *_) = _blocks("localstack/connect/README.md", "python")
    assert len([line for line in first.splitlines() if line]) <= 5
    text = _bare(alone, "-c", first).stdout
    assert "look_up answers tier = gold" in text
    assert "'Press 1.'" in text


def test_every_command_of_the_readme_runs_with_nothing_else(alone: Path) -> None:
    (commands,) = _blocks("flowlang/README.md", "sh")
    for line in commands.splitlines():
        words = line.partition("#")[0].replace("> flow.json", "").replace("*.json", "flow.json").split()
        assert words[0] == "python"
        done = _bare(alone, *words[1:])
        assert (done.returncode, done.stderr) == (0, ""), line
    assert (alone / "flow.svg").read_text(encoding="utf-8").startswith("<svg")


def test_every_python_block_of_the_readmes_is_run_here() -> None:
    assert len(_blocks("flowlang/README.md", "python")) == 1
    assert len(_blocks("localstack/connect/README.md", "python")) == 2
