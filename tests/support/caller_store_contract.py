"""What a caller store does on any table. Runs on the fake in the unit tests and on the local cloud in integration."""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.customers import record_items
from chalicelib.customers.models import UNKNOWN, Keyed, Profile
from chalicelib.customers.record import PHONE, Claim, Identity
from chalicelib.customers.store import CallerStore
from chalicelib.platform import dynamo
from chalicelib.platform.tenancy import partition, tenant_id
from tests.support.known_customers import items_of

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HR = tenant_id("hrgroup")
TAXI = tenant_id("taxihotline")
WITHIN_S = 1.0


type Put = Callable[[Mapping[str, Any]], object]
"""Keeps an item, in DynamoDB's own form, as other capabilities do."""


def know(put: Put, phone: str, profile: Profile) -> None:
    """Let the caller `phone` be the customer of `profile`."""
    for item in items_of(HR, phone, profile):
        put(item)


class CallerStoreContract:
    """Needs the fixtures `store` and `put`. Every test has a caller and a customer of its own: tables are shared."""

    @pytest.fixture
    def phone(self) -> str:
        return f"+86{uuid.uuid4().int % 10**11:011d}"

    @pytest.fixture
    def wang(self) -> Profile:
        return Profile(
            customer_id=f"c-{uuid.uuid4().int % 10**12}", name="王芳", grade="gold", language="zh-CN", manager="li.na"
        )

    def contact(self, phone: str, at: datetime, **more: object) -> dict[str, Any]:
        iso = at.isoformat().replace("+00:00", "Z")
        key = {"pk": partition(HR, "CALLER", phone), "sk": f"CONTACT#{iso}#id-{iso}"}
        return dynamo.encode({**key, "at": iso, "contact_id": f"id-{iso}", **more})

    def test_a_caller_of_whom_nothing_is_kept_is_unknown(self, store: CallerStore, phone: str) -> None:
        assert store.find(HR, phone, now=NOW, within_s=WITHIN_S) == UNKNOWN

    def test_profile_and_contacts_come_together_newest_first(
        self, store: CallerStore, put: Put, phone: str, wang: Profile
    ) -> None:
        know(put, phone, wang)
        put(self.contact(phone, NOW - timedelta(days=2)))
        facts = {"agent": "li", "queue": "complaints", "result": "answered", "line": "after-sales"}
        put(self.contact(phone, NOW - timedelta(days=1), **facts))
        caller = store.find(HR, phone, now=NOW, within_s=WITHIN_S)
        assert caller.profile == wang
        newest, older = caller.recent
        assert newest.at == NOW - timedelta(days=1)
        assert {name: getattr(newest, name) for name in facts} == facts
        assert (older.at, older.agent) == (NOW - timedelta(days=2), None)

    def test_a_busy_caller_still_has_a_profile_and_ten_contacts(
        self, store: CallerStore, put: Put, phone: str, wang: Profile
    ) -> None:
        know(put, phone, wang)
        for day in range(15):
            put(self.contact(phone, NOW - timedelta(days=day)))
        caller = store.find(HR, phone, now=NOW, within_s=WITHIN_S)
        assert caller.profile == wang
        assert [contact.at for contact in caller.recent] == [NOW - timedelta(days=day) for day in range(10)]

    @pytest.mark.parametrize(("offset_s", "kept"), [(-1, 0), (0, 0), (1, 1)])
    def test_what_has_expired_is_gone_before_dynamodb_deletes_it(
        self, store: CallerStore, put: Put, phone: str, offset_s: int, kept: int
    ) -> None:
        put(self.contact(phone, NOW - timedelta(days=1), ttl=int(NOW.timestamp()) + offset_s))
        assert len(store.find(HR, phone, now=NOW, within_s=WITHIN_S).recent) == kept

    def test_absent_facts_of_a_profile_stay_absent(
        self, store: CallerStore, put: Put, phone: str, wang: Profile
    ) -> None:
        plain = Profile(customer_id=wang.customer_id, name="Li")
        know(put, phone, plain)
        assert store.find(HR, phone, now=NOW, within_s=WITHIN_S).profile == plain

    def test_a_customer_is_found_by_what_can_be_typed(
        self, store: CallerStore, put: Put, phone: str, wang: Profile
    ) -> None:
        typed = wang.customer_id.removeprefix("c-")
        assert store.keyed(HR, typed, within_s=WITHIN_S) is None
        know(put, phone, wang)
        assert store.keyed(HR, typed, within_s=WITHIN_S) == Keyed(customer_id=wang.customer_id, phone=phone)

    def test_of_several_who_share_a_number_none_is_the_caller(self, store: CallerStore, put: Put, phone: str) -> None:
        parents = (Profile(customer_id="c-1", name="Wang"), Profile(customer_id="c-2", name="Li", of="c-3"))
        claim = Claim(revision=1, holders=parents)
        put(dynamo.encode(record_items.claim_item(HR, Identity(PHONE, phone), claim)))
        caller = store.find(HR, phone, now=NOW, within_s=WITHIN_S)
        assert (caller.profile, caller.candidates) == (None, parents)

    def test_records_that_are_merged_are_one_customer(self, store: CallerStore, put: Put, phone: str) -> None:
        twice = (Profile(customer_id="c-1", name="Wang"), Profile(customer_id="c-1", name="Wang", of="c-3"))
        put(dynamo.encode(record_items.claim_item(HR, Identity(PHONE, phone), Claim(revision=1, holders=twice))))
        caller = store.find(HR, phone, now=NOW, within_s=WITHIN_S)
        assert caller.profile is not None
        assert (caller.profile.customer_id, caller.candidates) == ("c-1", ())

    def test_a_number_that_nobody_has_any_more_is_unknown(self, store: CallerStore, put: Put, phone: str) -> None:
        put(dynamo.encode(record_items.claim_item(HR, Identity(PHONE, phone), Claim(revision=2))))
        assert store.find(HR, phone, now=NOW, within_s=WITHIN_S) == UNKNOWN

    def test_no_tenant_sees_the_callers_of_another(
        self, store: CallerStore, put: Put, phone: str, wang: Profile
    ) -> None:
        know(put, phone, wang)
        assert store.find(TAXI, phone, now=NOW, within_s=WITHIN_S) == UNKNOWN
        assert store.keyed(TAXI, wang.customer_id.removeprefix("c-"), within_s=WITHIN_S) is None
