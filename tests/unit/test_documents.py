"""What README and documents name is there: links and headings, files, commands with their options, targets of make."""

import itertools
import re
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.core import TyperGroup

from cli.main import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in subprocess.run(
    ["git", "ls-files", "*.md"], capture_output=True, text=True, check=True, cwd=ROOT,
).stdout.split()]  # fmt: skip
FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]*)\)")
OURS = re.compile(
    r"(?:app\.py|(?:chalicelib|flowlang|lambdas|infra|localstack|cli|tests|bench|docs|scripts|tenants|contact_flows)/"
    r"[\w./-]+\.(?:py|md|ya?ml|json|txt|toml|sh))"
)
MADE = re.compile(r"chalicelib/(?:tenant|menus)\.json|tenants/(?:clinic|mine)\.yaml")
"""What packaging writes, and what the reader does."""
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def code(page: Path) -> Iterator[str]:
    """Yield every line of code of the page: of its blocks without their comments, and what stands between backticks."""
    for block in FENCED.findall(page.read_text(encoding="utf-8")):
        yield from (line.partition(" #")[0].strip() for line in block.splitlines())
    yield from INLINE.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them; the second heading of a text gets `-1`."""
    texts = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    slugs = [re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-") for text in texts]
    counted = {slug: slugs.count(slug) for slug in slugs}
    return set(slugs) | {f"{slug}-{nth}" for slug, times in counted.items() for nth in range(1, times)}


def lost_links(page: Path) -> Iterator[str]:
    for link in LINK.findall(prose(page)):
        path, _, anchor = link.partition("#")
        leads_to = (page.parent / path).resolve() if path else page
        if not leads_to.exists() or (anchor and leads_to.suffix == ".md" and anchor not in anchors(leads_to)):
            yield link


def called(words: Sequence[str]) -> tuple[Any, list[str]]:
    """The command that these words call, and the words that are left."""
    command: Any = typer.main.get_command(app)
    left = list(words)
    while isinstance(command, TyperGroup) and left and left[0] in command.commands:
        command = command.commands[left.pop(0)]
    return command, left


def unknown(line: str) -> str | None:
    """What is unknown of a call of the command line; None when it can be called so."""
    words = shlex.split(re.sub(r"[][]", " ", line).replace("...", ""))
    command, left = called(words[1:])
    if isinstance(command, TyperGroup) and left and not left[0].startswith("-"):
        return left[0]
    options = set(itertools.chain.from_iterable(each.opts + each.secondary_opts for each in command.params))
    asked = [word.partition("=")[0] for word in left if re.match(r"--?[a-z]", word)]
    return next((word for word in asked if word not in options | {"--help"}), None)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(lost_links(page)) == []


@pytest.mark.parametrize("folder", ["docs", "docs/adr"])
def test_every_page_of_a_folder_stands_in_its_index(folder: str) -> None:
    index = ROOT / folder / "README.md"
    named = {(index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(prose(index))}
    pages = {*index.parent.glob("*.md"), *index.parent.glob("runbooks/*.md")}
    assert sorted(page.name for page in pages - named - {index}) == []


def test_every_file_that_a_page_names_is_there() -> None:
    lost = {
        f"{page.relative_to(ROOT)}: {path}"
        for page in PAGES
        for path in OURS.findall(MADE.sub("", page.read_text(encoding="utf-8")))
        if not any((folder / path).exists() for folder in (ROOT, page.parent))
    }
    assert lost == set()


def test_every_call_of_the_command_line_in_the_pages_can_be_made() -> None:
    calls = [(page, line) for page in PAGES for line in code(page) if re.match(r"(\./)?trunkline [a-z]", line)]
    assert len(calls) > 50
    assert [f"{page.relative_to(ROOT)}: {line}: {what}" for page, line in calls if (what := unknown(line))] == []


def test_every_target_of_make_in_the_pages_is_there() -> None:
    named = [(page, line.split()[1]) for page in PAGES for line in code(page) if re.match(r"make [a-z]+\b", line)]
    assert len(named) > 20
    assert {f"{page.relative_to(ROOT)}: {target}" for page, target in named if target not in TARGETS} == set()
