"""What a tenant's stack holds, after the SAM transform, against the tenant's contract."""

import json
import re
from typing import Any

import pytest

from chalicelib.access.models import Role
from chalicelib.contacts.items import LISTED
from chalicelib.metrics import policy
from chalicelib.metrics.counters import COUNTERS, OF_TRANSACTIONS
from chalicelib.metrics.models import INTERVAL_S, METRIC_PREFIX
from chalicelib.metrics.registry import KPIS
from chalicelib.platform import aws
from chalicelib.realtime.models import TELLING
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import load
from chalicelib.tenancy.models import UNQUALIFIED
from chalicelib.voicemail import notice_store
from infra.cdk import flow_catalogue
from infra.cdk.alarms import CALLER_FACING
from tests.support.synthesis import (
    ROOT,
    TENANT_IDS,
    TENANTS,
    Assembly,
    expand,
    of_type,
    published_flows,
    spell,
    synthesize,
)

pytestmark = pytest.mark.infra

STREAMS = ("contact records", "agent events", "changes of the table")


@pytest.fixture(params=TENANT_IDS)
def assembly(request: pytest.FixtureRequest) -> Assembly:
    return synthesize(request.param)


@pytest.fixture
def contract(assembly: Assembly) -> Contract:
    return load(TENANTS / f"{assembly.tenant}.yaml")


@pytest.fixture
def template(assembly: Assembly) -> dict[str, Any]:
    return expand(assembly)


