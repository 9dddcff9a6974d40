"""The hierarchy of users: its levels and groups, and where contacts, agents and metrics show them."""

from typing import Any

import pytest

from tests.support.connect_calls import refused
from tests.support.live_connect import START, Live

LEVELS = {"LevelOne": {"Name": "Site"}, "LevelTwo": {"Name": "Team"}}
RANGE = {"StartTime": START, "EndTime": "2026-03-02T02:00:00Z"}


class Tree:
    """Two sites; li.na is in the team `north` of the site `ningbo`."""

    def __init__(self, live: Live) -> None:
        self.live = live
        live("UpdateUserHierarchyStructure", HierarchyStructure=LEVELS)
        self.ningbo = self.group("ningbo")
        self.hefei = self.group("hefei")
        self.north = self.group("north", self.ningbo)
        self.user = live.api.user.id
        profile = live("CreateSecurityProfile", SecurityProfileName="desk")["SecurityProfileId"]
        live("UpdateUserSecurityProfiles", UserId=self.user, SecurityProfileIds=[profile])
        live("UpdateUserHierarchy", UserId=self.user, HierarchyGroupId=self.north)

    def group(self, name: str, parent: str | None = None) -> str:
        more = {"ParentGroupId": parent} if parent else {}
        return str(self.live("CreateUserHierarchyGroup", Name=name, **more)["HierarchyGroupId"])

    def arn(self, group: str) -> str:
        found = self.live("DescribeUserHierarchyGroup", HierarchyGroupId=group)["HierarchyGroup"]
        return str(found["Arn"])


@pytest.fixture
def tree(live: Live) -> Tree:
    return Tree(live)


def test_groups_stand_on_levels_below_each_other(tree: Tree) -> None:
    shown = tree.live("DescribeUserHierarchyGroup", HierarchyGroupId=tree.north)["HierarchyGroup"]
    path = {level: one["Name"] for level, one in shown["HierarchyPath"].items()}
    assert (shown["LevelId"], path) == ("2", {"LevelOne": "ningbo", "LevelTwo": "north"})
    structure = tree.live("DescribeUserHierarchyStructure")["HierarchyStructure"]
    assert {level: (one["Id"], one["Name"]) for level, one in structure.items()} == {
        "LevelOne": ("1", "Site"),
        "LevelTwo": ("2", "Team"),
    }
    rows = tree.live("ListUserHierarchyGroups")["UserHierarchyGroupSummaryList"]
    assert [row["Name"] for row in rows] == ["hefei", "ningbo", "north"]


def test_a_group_needs_a_level_and_a_name_of_its_own_at_its_place(tree: Tree) -> None:
    below = {"ParentGroupId": tree.north}
    assert refused(tree.live, "CreateUserHierarchyGroup", Name="deep", **below).code == "InvalidParameterException"
    assert refused(tree.live, "CreateUserHierarchyGroup", Name="hefei").code == "DuplicateResourceException"
    assert tree.group("north", tree.hefei)
    renaming = {"HierarchyGroupId": tree.hefei, "Name": "ningbo"}
    assert refused(tree.live, "UpdateUserHierarchyGroupName", **renaming).code == "DuplicateResourceException"
    tree.live("UpdateUserHierarchyGroupName", HierarchyGroupId=tree.hefei, Name="hefei 2")
    assert tree.live("DescribeUserHierarchyGroup", HierarchyGroupId=tree.hefei)["HierarchyGroup"]["Name"] == "hefei 2"


def test_levels_that_groups_need_and_gaps_are_refused(tree: Tree) -> None:
    only_top = {"HierarchyStructure": {"LevelOne": {"Name": "Site"}}}
    assert refused(tree.live, "UpdateUserHierarchyStructure", **only_top).code == "ResourceInUseException"
    for wrong in ({"LevelTwo": {"Name": "Team"}}, {"LevelOne": {"Name": "x"}, "LevelTwo": {"Name": "x"}}):
        refusal = refused(tree.live, "UpdateUserHierarchyStructure", HierarchyStructure=wrong)
        assert refusal.code == "InvalidParameterException"
    more = {**LEVELS, "LevelThree": {"Name": "Desk"}}
    tree.live("UpdateUserHierarchyStructure", HierarchyStructure=more)
    assert tree.group("deep", tree.north)


def test_a_group_that_is_in_use_stays(tree: Tree) -> None:
    for used in (tree.north, tree.ningbo):
        assert refused(tree.live, "DeleteUserHierarchyGroup", HierarchyGroupId=used).code == "ResourceInUseException"
    tree.live("UpdateUserHierarchy", UserId=tree.user)
    for free in (tree.north, tree.ningbo):
        tree.live("DeleteUserHierarchyGroup", HierarchyGroupId=free)
    refusal = refused(tree.live, "UpdateUserHierarchy", UserId=tree.user, HierarchyGroupId=tree.north)
    assert refusal.code == "ResourceNotFoundException"


def users(tree: Tree, **search: Any) -> list[str]:
    return [one["Username"] for one in tree.live("SearchUsers", **search)["Users"]]


