"""Menu trees for tests: a small one that has every kind, and any that a contract's editor could publish."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from chalicelib.menus.checks import Places
from chalicelib.menus.models import (
    BACK,
    HUMAN,
    KEYS,
    REPEAT,
    TIMEOUTS_S,
    TOP,
    Caller,
    Greetings,
    Heard,
    Input,
    Kind,
    Level,
    Node,
    Phrases,
    Prompt,
    Tree,
)

ZH, EN = "zh-CN", "en-US"
PLACES = Places(
    line="after-sales",
    languages=(ZH, EN),
    queues=frozenset({"after-sales", "english", "complaints"}),
    lines=frozenset({"after-sales", "telesales"}),
)
STRANGER = Caller(language=ZH)
KNOWN = Caller(language=ZH, name="王芳", grade="gold", customer_id="c-10001", level=Level.KNOWN)
QUEUES = {ZH: "after-sales", EN: "english"}


def said(text: str, english: str | None = None, recording: str | None = None) -> Prompt:
    """Return a prompt in Mandarin, and in English unless `english` is ''."""
    texts = {ZH: text} if english == "" else {ZH: text, EN: english or f"{text} in English"}
    return Prompt(text=texts, recording={ZH: recording} if recording else {})


def phrases() -> Phrases:
    """Return shared sentences that tell their own names."""
    names = ("no_input", "wrong_key", "again", "not_found", "refused", "apology", "goodbye")
    return Phrases(**{name: said(name) for name in names})


def tree(nodes: Mapping[str, Node] | None = None, **changed: Any) -> Tree:
    """Return the small tree, with other `nodes` or anything else changed."""
    return replace(
        Tree(
            start="main",
            human="person",
            closed=None,
            nodes=SMALL if nodes is None else nodes,
            greetings=Greetings(
                neutral=said("welcome"), by_name=said("welcome {name}"), by_grade={"gold": said("dear gold {name}")}
            ),
            phrases=phrases(),
        ),
        **changed,
    )


SMALL: Mapping[str, Node] = {
    "main": Node(
        kind=Kind.MENU, prompt=said("the main menu"),
        keys={"1": "question", "2": "business", "3": "result", "4": "bill", "5": "sales", "6": "message",
              "7": "bye", "8": REPEAT, "9": "rescue", "0": HUMAN},
    ),
    "business": Node(
        kind=Kind.MENU, prompt=said("the business menu"), otherwise="clerk", timeout_s=10, retries=1,
        keys={"1": "open-account", "2": "fees", "*": BACK, "#": TOP, "0": HUMAN},
    ),
    "open-account": Node(kind=Kind.ROUTE, category="business", sub_category="open-account", queues=QUEUES),
    "clerk": Node(kind=Kind.ROUTE, category="business", queues=QUEUES, prompt=said("to a clerk")),
    "fees": Node(kind=Kind.ANSWER, prompt=said("the fees", recording="s3://acme/fees.wav")),
    "question": Node(kind=Kind.ROUTE, category="consultation", queues=QUEUES),
    "result": Node(kind=Kind.ENQUIRY, enquiry="result", ask=said("your number"), prompt=said("it is {answer}")),
    "bill": Node(kind=Kind.ENQUIRY, enquiry="bill", level=Level.KNOWN, prompt=said("you owe {answer}")),
    "sales": Node(kind=Kind.LINE, line="telesales"),
    "message": Node(kind=Kind.VOICEMAIL, category="message"),
    "bye": Node(kind=Kind.GOODBYE, prompt=said("so long")),
    "rescue": Node(kind=Kind.EMERGENCY, category="emergency", sub_category="rescue", queues={ZH: "complaints"}),
    "person": Node(kind=Kind.ROUTE, category="human-service", prompt=said("to an agent")),
}  # fmt: skip

INPUTS = st.one_of(
    st.sampled_from(KEYS).map(lambda key: Input(heard=Heard.KEY, text=key)),
    st.just(Input(heard=Heard.NOTHING)),
    st.sampled_from(["2041", "", "7"]).map(lambda text: Input(heard=Heard.DIGITS, text=text)),
)
FOUND = st.sampled_from(
    [Input(heard=Heard.FOUND, text="closed"), Input(heard=Heard.NOT_FOUND), Input(heard=Heard.FAILED)]
)
_ENDS = (
    Node(kind=Kind.ROUTE, category="business", sub_category="fees", queues=QUEUES),
    Node(kind=Kind.EMERGENCY, category="emergency", queues={ZH: "complaints"}),
    Node(kind=Kind.VOICEMAIL, category="message"),
    Node(kind=Kind.GOODBYE, prompt=said("so long")),
    Node(kind=Kind.LINE, line="telesales"),
)


@st.composite
def any_tree(draw: st.DrawFn) -> Tree:
    """A tree that may be published: up to 12 nodes, keys that lead anywhere, also back and round."""
    count = draw(st.integers(1, 10))
    names = ["main", *(f"n{position}" for position in range(1, count))]
    nodes: dict[str, Node] = {"person": SMALL["person"]}
    menus = [name for name in names if name == "main" or draw(st.booleans())]
    for name in names:
        nodes[name] = _menu(draw, [*names, "person"]) if name in menus else _leaf(draw)
    keys = dict(nodes["main"].keys)
    spare = [key for key in KEYS if key not in keys]
    for name in names[1:]:  # what no key leads to could not be published
        if spare:
            keys[spare.pop()] = name
    nodes["main"] = replace(nodes["main"], keys=keys)
    reached = set(keys.values()) | {"main", "person"}
    for name in list(nodes):
        reached |= set(nodes[name].keys.values())
    return tree({name: node for name, node in nodes.items() if name in reached})


def _menu(draw: st.DrawFn, names: list[str]) -> Node:
    targets = st.sampled_from([*names, BACK, REPEAT, TOP, HUMAN])
    keys = draw(st.dictionaries(st.sampled_from(KEYS[:8]), targets, min_size=1, max_size=4))
    return Node(
        kind=Kind.MENU,
        prompt=said("a menu"),
        keys=keys,
        timeout_s=draw(st.sampled_from(TIMEOUTS_S)),
        retries=draw(st.integers(0, 3)),
    )


def _leaf(draw: st.DrawFn) -> Node:
    asks = Node(kind=Kind.ENQUIRY, enquiry="result", ask=said("your number"), prompt=said("it is {answer}"))
    bill = Node(kind=Kind.ENQUIRY, enquiry="bill", level=draw(st.sampled_from(Level)), ask=said("?"), prompt=said("!"))
    answer = Node(kind=Kind.ANSWER, prompt=said("an answer"), retries=draw(st.integers(0, 2)))
    return draw(st.sampled_from([asks, bill, answer, *_ENDS]))