def _properties(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [resource["Properties"] for resource in of_type(template, kind).values()]


def test_the_instance_answers_with_the_contracts_queues_hours_and_profiles(
    template: dict[str, Any], contract: Contract
) -> None:
    def names(kind: str) -> set[str]:
        return {item["Name"] for item in _properties(template, kind)}

    assert names("AWS::Connect::Queue") == {"aside", *(queue.id for queue in contract.queues)}
    assert names("AWS::Connect::HoursOfOperation") == {hours.id for hours in contract.hours}
    profiles = {profile.id for profile in contract.routing_profiles}
    assert names("AWS::Connect::RoutingProfile") == profiles | ({UNQUALIFIED} if contract.qualifications else set())
    assert {item["TimeZone"] for item in _properties(template, "AWS::Connect::HoursOfOperation")} == {
        contract.time_zone
    }


def test_every_entry_number_is_claimed_whole_and_linked_to_its_line(
    template: dict[str, Any], contract: Contract
) -> None:
    claimed = {item["Prefix"]: item["Type"] for item in _properties(template, "AWS::Connect::PhoneNumber")}
    assert claimed == {number.number: number.claim.type for number in contract.entry_numbers}
    flows = {
        spell({"Ref": name}): flow["Properties"]["Name"]
        for name, flow in of_type(template, "AWS::Connect::ContactFlow").items()
    }
    linked = {
        re.sub(r"\.ContactFlowArn", "", spell(item["ContactFlowArn"]))
        for item in _properties(template, "Custom::PhoneNumberFlow")
    }
    assert {flows[name] for name in linked} == {f"inbound.{number.line}" for number in contract.entry_numbers}


def test_every_flow_of_the_catalogue_is_there_with_content_that_names_no_symbol(
    assembly: Assembly, template: dict[str, Any], contract: Contract
) -> None:
    units = flow_catalogue.flow_units(contract)
    kinds = {"flow": "AWS::Connect::ContactFlow", "module": "AWS::Connect::ContactFlowModule"}
    for kind, resource_type in kinds.items():
        assert {item["Name"] for item in _properties(template, resource_type)} == {
            unit.name for unit in units if unit.kind == kind
        }
    for text in _contents(assembly, template):
        assert "{{" not in text
        assert json.loads(text)["Version"] == "2019-10-30"


def _contents(assembly: Assembly, template: dict[str, Any]) -> list[str]:
    """Return the content of every flow and module, in the template and beside it."""
    kinds = ("AWS::Connect::ContactFlow", "AWS::Connect::ContactFlowModule")
    made = [spell(item["Content"]) for kind in kinds for item in _properties(template, kind)]
    return [*made, *published_flows(assembly).values()]


def test_flows_that_name_each_other_get_their_content_in_a_second_step_before_numbers_are_linked(
    template: dict[str, Any], contract: Contract
) -> None:
    cycles = flow_catalogue.cycles(flow_catalogue.flow_units(contract))
    assert cycles
    contents = of_type(template, "Custom::ContactFlowContent")
    assert sorted(sorted(item["Properties"]["Descriptions"]) for item in contents.values()) == sorted(
        sorted(cycle) for cycle in cycles
    )
    for link in of_type(template, "Custom::PhoneNumberFlow").values():
        assert contents.keys() <= set(link["DependsOn"])


def test_what_is_published_beside_the_template_is_the_content_of_the_catalogue(
    assembly: Assembly, template: dict[str, Any], contract: Contract
) -> None:
    flows = of_type(template, "AWS::Connect::ContactFlow")
    arns = {flow["Properties"]["Name"]: f"${{{name}.ContactFlowArn}}" for name, flow in flows.items()}
    named: dict[str, str] = {}
    for item in _properties(template, "Custom::ContactFlowContent"):
        named |= {name: spell(arn) for name, arn in item["References"].items()}
    units = flow_catalogue.flow_units(contract)
    cyclic = frozenset().union(*flow_catalogue.cycles(units))
    assert published_flows(assembly) == {
        arns[unit.name]: flow_catalogue.content(unit, contract, named.__getitem__)
        for unit in units
        if unit.name in cyclic
    }


def test_whatever_updates_a_flow_of_a_cycle_publishes_its_content_again(template: dict[str, Any]) -> None:
    flows = {flow["Properties"]["Name"]: flow for flow in of_type(template, "AWS::Connect::ContactFlow").values()}
    for content in _properties(template, "Custom::ContactFlowContent"):
        for name, description in content["Descriptions"].items():
            properties = flows[name]["Properties"]
            assert properties.keys() - {"InstanceArn", "Type", "Name", "Content", "Tags"} == {"Description"}
            assert description == properties["Description"]


FLOW_INVOKED = {"EstimateWait", "LookupCustomer", "MenuStep", "RequestCallback", "RouteContact"}


def test_what_flows_invoke_runs_as_a_published_version_with_snapstart(template: dict[str, Any]) -> None:
    functions, aliases = of_type(template, "AWS::Lambda::Function"), of_type(template, "AWS::Lambda::Alias")
    versions = of_type(template, "AWS::Lambda::Version")
    assert {name for name, item in functions.items() if "SnapStart" in item["Properties"]} == FLOW_INVOKED
    for name in sorted(FLOW_INVOKED):
        alias = aliases[f"{name}Aliaslive"]["Properties"]
        (version,) = re.findall(r"\$\{(\w+)\.Version\}", spell(alias["FunctionVersion"]))
        assert versions[version]["Properties"]["FunctionName"] == {"Ref": name}
        assert alias["Name"] == "live"


def test_the_instance_and_its_flows_know_functions_by_their_alias_only(
    assembly: Assembly, template: dict[str, Any]
) -> None:
    known = {spell(item["IntegrationArn"]) for item in _properties(template, "AWS::Connect::IntegrationAssociation")}
    assert known == {f"${{{name}Aliaslive}}" for name in FLOW_INVOKED}
    invoked = {
        found
        for content in _contents(assembly, template)
        for found in re.findall(r'"LambdaFunctionARN": ?"([^"]+)"', content)
    }
    assert invoked
    assert invoked <= known


def test_every_function_has_its_limits_and_its_own_encrypted_log(template: dict[str, Any], contract: Contract) -> None:
    functions, groups = of_type(template, "AWS::Lambda::Function"), of_type(template, "AWS::Logs::LogGroup")
    assert len(functions) == 16
    logs = [function["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] for function in functions.values()]
    assert len(set(logs)) == len(logs)
    for name in groups:
        properties = groups[name]["Properties"]
        assert properties["RetentionInDays"] == contract.retention.logs_days
        assert properties["KmsKeyId"]
        assert properties["LogGroupName"].startswith(f"/trunkline/{contract.tenant}/")
    reserved = [function["Properties"]["ReservedConcurrentExecutions"] for function in functions.values()]
    assert sum(reserved) == contract.capacity.reserved_concurrency
    assert min(reserved) >= 1


def test_what_flows_wait_for_ends_before_the_flow_gives_up(template: dict[str, Any]) -> None:
    flow_limit_s = 8
    for name in FLOW_INVOKED:
        assert template["Resources"][name]["Properties"]["Timeout"] < flow_limit_s


def test_the_rest_api_gives_up_on_its_store_before_its_own_time_is_over(template: dict[str, Any]) -> None:
    patience = aws.A_PERSON_WAITS
    longest_s = patience.attempts * (patience.connect_timeout_s + patience.read_timeout_s)
    assert longest_s <= template["Resources"]["APIHandler"]["Properties"]["Timeout"] / 2


def test_a_failed_record_is_reported_bisected_limited_and_kept(template: dict[str, Any], contract: Contract) -> None:
    mappings = _properties(template, "AWS::Lambda::EventSourceMapping")
    assert len({spell(mapping["EventSourceArn"]) for mapping in mappings}) == len(STREAMS)
    # The table's own stream may feed two functions, and no more.
    assert len(mappings) == len(STREAMS) + bool(contract.voicemail.ways)
    queues = set()
    for mapping in mappings:
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["BisectBatchOnFunctionError"] is True
        assert mapping["MaximumRetryAttempts"] > 0
        assert mapping["MaximumRecordAgeInSeconds"] > 0
        assert mapping["StartingPosition"] == "TRIM_HORIZON"
        (queue,) = re.findall(r"\$\{(\w+)\.Arn\}", spell(mapping["DestinationConfig"]["OnFailure"]["Destination"]))
        kept = of_type(template, "AWS::SQS::Queue")[queue]["Properties"]
        assert kept["MessageRetentionPeriod"] == 14 * 86_400
        assert kept["KmsMasterKeyId"]
        queues.add(queue)
    # What is replayed goes back to one function, so no queue holds records of two.
    assert len(queues) == len(mappings)


def test_the_table_is_encrypted_restorable_and_streams_both_images(
    template: dict[str, Any], contract: Contract
) -> None:
    table = next(item for item in _properties(template, "AWS::DynamoDB::Table") if "StreamSpecification" in item)
    assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [("pk", "HASH"), ("sk", "RANGE")]
    for index in table["GlobalSecondaryIndexes"]:
        assert sorted(index["Projection"]["NonKeyAttributes"]) == sorted(LISTED)
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["gsi1", "gsi2"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["SSESpecification"]["SSEType"] == "KMS"
    assert table["DeletionProtectionEnabled"] is contract.protection.deletion_protection
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_recordings_are_private_encrypted_kept_as_long_as_agreed_and_announced(
    template: dict[str, Any], contract: Contract
) -> None:
    buckets = {
        name: item["Properties"] for name, item in of_type(template, "AWS::S3::Bucket").items() if "Recordings" in name
    }
    (bucket,) = buckets.values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    rules = bucket["LifecycleConfiguration"]["Rules"]
    ends = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}
    # What a legal hold has copied to held/ is in none of them.
    assert ends == {"connect/": contract.retention.recordings_days, "privacy/packages/": 7}
    assert [rule["NoncurrentVersionExpiration"]["NoncurrentDays"] for rule in rules if "Prefix" not in rule] == [30]
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_an_arrived_recording_is_indexed_and_one_that_cannot_be_is_kept(template: dict[str, Any]) -> None:
    heard = [one for one in _properties(template, "AWS::Events::Rule") if "EventPattern" in one]
    (rule,) = (one for one in heard if one["EventPattern"]["source"] == ["aws.s3"])
    (bucket,) = (name for name in of_type(template, "AWS::S3::Bucket") if "Recordings" in name)
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [{"Ref": bucket}]}},
    }
    (target,) = rule["Targets"]
    kept = _kept(template)[spell(target["Arn"])]
    (queue,) = re.findall(r"\$\{(\w+)\.Arn\}", spell(kept["DestinationConfig"]["OnFailure"]["Destination"]))
    assert queue in of_type(template, "AWS::SQS::Queue")


