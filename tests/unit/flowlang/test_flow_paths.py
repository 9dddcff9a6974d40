"""JSONPath in flows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlang import paths

KEY = st.text("abcXYZ019_-", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("$.Attributes.name", ("Attributes", "name")),
        ("$.Attributes['my key']", ("Attributes", "my key")),
        ("$.Attributes.['my key']", ("Attributes", "my key")),
        ("$['Attributes']['my key']", ("Attributes", "my key")),
        ("$.SegmentAttributes['connect:Subtype']", ("SegmentAttributes", "connect:Subtype")),
        ("$.External.customer.tier", ("External", "customer", "tier")),
        ("$.StoredCustomerInput", ("StoredCustomerInput",)),
        ("$.DataTableList.ResultData.primaryKeyGroups.`g`[0]", None),
        ("$.DataTableList.ResultData.rows[0]", ("DataTableList", "ResultData", "rows", "0")),
        ("$1000", None),
        ("$.", None),
        ("hello $.Attributes.name", None),
        ("$.Attributes.name ", None),
    ],
)
def test_a_whole_path_is_one_path_and_nothing_else(text: str, keys: tuple[str, ...] | None) -> None:
    path = paths.parse(text)
    assert (path and path.keys) == keys


def test_paths_are_found_in_free_text_and_end_at_what_no_key_can_hold() -> None:
    text = "您好$.Attributes.name，第$.Metrics.Contact.PositionInQueue位. Pay $1000 to $.External.payee."
    assert [path.text for path in paths.find(text)] == [
        "$.Attributes.name",
        "$.Metrics.Contact.PositionInQueue",
        "$.External.payee",
    ]


def test_a_full_stop_behind_a_path_is_punctuation() -> None:
    assert paths.fill("Hi $.Attributes.name. Welcome.", lambda _path: "Anna") == "Hi Anna. Welcome."


@given(st.text(max_size=30))
def test_text_without_paths_is_left_alone(text: str) -> None:
    if not list(paths.find(text)):
        assert paths.fill(text, lambda _path: "lost") == text


@given(st.sampled_from(sorted(paths.MAP_ROOTS)), st.lists(KEY, min_size=1, max_size=4))
def test_a_dotted_path_reads_back_as_its_keys(root: str, keys: list[str]) -> None:
    path = paths.parse("$." + ".".join([root, *keys]))
    assert path is not None
    assert path.keys == (root, *keys)
    assert path.is_known
    assert path.has_leaf


@given(st.text(max_size=40))
def test_any_text_can_be_searched(text: str) -> None:
    for path in paths.find(text):
        assert path.text in text


@pytest.mark.parametrize(
    ("text", "known", "leaf"),
    [
        ("$.External", True, False),
        ("$.StoredCustomerInput", True, True),
        ("$.Extrenal.x", False, True),
        ("$.attributes.x", False, True),
    ],
)
def test_roots_are_known_by_exact_name_and_namespaces_need_a_key(text: str, *, known: bool, leaf: bool) -> None:
    path = paths.parse(text)
    assert path is not None
    assert (path.is_known, path.has_leaf) == (known, leaf)


PIECES = st.lists(st.one_of(st.text("ab .$位", max_size=6), st.just("$.Attributes.name"), st.just("$.External['x y']")))


@given(PIECES)
def test_filling_paths_with_themselves_gives_the_text_again_and_asks_for_each_in_order(pieces: list[str]) -> None:
    text, asked = "".join(pieces), list[paths.Path]()
    assert paths.fill(text, lambda path: (asked.append(path), path.text)[1]) == text
    assert asked == list(paths.find(text))
