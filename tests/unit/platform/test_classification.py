"""Every field that is stored or shown is declared, and what is masked says as little as it promises."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.classification import FIELDS, PLAIN, RULES, Kind, concealed, is_declared, kind_of, masked
from cli import field_classes

ROOT = Path(__file__).resolve().parents[3]
KEEPING = {"items.py", "store.py", "editions.py", "usage.py", "idempotency.py", "handler.py"}
"""Modules that write items."""
A_NAME = re.compile(r"[a-z][a-z0-9_]*")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(FIELDS)), inner, max_size=4),
    max_leaves=12,
)


def shown() -> Iterator[tuple[str, str]]:
    """Yield every field of an answer or body of the API."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    for schema, body in document["components"]["schemas"].items():
        for name in body.get("properties", {}):
            yield name, schema


def stored() -> Iterator[tuple[str, str]]:
    """Yield every attribute that a module writes into items, and every field of a capability that keeps something."""
    for path in [*(ROOT / "chalicelib").glob("*/*.py"), *(ROOT / "lambdas").rglob("*.py")]:
        place = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.name in KEEPING:
            keys = (key for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys)
            yield from ((str(key.value), place) for key in keys if isinstance(key, ast.Constant))
        if path.name == "models.py" and {"items.py", "store.py"} & {other.name for other in path.parent.iterdir()}:
            fields = (line for node in tree.body if isinstance(node, ast.ClassDef) for line in node.body)
            yield from ((line.target.id, place) for line in fields if _is_field(line))


def _is_field(line: ast.stmt) -> bool:
    return isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.target.id.islower()


def test_no_stored_or_shown_field_is_undeclared() -> None:
    names = [(name, place) for name, place in [*shown(), *stored()] if A_NAME.fullmatch(name)]
    assert len(names) > 300
    assert sorted({pair for pair in names if not is_declared(pair[0])}) == [], "chalicelib/platform/classification.py"


def test_no_name_of_a_person_passes_as_a_number_or_an_instant() -> None:
    assert [name for name, kind in FIELDS.items() if kind is not Kind.OPERATION and PLAIN.fullmatch(name)] == []


def test_every_kind_of_field_has_a_stated_purpose_and_a_time_for_which_it_is_kept() -> None:
    assert RULES.keys() == set(Kind)
    assert all(rule.purpose and rule.kept and rule.says for rule in RULES.values())


def test_the_page_of_the_documentation_is_current() -> None:
    assert field_classes.FILE.read_text(encoding="utf-8") == field_classes.page(), "trunkline api fields"


@given(json_values)
def test_masking_hides_every_hidden_field_and_keeps_the_shape(value: object) -> None:
    hidden = {Kind.REACH, Kind.IDENTITY}
    once = masked(value, hidden)
    for (name, old), (again, new) in zip(_leaves("", value), _leaves("", once), strict=True):
        assert name == again
        if kind_of(name) in hidden and isinstance(old, str) and old:
            assert new == concealed(old)
        elif kind_of(name) is not Kind.CONTENT:
            assert new == old


@given(st.text())
def test_a_concealed_text_keeps_at_most_four_characters(text: str) -> None:
    assert len(concealed(text).replace("*", "")) <= 4


def test_nothing_changes_for_whom_nothing_is_hidden() -> None:
    told = {"caller": "+8613800138000", "steps": [{"note": "call +8613800138000"}]}
    assert masked(told, frozenset()) == told
    assert masked(told, {Kind.REACH}) == {"caller": "***8000", "steps": [{"note": "call ***8000"}]}


def _leaves(name: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(name, inner)
    else:
        yield name, value