def test_users_are_found_by_their_group_and_those_above_it(tree: Tree) -> None:
    def of(group: str, match: str) -> dict[str, Any]:
        return {"HierarchyGroupCondition": {"Value": group, "HierarchyGroupMatchType": match}}

    for where in (
        {"SearchCriteria": of(tree.ningbo, "WITH_CHILD_GROUPS")},
        {"SearchCriteria": of(tree.north, "EXACT")},
    ):
        assert users(tree, **where) == ["li.na"]
    assert users(tree, SearchCriteria=of(tree.ningbo, "EXACT")) == []
    below = of(tree.ningbo, "WITH_CHILD_GROUPS")
    assert users(tree, SearchFilter={"UserAttributeFilter": below}) == ["li.na"]
    assert users(tree, SearchFilter={"UserAttributeFilter": {"AndCondition": below}}) == ["li.na"]
    either = {"OrConditions": [of(tree.hefei, "EXACT"), below]}
    assert users(tree, SearchFilter={"UserAttributeFilter": either}) == ["li.na"]
    assert users(tree, SearchFilter={"UserAttributeFilter": {"OrConditions": either["OrConditions"][:1]}}) == []
    assert tree.live("DescribeUser", UserId=tree.user)["User"]["HierarchyGroupId"] == tree.north


def test_groups_are_found_by_name_and_tag(tree: Tree) -> None:
    tree.live("CreateUserHierarchyGroup", Name="ningxia", Tags={"region": "west"})
    named = {"StringCondition": {"FieldName": "name", "Value": "ning", "ComparisonType": "STARTS_WITH"}}
    found = tree.live("SearchUserHierarchyGroups", SearchCriteria=named)["UserHierarchyGroups"]
    assert [one["Name"] for one in found] == ["ningbo", "ningxia"]
    tagged = {"AttributeFilter": {"TagCondition": {"TagKey": "region", "TagValue": "west"}}}
    found = tree.live("SearchUserHierarchyGroups", SearchFilter=tagged)["UserHierarchyGroups"]
    assert [one["Name"] for one in found] == ["ningxia"]


def test_what_is_left_of_a_contact_says_in_which_groups_its_agent_is(tree: Tree) -> None:
    live = tree.live
    live.api.sign_in()
    contact_id = live.queued_call()
    live.run()
    site, team = (
        {"ARN": tree.arn(tree.ningbo), "GroupName": "ningbo"},
        {"ARN": tree.arn(tree.north), "GroupName": "north"},
    )
    groups = {"Level1": site, "Level2": team, "Level3": None, "Level4": None, "Level5": None}
    assert live.record(contact_id)[0]["Agent"]["HierarchyGroups"] == groups
    snapshot = live.small.cloud.agent_events[-1]["CurrentAgentSnapshot"]
    assert snapshot["Configuration"]["AgentHierarchyGroups"] == groups
    infos = [one["detail"]["agentInfo"] for one in live.small.cloud.events if "agentInfo" in one["detail"]]
    levels = {"level1": {"arn": site["ARN"]}, "level2": {"arn": team["ARN"]}}
    assert infos
    assert all(info["hierarchyGroups"] == levels for info in infos)
    shown = live("DescribeContact", ContactId=contact_id)["Contact"]["AgentInfo"]["HierarchyGroups"]
    assert shown == {"Level1": {"Arn": site["ARN"]}, "Level2": {"Arn": team["ARN"]}}


def test_contacts_agents_and_numbers_are_filtered_by_groups(tree: Tree) -> None:
    live = tree.live
    live.api.sign_in()
    contact_id = live.queued_call()
    shown = {
        one: live("GetCurrentUserData", Filters={"UserHierarchyGroups": [one]}) for one in (tree.ningbo, tree.hefei)
    }
    (row,) = shown[tree.ningbo]["UserDataList"]
    assert {level: one["Id"] for level, one in row["HierarchyPath"].items()} == {
        "LevelOne": tree.ningbo,
        "LevelTwo": tree.north,
    }
    assert shown[tree.hefei]["UserDataList"] == []
    live.run()
    search = {"TimeRange": {"Type": "INITIATION_TIMESTAMP", **RANGE}}
    for wanted, ids in (
        ({"L1Ids": [tree.ningbo, tree.hefei], "L2Ids": [tree.north]}, [contact_id]),
        ({"L1Ids": [tree.hefei]}, []),
        ({"L3Ids": [tree.north]}, []),
    ):
        found = live("SearchContacts", **search, SearchCriteria={"AgentHierarchyGroups": wanted})["Contacts"]
        assert [one["Id"] for one in found] == ids
    asked = {
        "ResourceArn": live.small.instance.arn, **RANGE, "Groupings": ["AGENT_HIERARCHY_LEVEL_TWO"],
        "Filters": [{"FilterKey": "AGENT_HIERARCHY_LEVEL_ONE", "FilterValues": [tree.ningbo]}],
        "Metrics": [{"Name": name} for name in ("CONTACTS_HANDLED", "SUM_ONLINE_TIME_AGENT")],
    }  # fmt: skip
    (result,) = live.connect("GetMetricDataV2", **asked)["MetricResults"]
    assert result["Dimensions"] == {
        "AGENT_HIERARCHY_LEVEL_TWO": tree.north,
        "AGENT_HIERARCHY_LEVEL_TWO_ARN": tree.arn(tree.north),
    }
    assert result["Collections"][0]["Value"] == 1.0
