import time

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from chalicelib.platform import aws, budget
from chalicelib.platform.errors import StoreUnavailable, Throttled

CLOSED = ConnectionClosedError(endpoint_url="http://127.0.0.1")


class Store:
    """Fails with each of the prepared failures in turn, then answers; counts the tries."""

    def __init__(self, *failures: Exception, takes_s: float = 0.0) -> None:
        self.failures = list(failures)
        self.takes_s = takes_s
        self.tries = 0

    def read(self) -> str:
        self.tries += 1
        until = time.monotonic() + self.takes_s
        while time.monotonic() < until:
            pass
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


def test_a_good_answer_takes_one_try() -> None:
    store = Store()
    assert budget.read_within("caller", 1.0, store.read) == "answer"
    assert store.tries == 1


def test_a_connection_that_froze_with_the_function_is_tried_again() -> None:
    store = Store(CLOSED)
    assert budget.read_within("caller", 1.0, store.read) == "answer"
    assert store.tries == 2


def test_there_is_no_third_try() -> None:
    store = Store(CLOSED, CLOSED)
    with pytest.raises(StoreUnavailable):
        budget.read_within("caller", 1.0, store.read)
    assert store.tries == 2


def test_a_slow_failure_leaves_no_time_for_another_try() -> None:
    store = Store(ReadTimeoutError(endpoint_url="http://127.0.0.1"), takes_s=budget.QUICK_FAILURE_S + 0.05)
    with pytest.raises(StoreUnavailable):
        budget.read_within("caller", 1.0, store.read)
    assert store.tries == 1


def test_a_throttle_that_stays_is_told_as_a_throttle() -> None:
    throttle = ClientError({"Error": {"Code": "ThrottlingException"}}, "Query")
    with pytest.raises(Throttled):
        budget.read_within("caller", 1.0, Store(throttle, throttle).read)


def test_no_read_starts_without_time_for_it() -> None:
    store = Store()
    with pytest.raises(StoreUnavailable, match="no time left"):
        budget.read_within("caller", 0.5, store.read)
    assert store.tries == 0


def test_two_tries_end_within_the_second_of_a_caller() -> None:
    patience = aws.CALLER_WAITS
    assert patience.attempts == 1
    assert budget.QUICK_FAILURE_S + patience.connect_timeout_s + patience.read_timeout_s <= 1.0


def test_a_deadline_runs_down_to_nothing_and_never_below() -> None:
    deadline = budget.Deadline.after(10)
    assert 9 < deadline.left_s() <= 10
    assert budget.Deadline.after(-1).left_s() == 0
