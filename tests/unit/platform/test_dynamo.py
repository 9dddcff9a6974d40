from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform import dynamo
from chalicelib.platform.errors import Conflict, InvalidInput, StoreUnavailable, Throttled

plain = st.recursive(
    st.text() | st.integers() | st.booleans() | st.none() | st.binary(),
    lambda children: st.lists(children) | st.dictionaries(st.text(min_size=1), children),
    max_leaves=20,
)


@given(st.dictionaries(st.text(min_size=1), plain))
def test_what_is_encoded_decodes_to_itself(item: dict[str, Any]) -> None:
    assert dynamo.decode(dynamo.encode(item)) == item


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_numbers_keep_their_value(number: Decimal) -> None:
    assert dynamo.decode_value(dynamo.encode_value(number)) == number


def test_a_flag_is_not_mistaken_for_a_number() -> None:
    assert dynamo.encode({"flag": True, "count": 1}) == {"flag": {"BOOL": True}, "count": {"N": "1"}}


@pytest.mark.parametrize("value", [1.5, {1, 2}, object()])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no exact form"):
        dynamo.encode({"x": value})


def client_error(code: str, **extra: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}, **extra}, "TransactWriteItems")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("AccessDeniedException", StoreUnavailable),
        ("InternalServerError", StoreUnavailable),
        ("ResourceNotFoundException", StoreUnavailable),
        ("ThrottlingException", Throttled),
        ("ProvisionedThroughputExceededException", Throttled),
        ("ConditionalCheckFailedException", Conflict),
        ("TransactionConflictException", dynamo.Contended),
    ],
)
def test_a_refusal_of_the_store_becomes_a_product_error(code: str, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught, dynamo.store_errors("caller"):
        raise client_error(code)
    assert type(caught.value) is expected
    assert code in str(caught.value)


def test_a_store_that_is_too_slow_is_unavailable() -> None:
    with pytest.raises(StoreUnavailable), dynamo.store_errors("caller"):
        raise ReadTimeoutError(endpoint_url="http://127.0.0.1")


def test_a_request_that_is_wrong_stays_loud() -> None:
    with pytest.raises(ClientError), dynamo.store_errors("caller"):
        raise client_error("ValidationException")


@dataclass
class FakeTable:
    """Answers a transaction with the prepared failure, or takes it."""

    failure: Exception | None = None
    requests: list[Mapping[str, Any]] = field(default_factory=list)

    def transact_write_items(self, **request: Any) -> Mapping[str, Any]:
        self.requests.append(request)
        if self.failure:
            raise self.failure
        return {}


def cancelled(*reasons: Mapping[str, Any]) -> ClientError:
    return client_error("TransactionCanceledException", CancellationReasons=list(reasons))


def two_steps(failure: Exception | None = None) -> tuple[FakeTable, dynamo.Transaction]:
    table = FakeTable(failure)
    transaction = dynamo.Transaction(table, "token-1")
    transaction.add("contact", {"Put": {"TableName": "t", "Item": {}}}, on_fail=InvalidInput)
    transaction.add("counter", {"Update": {"TableName": "t", "Key": {}}})
    return table, transaction


def test_a_transaction_sends_its_steps_in_order_and_asks_for_old_items() -> None:
    table, transaction = two_steps()
    transaction.commit()
    (request,) = table.requests
    assert request["ClientRequestToken"] == "token-1"
    assert [list(action) for action in request["TransactItems"]] == [["Put"], ["Update"]]
    bodies = [body for action in request["TransactItems"] for body in action.values()]
    assert all(body["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD" for body in bodies)


def test_a_lost_step_is_told_by_name_with_the_item_that_stood_there() -> None:
    _, transaction = two_steps(
        cancelled({"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": {"n": {"N": "3"}}})
    )
    assert transaction.attempt() == dynamo.Cancellation("counter", {"n": 3})


def test_a_lost_step_without_an_item_says_so() -> None:
    _, transaction = two_steps(cancelled({"Code": "ConditionalCheckFailed"}, {"Code": "None"}))
    assert transaction.attempt() == dynamo.Cancellation("contact", None)


def test_commit_raises_what_the_lost_step_asked_for() -> None:
    _, transaction = two_steps(cancelled({"Code": "ConditionalCheckFailed"}, {"Code": "None"}))
    with pytest.raises(InvalidInput) as caught:
        transaction.commit()
    assert caught.value.facts == {"step": "contact"}


def test_a_lost_condition_speaks_before_contention() -> None:
    _, transaction = two_steps(cancelled({"Code": "TransactionConflict"}, {"Code": "ConditionalCheckFailed"}))
    assert transaction.attempt() == dynamo.Cancellation("counter", None)


@pytest.mark.parametrize(
    ("code", "expected"), [("TransactionConflict", dynamo.Contended), ("ThrottlingError", Throttled)]
)
def test_a_transaction_that_may_pass_later_is_retryable(code: str, expected: type[Throttled]) -> None:
    _, transaction = two_steps(cancelled({"Code": "None"}, {"Code": code}))
    with pytest.raises(expected) as caught:
        transaction.commit()
    assert caught.value.retryable


def test_a_permission_that_is_missing_makes_the_store_unavailable() -> None:
    _, transaction = two_steps(client_error("AccessDeniedException"))
    with pytest.raises(StoreUnavailable):
        transaction.commit()
