"""What keeps a tree from being published: every rule broken once, all told by place; and what is only counted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.menus import checks, documents
from chalicelib.menus.models import Kind, Node, Prompt, Tree
from tests.support.menu_trees import EN, PLACES, QUEUES, SMALL, ZH, said, tree


def changed(name: str, **fields: Any) -> Tree:
    """Return the small tree with one node changed."""
    return tree({**SMALL, name: replace(SMALL[name], **fields)})


def added(**nodes: Node) -> Tree:
    return tree({**SMALL, **{name.replace("_", "-"): node for name, node in nodes.items()}})


def keys(**more: str) -> Mapping[str, str]:
    return {**SMALL["main"].keys, **{key.removeprefix("k"): target for key, target in more.items()}}


MENU = Node(kind=Kind.MENU, prompt=said("more"), keys={"1": "question"})
LONG = "好" * (checks.TEXT_MAX_CHARACTERS + 1)

BROKEN = [
    (tree(start="gone"), "start", "no such node"),
    (tree(closed="gone"), "closed", "no such node"),
    (tree(human="gone"), "human", "no such node"),
    (tree(start="question"), "start", "must be a menu"),
    (tree(human="main"), "human", "must be a route"),
    (changed("main", keys={"1": "gone"}), "nodes.main.keys.1", "no such node"),
    (changed("main", keys=keys(k12="question")), "nodes.main.keys.12", "not a key"),
    (changed("main", keys={}), "nodes.main.keys", "required"),
    (changed("main", prompt=None), "nodes.main.prompt", "required"),
    (changed("main", timeout_s=7), "nodes.main.timeout_s", "5, 10, 20"),
    (changed("main", retries=9), "nodes.main.retries", "0 to 5"),
    (changed("main", otherwise="gone"), "nodes.main.otherwise", "no such node"),
    (changed("main", queues=QUEUES), "nodes.main.queues", "no meaning"),
    (changed("question", category=None), "nodes.question.category", "required"),
    (changed("question", category="Two Words"), "nodes.question.category", "letter first"),
    (changed("question", queues={ZH: "nowhere"}), f"nodes.question.queues.{ZH}", "no such queue"),
    (changed("question", queues={EN: "english"}), f"nodes.question.queues.{ZH}", "default language"),
    (changed("question", queues={**QUEUES, "fr-FR": "english"}), "nodes.question.queues.fr-FR", "not a language"),
    (changed("rescue", queues={}), "nodes.rescue.queues", "required"),
    (changed("sales", line="after-sales"), "nodes.sales.line", "no other line"),
    (changed("sales", line="nowhere"), "nodes.sales.line", "no other line"),
    (changed("result", enquiry=None), "nodes.result.enquiry", "required"),
    (changed("result", ask=None), "nodes.result.ask", "must ask"),
    (changed("bye", prompt=None), "nodes.bye.prompt", "required"),
    (changed("bye", prompt=said("")), f"nodes.bye.prompt.text.{ZH}", "1 to 1500"),
    (changed("bye", prompt=said(LONG)), f"nodes.bye.prompt.text.{ZH}", "1 to 1500"),
    (changed("bye", prompt=Prompt(text={EN: "bye"})), f"nodes.bye.prompt.text.{ZH}", "default language"),
    (changed("bye", prompt=Prompt(text={ZH: "再见", "fr-FR": "!"})), "nodes.bye.prompt.text.fr-FR", "not a language"),
    (changed("bye", prompt=said("{balance}")), f"nodes.bye.prompt.text.{ZH}", "{balance}"),
    (changed("bye", prompt=said("bye", recording="bye.wav")), f"nodes.bye.prompt.recording.{ZH}", "s3://"),
    (
        changed("bye", prompt=Prompt(text={ZH: "bye"}, recording={EN: "s3://acme/bye.wav"})),
        f"nodes.bye.prompt.recording.{EN}", "needs a text",
    ),
    (added(island=MENU), "nodes.island", "unreachable"),
    (added(Main=MENU), "nodes.Main", "id has"),
    (
        tree({**SMALL, "business": replace(SMALL["business"], otherwise="more"),
              "more": replace(MENU, otherwise="business")}),
        "nodes.business", "dead end for who presses nothing: business > more > business",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "path", "problem"), BROKEN)
def test_a_tree_that_breaks_a_rule_cannot_be_published(broken: Tree, path: str, problem: str) -> None:
    found = {each.path: each.problem for each in checks.problems(broken, PLACES)}
    assert problem in found[path]


def test_every_problem_is_told_at_once() -> None:
    broken = tree(
        {**SMALL, "main": replace(SMALL["main"], timeout_s=1, retries=8), "bye": replace(MENU, queues=QUEUES)}
    )
    paths = [each.path for each in checks.problems(broken, PLACES)]
    assert paths == ["nodes.bye.queues", "nodes.main.retries", "nodes.main.timeout_s"]


def test_a_tree_with_circles_that_ask_the_caller_is_fine() -> None:
    assert checks.problems(tree(), PLACES) == ()
    assert checks.problems(changed("main", keys=keys(k8="main"), otherwise="business"), PLACES) == ()


def test_a_tree_may_be_as_deep_as_its_editor_likes() -> None:
    deep = {f"level-{depth}": replace(MENU, keys={"1": f"level-{depth + 1}"}) for depth in range(200)}
    nodes = {**SMALL, **deep, "level-200": MENU, "main": replace(SMALL["main"], keys=keys(k8="level-0"))}
    assert checks.problems(tree(nodes), PLACES) == ()
    many = {f"n{number}": MENU for number in range(checks.NODES_MAX)}
    assert "at most" in next(each.problem for each in checks.problems(added(**many), PLACES) if each.path == "nodes")


def test_what_a_language_lacks_is_counted_and_no_problem() -> None:
    nodes = {**SMALL, "fees": replace(SMALL["fees"], prompt=said("只有中文", ""))}
    lacking = tree(nodes)
    assert checks.problems(lacking, PLACES) == ()
    assert [(gap.path, gap.language) for gap in checks.fallbacks(lacking, PLACES)] == [
        ("nodes.fees.prompt", EN),
        ("nodes.rescue.queues", EN),
    ]


def test_a_tree_survives_the_way_through_json() -> None:
    document = documents.document_of(tree())
    assert documents.tree_of(document) == tree()
    assert "retries" not in document["nodes"]["main"]
    assert documents.text_of(tree()) == documents.text_of(documents.tree_of(document))
