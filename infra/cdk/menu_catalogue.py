"""The menus of a contract as trees: what callers hear until somebody publishes a version of his own.

A line's `menu` is its first menu; an option either is a category that goes to a queue, or leads `to` one of the line's
`nodes`. Its category and queues are then where callers go who give up there or ask for a person.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from chalicelib.menus import checks, documents
from chalicelib.menus.checks import Places
from chalicelib.menus.models import STAYS, Greetings, Kind, Node, Phrases, Prompt, Tree
from chalicelib.platform.errors import InvalidInput
from chalicelib.tenancy.contract import Contract, ServiceLine
from chalicelib.tenancy.contract_base import Language
from infra.cdk import prompt_catalogue
from infra.cdk.prompt_catalogue import Fallback

START = "main"
HUMAN = "person"
PLAYED = {
    "no_input": "no_input",
    "wrong_key": "wrong_key",
    "again": "menu_again",
    "not_found": "enquiry_not_found",
    "refused": "enquiry_refused",
    "apology": "technical_apology",
    "goodbye": "goodbye",
}
"""The sentences of every menu, and the prompts that they are; `welcome`, `welcome_known` and `to_agent` come beside."""
_FACTS = re.compile(r"\{\{line\.name\}\}")


def trees(contract: Contract) -> dict[str, Tree]:
    """Return the tree of every line.

    Raises:
        InvalidInput: a tree could not be published; names every problem with its path in the contract.

    """
    made = {line.id: tree(contract, line) for line in contract.service_lines}
    found = [
        f"service_lines.{position}.{problem.path}: {problem.problem}"
        for position, line in enumerate(contract.service_lines)
        for problem in checks.problems(made[line.id], places(contract, line))
    ]
    if found:
        msg = f"{contract.tenant}: the menus cannot be published: {'; '.join(found)}"
        raise InvalidInput(msg, problems=found)
    return made


def package_text(contract: Contract) -> str:
    """Return the trees as `chalicelib/menus.json` holds them; the same bytes for the same contract."""
    texts = (f'"{line}":{documents.text_of(made)}' for line, made in sorted(trees(contract).items()))
    return "{" + ",\n".join(texts) + "}\n"


def places(contract: Contract, line: ServiceLine) -> Places:
    """Return what the menus of `line` may name."""
    default = contract.languages.default
    return Places(
        line=line.id,
        languages=(default, *(code for code in contract.languages.offered if code != default)),
        queues=frozenset(queue.id for queue in contract.queues),
        lines=frozenset(each.id for each in contract.service_lines),
    )


def tree(contract: Contract, line: ServiceLine) -> Tree:
    """Return the tree of one line, unchecked."""
    own: dict[str, Node] = dict(line.nodes)
    keys: dict[str, str] = {}
    for option in line.menu:
        there = f"key-{option.digit}"
        queues = _offered(contract, option.queues)
        route = Node(kind=Kind.ROUTE, category=option.category, queues=queues)
        target = own.get(option.to) if option.to else None
        if target is not None and target.kind in STAYS and target.otherwise is None:
            own[str(option.to)] = replace(target, otherwise=there)
            own[there] = route
        elif option.to is None:
            own[there] = route
        keys[option.digit] = option.to or there
    own[START] = Node(kind=Kind.MENU, prompt=_prompt(contract, line, "menu"), keys=keys)
    own[HUMAN] = Node(kind=Kind.ROUTE, category="human-service", prompt=_prompt(contract, line, "to_agent"))
    return Tree(
        start=START,
        human=HUMAN,
        closed=line.closed_menu,
        nodes=own,
        greetings=Greetings(
            neutral=_prompt(contract, line, "welcome"),
            by_name=_prompt(contract, line, "welcome_known"),
            by_grade={grade: Prompt(text=_offered(contract, texts)) for grade, texts in line.greetings.items()},
        ),
        phrases=Phrases(**{name: _prompt(contract, line, key) for name, key in PLAYED.items()}),
    )


def fallbacks(contract: Contract) -> Iterator[Fallback]:
    """Yield what callers of a line's own nodes and greetings get in the default language (TEN-05)."""
    for line in contract.service_lines:
        for gap in checks.fallbacks(tree(contract, line), places(contract, line)):
            _, name, *_ = gap.path.split(".")
            if name in line.nodes or name == "by_grade":
                kind: Literal["queue", "prompt"] = "queue" if gap.path.endswith(".queues") else "prompt"
                yield Fallback(line.id, gap.language, kind, gap.path)


def _prompt(contract: Contract, line: ServiceLine, key: str) -> Prompt:
    """Return the prompt in every language that has one; what the line replaces by a recording is also a text."""
    without = line.model_copy(update={"prompts": {}})
    default = contract.languages.default
    texts: dict[str, str] = {}
    recordings: dict[str, str] = {}
    for language in contract.languages.offered:
        if key in line.prompts and language not in line.prompts[key] and language != default:
            continue
        said = prompt_catalogue.prompt(contract, line, language, key) or ""
        if said.startswith(prompt_catalogue.RECORDED):
            recordings[language] = said
            said = prompt_catalogue.prompt(contract, without, language, key) or ""
        texts[language] = _FACTS.sub(prompt_catalogue.name(contract, line, language), said)
    return Prompt(text=texts, recording=recordings)


def _offered(contract: Contract, texts: Mapping[Language, str]) -> dict[str, str]:
    return {language: texts[language] for language in contract.languages.offered if language in texts}
