"""Contacts write the pointer that customers read: two capabilities, one item, so one test holds both to it."""

from datetime import timedelta
from typing import Any

from chalicelib.contacts import items
from chalicelib.contacts.models import Contact, Result
from chalicelib.customers.models import PastContact
from chalicelib.customers.store import CallerStore
from chalicelib.platform import dynamo
from tests.support.caller_store_contract import HR, NOW, WITHIN_S
from tests.support.fake_caller_table import FakeCallerTable

PHONE = "+8613800138000"
YESTERDAY = Contact(
    id="6f1c0a52-0000-4000-8000-000000000001",
    updated_at=NOW,
    at=NOW - timedelta(days=1),
    channel="VOICE",
    method="INBOUND",
    result=Result.ANSWERED,
    line="after-sales",
    caller=PHONE,
    queue="complaints",
    agent="li.na",
)


def pointer(*, days: int) -> dict[str, Any]:
    """Return the one item that the ingest writes beside a caller without a record."""
    (item,) = items.pointers(HR, YESTERDAY, days).values()
    return dynamo.encode(item)


def test_a_finished_contact_is_a_past_contact_of_its_caller() -> None:
    table = FakeCallerTable()
    table.put(pointer(days=365))
    caller = CallerStore(table, "t").find(HR, PHONE, now=NOW, within_s=WITHIN_S)
    assert caller.recent == (
        PastContact(
            at=YESTERDAY.at,
            contact_id=YESTERDAY.id,
            agent="li.na",
            queue="complaints",
            result="answered",
            line="after-sales",
        ),
    )


def test_a_pointer_past_its_days_is_forgotten() -> None:
    table = FakeCallerTable()
    table.put(pointer(days=1))
    assert CallerStore(table, "t").find(HR, PHONE, now=NOW, within_s=WITHIN_S).recent == ()
