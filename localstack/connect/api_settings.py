"""Operations on predefined attributes, which are found by their names."""

from localstack.connect import api_build, api_conditions
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request, operation
from localstack.connect.api_errors import DuplicateResource, ResourceNotFound
from localstack.connect.directory import Instance
from localstack.connect.resources import Document

SEGMENT = "predefined-attribute"


def attribute(instance: Instance, name: str) -> Document | None:
    """The predefined attribute of this name."""
    return next((d for d in instance.documents.values() if (d.kind, d.name) == (SEGMENT, name)), None)


def required(instance: Instance, name: str) -> Document:
    """The same, which must exist.

    Raises:
        ResourceNotFound: it does not.

    """
    found = attribute(instance, name)
    if found is None:
        msg = f"Predefined attribute not found: {name}"
        raise ResourceNotFound(msg)
    return found


@operation("CreatePredefinedAttribute")
def create(context: Context, request: Request) -> Answer:
    """Define an attribute and its values."""
    instance = context.instance(request["InstanceId"])
    if attribute(instance, request["Name"]):
        msg = f"Predefined attribute {request['Name']!r} already exists"
        raise DuplicateResource(msg)
    api_build.create(context, instance, Document, request, SEGMENT)
    return {}


@operation("UpdatePredefinedAttribute")
def update(context: Context, request: Request) -> Answer:
    """Change its values."""
    instance = context.instance(request["InstanceId"])
    old = required(instance, request["Name"])
    api_build.rebuild(context, instance, old, {**old.body, **request}, SEGMENT)
    return {}


@operation("DescribePredefinedAttribute")
def describe(context: Context, request: Request) -> Answer:
    """One predefined attribute."""
    found = required(context.instance(request["InstanceId"]), request["Name"])
    return {"PredefinedAttribute": {**found.body, "Name": found.name}}


@operation("ListPredefinedAttributes")
def list_(context: Context, request: Request) -> Answer:
    """All predefined attributes."""
    instance = context.instance(request["InstanceId"])
    rows = [{"Name": d.name} for d in instance.documents.values() if d.kind == SEGMENT]
    return page(request, "PredefinedAttributeSummaryList", sorted(rows, key=lambda row: row["Name"]))


@operation("SearchPredefinedAttributes")
def search(context: Context, request: Request) -> Answer:
    """Predefined attributes by conditions on their names."""
    wanted = api_conditions.criteria(request.get("SearchCriteria") or {})
    documents = context.instance(request["InstanceId"]).documents.values()
    shown = [{**one.body, "Name": one.name} for one in documents if one.kind == SEGMENT]
    rows = sorted((row for row in shown if wanted(row)), key=lambda row: row["Name"])
    return {**page(request, "PredefinedAttributes", rows), "ApproximateTotalCount": len(rows)}


@operation("DeletePredefinedAttribute")
def delete(context: Context, request: Request) -> Answer:
    """Forget one."""
    instance = context.instance(request["InstanceId"])
    context.directory.remove(instance, required(instance, request["Name"]))
    return {}
