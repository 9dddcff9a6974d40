"""Operations on task templates."""

from typing import Any

from localstack.connect import api_build
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request, edition, operation
from localstack.connect.api_errors import InvalidParameter, PropertyValidation, ResourceNotFound
from localstack.connect.directory import Document, Flow, Instance
from localstack.connect.engine.templates import KIND

MEMBERS = ("Description", "ContactFlowId", "SelfAssignFlowId", "Constraints", "Defaults", "Fields")
HOOKS = "ContactHooks"


@operation("CreateTaskTemplate")
def create(context: Context, request: Request) -> Answer:
    """Make a template."""
    instance = context.instance(request["InstanceId"])
    _check(instance, request)
    made = api_build.create(context, instance, Document, {"Status": "ACTIVE", **request}, KIND)
    return {"Id": made.id, "Arn": made.arn}


@operation("GetTaskTemplate")
def get(context: Context, request: Request) -> Answer:
    """One template."""
    instance = context.instance(request["InstanceId"])
    return _shown(instance, template(instance, request["TaskTemplateId"]))


@operation("UpdateTaskTemplate")
def update(context: Context, request: Request) -> Answer:
    """Change what is given."""
    instance = context.instance(request["InstanceId"])
    old = template(instance, request["TaskTemplateId"])
    wanted = {"Name": old.name, **old.body, **request}
    _check(instance, wanted)
    return _shown(instance, api_build.rebuild(context, instance, old, wanted, KIND))


@operation("ListTaskTemplates")
def list_(context: Context, request: Request) -> Answer:
    """All templates, or those of a status or name."""
    instance = context.instance(request["InstanceId"])
    rows = [_shown(instance, d) for d in instance.documents.values() if d.kind == KIND]
    asked = {member: request[member] for member in ("Status", "Name") if member in request}
    fitting = [row for row in rows if all(row[member] == value for member, value in asked.items())]
    return page(request, "TaskTemplates", sorted(fitting, key=lambda row: row["Name"]))


@operation("DeleteTaskTemplate")
def delete(context: Context, request: Request) -> Answer:
    """Forget one; the tasks that it made stay as they are."""
    instance = context.instance(request["InstanceId"])
    context.directory.remove(instance, template(instance, request["TaskTemplateId"]))
    return {}


def template(instance: Instance, arn_or_id: str) -> Document:
    """A task template that must exist. Raises ResourceNotFound."""
    found = instance.find(Document, arn_or_id)
    if found is None or found.kind != KIND:
        msg = f"Task template not found: {arn_or_id}"
        raise ResourceNotFound(msg)
    return found


def _check(instance: Instance, request: Request) -> None:
    """Raises PropertyValidation or InvalidParameter for a template that makes no sense."""
    if HOOKS in request:
        msg = f"This emulator runs no flow at the wrap-up of tasks ({HOOKS})"
        raise InvalidParameter(msg)
    if "ContactFlowId" in request:
        edition(instance, Flow, request["ContactFlowId"])
    names = [one["Id"].get("Name") for one in request["Fields"]]
    doubled = sorted({str(name) for name in names if names.count(name) > 1})
    named = [
        one["Id"].get("Name")
        for group, lists in (("Constraints", ("RequiredFields", "ReadOnlyFields", "InvisibleFields")),
                             ("Defaults", ("DefaultFieldValues",)))
        for member in lists
        for one in (request.get(group) or {}).get(member) or ()
    ]  # fmt: skip
    unknown = sorted({str(name) for name in named if name not in names})
    if doubled or unknown:
        msg = f"Fields that occur twice: {doubled}; that are named and do not occur: {unknown}"
        raise PropertyValidation(msg)


def _shown(instance: Instance, found: Any) -> dict[str, Any]:
    body = {member: found.body.get(member) for member in (*MEMBERS, "Status")}
    return {"InstanceId": instance.id, "Id": found.id, "Arn": found.arn, "Name": found.name, **body}
