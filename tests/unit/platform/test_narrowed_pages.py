"""Pages of lists of which not everything may be seen: nothing is lost, and no position tells of what is hidden."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.platform.pages import BEFORE, READS, Page, Shown, narrowed

AT_ONCE = 3
"""Rows that these lists give at once: so few that lists outlast what one answer reads."""


def listed(rows: Sequence[str], after: str | None, limit: int) -> tuple[Sequence[str], str | None]:
    """Return a page of `rows`, in order, as a store gives it."""
    rest = [row for row in rows if after is None or row > after]
    return rest[:limit], rest[limit - 1] if len(rest) > limit else None


def walk(rows: Sequence[str], hidden: str, limit: int) -> list[Page[str]]:
    shown: Shown[str] = Shown(sees=lambda row: not row.endswith(hidden), place=str, beyond=BEFORE)
    pages, after = [], None
    while True:
        page = narrowed(shown, lambda a, n: listed(rows, a, n), after=after, limit=limit, at_once=AT_ONCE)
        pages.append(page)
        if page.after is None:
            return pages
        assert after is None or page.after > after
        after = page.after


seconds = st.lists(st.booleans(), max_size=120)
"""One row a second, and whether it may be seen."""


@settings(max_examples=60)
@given(seconds, st.integers(1, 5))
def test_the_pages_of_a_list_hold_every_row_that_may_be_seen_once_and_no_position_names_a_hidden_one(
    seen: list[bool], limit: int
) -> None:
    rows = [f"2026-03-02T09:{n // 60:02d}:{n % 60:02d}Z#{'row' if may else 'hidden'}" for n, may in enumerate(seen)]
    pages = walk(rows, "hidden", limit)
    assert [row for page in pages for row in page.rows] == [row for row in rows if row.endswith("row")]
    assert all(len(page.rows) <= limit for page in pages)
    assert not any(page.after and page.after.endswith("hidden") for page in pages)


def test_a_list_whose_rest_is_hidden_ends_without_a_position() -> None:
    rows = ["2026-03-02T09:00:00Z#row", *(f"2026-03-02T09:01:{n:02d}Z#hidden" for n in range(AT_ONCE * (READS - 1)))]
    assert walk(rows, "hidden", 1) == [Page((rows[0],), None)]


def test_what_is_hidden_for_longer_than_one_answer_reads_leaves_an_instant_alone() -> None:
    rows = [f"2026-03-02T09:{n // 60:02d}:{n % 60:02d}Z#hidden" for n in range(AT_ONCE * READS + 1)]
    assert walk(rows, "hidden", 1) == [Page((), "2026-03-02T09:00:29Z#!"), Page((), None)]
