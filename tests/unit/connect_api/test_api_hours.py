"""Overrides of hours of operation, hours that inherit, and the hours that come of it, through the API."""

from typing import Any

import pytest

from tests.support.connect_calls import Connect, Refused, refused

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")


def slot(day: str, start: int, end: int) -> dict[str, Any]:
    return {"Day": day, "StartTime": {"Hours": start, "Minutes": 0}, "EndTime": {"Hours": end, "Minutes": 0}}


class Shop:
    """An instance with hours `shop`, nine to five on weekdays in Shanghai."""

    def __init__(self) -> None:
        self.connect = Connect()
        self.instance = self.connect.instance()
        self.id = self.hours("shop")

    def __call__(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        named = {"HoursOfOperationId": self.id, **parameters}
        return self.connect(operation, InstanceId=self.instance, **named)

    def hours(self, name: str) -> str:
        config = [slot(day, 9, 17) for day in WEEKDAYS]
        made = self.connect(
            "CreateHoursOfOperation", InstanceId=self.instance, Name=name, TimeZone="Asia/Shanghai", Config=config
        )
        return str(made["HoursOfOperationId"])

    def override(self, name: str = "off", day: str = "2026-10-01", **more: Any) -> str:
        dates = {"EffectiveFrom": day, "EffectiveTill": day, "Config": [], "OverrideType": "CLOSED"}
        made = self("CreateHoursOfOperationOverride", Name=name, **{**dates, **more})
        return str(made["HoursOfOperationOverrideId"])

    def open_on(self, day: str) -> list[tuple[int, int]]:
        (told,) = self("GetEffectiveHoursOfOperations", FromDate=day, ToDate=day)["EffectiveHoursOfOperationList"]
        return [(one["Start"]["Hours"], one["End"]["Hours"]) for one in told["OperationalHours"]]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_an_override_is_made_shown_changed_and_deleted(shop: Shop) -> None:
    made = shop.override()
    shown = shop("DescribeHoursOfOperationOverride", HoursOfOperationOverrideId=made)["HoursOfOperationOverride"]
    assert (shown["Name"], shown["OverrideType"], shown["HoursOfOperationId"]) == ("off", "CLOSED", shop.id)
    assert shop.open_on("2026-10-01") == []
    morning = {"Config": [slot("THURSDAY", 9, 12)]}
    shop("UpdateHoursOfOperationOverride", HoursOfOperationOverrideId=made, **morning)
    assert shop.open_on("2026-10-01") == [(12, 17)]
    listed = shop("ListHoursOfOperationOverrides")["HoursOfOperationOverrideList"]
    assert [one["HoursOfOperationOverrideId"] for one in listed] == [made]
    shop("DeleteHoursOfOperationOverride", HoursOfOperationOverrideId=made)
    assert shop.open_on("2026-10-01") == [(9, 17)]
    gone = refused(shop, "DescribeHoursOfOperationOverride", HoursOfOperationOverrideId=made)
    assert gone.code == "ResourceNotFoundException"


def test_overrides_outlive_a_change_of_the_hours(shop: Shop) -> None:
    made = shop.override()
    shop("UpdateHoursOfOperation", Description="changed")
    assert shop("DescribeHoursOfOperationOverride", HoursOfOperationOverrideId=made)


def test_effective_hours_say_which_override_made_them(shop: Shop) -> None:
    every_thursday = {"RecurrencePattern": {"Frequency": "WEEKLY", "Interval": 1}}
    shop.override(
        "late", "2026-10-01", EffectiveTill="2026-10-31", OverrideType="OPEN", RecurrenceConfig=every_thursday,
        Config=[slot("THURSDAY", 17, 20)],
    )  # fmt: skip
    told = shop("GetEffectiveHoursOfOperations", FromDate="2026-10-07", ToDate="2026-10-08")
    assert told["TimeZone"] == "Asia/Shanghai"
    hours = [len(day["OperationalHours"]) for day in told["EffectiveHoursOfOperationList"]]
    assert hours == [1, 1]
    assert shop.open_on("2026-10-08") == [(9, 20)]
    (day,) = told["EffectiveOverrideHoursList"]
    assert day == {
        "Date": "2026-10-08",
        "OverrideHours": [
            {
                "Start": {"Hours": 17, "Minutes": 0},
                "End": {"Hours": 20, "Minutes": 0},
                "OverrideName": "late",
                "OperationalStatus": "OPEN",
            }
        ],
    }


def test_a_child_inherits_the_overrides_of_its_parents(shop: Shop) -> None:
    parent = shop.hours("holidays")
    shop.override("holiday", HoursOfOperationId=parent)
    shop("AssociateHoursOfOperations", ParentHoursOfOperationConfigs=[{"HoursOfOperationId": parent}])
    assert shop.open_on("2026-10-01") == []
    shown = shop("DescribeHoursOfOperation")["HoursOfOperation"]
    assert [one["Name"] for one in shown["ParentHoursOfOperations"]] == ["holidays"]
    found = shop("ListChildHoursOfOperations", HoursOfOperationId=parent)["ChildHoursOfOperationsSummaryList"]
    assert [one["Name"] for one in found] == ["shop"]
    assert refused(shop, "DeleteHoursOfOperation", HoursOfOperationId=parent).code == "ResourceInUseException"
    shop("DisassociateHoursOfOperations", ParentHoursOfOperationIds=[parent])
    assert shop.open_on("2026-10-01") == [(9, 17)]


def test_inheriting_goes_over_one_generation_and_from_three_parents(shop: Shop) -> None:
    parents = [shop.hours(f"parent {n}") for n in range(4)]
    configs = [{"HoursOfOperationId": parent} for parent in parents]
    associate = "AssociateHoursOfOperations"
    assert refused(shop, associate, ParentHoursOfOperationConfigs=configs).code == "InvalidParameterException"
    shop(associate, ParentHoursOfOperationConfigs=configs[:3])
    above = [{"HoursOfOperationId": shop.id}]
    grandchild = {"HoursOfOperationId": parents[3], "ParentHoursOfOperationConfigs": above}
    assert refused(shop, associate, **grandchild).code == "InvalidParameterException"
    upwards = {"HoursOfOperationId": parents[0], "ParentHoursOfOperationConfigs": configs[3:]}
    assert refused(shop, associate, **upwards).code == "InvalidParameterException"


MONTHLY = {"Frequency": "MONTHLY", "Interval": 1}


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("InvalidParameterException", {"EffectiveFrom": "2026-10-02"}),
        ("InvalidParameterException", {"EffectiveFrom": "2026-02-30"}),
        ("InvalidParameterException", {"Config": [slot("MONDAY", 18, 9)]}),
        ("InvalidParameterException", {"Config": [slot("MONDAY", 9, 10)] * 101}),
        ("InvalidParameterException", {"OverrideType": "STANDARD", "RecurrenceConfig": {"RecurrencePattern": MONTHLY}}),
        ("InvalidParameterException", {"RecurrenceConfig": {"RecurrencePattern": {**MONTHLY, "ByMonth": [2]}}}),
        ("InvalidParameterException", {"RecurrenceConfig": {"RecurrencePattern": {**MONTHLY, "ByMonthDay": [1, 2]}}}),
        ("InvalidParameterException", {"RecurrenceConfig": {"RecurrencePattern": {**MONTHLY, "ByMonthDay": [0]}}}),
        (
            "InvalidParameterException",
            {"RecurrenceConfig": {"RecurrencePattern": {**MONTHLY, "ByMonthDay": [1], "ByWeekdayOccurrence": [1]}}},
        ),
        ("DuplicateResourceException", {"Name": "first"}),
    ],
)
def test_an_override_that_makes_no_sense_is_refused(shop: Shop, code: str, more: dict[str, Any]) -> None:
    shop.override("first", "2026-05-01")
    wanted = {"Name": "off", "EffectiveFrom": "2026-10-01", "EffectiveTill": "2026-10-01", "Config": []}
    asked = {**wanted, "OverrideType": "CLOSED", **more}
    assert refused(shop, "CreateHoursOfOperationOverride", **asked).code == code


