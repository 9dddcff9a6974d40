"""Operations on integration associations (functions above all) and on tags."""

from collections.abc import Mapping
from dataclasses import replace

from localstack.connect import arns
from localstack.connect.api_common import owner, page
from localstack.connect.api_context import Answer, Context, Request, operation
from localstack.connect.api_errors import InvalidRequest, ResourceConflict, ResourceNotFound
from localstack.connect.directory import Instance
from localstack.connect.resources import Integration


@operation("TagResource")
def tag_resource(context: Context, request: Request) -> Answer:
    """Set tags on a resource or an instance."""
    return _retag(context, request["resourceArn"], add=request["tags"], drop=())


@operation("UntagResource")
def untag_resource(context: Context, request: Request) -> Answer:
    """Take tags away."""
    return _retag(context, request["resourceArn"], add={}, drop=tuple(request["tagKeys"]))


@operation("ListTagsForResource")
def list_tags(context: Context, request: Request) -> Answer:
    """The tags of a resource or an instance."""
    instance, resource = owner(context, request["resourceArn"])
    return {"tags": dict((resource or instance).tags)}


def _retag(context: Context, arn: str, *, add: Mapping[str, str], drop: tuple[str, ...]) -> Answer:
    with context.directory.lock:
        instance, resource = owner(context, arn)
        tags = {key: value for key, value in {**(resource or instance).tags, **add}.items() if key not in drop}
        if resource is None:
            instance.tags = tags
        else:
            context.directory.put(instance, replace(resource, tags=tags))
    return {}


@operation("CreateIntegrationAssociation")
def create_integration(context: Context, request: Request) -> Answer:
    """Associate something with an instance; a function becomes invocable from the instance's flows."""
    instance = context.instance(request["InstanceId"])
    made = integrate(context, instance, request["IntegrationType"], request["IntegrationArn"], request.get("Tags", {}))
    return {"IntegrationAssociationId": made.id, "IntegrationAssociationArn": made.arn}


@operation("ListIntegrationAssociations")
def list_integrations(context: Context, request: Request) -> Answer:
    """The integration associations of an instance."""
    instance = context.instance(request["InstanceId"])
    rows = [
        {
            "IntegrationAssociationId": found.id,
            "IntegrationAssociationArn": found.arn,
            "InstanceId": instance.id,
            "IntegrationType": found.type,
            "IntegrationArn": found.integration_arn,
        }
        for found in instance.integrations.values()
        if found.type == request.get("IntegrationType", found.type)
    ]
    return page(request, "IntegrationAssociationSummaryList", rows)


@operation("DeleteIntegrationAssociation")
def delete_integration(context: Context, request: Request) -> Answer:
    """End an integration association."""
    instance = context.instance(request["InstanceId"])
    found = instance.integrations.get(request["IntegrationAssociationId"])
    if found is None:
        msg = f"Integration association not found: {request['IntegrationAssociationId']}"
        raise ResourceNotFound(msg)
    disintegrate(context, instance, found)
    return {}


@operation("AssociateLambdaFunction")
def associate_lambda(context: Context, request: Request) -> Answer:
    """Let the instance's flows invoke a function."""
    instance = context.instance(request["InstanceId"])
    integrate(context, instance, "LAMBDA_FUNCTION", request["FunctionArn"], {})
    return {}


@operation("DisassociateLambdaFunction")
def disassociate_lambda(context: Context, request: Request) -> Answer:
    """Stop the instance's flows from invoking a function."""
    instance = context.instance(request["InstanceId"])
    for found in instance.integrations.values():
        if found.type == "LAMBDA_FUNCTION" and found.integration_arn == request["FunctionArn"]:
            disintegrate(context, instance, found)
            return {}
    msg = f"The function is not associated with the instance: {request['FunctionArn']}"
    raise ResourceNotFound(msg)


@operation("ListLambdaFunctions")
def list_lambdas(context: Context, request: Request) -> Answer:
    """ARNs of the functions that the instance's flows may invoke."""
    return page(request, "LambdaFunctions", context.instance(request["InstanceId"]).lambdas)


def integrate(context: Context, instance: Instance, kind: str, arn: str, tags: Mapping[str, str]) -> Integration:
    """Store an integration association.

    Raises:
        ResourceConflict: the same association exists.
        InvalidRequest: a function's ARN is not one.

    """
    if kind == "LAMBDA_FUNCTION" and not arn.startswith("arn:aws:lambda:"):
        msg = f"Not the ARN of a Lambda function: {arn}"
        raise InvalidRequest(msg)
    with context.directory.lock:
        if any((i.type, i.integration_arn) == (kind, arn) for i in instance.integrations.values()):
            msg = f"{arn} is already associated with instance {instance.id}"
            raise ResourceConflict(msg)
        new_id = context.directory.new_id(instance.id, Integration.segment, arn)
        own_arn = arns.child_arn(instance.arn, Integration.segment, new_id)
        made = Integration(id=new_id, arn=own_arn, name=arn, tags=tags, type=kind, integration_arn=arn)
        context.directory.put(instance, made)
    if kind == "LAMBDA_FUNCTION":
        context.permissions.allow(arn, instance.arn)
    return made


def disintegrate(context: Context, instance: Instance, integration: Integration) -> None:
    """Forget an integration association and take back what it allowed."""
    context.directory.remove(instance, integration)
    if integration.type == "LAMBDA_FUNCTION":
        context.permissions.revoke(integration.integration_arn, instance.arn)