def _kept(template: dict[str, Any]) -> dict[str, Any]:
    """Return by function what becomes of its asynchronous invocations that failed."""
    configs = _properties(template, "AWS::Lambda::EventInvokeConfig")
    return {f"${{{one['FunctionName']['Ref']}.Arn}}": one for one in configs}


def test_log_ins_and_changes_past_our_api_reach_the_trail_and_one_that_cannot_is_kept(template: dict[str, Any]) -> None:
    function = "${NoteSecurityEvents.Arn}"
    (pool_name,) = of_type(template, "AWS::Cognito::UserPool")
    (pool,) = _properties(template, "AWS::Cognito::UserPool")
    assert spell(pool["LambdaConfig"]["PreTokenGeneration"]) == function
    heard = [one for one in _properties(template, "AWS::Events::Rule") if "EventPattern" in one]
    rules = [one for one in heard if [spell(each["Arn"]) for each in one["Targets"]] == [function]]
    about = {spell(str(one["EventPattern"]["detail"]["requestParameters"])) for one in rules}
    assert len(about) == len(rules) == 3
    for rule in rules:
        assert rule["EventPattern"]["detail-type"] == ["AWS API Call via CloudTrail"]
        (whose,) = rule["EventPattern"]["detail"]["requestParameters"].values()
        assert "Ref" in str(whose) or "GetAtt" in str(whose), "this tenant's pool, client or instance alone"
    named = {name for rule in rules for name in rule["EventPattern"]["detail"]["eventName"]}
    assert {"AdminAddUserToGroup", "UpdateUserSecurityProfiles", "UpdateContactFlowContent"} <= named
    allowed = [
        one for one in _properties(template, "AWS::Lambda::Permission") if spell(one["FunctionName"]) == function
    ]
    assert sorted(one["Principal"] for one in allowed) == ["cognito-idp.amazonaws.com", *["events.amazonaws.com"] * 3]
    assert pool_name in str(next(one["SourceArn"] for one in allowed if one["Principal"].startswith("cognito")))
    assert "Queue" in spell(_kept(template)[function]["DestinationConfig"]["OnFailure"]["Destination"])


