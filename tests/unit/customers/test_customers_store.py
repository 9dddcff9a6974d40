import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.customers.models import Profile
from chalicelib.customers.store import CallerStore
from chalicelib.platform.errors import StoreUnavailable
from tests.support.caller_store_contract import HR, NOW, CallerStoreContract, Put, know
from tests.support.fake_caller_table import FakeCallerTable


@pytest.fixture
def table() -> FakeCallerTable:
    return FakeCallerTable()


@pytest.fixture
def store(table: FakeCallerTable) -> CallerStore:
    return CallerStore(table, "trunkline-hrgroup")


@pytest.fixture
def put(table: FakeCallerTable) -> Put:
    return table.put


class TestOnTheFake(CallerStoreContract):
    """The contract, on the stand-in that the unit tests use."""


def test_finding_a_caller_is_one_query(store: CallerStore, table: FakeCallerTable) -> None:
    know(table.put, "+8613800138000", Profile(customer_id="c-10001", name="Li"))
    table.calls.clear()
    store.find(HR, "+8613800138000", now=NOW, within_s=1.0)
    assert table.calls == ["query"]


def test_no_empty_attribute_is_kept(table: FakeCallerTable) -> None:
    know(table.put, "+8613800138000", Profile(customer_id="c-10001", name="Li"))
    assert all("NULL" not in value for item in table.items.values() for value in item.values())


def test_a_store_that_does_not_answer_is_told_as_such(store: CallerStore, table: FakeCallerTable) -> None:
    table.failure = ReadTimeoutError(endpoint_url="http://127.0.0.1")
    with pytest.raises(StoreUnavailable):
        store.find(HR, "+8613800138000", now=NOW, within_s=1.0)
    with pytest.raises(StoreUnavailable):
        store.keyed(HR, "10001", within_s=1.0)
