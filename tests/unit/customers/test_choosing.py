"""Whom a contact is with, said by the agent: in Amazon Connect, and in the trail before that (CRM-03)."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.customers.choosing import Choosing
from chalicelib.customers.record import Merged
from chalicelib.organisation.service import sight_of
from chalicelib.platform.errors import NotFound, StoreUnavailable
from tests.support.customer_registry import NOW, WANG, facts, registry, tenant
from tests.support.fake_dynamo import FakeDynamo, failure

PHONE = "+8613800138000"


class FakeConnect:
    """Keeps the attributes of contacts, or fails as told."""

    def __init__(self, failing: ClientError | None = None) -> None:
        self.failing = failing
        self.attributes: dict[str, dict[str, str]] = {}

    def get_contact_attributes(self, **request: Any) -> dict[str, Any]:
        """Return what is kept of the contact, or fail as told."""
        if self.failing:
            raise self.failing
        return {"Attributes": dict(self.attributes.get(request["InitialContactId"], {}))}

    def update_contact_attributes(self, **request: Any) -> dict[str, Any]:
        """Set attributes of a contact of the instance."""
        assert request["InstanceId"] == "i-1"
        if self.failing:
            raise self.failing
        self.attributes.setdefault(request["InitialContactId"], {}).update(request["Attributes"])
        return {}


def choosing(table: FakeDynamo, connect: FakeConnect) -> Choosing:
    trail = Trail(tenant=tenant().id, kept=Log(table, "audit"), now=lambda: NOW)
    return Choosing(registry=registry(table), connect=connect, instance_id="i-1", trail=trail)


def test_of_two_who_share_a_number_the_chosen_one_is_the_contacts_customer() -> None:
    table, connect = FakeDynamo(), FakeConnect()
    service = choosing(table, connect)
    service.registry.create(facts("Li Na", PHONE), WANG, id_="c-1")
    service.registry.create(facts("Li Lei", PHONE, grade="gold"), WANG, id_="c-2")
    assert service.choose("contact-1", "c-2", WANG).record.id == "c-2"
    assert connect.attributes["contact-1"] == {
        "customerKnown": "true", "customerId": "c-2", "customerName": "Li Lei", "grade": "gold", "candidates": "none",
        "verification": "identified", "verifiedCustomer": "none",
    }  # fmt: skip
    service.choose("contact-1", "c-1", WANG)
    assert connect.attributes["contact-1"]["customerId"] == "c-1", "one customer at most"
    assert connect.attributes["contact-1"]["grade"] == "none", "nothing of the other one stays"


def test_the_choice_is_in_the_trail_and_without_the_trail_there_is_none() -> None:
    table, connect = FakeDynamo(), FakeConnect()
    service = choosing(table, connect)
    service.registry.create(facts("Li Na", PHONE), WANG, id_="c-1")
    service.choose("contact-1", "c-1", WANG)
    entry = max((item for key, item in table.items.items() if "#AUDIT#" in key[0]), key=lambda item: item["sk"]["S"])
    assert (entry["action"]["S"], entry["resource"]["S"]) == ("screen.choose", "contacts/contact-1")
    assert json.loads(entry["after"]["S"]) == {"customer": "c-1"}
    connect.attributes.clear()
    table.before = lambda operation: refuse() if operation == "TransactWriteItems" else None
    with pytest.raises(StoreUnavailable):
        service.choose("contact-1", "c-1", WANG)
    assert connect.attributes == {}


def refuse() -> None:
    raise failure("AccessDeniedException")


def test_who_is_not_there_merged_or_out_of_sight_cannot_be_chosen() -> None:
    table, connect = FakeDynamo(), FakeConnect()
    service = choosing(table, connect)
    for id_, node in (("c-1", "north"), ("c-2", "north"), ("c-3", "south")):
        service.registry.create(facts(id_, node=node), WANG, id_=id_)
    service.registry.merge("c-1", "c-2", WANG)
    with pytest.raises(Merged):
        service.choose("contact-1", "c-2", WANG)
    with pytest.raises(NotFound):
        service.choose("contact-1", "c-9", WANG)
    with pytest.raises(NotFound):
        service.choose("contact-1", "c-3", WANG, seen=sight_of(tenant(), "north"))
    assert connect.attributes == {}


@pytest.mark.parametrize(
    ("code", "expected"), [("ResourceNotFoundException", NotFound), ("InternalServiceException", StoreUnavailable)]
)
def test_a_contact_that_amazon_connect_does_not_have_is_told_apart_from_a_silent_one(
    code: str, expected: type[Exception]
) -> None:
    table = FakeDynamo()
    service = choosing(table, FakeConnect(failure(code)))
    service.registry.create(facts("Li Na", PHONE), WANG, id_="c-1")
    with pytest.raises(expected):
        service.choose("contact-1", "c-1", WANG)
