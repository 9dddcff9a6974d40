"""Operations on versions and aliases of flow modules."""

import hashlib
from dataclasses import replace
from typing import Any

from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request, operation, require
from localstack.connect.api_errors import InvalidParameter, ResourceNotFound
from localstack.connect.directory import FlowModule, Instance


def _module(context: Context, request: Request) -> tuple[Instance, FlowModule]:
    instance = context.instance(request["InstanceId"])
    return instance, require(instance, FlowModule, request["ContactFlowModuleId"])


def _version(module: FlowModule, asked: Any) -> int:
    """A version that there is. Raises ResourceNotFound."""
    version = int(asked)
    if not 1 <= version <= len(module.versions):
        msg = f"Module {module.name!r} has no version {version}"
        raise ResourceNotFound(msg)
    return version


@operation("CreateContactFlowModuleVersion")
def create_version(context: Context, request: Request) -> Answer:
    """Number the module's content of today as a version."""
    with context.directory.lock:
        instance, module = _module(context, request)
        version = len(module.versions) + 1
        digest = hashlib.sha256(module.text.encode()).hexdigest()
        context.directory.put(instance, replace(module, versions=(*module.versions, digest)))
    return {"ContactFlowModuleArn": f"{module.arn}:{version}", "Version": version, "FlowContentSha256": digest}


@operation("ListContactFlowModuleVersions")
def list_versions(context: Context, request: Request) -> Answer:
    """The versions of a module, newest first."""
    _, module = _module(context, request)
    rows = [{"Arn": f"{module.arn}:{n}", "Version": n} for n in range(len(module.versions), 0, -1)]
    return page(request, "ContactFlowModuleVersionSummaryList", rows)


@operation("CreateContactFlowModuleAlias")
def create_alias(context: Context, request: Request) -> Answer:
    """Name a version of a module."""
    with context.directory.lock:
        instance, module = _module(context, request)
        version, name = _version(module, request["ContactFlowModuleVersion"]), request["AliasName"]
        if name in module.aliases:
            msg = f"Module {module.name!r} has an alias {name!r}"
            raise InvalidParameter(msg)
        context.directory.put(instance, replace(module, aliases={**module.aliases, name: str(version)}))
    return {"ContactFlowModuleArn": f"{module.arn}:{name}", "Id": name}


@operation("UpdateContactFlowModuleAlias")
def update_alias(context: Context, request: Request) -> Answer:
    """Let an alias name another version, or call it otherwise."""
    with context.directory.lock:
        instance, module = _module(context, request)
        old = _alias(module, request)
        version = str(_version(module, request.get("ContactFlowModuleVersion", module.aliases[old])))
        others = {name: number for name, number in module.aliases.items() if name != old}
        context.directory.put(instance, replace(module, aliases={**others, request.get("Name", old): version}))
    return {}


@operation("DescribeContactFlowModuleAlias")
def describe_alias(context: Context, request: Request) -> Answer:
    """One alias."""
    _, module = _module(context, request)
    name = _alias(module, request)
    shown = {"ContactFlowModuleId": module.id, "ContactFlowModuleArn": module.arn, "AliasId": name, "Name": name}
    return {"ContactFlowModuleAlias": {**shown, "Version": int(module.aliases[name])}}


@operation("ListContactFlowModuleAliases")
def list_aliases(context: Context, request: Request) -> Answer:
    """The aliases of a module, by name."""
    _, module = _module(context, request)
    rows = [
        {"Arn": f"{module.arn}:{name}", "AliasId": name, "AliasName": name, "Version": int(version)}
        for name, version in sorted(module.aliases.items())
    ]
    return page(request, "ContactFlowModuleAliasSummaryList", rows)


@operation("DeleteContactFlowModuleAlias")
def delete_alias(context: Context, request: Request) -> Answer:
    """Forget an alias."""
    with context.directory.lock:
        instance, module = _module(context, request)
        gone = _alias(module, request)
        left = {name: version for name, version in module.aliases.items() if name != gone}
        context.directory.put(instance, replace(module, aliases=left))
    return {}


def _alias(module: FlowModule, request: Request) -> str:
    name = str(request["AliasId"])
    if name not in module.aliases:
        msg = f"Module {module.name!r} has no alias {name!r}"
        raise ResourceNotFound(msg)
    return name
