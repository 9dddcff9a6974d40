"""The rules of stream event sources: what follows after an invocation."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack.kinesis_batches import (
    Batch,
    Outcome,
    Policy,
    Reason,
    Record,
    after_failure,
    after_invocation,
    destination_message,
    drop_expired,
    first_failed,
)

FOUR = Batch(records=tuple(Record(str(n), float(n)) for n in range(4)))


def ids(batch: Batch) -> list[str]:
    return [record.sequence for record in batch.records]


def failures(*sequences: str) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": sequence} for sequence in sequences]}


@pytest.mark.parametrize("response", [None, "", {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_an_empty_response_means_that_all_is_well(response: object) -> None:
    assert first_failed(response, FOUR, partial=True) == 4


@pytest.mark.parametrize(
    "response",
    [
        failures(""),
        failures("99"),
        failures("2", "99"),
        {"batchItemFailures": "2"},
        {"batchItemFailures": [2]},
        [],
        "no",
    ],
)
def test_a_response_that_cannot_be_understood_fails_the_whole_batch(response: object) -> None:
    assert first_failed(response, FOUR, partial=True) == 0


def test_the_lowest_reported_record_counts_whatever_the_order() -> None:
    assert first_failed(failures("3", "1"), FOUR, partial=True) == 1


def test_a_response_is_ignored_when_the_mapping_does_not_ask_for_partial_failures() -> None:
    assert first_failed(failures("1"), FOUR, partial=False) == 4


def test_records_before_the_failed_one_are_done_and_the_rest_is_tried_again() -> None:
    step = after_failure(FOUR, 2, Policy(partial=True, max_retries=3))
    assert step.delivered == 2
    assert [(ids(batch), batch.failures) for batch in step.pending] == [(["2", "3"], 1)]


def test_bisecting_halves_a_failed_batch_without_counting_a_try() -> None:
    step = after_failure(FOUR, 0, Policy(bisect=True, max_retries=0))
    assert [(ids(batch), batch.failures) for batch in step.pending] == [(["0", "1"], 0), (["2", "3"], 0)]


def test_the_first_half_is_the_larger_one_and_keeps_the_tries_that_its_head_has_used() -> None:
    batch = Batch(records=FOUR.records[:3], failures=1)
    step = after_failure(batch, 0, Policy(bisect=True, max_retries=2))
    assert [(ids(half), half.failures) for half in step.pending] == [(["0", "1"], 1), (["2"], 0)]


def test_without_any_retry_the_rest_of_a_partial_failure_is_given_up_at_once() -> None:
    step = after_failure(FOUR, 1, Policy(partial=True, max_retries=0))
    assert step.given_up is not None
    assert (step.delivered, ids(step.given_up), step.pending) == (1, ["1", "2", "3"], ())


def test_a_batch_counts_how_often_the_function_had_it() -> None:
    policy = Policy(max_retries=1)
    (again,) = after_invocation(FOUR, Outcome(error=True), policy).pending
    given_up = after_invocation(again, Outcome(error=True), policy).given_up
    assert given_up is not None
    assert given_up.invocations == 2


def test_the_next_batch_waits_only_when_it_is_the_same_as_before() -> None:
    assert not after_failure(FOUR, 0, Policy()).progress
    assert after_failure(FOUR, 1, Policy()).progress
    assert after_failure(FOUR, 0, Policy(bisect=True)).progress
    assert after_failure(FOUR, 0, Policy(max_retries=0)).progress


def test_a_single_record_is_given_up_when_its_tries_are_used_up() -> None:
    policy = Policy(bisect=True, max_retries=1)
    batch = Batch(records=FOUR.records[:1])
    again = after_failure(batch, 0, policy)
    assert again.given_up is None
    assert after_failure(again.pending[0], 0, policy).given_up is not None


def test_without_a_limit_a_batch_is_tried_for_ever() -> None:
    batch = Batch(records=FOUR.records, failures=10_000)
    assert after_failure(batch, 0, Policy()).pending[0].failures == 10_001


def test_records_older_than_the_limit_are_given_up_before_the_function_sees_them() -> None:
    expired, fresh = drop_expired(FOUR, Policy(max_age_s=60), now_s=61.5)
    assert expired is not None
    assert fresh is not None
    assert (ids(expired), ids(fresh)) == (["0", "1"], ["2", "3"])
    assert drop_expired(FOUR, Policy(max_age_s=60), now_s=900)[1] is None
    assert drop_expired(FOUR, Policy(max_age_s=60), now_s=60.0) == (None, FOUR)
    assert drop_expired(FOUR, Policy(), now_s=1e12) == (None, FOUR)


def test_the_destination_learns_where_the_records_are_and_not_what_they_say() -> None:
    message = destination_message(
        FOUR,
        Reason.RETRIES,
        shard_id="shardId-000000000000",
        stream_arn="arn:aws:kinesis:us-east-1:000000000000:stream/s",
        function_arn="arn:aws:lambda:us-east-1:000000000000:function:f",
        request_id="r",
        now="2026-03-02T01:00:00.000Z",
    )
    assert message["KinesisBatchInfo"] == {
        "shardId": "shardId-000000000000",
        "startSequenceNumber": "0",
        "endSequenceNumber": "3",
        "approximateArrivalOfFirstRecord": "1970-01-01T00:00:00.000Z",
        "approximateArrivalOfLastRecord": "1970-01-01T00:00:03.000Z",
        "batchSize": 4,
        "streamArn": "arn:aws:kinesis:us-east-1:000000000000:stream/s",
    }
    assert message["requestContext"]["condition"] == "RetryAttemptsExhausted"


@dataclass
class Function:
    """Poison records always fail, flaky ones a number of times; failures are reported or raised."""

    poison: set[str]
    flaky: dict[str, int]
    reports: bool
    handled: list[str] = field(default_factory=list)

    def __call__(self, batch: Batch) -> Outcome:
        for record in batch.records:
            if self._fails(record.sequence):
                return Outcome(error=not self.reports, response=failures(record.sequence))
            self.handled.append(record.sequence)
        return Outcome(error=False, response={"batchItemFailures": []})

    def _fails(self, sequence: str) -> bool:
        left = self.flaky.get(sequence, 0)
        self.flaky[sequence] = max(0, left - 1)
        return sequence in self.poison or left > 0


def drive(
    records: tuple[Record, ...], size: int, function: Callable[[Batch], Outcome], policy: Policy
) -> tuple[list[str], list[str], int]:
    """Run a shard to its end: sequence numbers that are done, those given up, and the number of invocations."""
    done: list[str] = []
    given_up: list[str] = []
    unread, pending, invocations = records, (), 0
    while unread or pending:
        if not pending:
            pending, unread = (Batch(records=unread[:size]),), unread[size:]
        head, *later = pending
        step = after_invocation(head, function(head), policy)
        invocations += 1
        done += ids(head)[: step.delivered]
        given_up += ids(step.given_up) if step.given_up else []
        pending = (*step.pending, *later)
    return done, given_up, invocations


@given(data=st.data(), count=st.integers(0, 40), size=st.integers(1, 12), retries=st.integers(0, 4))
def test_every_record_is_done_or_given_up_exactly_once_and_in_order(
    data: st.DataObject, count: int, size: int, retries: int
) -> None:
    names = [str(n) for n in range(count)]
    some = st.sets(st.sampled_from(names)) if names else st.just(set[str]())
    poison = data.draw(some, label="poison")
    flaky = dict.fromkeys(data.draw(some, label="flaky"), 2)
    policy = Policy(partial=data.draw(st.booleans()), bisect=data.draw(st.booleans()), max_retries=retries)
    function = Function(poison, flaky, reports=policy.partial)
    records = tuple(Record(name, 0.0) for name in names)

    done, given_up, _ = drive(records, size, function, policy)

    assert sorted(done + given_up, key=int) == names
    assert done == sorted(done, key=int)
    assert given_up == sorted(given_up, key=int)
    assert poison <= set(given_up)
    assert set(done) <= set(function.handled)


@given(data=st.data(), count=st.integers(1, 30), size=st.integers(1, 12))
def test_with_bisecting_and_enough_tries_only_poison_is_given_up(data: st.DataObject, count: int, size: int) -> None:
    names = [str(n) for n in range(count)]
    poison = data.draw(st.sets(st.sampled_from(names)), label="poison")
    flaky = dict.fromkeys(data.draw(st.sets(st.sampled_from(names)), label="flaky"), 2)
    policy = Policy(partial=True, bisect=True, max_retries=3)
    records = tuple(Record(name, 0.0) for name in names)

    done, given_up, _ = drive(records, size, Function(poison, flaky, reports=True), policy)

    assert set(given_up) == poison
    assert set(done) == set(names) - poison


@given(count=st.integers(1, 60), size=st.integers(1, 20), retries=st.integers(0, 5))
def test_the_number_of_invocations_is_bounded_by_the_tries(count: int, size: int, retries: int) -> None:
    names = {str(n) for n in range(count)}
    records = tuple(Record(str(n), 0.0) for n in range(count))
    policy = Policy(bisect=True, max_retries=retries)

    _, given_up, invocations = drive(records, size, Function(names, {}, reports=False), policy)

    assert len(given_up) == count
    assert invocations <= 2 * count + count * (retries + 1)
