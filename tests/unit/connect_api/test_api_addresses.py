"""E-mail addresses as resources: made, found, changed, forwarded, tied to flows, forgotten."""

from typing import Any

import pytest

from tests.support.connect_calls import refused
from tests.support.connect_world import identifier, to_queue
from tests.support.live_connect import Live


@pytest.fixture
def live_with_flow(live: Live) -> Live:
    live.small.flow("mail", *to_queue("support"))
    live.small.flow("hold", kind="CUSTOMER_HOLD")
    return live


def test_an_address_is_made_described_changed_and_deleted(live: Live) -> None:
    made = live("CreateEmailAddress", EmailAddress="shop@example.test", DisplayName="Shop", Tags={"team": "a"})
    one = {"EmailAddressId": made["EmailAddressId"]}
    shown = live("DescribeEmailAddress", **one)
    assert made["EmailAddressArn"].endswith(f"/email-address/{made['EmailAddressId']}")
    assert (shown["EmailAddress"], shown["DisplayName"], shown["Tags"]) == ("shop@example.test", "Shop", {"team": "a"})
    assert shown["CreateTimestamp"] == shown["ModifiedTimestamp"]
    live("UpdateEmailAddressMetadata", **one, Description="orders")
    shown = live("DescribeEmailAddress", EmailAddressId=made["EmailAddressArn"])
    assert (shown["DisplayName"], shown["Description"]) == ("Shop", "orders")
    live("DeleteEmailAddress", **one)
    assert refused(live, "DescribeEmailAddress", **one).code == "ResourceNotFoundException"


def test_a_mailbox_is_made_once_whatever_its_letters(live: Live) -> None:
    live.address("shop@example.test")
    assert refused(live, "CreateEmailAddress", EmailAddress="Shop@Example.test").code == "DuplicateResourceException"
    assert refused(live, "CreateEmailAddress", EmailAddress="shop").code == "InvalidParameterException"


def test_addresses_are_found_by_their_words_and_tags(live: Live) -> None:
    for name, team in (("shop@example.test", "a"), ("help@example.test", "b"), ("shop@other.test", "b")):
        live.address(name, Tags={"team": team}, Description=f"of {team}")

    def found(**asked: Any) -> list[str]:
        return [one["EmailAddress"] for one in live("SearchEmailAddresses", **asked)["EmailAddresses"]]

    def words(field: str, value: str, how: str) -> dict[str, Any]:
        return {"SearchCriteria": {"StringCondition": {"FieldName": field, "Value": value, "ComparisonType": how}}}

    assert found() == ["help@example.test", "shop@example.test", "shop@other.test"]
    assert found(**words("name", "shop", "STARTS_WITH")) == ["shop@example.test", "shop@other.test"]
    assert found(**words("emailAddress", "SHOP@other.test", "EXACT")) == ["shop@other.test"]
    assert found(**words("description", "of b", "CONTAINS")) == ["help@example.test", "shop@other.test"]
    tag = {"TagFilter": {"TagCondition": {"TagKey": "team", "TagValue": "a"}}}
    assert found(SearchFilter=tag) == ["shop@example.test"]
    assert live("SearchEmailAddresses", MaxResults=1)["ApproximateTotalCount"] == 3


def test_an_alias_is_forwarded_to_one_address_and_neither_chained_nor_circular(live: Live) -> None:
    shop, sales, other = (live.address(f"{name}@example.test") for name in ("shop", "sales", "other"))

    def forward(alias: str, to: str, verb: str = "Associate") -> None:
        live(f"{verb}EmailAddressAlias", EmailAddressId=to, AliasConfiguration={"EmailAddressId": alias})

    forward(sales, shop)
    assert live("DescribeEmailAddress", EmailAddressId=shop)["AliasConfigurations"] == [{"EmailAddressId": sales}]
    for alias, to in ((other, shop), (sales, other), (shop, other), (other, sales), (other, other)):
        assert refused(forward, alias, to).code == "ResourceConflictException"
    assert refused(live, "DeleteEmailAddress", EmailAddressId=shop).code == "ResourceConflictException"
    assert refused(forward, other, shop, "Disassociate").code == "ResourceNotFoundException"
    forward(sales, shop, "Disassociate")
    live("DeleteEmailAddress", EmailAddressId=shop)


def test_an_address_is_tied_to_an_inbound_flow(live_with_flow: Live) -> None:
    live = live_with_flow
    made = live("CreateEmailAddress", EmailAddress="shop@example.test")
    one = {"ResourceId": made["EmailAddressId"], "ResourceType": "INBOUND_EMAIL"}
    assert refused(live, "GetFlowAssociation", **one).code == "ResourceNotFoundException"
    live("AssociateFlow", **one, FlowId=identifier("mail"))
    tied = live("GetFlowAssociation", **one)
    assert tied["FlowId"].endswith(f"/contact-flow/{identifier('mail')}")
    rows = live("ListFlowAssociations", ResourceType="INBOUND_EMAIL")["FlowAssociationSummaryList"]
    assert rows == [{**tied, "ResourceId": made["EmailAddressArn"]}]
    numbers = live("ListFlowAssociations", ResourceType="VOICE_PHONE_NUMBER")["FlowAssociationSummaryList"]
    assert len(live("ListFlowAssociations")["FlowAssociationSummaryList"]) == len(numbers) + 1
    live("DisassociateFlow", **one)
    assert refused(live, "GetFlowAssociation", **one).code == "ResourceNotFoundException"
    assert refused(live, "AssociateFlow", **one, FlowId=identifier("hold")).code == "InvalidRequestException"
    sms = {"ResourceId": "x", "ResourceType": "SMS_PHONE_NUMBER", "FlowId": identifier("mail")}
    assert refused(live, "AssociateFlow", **sms).code == "InvalidParameterException"


def test_an_instance_has_a_hundred_addresses(live: Live) -> None:
    live.api.ok("POST", "/connect/limits", {"quotas": True})
    for n in range(100):
        live.address(f"shop{n}@example.test")
    assert refused(live, "CreateEmailAddress", EmailAddress="one@too.many").code == "ServiceQuotaExceededException"
