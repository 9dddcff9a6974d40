"""Lists of messages and callbacks, page by page: nothing twice, nothing left out, no cursor into another list."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.callbacks.models import Callback
from chalicelib.callbacks.models import State as Stands
from chalicelib.callbacks.store import Callbacks
from chalicelib.platform import cursors
from chalicelib.platform.errors import InvalidInput
from chalicelib.platform.tenancy import tenant_id
from chalicelib.voicemail.models import Message, Reason, State
from chalicelib.voicemail.store import Messages
from tests.support.fake_dynamo import FakeDynamo

HR = tenant_id("hrgroup")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def messages(seconds: list[int]) -> Messages:
    kept = Messages(FakeDynamo(), "table", HR, 365)
    for n, second in enumerate(seconds):
        at = START + timedelta(seconds=second)
        kept.keep(Message(id=f"m-{n:03}", at=at, box="desk", line="hotline", reason=Reason.CHOICE))
        kept.keep(Message(id=f"o-{n:03}", at=at, box="other", line="hotline", reason=Reason.CHOICE))
    return kept


def callbacks(seconds: list[int]) -> Callbacks:
    kept = Callbacks(FakeDynamo(), "table", HR, 365)
    for n, second in enumerate(seconds):
        at = START + timedelta(seconds=second)
        phone = f"+86138{n:08}"
        asked = Callback(id=f"c-{n:03}", phone=phone, line="l", queue="q", language="zh-CN", asked_at=at, attempts=3)
        kept.promise(asked, at)
    return kept


def walked(page_of: Any, limit: int) -> list[str]:
    found: list[str] = []
    after: str | None = None
    while True:
        page = page_of(limit, after)
        found += [row.id for row in page.rows]
        assert len(page.rows) <= limit
        if page.after is None:
            return found
        after = cursors.decode(cursors.encode(page.after))


@settings(max_examples=25)
@given(st.lists(st.integers(0, 20), max_size=25), st.integers(1, 7))
def test_pages_of_any_size_give_each_entry_once_and_the_oldest_first(seconds: list[int], limit: int) -> None:
    in_order = [n for _, n in sorted((second, n) for n, second in enumerate(seconds))]
    left = messages(seconds)
    assert walked(lambda size, after: left.listed("desk", State.NEW, size, after), limit) == [
        f"m-{n:03}" for n in in_order
    ]
    asked = callbacks(seconds)
    assert walked(lambda size, after: asked.listed(Stands.OPEN, size, after), limit) == [f"c-{n:03}" for n in in_order]


@pytest.mark.parametrize("after", ["", "m-1", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z#", "yesterday#m-1"])
def test_what_is_no_position_is_refused(after: str) -> None:
    with pytest.raises(InvalidInput):
        messages([1]).listed("desk", State.NEW, 10, after)


def test_the_cursor_of_one_box_shows_nothing_of_another() -> None:
    left = messages([1, 2, 3])
    page = left.listed("other", State.NEW, 1)
    assert [row.id for row in left.listed("desk", State.NEW, 10, page.after).rows] == ["m-001", "m-002"]
