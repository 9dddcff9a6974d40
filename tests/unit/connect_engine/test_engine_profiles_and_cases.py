"""Customer profiles, cases and data tables, as flows use them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack.connect.engine.providers import read
from localstack.connect.engine.providers.profiles import LocalProfiles
from tests.support.connect_world import CALLER, Small, action, texts
from tests.support.one_action import go

PROFILES = [
    {
        "id": "p-1",
        "fields": {"PhoneNumber": CALLER, "FirstName": "Li", "Attributes.tier": "gold", "City": "Hangzhou"},
        "objects": {"Order": [{"OrderId": "o-1", "Status": "sent"}, {"OrderId": "o-2", "Status": "open"}]},
        "calculated": {"contacts_30d": "4"},
    },
    {"id": "p-2", "fields": {"EmailAddress": "w@example.test", "City": "Ningbo"}},
    {"id": "p-3", "fields": {"PhoneNumber": "+8613900000003", "City": "Ningbo"}},
]
CASES = {
    "templates": [{"id": "complaint", "required": ["title"]}],
    "cases": [
        {"id": "c-1", "fields": {"customer_id": "p-1", "title": "late", "status": "open"}},
        {"id": "c-2", "fields": {"customer_id": "p-1", "title": "wet", "status": "open"}},
    ],
    "most_related_items": 1,
}
TABLES = [
    {
        "id": "t-1",
        "name": "branches",
        "primary": ["city"],
        "rows": [{"city": "Ningbo", "queue": "north", "open": "08:00"}, {"city": "Hangzhou", "queue": "south"}],
    }
]


@pytest.fixture
def small() -> Small:
    small = Small()
    providers = small.world.providers(small.instance)
    for name, told in read({"profiles": PROFILES, "cases": CASES, "tables": TABLES}).items():
        setattr(providers, name, told)
    return small


def keep(**paths: str) -> dict[str, Any]:
    return action("k", "UpdateContactAttributes", {"Attributes": paths})


def profile(
    small: Small, kind: str, request: dict[str, Any], back: tuple[str, ...] = (), **more: Any
) -> tuple[str, Any]:
    return go(small, kind, {"ProfileRequestData": request, "ProfileResponseData": list(back)}, **more)


@pytest.mark.parametrize(
    ("request_data", "label"),
    [
        ({"IdentifierName": "_phone", "IdentifierValue": "$.CustomerEndpoint.Address"}, "next"),
        ({"PhoneNumber": "$.CustomerEndpoint.Address"}, "next"),
        ({"IdentifierName": "_email", "IdentifierValue": "w@example.test"}, "next"),
        ({"IdentifierName": "_profileId", "IdentifierValue": "p-3"}, "next"),
        ({"City": "Ningbo"}, "MultipleFoundError"),
        ({"City": "Beijing"}, "NoneFoundError"),
        ({"City": "$.Attributes.unset"}, "NoMatchingError"),
        ({}, "NoMatchingError"),
        ({"SearchCriteria": [{"IdentifierName": "City", "IdentifierValue": "Ningbo"},
                             {"IdentifierName": "_email", "IdentifierValue": "w@example.test"}]}, "next"),
        ({"SearchCriteria": [{"IdentifierName": "City", "IdentifierValue": "Hangzhou"},
                             {"IdentifierName": "_email", "IdentifierValue": "w@example.test"}],
          "LogicalOperator": "OR"}, "MultipleFoundError"),
        ({"SearchCriteria": [{"IdentifierName": "City", "IdentifierValue": "Ningbo"}] * 6}, "NoMatchingError"),
    ],
)  # fmt: skip
def test_one_profile_is_found_or_the_error_says_how_many(small: Small, request_data: Any, label: str) -> None:
    assert profile(small, "GetCustomerProfile", request_data)[0] == label


def test_what_is_wanted_back_is_in_the_flows_reach_and_nothing_else(small: Small) -> None:
    found = {"IdentifierName": "_phone", "IdentifierValue": "$.CustomerEndpoint.Address"}
    wanted = keep(
        id="$.Customer.ProfileId", arn="$.Customer.ProfileARN", name="$.Customer.FirstName",
        tier="$.Customer.Attributes.tier", city="$.Customer.City",
    )  # fmt: skip
    _, contact = profile(small, "GetCustomerProfile", found, ("FirstName", "Attributes.tier"), after=wanted)
    assert contact.attributes == {
        "id": "p-1", "arn": "arn:aws:profile:us-east-1:000000000000:domains/small/profiles/p-1", "name": "Li",
        "tier": "gold", "city": "",
    }  # fmt: skip


def test_a_profile_is_made_and_changed_by_one_flow(small: Small) -> None:
    made = action("m", "CreateCustomerProfile", {"ProfileRequestData": {"PhoneNumber": "+8613700000001"}})
    change = {"FirstName": "Wang", "Attributes": {"tier": "silver"}}
    label, _ = profile(small, "UpdateCustomerProfile", change, before=(made,))
    assert label == "next"
    profiles = small.world.providers(small.instance).profiles
    (found,) = profiles.search([("_phone", "+8613700000001")])
    assert found.fields == {"PhoneNumber": "+8613700000001", "FirstName": "Wang", "Attributes.tier": "silver"}
    assert profile(small, "UpdateCustomerProfile", change)[0] == "NoMatchingError"
    assert profile(small, "CreateCustomerProfile", {"City": "$.Attributes.unset"})[0] == "NoMatchingError"


def test_what_a_profile_gives_back_is_limited(small: Small) -> None:
    fields = {"FirstName": "x" * 7_001, "LastName": "y" * 7_001}
    assert profile(small, "CreateCustomerProfile", fields, ("FirstName",))[0] == "next"
    assert profile(small, "CreateCustomerProfile", fields, ("FirstName", "LastName"))[0] == "NoMatchingError"


@pytest.mark.parametrize(
    ("request_data", "label", "status"),
    [
        ({"ProfileId": "p-1", "ObjectType": "Order", "UseLatest": "true"}, "next", "open"),
        (
            {"ProfileId": "p-1", "ObjectType": "Order", "IdentifierName": "OrderId", "IdentifierValue": "o-1"},
            "next",
            "sent",
        ),
        ({"ProfileId": "p-1", "ObjectType": "Asset", "UseLatest": "true"}, "NoneFoundError", None),
        ({"ProfileId": "p-9", "ObjectType": "Order", "UseLatest": "true"}, "NoneFoundError", None),
    ],
)
def test_objects_of_a_profile(small: Small, request_data: Any, label: str, status: str | None) -> None:
    after = keep(status="$.Customer.Status")
    found, contact = profile(small, "GetCustomerProfileObject", request_data, ("Status",), after=after)
    assert (found, contact.attributes.get("status")) == (label, status)


def test_calculated_attributes_are_read_of_a_profile_that_has_them(small: Small) -> None:
    after = keep(n="$.Customer.contacts_30d")
    kind = "GetCalculatedAttributesForCustomerProfile"
    label, contact = profile(small, kind, {"ProfileId": "p-1"}, ("contacts_30d",), after=after)
    assert (label, contact.attributes) == ("next", {"n": "4"})
    assert profile(small, kind, {"ProfileId": "p-2"})[0] == "NoneFoundError"
    assert profile(small, kind, {"ProfileId": "p-9"})[0] == "NoneFoundError"


def test_a_contact_is_associated_with_a_profile(small: Small) -> None:
    label, contact = profile(
        small, "AssociateContactToCustomerProfile", {"ProfileId": "p-2", "ContactId": "$.ContactId"}
    )
    assert label == "next"
    found = small.world.providers(small.instance).profiles.get("p-2")
    assert found is not None
    assert found.contacts == [contact.id]
    assert profile(small, "AssociateContactToCustomerProfile", {"ProfileId": "p-9"})[0] == "NoMatchingError"


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy"), min_size=1), max_size=6))
def test_and_finds_a_subset_of_or(people: list[dict[str, str]]) -> None:
    profiles = LocalProfiles()
    for n, fields in enumerate(people):
        profiles.create(str(n), fields)
    criteria = [("a", "x"), ("b", "y")]
    both = {one.id for one in profiles.search(criteria, "AND")}
    either = {one.id for one in profiles.search(criteria, "OR")}
    assert both <= either
    assert either == {str(n) for n, one in enumerate(people) if one.get("a") == "x" or one.get("b") == "y"}


def case(small: Small, kind: str, parameters: dict[str, Any], **more: Any) -> tuple[str, Any]:
    return go(small, kind, {"LinkContactToCase": "false", **parameters}, **more)


def test_a_case_is_made_of_a_template(small: Small) -> None:
    fields = {
        "CaseTemplateId": "complaint",
        "CaseRequestFields": {"title": "cold", "phone": "$.CustomerEndpoint.Address"},
    }
    label, contact = case(small, "CreateCase", fields, after=keep(id="$.Case.case_id", title="$.Case.title"))
    assert (label, contact.attributes["title"]) == ("next", "cold")
    made = small.world.providers(small.instance).cases.get(contact.attributes["id"])
    assert made is not None
    assert made.fields == {"title": "cold", "phone": CALLER}
    assert (
        case(small, "CreateCase", {"CaseTemplateId": "other", "CaseRequestFields": {"title": "x"}})[0]
        == "NoMatchingError"
    )
    assert case(small, "CreateCase", {"CaseTemplateId": "complaint"})[0] == "NoMatchingError"


def test_without_templates_any_template_is_taken() -> None:
    assert case(Small(), "CreateCase", {"CaseTemplateId": "any"})[0] == "next"


@pytest.mark.parametrize(
    ("parameters", "label", "found"),
    [
        ({"CaseRequestFields": {"title": "late"}}, "next", "c-1"),
        ({"CaseRequestFields": {"case_id": "c-2"}}, "next", "c-2"),
        ({"CustomerId": "p-1"}, "MultipleFound", None),
        ({"CustomerId": "p-1", "GetLastUpdatedCase": "true"}, "next", "c-2"),
        ({"CustomerId": "p-7"}, "NoneFound", None),
        ({}, "NoMatchingError", None),
    ],
)
def test_one_case_is_found_or_the_error_says_how_many(
    small: Small, parameters: Any, label: str, found: str | None
) -> None:
    wanted = {**parameters, "CaseResponseFields": ["case_id", "title"]}
    got, contact = case(small, "GetCase", wanted, after=keep(id="$.Case.case_id", status="$.Case.status"))
    assert (got, contact.attributes.get("id")) == (label, found)
    assert not contact.attributes.get("status")


def test_a_change_makes_a_case_the_last_updated_one(small: Small) -> None:
    change = action(
        "u", "UpdateCase", {"LinkContactToCase": "false", "CaseId": "c-1", "CaseRequestFields": {"status": "closed"}}
    )
    last = {"CustomerId": "p-1", "GetLastUpdatedCase": "true", "CaseResponseFields": ["status"]}
    _, contact = case(small, "GetCase", last, before=(change,), after=keep(id="$.Case.case_id", status="$.Case.status"))
    assert contact.attributes == {"id": "c-1", "status": "closed"}
    assert case(small, "UpdateCase", {"CaseId": "c-9"})[0] == "NoMatchingError"


def test_a_contact_is_linked_as_long_as_the_case_takes_it(small: Small) -> None:
    link = {"LinkContactToCase": "true", "CaseId": "c-1", "CaseRequestFields": {"status": "pending"}}
    label, contact = case(small, "UpdateCase", link)
    assert label == "next"
    assert case(small, "UpdateCase", link)[0] == "ContactNotLinked"
    found = small.world.providers(small.instance).cases.get("c-1")
    assert found is not None
    assert (found.contacts, found.fields["status"]) == ([contact.id], "pending")
    assert (
        case(small, "GetCase", {"LinkContactToCase": "true", "CaseRequestFields": {"case_id": "c-1"}})[0]
        == "ContactNotLinked"
    )


def test_a_row_of_a_data_table(small: Small) -> None:
    query = {
        "Name": "branch",
        "PrimaryValues": [{"AttributeName": "city", "Value": "$.Attributes.city"}],
        "AttributeNames": ["queue"],
    }
    city = action("c", "UpdateContactAttributes", {"Attributes": {"city": "Ningbo"}})
    after = keep(
        queue="$.DataTables.branch.queue", quoted="$.DataTables[`branch`].queue", none="$.DataTables.branch.open"
    )
    label, contact = go(
        small, "EvaluateDataTableValues", {"DataTableId": "branches", "Queries": [query]}, before=(city,), after=after
    )
    assert label == "next"
    assert contact.attributes == {"city": "Ningbo", "queue": "north", "quoted": "north", "none": ""}


def test_rows_of_a_data_table_are_read_by_their_place(small: Small) -> None:
    query = {"Name": "all", "PrimaryAttributeValues": [{"AttributeName": "city", "Values": ["Ningbo", "Hangzhou"]}]}
    groups = "$.DataTableList.ResultData.primaryKeyGroups"
    after = keep(first=f"{groups}.all[0].queue", second=f"{groups}[`all`][1].city", third=f"{groups}.all[2].city")
    _, contact = go(small, "ListDataTableValues", {"DataTableId": "t-1", "Queries": [query]}, after=after)
    assert contact.attributes == {"first": "north", "second": "Hangzhou", "third": ""}


def test_a_row_is_written_or_added(small: Small) -> None:
    def put(city: str) -> dict[str, Any]:
        primary = [{"AttributeName": "city", "Value": city}]
        return {"PrimaryValues": primary, "Attributes": {"queue": "west"}}

    queries = {"DataTableId": "branches", "Queries": [put("Ningbo"), put("Chengdu")]}
    assert go(small, "UpsertDataTableValues", queries)[0] == "next"
    table = small.world.providers(small.instance).tables.find("branches")
    assert table is not None
    assert table.row({"city": "Ningbo"}) == {"city": "Ningbo", "queue": "west", "open": "08:00"}
    assert table.row({"city": "Chengdu"}) == {"city": "Chengdu", "queue": "west"}


@pytest.mark.parametrize(
    "parameters",
    [
        {"DataTableId": "nope", "Queries": []},
        {
            "DataTableId": "branches",
            "Queries": [{"Name": "x", "PrimaryValues": [{"AttributeName": "zip", "Value": "1"}]}],
        },
    ],
)
def test_a_table_or_key_that_does_not_exist_is_the_error(small: Small, parameters: Any) -> None:
    assert go(small, "EvaluateDataTableValues", parameters)[0] == "NoMatchingError"


@pytest.mark.parametrize(
    "parameters", [{"Filter": "x"}, {"Queries": [{"Name": "x", "Where": "y"}]}, {"Queries": "all"}]
)
def test_what_nobody_has_published_about_data_tables_is_refused_when_the_flow_is_loaded(
    small: Small, parameters: Any
) -> None:
    label, contact = go(small, "EvaluateDataTableValues", {"DataTableId": "branches", "Queries": [], **parameters})
    assert label == ""
    assert "EvaluateDataTableValues" in texts(contact, "error")[0]
