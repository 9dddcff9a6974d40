"""Operations on instances, their attributes and their storage."""

from collections.abc import Mapping
from typing import Any

from localstack.connect import api_show, arns
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request, operation
from localstack.connect.api_defaults import furnish
from localstack.connect.api_errors import (
    DuplicateResource,
    InvalidParameter,
    ResourceConflict,
    ResourceNotFound,
)
from localstack.connect.directory import Instance
from localstack.connect.resources import Storage

ATTRIBUTES = (
    "INBOUND_CALLS",
    "OUTBOUND_CALLS",
    "CONTACTFLOW_LOGS",
    "CONTACT_LENS",
    "AUTO_RESOLVE_BEST_VOICES",
    "USE_CUSTOM_TTS_VOICES",
    "EARLY_MEDIA",
    "MULTI_PARTY_CONFERENCE",
    "HIGH_VOLUME_OUTBOUND",
    "ENHANCED_CONTACT_MONITORING",
    "ENHANCED_CHAT_MONITORING",
    "MULTI_PARTY_CHAT_CONFERENCE",
    "MESSAGE_STREAMING",
)


@operation("CreateInstance")
def create_instance(context: Context, request: Request) -> Answer:
    """Make an instance with what Amazon Connect puts into every new one; the alias is unique in the cloud."""
    alias = request.get("InstanceAlias", "")
    attributes = {
        "INBOUND_CALLS": bool(request["InboundCallsEnabled"]),
        "OUTBOUND_CALLS": bool(request["OutboundCallsEnabled"]),
    }
    with context.directory.lock:
        if alias and any(found.alias == alias for found in context.directory.instances()):
            msg = f"The instance alias {alias!r} is taken"
            raise DuplicateResource(msg)
        new_id = context.directory.new_id(f"{context.account}/{context.region}", "instance", alias)
        instance = Instance(
            id=new_id,
            arn=arns.instance_arn(context.region, context.account, new_id),
            alias=alias or new_id,
            account=context.account,
            region=context.region,
            identity=request["IdentityManagementType"],
            created_s=context.now_s,
            attributes=attributes,
            tags=request.get("Tags", {}),
        )
        furnish(context.directory, instance)
        context.directory.add_instance(instance)
    return {"Id": instance.id, "Arn": instance.arn}


@operation("DescribeInstance")
def describe_instance(context: Context, request: Request) -> Answer:
    """One instance."""
    return {"Instance": api_show.instance(context.instance(request["InstanceId"]))}


@operation("ListInstances")
def list_instances(context: Context, request: Request) -> Answer:
    """The instances of the caller's account and region."""
    scope = (context.account, context.region)
    mine = [i for i in context.directory.instances() if (i.account, i.region) == scope]
    return page(request, "InstanceSummaryList", [api_show.instance(instance) for instance in mine])


@operation("DeleteInstance")
def delete_instance(context: Context, request: Request) -> Answer:
    """Forget an instance and all that it holds; its numbers go back to the pool."""
    context.directory.remove_instance(context.instance(request["InstanceId"]).id)
    return {}


@operation("UpdateInstanceAttribute")
def update_instance_attribute(context: Context, request: Request) -> Answer:
    """Switch one attribute."""
    instance = context.instance(request["InstanceId"])
    switched = request["Value"].lower() == "true"
    instance.attributes = {**instance.attributes, request["AttributeType"]: switched}
    return {}


@operation("DescribeInstanceAttribute")
def describe_instance_attribute(context: Context, request: Request) -> Answer:
    """One attribute."""
    instance = context.instance(request["InstanceId"])
    return {"Attribute": _attribute(instance, request["AttributeType"])}


@operation("ListInstanceAttributes")
def list_instance_attributes(context: Context, request: Request) -> Answer:
    """All attributes."""
    instance = context.instance(request["InstanceId"])
    return page(request, "Attributes", [_attribute(instance, name) for name in ATTRIBUTES])


def _attribute(instance: Instance, name: str) -> dict[str, str]:
    return {"AttributeType": name, "Value": str(instance.attributes.get(name, False)).lower()}


def storage_of(resource_type: str, config: Mapping[str, Any], identity: tuple[str, str]) -> Storage:
    """A storage configuration from the API's `StorageConfig`.

    Raises:
        InvalidParameter: the part that belongs to the storage type is missing.

    """
    kind = config["StorageType"]
    part = {"S3": "S3Config", "KINESIS_STREAM": "KinesisStreamConfig", "KINESIS_FIREHOSE": "KinesisFirehoseConfig"}
    details = config.get(part.get(kind, "KinesisVideoStreamConfig"))
    if not details:
        msg = f"StorageConfig of type {kind} needs {part.get(kind, 'KinesisVideoStreamConfig')}"
        raise InvalidParameter(msg)
    return Storage(
        id=identity[0],
        arn=identity[1],
        name=resource_type,
        resource_type=resource_type,
        storage_type=kind,
        stream_arn=details.get("StreamArn") or details.get("FirehoseArn") or "",
        bucket=details.get("BucketName", ""),
        prefix=details.get("BucketPrefix") or details.get("Prefix") or "",
        kms_key_arn=(details.get("EncryptionConfig") or {}).get("KeyId", ""),
    )


@operation("AssociateInstanceStorageConfig")
def associate_storage(context: Context, request: Request) -> Answer:
    """Say where one type of data goes; one configuration a type."""
    instance = context.instance(request["InstanceId"])
    resource_type = request["ResourceType"]
    with context.directory.lock:
        if resource_type in instance.storage:
            msg = f"{resource_type} already has a storage configuration"
            raise ResourceConflict(msg)
        new_id = context.directory.new_id(instance.id, Storage.segment, resource_type)
        identity = (new_id, arns.child_arn(instance.arn, Storage.segment, new_id))
        context.directory.put(instance, storage_of(resource_type, request["StorageConfig"], identity))
    return {"AssociationId": new_id}


@operation("UpdateInstanceStorageConfig")
def update_storage(context: Context, request: Request) -> Answer:
    """Replace a storage configuration under its id."""
    instance, old = _storage(context, request)
    made = storage_of(old.resource_type, request["StorageConfig"], (old.id, old.arn))
    context.directory.put(instance, made)
    return {}


@operation("DescribeInstanceStorageConfig")
def describe_storage(context: Context, request: Request) -> Answer:
    """One storage configuration."""
    return {"StorageConfig": api_show.storage(_storage(context, request)[1])}


@operation("ListInstanceStorageConfigs")
def list_storage(context: Context, request: Request) -> Answer:
    """The configurations of one resource type: one or none."""
    found = context.instance(request["InstanceId"]).storage.get(request["ResourceType"])
    return page(request, "StorageConfigs", [api_show.storage(found)] if found else [])


@operation("DisassociateInstanceStorageConfig")
def disassociate_storage(context: Context, request: Request) -> Answer:
    """Stop storing one type of data."""
    context.directory.remove(*_storage(context, request))
    return {}


def _storage(context: Context, request: Request) -> tuple[Instance, Storage]:
    instance = context.instance(request["InstanceId"])
    found = instance.storage.get(request["ResourceType"])
    if found is None or found.id != request["AssociationId"]:
        msg = f"{request['ResourceType']} has no storage configuration {request['AssociationId']}"
        raise ResourceNotFound(msg)
    return instance, found
