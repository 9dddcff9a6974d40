"""Log-ins, and changes made with AWS's own tools, on their way into the audit trail (SEC-03)."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.cdk.constructs.identity import Identity

USERS = (
    *("AdminAddUserToGroup", "AdminCreateUser", "AdminDeleteUser", "AdminDeleteUserAttributes", "AdminDisableUser"),
    *("AdminEnableUser", "AdminRemoveUserFromGroup", "AdminResetUserPassword", "AdminSetUserMFAPreference"),
    *("AdminSetUserPassword", "AdminUpdateUserAttributes", "AdminUserGlobalSignOut", "CreateGroup", "DeleteGroup"),
    *("CreateUserPoolClient", "DeleteUserPoolClient", "SetUserPoolMfaConfig", "UpdateGroup", "UpdateUserPool"),
    "UpdateUserPoolClient",
)
"""What changes who may enter the API, and as whom."""

INSTANCE = (
    *("CreateUser", "DeleteUser", "UpdateUserIdentityInfo", "UpdateUserSecurityProfiles", "UpdateUserHierarchy"),
    *("CreateSecurityProfile", "DeleteSecurityProfile", "UpdateSecurityProfile", "UpdateUserRoutingProfile"),
    *("UpdateContactFlowContent", "UpdateContactFlowModuleContent", "UpdateInstanceAttribute"),
    *("UpdateInstanceStorageConfig", "UpdateQueueStatus", "UpdateQueueMaxContacts", "UpdateHoursOfOperation"),
    *("AssociatePhoneNumberContactFlow", "DisassociatePhoneNumberContactFlow", "ReleasePhoneNumber"),
)
"""What changes permissions and configuration of the instance."""

ENTRANCES = ("AdminInitiateAuth", "InitiateAuth", "RespondToAuthChallenge")


class SecurityEvents(Construct):
    """The function is asked by the pool before each token, and told by CloudTrail through EventBridge."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identity: Identity,
        instance_id: str,
        function_arn: str,
        function_name: str,
        dead_letters: sqs.Queue,
    ) -> None:
        super().__init__(scope, id_)
        self._arn = function_arn
        pool = identity.pool.node.default_child
        if isinstance(pool, cognito.CfnUserPool):
            pool.lambda_config = cognito.CfnUserPool.LambdaConfigProperty(pre_token_generation=function_arn)
        self._may_invoke("Pool", "cognito-idp.amazonaws.com", identity.pool.user_pool_arn)
        pool_id, client = identity.pool.user_pool_id, identity.client.user_pool_client_id
        self._told("Users", "cognito-idp", USERS, {"requestParameters": {"userPoolId": [pool_id]}})
        self._told(
            "FailedLogIns",
            "cognito-idp",
            ENTRANCES,
            {"requestParameters": {"clientId": [client]}, "errorCode": [{"exists": True}]},
        )
        self._told("Instance", "connect", INSTANCE, {"requestParameters": {"InstanceId": [instance_id]}})
        lam.CfnEventInvokeConfig(
            self,
            "OnFailure",
            function_name=function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=2,
            destination_config=lam.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lam.CfnEventInvokeConfig.OnFailureProperty(destination=dead_letters.queue_arn)
            ),
        )

    def _told(self, id_: str, service: str, names: tuple[str, ...], about: Mapping[str, Any]) -> None:
        detail = {"eventSource": [f"{service}.amazonaws.com"], "eventName": list(names), **about}
        rule = events.CfnRule(
            self,
            id_,
            description="What CloudTrail tells of it belongs in the audit trail",
            event_pattern={
                "source": [f"aws.{service}"],
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": detail,
            },
            targets=[events.CfnRule.TargetProperty(arn=self._arn, id="function")],
        )
        self._may_invoke(id_, "events.amazonaws.com", rule.attr_arn)

    def _may_invoke(self, id_: str, principal: str, source_arn: str) -> None:
        lam.CfnPermission(
            self,
            f"{id_}Permission",
            action="lambda:InvokeFunction",
            function_name=self._arn,
            principal=principal,
            source_arn=source_arn,
        )