def test_records_events_and_recordings_leave_the_instance_encrypted(template: dict[str, Any]) -> None:
    storage = {item["ResourceType"]: item for item in _properties(template, "AWS::Connect::InstanceStorageConfig")}
    assert storage.keys() == {"AGENT_EVENTS", "CALL_RECORDINGS", "CHAT_TRANSCRIPTS", "CONTACT_TRACE_RECORDS"}
    for kind in ("CALL_RECORDINGS", "CHAT_TRANSCRIPTS"):
        assert storage[kind]["S3Config"]["EncryptionConfig"]["EncryptionType"] == "KMS"
    for stream in _properties(template, "AWS::Kinesis::Stream"):
        assert stream["StreamEncryption"]["EncryptionType"] == "KMS"


def test_the_rest_api_is_closed_throttled_and_logged(template: dict[str, Any]) -> None:
    (api,) = _properties(template, "AWS::ApiGateway::RestApi")
    body = api["Body"]
    (authorizer,) = body["securityDefinitions"].values()
    arns = authorizer["x-amazon-apigateway-authorizer"]["providerARNs"]
    assert [spell(arn).startswith("${IdentityPool") for arn in arns] == [True]
    open_to_all = {
        path
        for path, methods in body["paths"].items()
        for method, operation in methods.items()
        if method != "options" and not operation.get("security")
    }
    assert open_to_all == {"/v1/health"}
    (stage,) = _properties(template, "AWS::ApiGateway::Stage")
    every, *costly = stage["MethodSettings"]
    assert (every["ResourcePath"], every["ThrottlingRateLimit"] >= 10) == ("/*", True)
    assert all(one["ThrottlingRateLimit"] < every["ThrottlingRateLimit"] for one in costly)
    paths = {
        "/" + one["ResourcePath"].removeprefix("/").replace("~1", "/"): one["HttpMethod"].lower() for one in costly
    }
    assert all(method in body["paths"][path] for path, method in paths.items())
    assert stage["AccessLogSetting"]["DestinationArn"]


