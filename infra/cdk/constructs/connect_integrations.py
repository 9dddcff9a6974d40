"""What the instance may call and where it delivers: functions behind their alias, records, events and recordings."""

from collections.abc import Mapping

from aws_cdk import Aws
from aws_cdk import aws_connect as connect
from aws_cdk import aws_lambda as lam
from constructs import Construct

from infra.cdk.constructs.connect_instance import ConnectInstance
from infra.cdk.constructs.data_plane import DataPlane

_STORAGE = connect.CfnInstanceStorageConfig


class ConnectIntegrations(Construct):
    """Lambda and storage integrations of one instance. `functions` are alias ARNs by function name."""

    def __init__(
        self, scope: Construct, id_: str, *, instance: ConnectInstance, data: DataPlane, functions: Mapping[str, str]
    ) -> None:
        super().__init__(scope, id_)
        self._instance = instance
        self._data = data
        self.associations = [self._invocable(name, arn) for name, arn in functions.items()]
        self._stream("ContactRecords", "CONTACT_TRACE_RECORDS", data.contact_records.stream_arn)
        self._stream("AgentEvents", "AGENT_EVENTS", data.agent_events.stream_arn)
        self._objects("CallRecordings", "CALL_RECORDINGS")
        self._objects("ChatTranscripts", "CHAT_TRANSCRIPTS")

    def _invocable(self, name: str, alias_arn: str) -> connect.CfnIntegrationAssociation:
        permission = lam.CfnPermission(
            self,
            f"{name}FromConnect",
            action="lambda:InvokeFunction",
            function_name=alias_arn,
            principal="connect.amazonaws.com",
            source_arn=self._instance.arn,
            source_account=Aws.ACCOUNT_ID,
        )
        association = connect.CfnIntegrationAssociation(
            self,
            f"{name}Association",
            instance_id=self._instance.arn,
            integration_type="LAMBDA_FUNCTION",
            integration_arn=alias_arn,
        )
        association.add_resource_dependency(permission)
        return association

    def _stream(self, id_: str, resource_type: str, stream_arn: str) -> None:
        _STORAGE(
            self,
            id_,
            instance_arn=self._instance.arn,
            resource_type=resource_type,
            storage_type="KINESIS_STREAM",
            kinesis_stream_config=_STORAGE.KinesisStreamConfigProperty(stream_arn=stream_arn),
        )

    def _objects(self, id_: str, resource_type: str) -> None:
        _STORAGE(
            self,
            id_,
            instance_arn=self._instance.arn,
            resource_type=resource_type,
            storage_type="S3",
            s3_config=_STORAGE.S3ConfigProperty(
                bucket_name=self._data.recordings.bucket_name,
                # Amazon Connect appends CallRecordings/yyyy/mm/dd or ChatTranscripts/yyyy/mm/dd.
                bucket_prefix="connect",
                encryption_config=_STORAGE.EncryptionConfigProperty(
                    encryption_type="KMS", key_id=self._data.key.key_arn
                ),
            ),
        )
