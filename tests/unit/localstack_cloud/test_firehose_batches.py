"""Firehose of the local cloud: every record ends in a file or in the error folder, whatever fails on the way."""

import base64

from hypothesis import given, settings
from hypothesis import strategies as st

from localstack import firehose_batches
from localstack.firehose_batches import AGAIN_S, GATHER_S
from localstack.firehose_files import NOT_CONVERTED
from tests.support.firehose_world import FakeStore, Run


def test_records_of_one_day_become_one_file() -> None:
    run = Run()
    run.deliver("mon:a", "tue:b", "mon:c")
    run.settle()
    assert sorted(run.store.files.values()) == [b"mon:a\nmon:c\n", b"tue:b\n"]
    assert set(run.alarm.pauses_s) == {GATHER_S}


def test_only_what_fits_no_column_goes_to_the_error_folder_whole_and_with_the_reason() -> None:
    run = Run()
    run.deliver("mon:a", "mon:odd", "mon:b", "mon:odd too")
    run.settle()
    assert run.store.rows() == ["mon:a", "mon:b"]
    aside = run.store.put_aside()
    assert [base64.b64decode(told["rawData"]) for told in aside] == [b"mon:odd\n", b"mon:odd too\n"]
    assert {told["lastErrorCode"] for told in aside} == {"DataFormatConversion.MalformedData"}
    assert [told["dataCatalogTable"]["tableName"] for told in aside] == ["legs", "legs"]
    (folder,) = (key for key in run.store.files if key.startswith("errors/"))
    assert folder.startswith(f"errors/legs/{NOT_CONVERTED}/2026/03/02/stream-")


def test_a_record_without_a_partition_goes_there_too() -> None:
    run = Run()
    run.deliver(":nowhere")
    run.settle()
    (told,) = run.store.put_aside()
    assert (base64.b64decode(told["rawData"]), told["lastErrorMessage"]) == (b":nowhere\n", "no day")


def test_what_was_not_stored_is_tried_again_until_it_is_and_the_health_says_so() -> None:
    run = Run(store=FakeStore(refusals=3))
    run.deliver("mon:a", "mon:odd")
    run.alarm.ring()
    assert run.deliveries.waiting == 2
    run.settle()
    assert run.store.rows() == ["mon:a"]
    assert len(run.store.put_aside()) == 1
    assert run.deliveries.waiting == 0
    assert run.doors.failed == {"firehose": 3}
    assert set(run.alarm.pauses_s) == {GATHER_S, AGAIN_S, 2 * AGAIN_S}


def test_a_full_file_is_written_at_once() -> None:
    run = Run()
    run.deliver(*["mon:a"] * firehose_batches.MOST_RECORDS)
    assert run.alarm.pauses_s == [GATHER_S, 0]


def test_a_stream_that_converts_nothing_is_delivered_as_before() -> None:
    run = Run()
    run.deliver("mon:a", config={})
    assert len(run.single) == 1
    assert run.alarm.due == []


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["mon:a", "tue:b", "mon:odd", ":nowhere"]), max_size=12), st.integers(0, 6))
def test_every_record_is_somewhere_exactly_once(texts: list[str], refusals: int) -> None:
    run = Run(store=FakeStore(refusals=refusals))
    for text in texts:
        run.deliver(text)
        if text.endswith("a"):
            run.alarm.ring()
    run.settle()
    aside = [base64.b64decode(told["rawData"]).decode().strip() for told in run.store.put_aside()]
    assert sorted([*run.store.rows(), *aside]) == sorted(texts)
    assert not any("odd" in row for row in run.store.rows())
