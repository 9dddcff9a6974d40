"""The log of a call: one text, read back exactly, and what it adds to the report of each node."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.menus import log, policy, usage
from chalicelib.menus.models import STAYING, Exit, Heard, Input, Tree
from chalicelib.platform.tenancy import tenant_id
from tests.support.menu_trees import FOUND, INPUTS, STRANGER, ZH, any_tree, tree

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def told(*given_: Input, menus: Tree | None = None) -> tuple[str, str]:
    """Return log and last node of a call with these inputs, five seconds apart."""
    menus = menus or tree()
    step = policy.begin(menus, STRANGER, ZH, closed=False)
    text = log.more(log.began(NINE), step.log)
    for number, each in enumerate(given_, 1):
        step = policy.step(menus, step.state, each, STRANGER, ZH, at_s=5 * number)
        text = log.more(text, step.log)
    return text, step.state.node


def keys(*pressed: str) -> list[Input]:
    return [Input(heard=Heard.KEY, text=key) if key else Input(heard=Heard.NOTHING) for key in pressed]


def test_every_step_is_told_with_time_choice_and_exit() -> None:
    text, last = told(*keys("", "2", "1"))
    assert text == ("2026-03-02T01:00:00Z 5.main.-.no-input 10.main.2.key 15.business.1.key 15.open-account.-.route")
    assert last == "open-account"


@pytest.mark.parametrize(
    ("pressed", "expected"),
    [
        ((), {"main.visits": 1, "main.left": 1}),
        (("",), {"main.visits": 1, "main.no-input": 1, "main.left": 1}),
        (("2",), {"main.visits": 1, "main.key": 1, "business.visits": 1, "business.left": 1}),
        (
            ("2", "*", "2"),
            {"main.visits": 2, "main.key": 2, "business.visits": 2, "business.back": 1, "business.left": 1},
        ),
        (
            ("2", "2", "1"),
            {"main.visits": 1, "main.key": 1, "business.visits": 1, "business.key": 1, "fees.visits": 1,
             "fees.answered": 1, "fees.repeat": 1, "fees.completed": 1},
        ),
        (
            ("2", "2", ""),
            {"main.visits": 1, "main.key": 1, "business.visits": 1, "business.key": 1, "fees.visits": 1,
             "fees.answered": 1, "fees.done": 1, "fees.completed": 1},
        ),
        (
            ("2", "2", "0"),
            {"main.visits": 1, "main.key": 1, "business.visits": 1, "business.key": 1, "fees.visits": 1,
             "fees.answered": 1, "fees.human": 1, "person.visits": 1, "person.route": 1},
        ),
        (("3",), {"main.visits": 1, "main.key": 1, "result.visits": 1, "result.left": 1}),
    ],
)  # fmt: skip
def test_a_call_counts_at_each_node_once_a_visit(pressed: tuple[str, ...], expected: dict[str, int]) -> None:
    text, last = told(*keys(*pressed))
    found = log.read(text)
    assert found is not None
    assert log.counts(found, last) == expected


@settings(max_examples=40)
@given(any_tree(), st.data())
def test_any_log_is_read_back_and_every_visit_ends_exactly_once(menus: Tree, data: st.DataObject) -> None:
    step = policy.begin(menus, STRANGER, ZH, closed=False)
    text, entries = log.more(log.began(NINE), step.log), list(step.log)
    for number in range(data.draw(st.integers(0, 12))):
        if step.done is not None:
            break
        given_ = data.draw(FOUND if step.lookup else INPUTS)
        step = policy.step(menus, step.state, given_, STRANGER, ZH, at_s=number)
        text, entries = log.more(text, step.log), [*entries, *step.log]
    found = log.read(text)
    assert found is not None
    assert list(found.entries) == entries
    counted = Counter(log.counts(found, step.state.node))
    visits = sum(count for name, count in counted.items() if name.endswith(".visits"))
    left = sum(count for name, count in counted.items() if name.endswith((".left", ".completed")))
    over = step.done is not None and entries[-1].exit is not Exit.DONE
    onward = sum(entry.exit not in STAYING | log.ENDS for entry in entries)
    assert left == (0 if over else 1)
    assert visits == onward + 1


@pytest.mark.parametrize("text", ["none", "", "2026-03-02T01:00:00Z 5.main", "2026-03-02T01:00:00Z x.main.-.key", "?"])
def test_what_no_menu_wrote_is_no_log(text: str) -> None:
    assert log.read(text) is None


@given(
    st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    st.integers(0, 9_999),
    st.from_regex(r"[a-z.1-9]{1,9}", fullmatch=True),
)
def test_a_place_is_read_back_as_it_was_left(line: str, version: int, node: str) -> None:
    assert usage.place_of(usage.place(line, str(version), node)) == (line, version, node)


@pytest.mark.parametrize("text", ["", "after-sales", "after-sales 3", "after-sales three main", "after-sales 3 main 4"])
def test_a_text_that_is_no_place_counts_for_no_menu(text: str) -> None:
    log_of_call, _ = told()
    assert usage.place_of(text) is None
    assert usage.addition(tenant_id("hrgroup"), "trunkline-hrgroup", log_of_call, text) == {}