def test_the_tenant_in_a_token_cannot_be_changed_by_its_user(template: dict[str, Any]) -> None:
    (pool,) = _properties(template, "AWS::Cognito::UserPool")
    (attribute,) = (item for item in pool["Schema"] if item["Name"] == "tenant")
    assert attribute["Mutable"] is False
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    (client,) = _properties(template, "AWS::Cognito::UserPoolClient")
    assert not {"custom:tenant", "custom:node"} & set(client["WriteAttributes"])
    assert "custom:tenant" in client["ReadAttributes"]


def test_the_pool_has_a_group_of_each_role(template: dict[str, Any]) -> None:
    groups = _properties(template, "AWS::Cognito::UserPoolGroup")
    assert [group["GroupName"] for group in groups] == [role.value for role in Role]


def test_everything_that_can_ring_rings_somebody_and_is_explained(template: dict[str, Any]) -> None:
    runbook = (ROOT / "docs" / "runbooks" / "operate.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^### `?([a-z0-9-]+)`?", runbook, re.MULTILINE))
    alarms = _properties(template, "AWS::CloudWatch::Alarm")
    assert len(alarms) > 20
    for alarm in alarms:
        assert alarm["AlarmActions"]
        (name,) = re.findall(r"operate\.md, ([a-z0-9-]+)\.$", alarm["AlarmDescription"])
        assert name in sections


def test_a_dropped_caller_a_degraded_decision_and_a_dead_letter_all_ring(template: dict[str, Any]) -> None:
    watched = {(item["MetricName"], item["Namespace"]) for item in _properties(template, "AWS::CloudWatch::Alarm")}
    assert watched >= {
        ("ContactFlowFatalErrors", "AWS/Connect"),
        ("MisconfiguredPhoneNumbers", "AWS/Connect"),
        ("CallsBreachingConcurrencyQuota", "AWS/Connect"),
        ("QueueCapacityExceededError", "AWS/Connect"),
        ("CallRecordingUploadError", "AWS/Connect"),
        ("ConcurrentCallsPercentage", "AWS/Connect"),
        ("Degraded", "Trunkline"),
        ("UnknownNumber", "Trunkline"),
        ("ApproximateNumberOfMessagesVisible", "AWS/SQS"),
        ("IteratorAge", "AWS/Lambda"),
        ("Errors", "AWS/Lambda"),
        ("Throttles", "AWS/Lambda"),
        ("5XXError", "AWS/ApiGateway"),
    }
    degraded = [item for item in _properties(template, "AWS::CloudWatch::Alarm") if item["MetricName"] == "Degraded"]
    assert len(degraded) == len(CALLER_FACING)


def test_one_call_in_twenty_that_waits_longer_than_a_second_for_routing_or_look_up_rings(
    template: dict[str, Any],
) -> None:
    slow = [
        item
        for item in _properties(template, "AWS::CloudWatch::Alarm")
        if (item["MetricName"], item.get("ExtendedStatistic")) == ("Duration", "p95")
    ]
    watched = [json.dumps(item["Dimensions"]) for item in slow]
    for function in ("RouteContact", "LookupCustomer"):
        assert sum(function in dimensions for dimensions in watched) == 1, watched
    assert {(item["Namespace"], item["Threshold"], item["ComparisonOperator"]) for item in slow} == {
        ("AWS/Lambda", 1_000, "GreaterThanThreshold")
    }
    assert all(item["AlarmActions"] for item in slow)


