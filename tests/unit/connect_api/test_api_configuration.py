"""Operations on configuration: what ties resources together, and what changes them in small parts."""

from typing import Any

import pytest

from localstack.connect.api_model import operation_model
from tests.support.connect_calls import FLOW, Connect, refused
from tests.support.shape_check import problems

ALL_DAY = [{"Day": "MONDAY", "StartTime": {"Hours": 0, "Minutes": 0}, "EndTime": {"Hours": 23, "Minutes": 59}}]
MODULE = FLOW.replace('"Metadata": {}', '"Metadata": {}, "Settings": {"InputParameters": [], "OutputParameters": []}')
BOT = "arn:aws:lex:us-east-1:000000000000:bot-alias/BOT/ALIAS"


class Office:
    """An instance with a little of everything, and its client."""

    def __init__(self) -> None:
        self.connect = Connect()
        self.instance = self.connect.instance()
        self.hours = self("CreateHoursOfOperation", Name="always", TimeZone="UTC", Config=ALL_DAY)["HoursOfOperationId"]
        self.queue = self("CreateQueue", Name="support", HoursOfOperationId=self.hours)["QueueId"]
        self.flow = self("CreateContactFlow", Name="main", Type="CONTACT_FLOW", Content=FLOW)["ContactFlowId"]
        self.quick = self("CreateQuickConnect", Name="to support", QuickConnectConfig=self.to_queue())["QuickConnectId"]
        self.profile = self(
            "CreateRoutingProfile", Name="agents", Description="d", DefaultOutboundQueueId=self.queue,
            MediaConcurrencies=[{"Channel": "VOICE", "Concurrency": 1}],
            QueueConfigs=[{"QueueReference": {"QueueId": self.queue, "Channel": "VOICE"}, "Priority": 2, "Delay": 0}],
        )["RoutingProfileId"]  # fmt: skip
        self.security = self("CreateSecurityProfile", SecurityProfileName="desk")["SecurityProfileId"]
        self.user = self(
            "CreateUser", Username="lin", RoutingProfileId=self.profile, SecurityProfileIds=[self.security],
            PhoneConfig={"PhoneType": "SOFT_PHONE"},
        )["UserId"]  # fmt: skip
        self.module = self("CreateContactFlowModule", Name="m", Content=MODULE)["Id"]

    def __call__(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        return self.connect(operation, InstanceId=self.instance, **parameters)

    def to_queue(self) -> dict[str, Any]:
        to = {"QueueId": self.queue, "ContactFlowId": self.flow}
        return {"QuickConnectType": "QUEUE", "QueueConfig": to}


@pytest.fixture
def office() -> Office:
    return Office()


def test_quick_connects_are_shown_to_the_agents_of_a_queue(office: Office) -> None:
    office("AssociateQueueQuickConnects", QueueId=office.queue, QuickConnectIds=[office.quick])
    (row,) = office("ListQueueQuickConnects", QueueId=office.queue)["QuickConnectSummaryList"]
    assert (row["Name"], row["QuickConnectType"]) == ("to support", "QUEUE")
    office("UpdateQueueName", QueueId=office.queue, Name="renamed")
    assert len(office("ListQueueQuickConnects", QueueId=office.queue)["QuickConnectSummaryList"]) == 1
    office("DisassociateQueueQuickConnects", QueueId=office.queue, QuickConnectIds=[office.quick])
    assert office("ListQueueQuickConnects", QueueId=office.queue)["QuickConnectSummaryList"] == []


def test_what_is_set_of_a_user_for_a_channel_is_shown_changed_and_kept(office: Office) -> None:
    acw = [{"Channel": "VOICE", "AfterContactWorkConfig": {"AfterContactWorkTimeLimit": 30}}]
    office("UpdateUserConfig", UserId=office.user, AfterContactWorkConfigs=acw)
    office("UpdateUserConfig", UserId=office.user, AutoAcceptConfigs=[{"Channel": "VOICE", "AutoAccept": True}])
    office("UpdateUserIdentityInfo", UserId=office.user, IdentityInfo={"FirstName": "Lin"})
    shown = office("DescribeUser", UserId=office.user)["User"]
    assert (shown["AfterContactWorkConfigs"], shown["AutoAcceptConfigs"][0]["AutoAccept"]) == (acw, True)
    stays = {"PersistentConnectionConfigs": [{"Channel": "VOICE", "PersistentConnection": True}]}
    refusal = refused(office, "UpdateUserConfig", UserId=office.user, **stays)
    assert refusal.code == "InvalidRequestException"
    assert "PersistentConnectionConfigs" in refusal.text


def test_what_a_security_profile_is_limited_to_is_kept_and_shown(office: Office) -> None:
    limits = {"AllowedAccessControlTags": {"tenant": "acme"}, "TagRestrictedResources": ["Queue"]}
    made = office("CreateSecurityProfile", SecurityProfileName="limited", **limits)["SecurityProfileId"]
    office("UpdateSecurityProfile", SecurityProfileId=made, Description="of acme")
    shown = office("DescribeSecurityProfile", SecurityProfileId=made)["SecurityProfile"]
    assert {name: shown[name] for name in limits} == limits
    other = {"SecurityProfileId": made, "Applications": [{"Namespace": "n", "ApplicationPermissions": ["ACCESS"]}]}
    refusal = refused(office, "UpdateSecurityProfile", **other)
    assert refusal.code == "InvalidParameterException"
    assert "Applications" in refusal.text


def named(rows: list[dict[str, Any]]) -> list[str]:
    return [row["Name"] for row in rows if "Name" in row]


def test_agent_statuses_are_listed_by_the_types_that_are_asked_for(office: Office) -> None:
    office("CreateAgentStatus", Name="Lunch", State="ENABLED")
    every = named(office("ListAgentStatuses")["AgentStatusSummaryList"])
    assert sorted(every) == ["Available", "Lunch", "Offline"]
    for types, names in ((["ROUTABLE"], ["Available"]), (["CUSTOM", "OFFLINE"], ["Lunch", "Offline"]), ([], every)):
        assert named(office("ListAgentStatuses", AgentStatusTypes=types)["AgentStatusSummaryList"]) == names


def test_the_queues_of_agents_are_listed_without_a_name_unless_only_standard_ones_are_asked_for(office: Office) -> None:
    agents = [{"Id": office.user, "Arn": row["Arn"], "QueueType": "AGENT"}
              for row in office("ListQueues", QueueTypes=["AGENT"])["QueueSummaryList"]]  # fmt: skip
    assert office("ListQueues", QueueTypes=["AGENT"])["QueueSummaryList"] == agents
    assert agents[0]["Arn"].endswith(f"/queue/agent/{office.user}")
    standard = office("ListQueues", QueueTypes=["STANDARD"])["QueueSummaryList"]
    assert "support" in named(standard)
    assert office("ListQueues")["QueueSummaryList"] == standard + agents


def test_quick_connects_and_modules_are_listed_by_type_and_state(office: Office) -> None:
    assert named(office("ListQuickConnects", QuickConnectTypes=["QUEUE"])["QuickConnectSummaryList"]) == ["to support"]
    assert office("ListQuickConnects", QuickConnectTypes=["USER"])["QuickConnectSummaryList"] == []
    listed = office("ListContactFlowModules", ContactFlowModuleState="ACTIVE")["ContactFlowModulesSummaryList"]
    assert named(listed) == ["m"]
    shown = office("DescribeContactFlowModule", ContactFlowModuleId=office.module)["ContactFlowModule"]
    assert (shown["State"], shown["Status"]) == ("ACTIVE", "PUBLISHED")
    assert office("ListContactFlowModules", ContactFlowModuleState="ARCHIVED")["ContactFlowModulesSummaryList"] == []


def test_a_prompt_is_no_quick_connect(office: Office) -> None:
    prompt = office("CreatePrompt", Name="hello", S3Uri="s3://bucket/hello.wav")["PromptId"]
    asked = {"QueueId": office.queue, "QuickConnectIds": [prompt]}
    assert refused(office, "AssociateQueueQuickConnects", **asked).code == "ResourceNotFoundException"


def test_proficiencies_are_added_changed_and_taken_away(office: Office) -> None:
    english = {"AttributeName": "connect:Language", "AttributeValue": "en-US"}
    asked = {"UserId": office.user, "UserProficiencies": [{**english, "Level": 3.0}]}
    assert refused(office, "UpdateUserProficiencies", **asked).code == "ResourceNotFoundException"
    office("AssociateUserProficiencies", **asked)
    assert refused(office, "AssociateUserProficiencies", **asked).code == "InvalidParameterException"
    office("UpdateUserProficiencies", UserId=office.user, UserProficiencies=[{**english, "Level": 5.0}])
    office("UpdateUserIdentityInfo", UserId=office.user, IdentityInfo={"FirstName": "Lin"})
    assert office("ListUserProficiencies", UserId=office.user)["UserProficiencyList"] == [{**english, "Level": 5.0}]
    office("DisassociateUserProficiencies", UserId=office.user, UserProficiencies=[english])
    assert office("ListUserProficiencies", UserId=office.user)["UserProficiencyList"] == []


def test_a_user_has_ten_proficiencies_at_most(office: Office) -> None:
    skills = [{"AttributeName": "skill", "AttributeValue": str(n), "Level": 1.0} for n in range(11)]
    office("AssociateUserProficiencies", UserId=office.user, UserProficiencies=skills[:10])
    asked = {"UserId": office.user, "UserProficiencies": skills[10:]}
    refusal = refused(office, "AssociateUserProficiencies", **asked)
    assert refusal.code == "InvalidParameterException"
    assert "at most 10" in refusal.text


def test_priority_and_delay_of_a_queue_in_a_profile_are_changed(office: Office) -> None:
    entry = {"QueueReference": {"QueueId": office.queue, "Channel": "VOICE"}, "Priority": 1, "Delay": 60}
    office("UpdateRoutingProfileQueues", RoutingProfileId=office.profile, QueueConfigs=[entry])
    rows = office("ListRoutingProfileQueues", RoutingProfileId=office.profile)["RoutingProfileQueueConfigSummaryList"]
    assert [(row["Priority"], row["Delay"]) for row in rows] == [(1, 60)]
    other = {**entry, "QueueReference": {"QueueId": office.queue, "Channel": "CHAT"}}
    asked = {"RoutingProfileId": office.profile, "QueueConfigs": [other]}
    assert refused(office, "UpdateRoutingProfileQueues", **asked).code == "ResourceNotFoundException"
    manual = office("ListRoutingProfileManualAssignmentQueues", RoutingProfileId=office.profile)
    assert manual["RoutingProfileManualAssignmentQueueConfigSummaryList"] == []


def test_versions_and_aliases_of_a_module(office: Office) -> None:
    module = {"ContactFlowModuleId": office.module}
    for _ in range(2):
        office("CreateContactFlowModuleVersion", **module)
    versions = office("ListContactFlowModuleVersions", **module)["ContactFlowModuleVersionSummaryList"]
    assert [row["Version"] for row in versions] == [2, 1]
    alias = office("CreateContactFlowModuleAlias", **module, ContactFlowModuleVersion=1, AliasName="live")["Id"]
    office("UpdateContactFlowModuleAlias", **module, AliasId=alias, ContactFlowModuleVersion=2)
    shown = office("DescribeContactFlowModuleAlias", **module, AliasId=alias)["ContactFlowModuleAlias"]
    assert (shown["Name"], shown["Version"]) == ("live", 2)
    (row,) = office("ListContactFlowModuleAliases", **module)["ContactFlowModuleAliasSummaryList"]
    assert (row["AliasName"], row["Version"]) == ("live", 2)
    asked = {**module, "AliasId": alias, "ContactFlowModuleVersion": 3}
    assert refused(office, "UpdateContactFlowModuleAlias", **asked).code == "ResourceNotFoundException"
    office("DeleteContactFlowModuleAlias", **module, AliasId=alias)
    refusal = refused(office, "DescribeContactFlowModuleAlias", **module, AliasId=alias)
    assert refusal.code == "ResourceNotFoundException"


def test_a_bot_is_associated_listed_and_taken_away(office: Office) -> None:
    bot = {"LexV2Bot": {"AliasArn": BOT}}
    office("AssociateBot", **bot)
    assert office("ListBots", LexVersion="V2")["LexBots"] == [bot]
    assert office("ListBots", LexVersion="V1")["LexBots"] == []
    office("DisassociateBot", **bot)
    assert refused(office, "DisassociateBot", **bot).code == "ResourceNotFoundException"
    refusal = refused(office, "AssociateBot", LexBot={"Name": "old", "LexRegion": "us-east-1"})
    assert refusal.code == "InvalidRequestException"


def test_statuses_prompts_and_quick_connects_are_changed_in_parts(office: Office) -> None:
    status = office("CreateAgentStatus", Name="Lunch", State="ENABLED")["AgentStatusId"]
    office("UpdateAgentStatus", AgentStatusId=status, State="DISABLED", DisplayOrder=3)
    shown = office("DescribeAgentStatus", AgentStatusId=status)["AgentStatus"]
    assert (shown["Name"], shown["State"], shown["DisplayOrder"]) == ("Lunch", "DISABLED", 3)
    prompt = office("CreatePrompt", Name="hello", S3Uri="s3://bucket/hello.wav")["PromptId"]
    assert office("UpdatePrompt", PromptId=prompt, Name="hi")["PromptId"] == prompt
    assert office("DescribePrompt", PromptId=prompt)["Prompt"]["Name"] == "hi"
    outside = {"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": {"PhoneNumber": "+8613800000000"}}
    office("UpdateQuickConnectConfig", QuickConnectId=office.quick, QuickConnectConfig=outside)
    office("UpdateQuickConnectName", QuickConnectId=office.quick, Name="out")
    shown = office("DescribeQuickConnect", QuickConnectId=office.quick)["QuickConnect"]
    assert (shown["Name"], shown["QuickConnectConfig"]) == ("out", outside)


def test_a_number_is_described_otherwise(office: Office) -> None:
    number = office("ClaimPhoneNumber", PhoneNumber="+862155360100")["PhoneNumberId"]
    office.connect("UpdatePhoneNumberMetadata", PhoneNumberId=number, PhoneNumberDescription="sales")
    shown = office.connect("DescribePhoneNumber", PhoneNumberId=number)["ClaimedPhoneNumberSummary"]
    assert shown["PhoneNumberDescription"] == "sales"


def test_searches_combine_conditions_and_tags(office: Office) -> None:
    for name, tags in (("sales", {"team": "a"}), ("service", {"team": "b"})):
        office("CreateQueue", Name=name, HoursOfOperationId=office.hours, Tags=tags)

    def found(**asked: Any) -> list[str]:
        return [row["Name"] for row in office("SearchQueues", **asked)["Queues"]]

    begins = {"StringCondition": {"FieldName": "Name", "Value": "s", "ComparisonType": "STARTS_WITH"}}
    is_sales = {"StringCondition": {"FieldName": "Name", "Value": "sales", "ComparisonType": "EXACT"}}
    by_tag = {"TagFilter": {"OrConditions": [[{"TagKey": "team", "TagValue": "b"}], [{"TagKey": "none"}]]}}
    assert found(SearchCriteria={"AndConditions": [begins, is_sales]}) == ["sales"]
    assert found(SearchCriteria={"OrConditions": [is_sales, {"QueueTypeCondition": "STANDARD"}]}) == found()
    assert found(SearchFilter=by_tag) == ["service"]
    strange = {"StringCondition": {"FieldName": "Mood", "Value": "x"}}
    refusal = refused(office, "SearchQueues", SearchCriteria=strange)
    assert refusal.code == "InvalidRequestException"
    assert "Mood" in refusal.text
    proficient = {"ListCondition": {"TargetListType": "PROFICIENCIES", "Conditions": []}}
    refusal = refused(office, "SearchUsers", SearchCriteria=proficient)
    assert refusal.code == "InvalidRequestException"
    assert "ListCondition" in refusal.text
    office("CreatePredefinedAttribute", Name="team", Values={"StringList": ["a"]})
    named = {"StringCondition": {"FieldName": "Name", "Value": "TEAM", "ComparisonType": "EXACT"}}
    assert len(office("SearchPredefinedAttributes", SearchCriteria=named)["PredefinedAttributes"]) == 1


NOBODY = "11111111-2222-4333-8444-555555555555"
REFUSALS = [
    ("DescribeQueue", {"QueueId": NOBODY}, "ResourceNotFoundException"),
    ("DescribeUser", {"UserId": NOBODY}, "ResourceNotFoundException"),
    ("UpdateUserRoutingProfile", {"UserId": "user", "RoutingProfileId": NOBODY}, "ResourceNotFoundException"),
    ("UpdateQueueMaxContacts", {"QueueId": NOBODY, "MaxContacts": 1}, "ResourceNotFoundException"),
    ("CreateQueue", {"Name": "support", "HoursOfOperationId": "hours"}, "DuplicateResourceException"),
    ("CreateQueue", {"Name": "new", "HoursOfOperationId": NOBODY}, "ResourceNotFoundException"),
    ("CreateHoursOfOperation", {"Name": "h", "TimeZone": "Mars", "Config": []}, "InvalidParameterException"),
    ("CreateContactFlow", {"Name": "f", "Type": "CONTACT_FLOW", "Content": "{}"}, "InvalidContactFlowException"),
    ("CreateContactFlowModule", {"Name": "x", "Content": "{}"}, "InvalidContactFlowModuleException"),
    ("CreateTestCase", {"Name": "t", "Content": "{}"}, "InvalidTestCaseException"),
    ("DeleteQueue", {"QueueId": "queue"}, "ResourceInUseException"),
    ("DeleteHoursOfOperation", {"HoursOfOperationId": "hours"}, "ResourceInUseException"),
    ("DeleteRoutingProfile", {"RoutingProfileId": "profile"}, "ResourceInUseException"),
    ("DeleteSecurityProfile", {"SecurityProfileId": "security"}, "ResourceInUseException"),
    ("DescribePredefinedAttribute", {"Name": "none"}, "ResourceNotFoundException"),
    ("ListQueues", {"NextToken": "?"}, "InvalidRequestException"),
    ("DisassociateLambdaFunction", {"FunctionArn": "arn:aws:lambda:x:y:function:z"}, "ResourceNotFoundException"),
    ("DeleteIntegrationAssociation", {"IntegrationAssociationId": NOBODY}, "ResourceNotFoundException"),
    ("StartTestCaseExecution", {"TestCaseId": NOBODY}, "NotImplementedException"),
    ("ListRules", {}, "NotImplementedException"),
]


@pytest.mark.parametrize(("operation", "asked", "code"), REFUSALS, ids=[f"{one[0]}-{one[2]}" for one in REFUSALS])
def test_what_is_wrong_is_refused_as_amazon_connect_calls_it(
    office: Office, operation: str, asked: dict[str, Any], code: str
) -> None:
    ours = {name: getattr(office, name) for name in ("queue", "hours", "profile", "security", "user")}
    meant = {key: ours.get(value, value) if isinstance(value, str) else value for key, value in asked.items()}
    assert refused(office, operation, **meant).code == code


def test_an_answer_that_breaks_the_service_model_is_noticed() -> None:
    """The check that every test of the API goes through."""
    output = operation_model("DescribeQueue").output_shape
    assert problems(output, {"Queue": {"Name": "ok", "Status": "ENABLED"}}) == []
    assert "Status" in problems(output, {"Queue": {"Status": "OPEN"}})[0]
    assert "MaxContacts" in problems(output, {"Queue": {"MaxContacts": "three"}})[0]
