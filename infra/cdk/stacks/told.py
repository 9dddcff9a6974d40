"""What the stack of a tenant tells: its outputs to other tools, and to its own alarms what there is to be watched."""

from typing import TYPE_CHECKING

from aws_cdk import Aws

from chalicelib.tenancy.contract import Contract
from infra.cdk import flow_catalogue
from infra.cdk.constructs.functions import API_STAGE, FUNCTIONS
from infra.cdk.watched import Watched

if TYPE_CHECKING:
    from infra.cdk.stacks.tenant import TenantStack


def watched(stack: "TenantStack", contract: Contract) -> Watched:
    """Return what the alarms and the dashboard of a tenant look at."""
    return Watched(
        tenant=contract.tenant,
        instance_id=stack.instance.instance.attr_id,
        table=stack.data.table.table_name,
        dead_letters={
            "dead-letters": stack.dead_letters.queue.queue_name,
            "agent-dead-letters": stack.agent_letters.queue.queue_name,
            "analytics-dead-letters": stack.analytics.dead_letters.queue.queue_name,
            "security-dead-letters": stack.security_letters.queue.queue_name,
            "notice-dead-letters": stack.notices.dead_letters.queue.queue_name,
            "recording-dead-letters": stack.indexer.dead_letters.queue.queue_name,
        },
        deliveries=stack.analytics.stream_names(),
        api_name=stack.stack_name,
        api_stage=API_STAGE,
        functions={
            **{name: stack.functions.name(logical) for name, logical in FUNCTIONS.items()},
            "recording_indexer": stack.indexer.function.function_name,
        },
        flows=[unit.name for unit in flow_catalogue.flow_units(contract) if unit.kind == "flow"],
        queues=[queue.id for queue in contract.queues],
    )


def outputs(stack: "TenantStack") -> dict[str, str]:
    """Return what other tools need to know; the names are a contract with them."""
    api = stack.functions.name("RestAPI")
    return {
        **stack.analytics.outputs(),
        "InstanceId": stack.instance.instance.attr_id,
        "InstanceArn": stack.instance.arn,
        "TableName": stack.data.table.table_name,
        "AuditTableName": stack.data.audit.table_name,
        "ApiUrl": f"https://{api}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}/{API_STAGE}",
        "RestApiId": api,
        "ApiStage": API_STAGE,
        "UserPoolId": stack.identity.pool.user_pool_id,
        "UserPoolClientId": stack.identity.client.user_pool_client_id,
        "ContactRecordStream": stack.data.contact_records.stream_name,
        "AgentEventStream": stack.data.agent_events.stream_name,
        "DeadLetterQueueUrl": stack.dead_letters.queue.queue_url,
        "RecordingBucket": stack.data.recordings.bucket_name,
        "RouteContactFunction": stack.functions.alias_arn("RouteContact"),
        "LookupCustomerFunction": stack.functions.alias_arn("LookupCustomer"),
        "MenuStepFunction": stack.functions.alias_arn("MenuStep"),
        "IngestFunction": stack.functions.name("IngestContactRecords"),
        "NotifyVoicemailFunction": stack.functions.name("NotifyVoicemail"),
        "ReviewPapersFunction": stack.functions.name("ReviewPapers"),
        "NoteSecurityEventsFunction": stack.functions.name("NoteSecurityEvents"),
        "ReviewQualificationsFunction": stack.functions.name("ReviewQualifications"),
        "PrivacyFunction": stack.functions.name("ServePrivacyRequests"),
    }