@pytest.mark.req("LIC-02")
def test_of_all_that_changes_in_the_table_new_notices_are_told_at_once(
    template: dict[str, Any], contract: Contract
) -> None:
    every = _properties(template, "AWS::Lambda::EventSourceMapping")
    mappings = [one for one in every if spell(one["FunctionName"]) == "${NotifyVoicemail}"]
    assert len(mappings) == bool(contract.voicemail.ways)
    for mapping in mappings:
        (pattern,) = mapping["FilterCriteria"]["Filters"]
        assert json.loads(pattern["Pattern"]) == {
            "eventName": ["INSERT"],
            "dynamodb": {"Keys": {"sk": {"S": [notice_store.SORT]}}},
        }
        assert spell(mapping["EventSourceArn"]).endswith(".StreamArn}")


def test_contact_events_of_this_instance_alone_come_on_the_stream_of_agent_events(template: dict[str, Any]) -> None:
    rules = _properties(template, "AWS::Events::Rule")
    (rule,) = (
        one
        for one in rules
        if one.get("EventPattern", {}).get("source") == ["aws.connect"] and "eventType" in one["EventPattern"]["detail"]
    )
    pattern = rule["EventPattern"]["detail"]
    (instance,) = of_type(template, "AWS::Connect::Instance")
    assert [spell(arn) for arn in pattern["instanceArn"]] == [f"${{{instance}.Arn}}"]
    assert pattern["eventType"] == list(TELLING)
    (target,) = rule["Targets"]
    assert target["KinesisParameters"] == {"PartitionKeyPath": "$.detail.contactId"}
    (mapping,) = (
        one
        for one in _properties(template, "AWS::Lambda::EventSourceMapping")
        if spell(one["FunctionName"]) == "${IngestAgentEvents}"
    )
    assert target["Arn"] == mapping["EventSourceArn"]


def test_the_papers_are_looked_at_every_morning_and_what_is_wrong_rings(
    template: dict[str, Any], contract: Contract
) -> None:
    rules = [one for one in _properties(template, "AWS::Events::Rule") if "ScheduleExpression" in one]
    often = "cron(0/5 * * * ? *)"
    notices = [("${NotifyVoicemail.Arn}", often)] if contract.voicemail.ways else []
    invoked = [(target, one["ScheduleExpression"]) for one in rules for target in one["Targets"]]
    assert sorted((spell(target["Arn"]), when) for target, when in invoked) == sorted(
        [
            *notices,
            ("${ExportAnalytics.Arn}", "cron(0 1 * * ? *)"),
            ("${IngestAgentEvents.Arn}", "cron(0/1 * * * ? *)"),
            ("${ReviewPapers.Arn}", "cron(0 1 * * ? *)"),
            ("${ReviewPapers.Arn}", often),
            ("${ReviewQualifications.Arn}", often),
            ("${ServePrivacyRequests.Arn}", often),
        ]
    )
    targets = [target for target, _ in invoked if "Input" in target]
    assert {spell(one["Arn"]): json.loads(one["Input"]) for one in targets} == {
        "${ExportAnalytics.Arn}": {"refused": {"days": 2}},
        "${ReviewPapers.Arn}": {"look": "dependencies"},
    }
    allowed = [
        spell(one["FunctionName"])
        for one in _properties(template, "AWS::Lambda::Permission")
        if one["Principal"] == "events.amazonaws.com" and spell(one["FunctionName"]) == "${ReviewPapers.Arn}"
    ]
    assert len(allowed) == 2
    rings = {one["MetricName"] for one in _properties(template, "AWS::CloudWatch::Alarm")}
    assert rings >= {"PapersUncovered", "PapersExpiring", "DependenciesDown", "LimitsNear"}


def test_one_dashboard_shows_the_tenant(template: dict[str, Any], contract: Contract) -> None:
    (dashboard,) = _properties(template, "AWS::CloudWatch::Dashboard")
    assert dashboard["DashboardName"] == f"trunkline-{contract.tenant}"
    assert "QueueSize" in spell(dashboard["DashboardBody"])


