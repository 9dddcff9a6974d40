"""Rows that could not be converted: kept whole, counted by reason, sent once more, and never lost on the way."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.analytics.aside import PutAside
from chalicelib.analytics.service import TRIES, Sender
from chalicelib.platform.errors import StoreUnavailable
from tests.support.firehose_world import FakeStore, Run


class Refusing:
    """A Firehose that takes nothing."""

    def put_record_batch(self, **request: Any) -> Mapping[str, Any]:
        return {"RequestResponses": [{"ErrorCode": "ServiceUnavailableException"} for _ in request["Records"]]}


def put_aside(store: FakeStore, firehose: Any) -> PutAside:
    sender = Sender(firehose=firehose, pause=[].append)
    return PutAside(objects=store, bucket="lake", sender=sender, streams={"legs": "stream"})


def delivered(*texts: str) -> Run:
    """Return a run whose records were delivered, odd ones to the error folder, in a file each."""
    run = Run()
    for text in texts:
        run.deliver(text)
        run.settle()
    return run


def test_rows_that_fit_again_become_rows_and_leave_the_error_folder() -> None:
    run = delivered("mon:a", "mon:odd", "tue:odd too")
    aside = put_aside(run.store, run)
    assert aside.reasons() == {("legs", "DataFormatConversion.MalformedData"): 2}
    run.store.odd = b"nothing is odd now"
    done = aside.again()
    run.settle()
    assert (done.rows, done.left) == ({"legs": 2}, [])
    assert sorted(run.store.rows()) == ["mon:a", "mon:odd", "tue:odd too"]
    assert (aside.reasons(), run.store.put_aside()) == ({}, [])


def test_rows_that_still_fit_no_column_come_back_to_the_error_folder() -> None:
    run = delivered("mon:odd")
    aside = put_aside(run.store, run)
    aside.again()
    run.settle()
    assert aside.reasons() == {("legs", "DataFormatConversion.MalformedData"): 1}
    assert run.store.rows() == []


def test_a_file_stays_until_every_row_of_it_was_taken() -> None:
    run = delivered("mon:odd")
    with pytest.raises(StoreUnavailable):
        put_aside(run.store, Refusing()).again()
    assert len(run.store.put_aside()) == 1
    assert TRIES > 1


@pytest.mark.parametrize("body", [b"no JSON", b"{}", b'{"rawData": "not base64"}', b"[]"])
def test_a_file_that_nobody_can_read_is_named_and_stays(body: bytes) -> None:
    run = delivered("mon:odd")
    strange = "errors/legs/format-conversion-failed/2026/03/02/strange"
    run.store.files[strange] = body
    aside = put_aside(run.store, run)
    assert aside.reasons()["legs", "unreadable"] == 1
    assert list(aside.again().left) == [strange]
    assert run.store.files[strange] == body


def test_a_file_of_a_table_that_is_no_more_stays() -> None:
    run = delivered("mon:odd")
    (key,) = (key for key in run.store.files if key.startswith("errors/"))
    gone = key.replace("/legs/", "/gone/")
    run.store.files[gone] = run.store.files.pop(key)
    assert list(put_aside(run.store, run).again().left) == [gone]


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["mon:a", "mon:odd", ":nowhere"]), max_size=6), st.integers(1, 3))
def test_however_often_it_is_replayed_every_record_is_somewhere_exactly_once(texts: list[str], times: int) -> None:
    run = delivered(*texts)
    aside = put_aside(run.store, run)
    for _ in range(times):
        aside.again()
        run.settle()
    assert len(run.store.rows()) + len(run.store.put_aside()) == len(texts)