def test_dates_of_temporary_hours_do_not_overlap(shop: Shop) -> None:
    shop.override("summer", "2026-06-01", EffectiveTill="2026-08-31", OverrideType="STANDARD")
    july = {"EffectiveFrom": "2026-07-04", "EffectiveTill": "2026-07-04", "Config": [], "OverrideType": "STANDARD"}
    assert refused(shop, "CreateHoursOfOperationOverride", Name="july", **july).code == "InvalidParameterException"


def test_there_are_fifty_overrides_at_most(shop: Shop) -> None:
    for n in range(50):
        shop.override(f"off {n}")
    one_more = {"EffectiveFrom": "2026-10-01", "EffectiveTill": "2026-10-01", "Config": []}
    assert refused(shop, "CreateHoursOfOperationOverride", Name="more", **one_more).code == "LimitExceededException"


@pytest.mark.parametrize(("first", "last"), [("2026-10-02", "2026-10-01"), ("2026-01-01", "2027-06-01")])
def test_effective_hours_are_of_a_range_that_makes_sense(shop: Shop, first: str, last: str) -> None:
    refusal = refused(shop, "GetEffectiveHoursOfOperations", FromDate=first, ToDate=last)
    assert refusal.code == "InvalidParameterException"


def test_overrides_are_found_by_name_and_date_whatever_hours_they_belong_to() -> None:
    shop = Shop()
    shop.override("national day", "2026-10-01")
    shop.override("new year", "2027-01-01")
    other = shop.hours("other")
    shop.override("national day too", "2026-10-02", HoursOfOperationId=other)

    def found(**criteria: Any) -> list[tuple[str, str]]:
        rows = shop.connect(
            "SearchHoursOfOperationOverrides", InstanceId=shop.instance, SearchCriteria=criteria
        )["HoursOfOperationOverrides"]  # fmt: skip
        return [(row["HoursOfOperationId"], row["Name"]) for row in rows]

    named = {"StringCondition": {"FieldName": "name", "Value": "national", "ComparisonType": "STARTS_WITH"}}
    assert found(**named) == [(other, "national day too"), (shop.id, "national day")]
    later = {"DateCondition": {"FieldName": "EffectiveFrom", "Value": "2026-10-02", "ComparisonType": "GREATER_THAN"}}
    assert found(**later) == [(shop.id, "new year")]
    until = {"FieldName": "EffectiveTill", "Value": "2026-10-02", "ComparisonType": "LESS_THAN_OR_EQUAL_TO"}
    both = [named, {"DateCondition": until}, {"DateCondition": {**until, "ComparisonType": "LESS_THAN"}}]
    assert found(AndConditions=both) == [(shop.id, "national day")]
    with pytest.raises(Refused) as caught:
        found(DateCondition={"FieldName": "Day", "Value": "2026-10-02", "ComparisonType": "EQUAL_TO"})
    assert caught.value.code == "InvalidRequestException"