@pytest.mark.req("KPI-01")
def test_the_dashboard_shows_every_kpi_by_the_registrys_formula(template: dict[str, Any]) -> None:
    (dashboard,) = _properties(template, "AWS::CloudWatch::Dashboard")
    widgets = json.loads(spell(dashboard["DashboardBody"]))["widgets"]
    shown = {one["properties"]["title"].split(" ")[0]: one["properties"]["metrics"] for one in widgets}
    for kpi in (one for one in KPIS if one.counters <= COUNTERS.keys() - OF_TRANSACTIONS):
        expression, *counters = shown[kpi.id]
        names = {one[-1]["id"]: one[1].removeprefix(METRIC_PREFIX) for one in counters}
        assert set(names.values()) == kpi.counters
        day = {name: 100 - 7 * n for n, name in enumerate(sorted(kpi.counters))}
        found = eval(expression[0]["expression"], {}, {id_: day[name] for id_, name in names.items()})  # noqa: S307
        assert found == pytest.approx(policy.value(kpi, day, INTERVAL_S)), kpi.id


def test_the_outputs_are_those_that_other_tools_read(template: dict[str, Any]) -> None:
    assert template["Outputs"].keys() == {
        *(
            "InstanceId",
            "InstanceArn",
            "NoteSecurityEventsFunction",
            "TableName",
            "AuditTableName",
            "ApiUrl",
            "RestApiId",
            "ApiStage",
            "UserPoolId",
            "UserPoolClientId",
        ),
        *("AnalyticsBucket", "AnalyticsDatabase", "AnalyticsStreams", "AnalyticsWorkgroup"),
        *("ContactRecordStream", "AgentEventStream", "DeadLetterQueueUrl", "RecordingBucket"),
        *(
            "RouteContactFunction",
            "LookupCustomerFunction",
            "MenuStepFunction",
            "IngestFunction",
            "NotifyVoicemailFunction",
            "ReviewPapersFunction",
            "ReviewQualificationsFunction",
            "PrivacyFunction",
        ),
    }


def test_a_queue_presents_the_number_of_the_contract_and_no_other(template: dict[str, Any], contract: Contract) -> None:
    numbers = {
        spell({"Fn::GetAtt": [name, "PhoneNumberArn"]}): number["Properties"]["Prefix"]
        for name, number in of_type(template, "AWS::Connect::PhoneNumber").items()
    }
    presented = {
        item["Name"]: numbers[spell(item["OutboundCallerConfig"]["OutboundCallerIdNumberArn"])]
        for item in _properties(template, "AWS::Connect::Queue")
        if "OutboundCallerIdNumberArn" in item.get("OutboundCallerConfig", {})
    }
    assert presented == {queue.id: queue.caller_id for queue in contract.queues if queue.caller_id}


def test_every_queue_that_agents_serve_tells_whom_they_call_back_of_the_recording(
    template: dict[str, Any], contract: Contract
) -> None:
    flows = of_type(template, "AWS::Connect::ContactFlow")
    (whisper,) = [name for name, flow in flows.items() if flow["Properties"]["Type"] == "OUTBOUND_WHISPER"]
    queues = {
        item["Name"]: item.get("OutboundCallerConfig", {}) for item in _properties(template, "AWS::Connect::Queue")
    }
    telling = {name for name, called in queues.items() if whisper in str(called.get("OutboundFlowArn"))}
    assert telling == {queue.id for queue in contract.queues}


def test_agents_may_choose_the_statuses_of_the_contract(template: dict[str, Any], contract: Contract) -> None:
    made = _properties(template, "AWS::Connect::AgentStatus")
    told = [(one["Name"], one["Description"]) for one in sorted(made, key=lambda one: one["DisplayOrder"])]
    assert told == [(status.name, status.kind) for status in contract.agent_statuses]
    assert all((one["State"], one["Type"]) == ("ENABLED", "CUSTOM") for one in made)
