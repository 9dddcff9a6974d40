from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.customers.models import UNKNOWN, Profile
from chalicelib.customers.store import CallerStore
from chalicelib.platform import dynamo
from chalicelib.platform.errors import Conflict, StoreUnavailable
from chalicelib.platform.tenancy import partition, tenant_id
from tests.support.fake_caller_table import FakeCallerTable

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HR = tenant_id("hrgroup")
PHONE = "+8613800138000"
WANG = Profile(customer_id="c-10001", name="王芳", grade="gold", language="zh-CN")


@pytest.fixture
def table() -> FakeCallerTable:
    return FakeCallerTable()


@pytest.fixture
def store(table: FakeCallerTable) -> CallerStore:
    return CallerStore(table, "trunkline-hrgroup")


def put_contact(table: FakeCallerTable, at: datetime, **more: object) -> None:
    iso = at.isoformat().replace("+00:00", "Z")
    item = {
        "pk": partition(HR, "CALLER", PHONE),
        "sk": f"CONTACT#{iso}#id-{iso}",
        "at": iso,
        "contact_id": f"id-{iso}",
        **more,
    }
    table.items[str(item["pk"]), str(item["sk"])] = dynamo.encode(item)


def test_a_caller_of_whom_nothing_is_kept_is_unknown(store: CallerStore) -> None:
    assert store.find(HR, PHONE, now=NOW, within_s=1.0) == UNKNOWN


def test_one_query_tells_profile_and_contacts_newest_first(store: CallerStore, table: FakeCallerTable) -> None:
    store.put_profile(HR, PHONE, WANG)
    put_contact(table, NOW - timedelta(days=2))
    put_contact(table, NOW - timedelta(days=1), agent="li", queue="complaints", result="answered", line="after-sales")
    table.calls.clear()
    caller = store.find(HR, PHONE, now=NOW, within_s=1.0)
    assert table.calls == ["query"]
    assert caller.profile == WANG
    newest, older = caller.recent
    assert (newest.at, newest.agent, newest.queue) == (NOW - timedelta(days=1), "li", "complaints")
    assert (newest.result, newest.line) == ("answered", "after-sales")
    assert (older.at, older.agent) == (NOW - timedelta(days=2), None)


def test_a_busy_caller_still_has_a_profile_and_ten_contacts(store: CallerStore, table: FakeCallerTable) -> None:
    store.put_profile(HR, PHONE, WANG)
    for day in range(30):
        put_contact(table, NOW - timedelta(days=day))
    caller = store.find(HR, PHONE, now=NOW, within_s=1.0)
    assert caller.profile == WANG
    assert [contact.at for contact in caller.recent] == [NOW - timedelta(days=day) for day in range(10)]


@pytest.mark.parametrize(("offset_s", "kept"), [(-1, 0), (0, 0), (1, 1)])
def test_what_has_expired_is_gone_before_dynamodb_deletes_it(
    store: CallerStore, table: FakeCallerTable, offset_s: int, kept: int
) -> None:
    put_contact(table, NOW - timedelta(days=1), ttl=int(NOW.timestamp()) + offset_s)
    assert len(store.find(HR, PHONE, now=NOW, within_s=1.0).recent) == kept


def test_absent_facts_of_a_profile_stay_absent(store: CallerStore, table: FakeCallerTable) -> None:
    plain = Profile(customer_id="c-7", name="Li")
    store.put_profile(HR, PHONE, plain)
    assert store.find(HR, PHONE, now=NOW, within_s=1.0).profile == plain
    assert all("NULL" not in value for item in table.items.values() for value in item.values())


def test_a_customer_is_found_by_what_can_be_typed(store: CallerStore) -> None:
    store.put_profile(HR, PHONE, WANG)
    assert store.phone_of(HR, "10001", within_s=1.0) == PHONE
    assert store.phone_of(HR, "10002", within_s=1.0) is None


def test_writing_a_profile_again_changes_it(store: CallerStore) -> None:
    store.put_profile(HR, PHONE, WANG)
    renamed = Profile(customer_id="c-10001", name="王芳芳")
    store.put_profile(HR, PHONE, renamed)
    assert store.find(HR, PHONE, now=NOW, within_s=1.0).profile == renamed


@pytest.mark.parametrize(
    ("phone", "customer", "step"), [(PHONE, "c-99", "profile"), ("+8613900139000", "d-10001", "alias")]
)
def test_a_number_or_a_typed_id_is_not_taken_from_another_customer(
    store: CallerStore, table: FakeCallerTable, phone: str, customer: str, step: str
) -> None:
    store.put_profile(HR, PHONE, WANG)
    before = dict(table.items)
    with pytest.raises(Conflict) as caught:
        store.put_profile(HR, phone, Profile(customer_id=customer, name="Somebody"))
    assert caught.value.facts == {"step": step}
    assert table.items == before


def test_no_tenant_sees_the_callers_of_another(store: CallerStore) -> None:
    store.put_profile(HR, PHONE, WANG)
    assert store.find(tenant_id("taxihotline"), PHONE, now=NOW, within_s=1.0) == UNKNOWN
    assert store.phone_of(tenant_id("taxihotline"), "10001", within_s=1.0) is None


def test_a_store_that_does_not_answer_is_told_as_such(store: CallerStore, table: FakeCallerTable) -> None:
    table.failure = ReadTimeoutError(endpoint_url="http://127.0.0.1")
    with pytest.raises(StoreUnavailable):
        store.find(HR, PHONE, now=NOW, within_s=1.0)
    with pytest.raises(StoreUnavailable):
        store.phone_of(HR, "10001", within_s=1.0)
