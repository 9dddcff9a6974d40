"""Operations on e-mail addresses: making them, forwarding one to another, and tying flows to them (12)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from localstack.connect import api_conditions, arns
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request, inbound_flow, operation, require, unique_name
from localstack.connect.api_errors import InvalidParameter, ResourceConflict, ResourceNotFound
from localstack.connect.directory import EmailAddress, Flow, Instance
from localstack.connect.engine import times

MAILBOX = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
"""What an address looks like, says the service model."""
INBOUND = "INBOUND_EMAIL"
"""The only resource type to which AssociateFlow ties a flow here; numbers have an operation of their own."""


def create(context: Context, instance: Instance, request: Request) -> EmailAddress:
    """Make an address; the mailbox is in one instance only.

    Raises:
        InvalidParameter: it is no address.
        DuplicateResource: the instance has it already.

    """
    mailbox = request["EmailAddress"]
    if not MAILBOX.fullmatch(mailbox):
        msg = f"{mailbox!r} is no e-mail address"
        raise InvalidParameter(msg)
    with context.directory.lock:
        unique_name(instance, EmailAddress, mailbox, "")
        new_id = context.directory.new_id(instance.id, EmailAddress.segment, mailbox)
        made = EmailAddress(
            id=new_id,
            arn=arns.child_arn(instance.arn, EmailAddress.segment, new_id),
            name=mailbox,
            tags=request.get("Tags", {}),
            display_name=request.get("DisplayName", ""),
            description=request.get("Description", ""),
            created_s=context.now_s,
            changed_s=context.now_s,
        )
        context.directory.put(instance, made)
    return made


def delete(context: Context, instance: Instance, address: EmailAddress) -> None:
    """Forget an address.

    Raises:
        ResourceConflict: another address is forwarded to it, or a queue sends from it.

    """
    with context.directory.lock:
        forwarded = [one.name for one in instance.email_addresses.values() if one.forwards_to == address.id]
        queues = [one.name for one in instance.queues.values() if one.outbound_email_id == address.id]
        if forwarded or queues:
            msg = f"{address.name} is used by {', '.join([*forwarded, *queues])}"
            raise ResourceConflict(msg)
        context.directory.remove(instance, address)


@operation("CreateEmailAddress")
def create_address(context: Context, request: Request) -> Answer:
    """Make an address."""
    return _named(create(context, context.instance(request["InstanceId"]), request))


@operation("DescribeEmailAddress")
def describe_address(context: Context, request: Request) -> Answer:
    """One address, and which other is forwarded to it."""
    instance, address = _address(context, request)
    made, changed = (datetime.fromtimestamp(at_s, UTC) for at_s in (address.created_s, address.changed_s))
    stamps = {"CreateTimestamp": times.millis(made), "ModifiedTimestamp": times.millis(changed)}
    return {**_shown(instance, address), **stamps, "Tags": dict(address.tags) or None}


@operation("UpdateEmailAddressMetadata")
def update_address(context: Context, request: Request) -> Answer:
    """Change what an address is called and what is said of it."""
    instance, address = _address(context, request)
    changed = replace(
        address,
        display_name=request.get("DisplayName", address.display_name),
        description=request.get("Description", address.description),
        changed_s=context.now_s,
    )
    context.directory.put(instance, changed)
    return _named(changed)


@operation("DeleteEmailAddress")
def delete_address(context: Context, request: Request) -> Answer:
    """Forget an address."""
    delete(context, *_address(context, request))
    return {}


@operation("SearchEmailAddresses")
def search_addresses(context: Context, request: Request) -> Answer:
    """The addresses that fit."""
    instance = context.instance(request["InstanceId"])
    wanted = api_conditions.criteria(request.get("SearchCriteria") or {})
    tagged = api_conditions.filters(request.get("SearchFilter") or {})
    rows = [
        {**_shown(instance, one), "Tags": dict(one.tags)}
        for one in sorted(instance.email_addresses.values(), key=lambda one: one.name)
    ]
    found = [row for row in rows if wanted({**row, "Name": row["EmailAddress"]}) and tagged(row)]
    return {**page(request, "EmailAddresses", found), "ApproximateTotalCount": len(found)}


@operation("AssociateEmailAddressAlias")
def associate_alias(context: Context, request: Request) -> Answer:
    """Forward one address (the alias) to another; each has one, and nothing is forwarded twice."""
    instance, address = _address(context, request)
    alias = require(instance, EmailAddress, request["AliasConfiguration"]["EmailAddressId"])
    with context.directory.lock:
        chained = address.forwards_to or _alias_of(instance, alias)
        if alias.id == address.id or chained or alias.forwards_to or _alias_of(instance, address):
            msg = f"{alias.name} cannot be forwarded to {address.name}: one of the two is forwarded or has an alias"
            raise ResourceConflict(msg)
        context.directory.put(instance, replace(alias, forwards_to=address.id))
    return {}


@operation("DisassociateEmailAddressAlias")
def disassociate_alias(context: Context, request: Request) -> Answer:
    """Forward an address no longer."""
    instance, address = _address(context, request)
    alias = require(instance, EmailAddress, request["AliasConfiguration"]["EmailAddressId"])
    if alias.forwards_to != address.id:
        msg = f"{alias.name} is not forwarded to {address.name}"
        raise ResourceNotFound(msg)
    context.directory.put(instance, replace(alias, forwards_to=None))
    return {}


@operation("AssociateFlow")
def associate_flow(context: Context, request: Request) -> Answer:
    """Let the messages to an address begin with a flow."""
    instance, address = _tied(context, request)
    flow = inbound_flow(instance, request["FlowId"])
    context.directory.put(instance, replace(address, flow_id=flow.id))
    return {}


@operation("DisassociateFlow")
def disassociate_flow(context: Context, request: Request) -> Answer:
    """Leave an address without a flow."""
    instance, address = _tied(context, request)
    context.directory.put(instance, replace(address, flow_id=None))
    return {}


@operation("GetFlowAssociation")
def flow_of(context: Context, request: Request) -> Answer:
    """The flow of an address."""
    instance, address = _tied(context, request)
    if address.flow_id is None:
        msg = f"{address.name} has no flow"
        raise ResourceNotFound(msg)
    return association(instance, address)


def association(instance: Instance, address: EmailAddress) -> dict[str, Any]:
    """An address and its flow, as the API shows the two."""
    flow = f"{instance.arn}/{Flow.segment}/{address.flow_id}"
    return {"ResourceId": address.arn, "FlowId": flow, "ResourceType": INBOUND}


def receiving(instance: Instance, mailbox: str) -> EmailAddress:
    """The address at which a message for `mailbox` is taken in: the one that it is forwarded to, if it is.

    Raises ResourceNotFound when the instance has no such address.
    """
    found = instance.named(EmailAddress, mailbox)
    if found is None:
        msg = f"{mailbox} is no e-mail address of instance {instance.id}"
        raise ResourceNotFound(msg)
    return instance.email_addresses.get(found.forwards_to or "", found)


def _address(context: Context, request: Request) -> tuple[Instance, EmailAddress]:
    instance = context.instance(request["InstanceId"])
    return instance, require(instance, EmailAddress, request["EmailAddressId"])


def _tied(context: Context, request: Request) -> tuple[Instance, EmailAddress]:
    """The address that a flow is tied to. Raises InvalidParameter for another kind of resource."""
    instance = context.instance(request["InstanceId"])
    if request["ResourceType"] != INBOUND:
        msg = f"This emulator ties flows to resources of type {INBOUND} only, not {request['ResourceType']}"
        raise InvalidParameter(msg)
    return instance, require(instance, EmailAddress, request["ResourceId"])


def _alias_of(instance: Instance, address: EmailAddress) -> EmailAddress | None:
    return next((one for one in instance.email_addresses.values() if one.forwards_to == address.id), None)


def _named(address: EmailAddress) -> dict[str, str]:
    return {"EmailAddressId": address.id, "EmailAddressArn": address.arn}


def _shown(instance: Instance, address: EmailAddress) -> Mapping[str, Any]:
    alias = _alias_of(instance, address)
    return {
        **_named(address),
        "EmailAddress": address.name,
        "DisplayName": address.display_name,
        "Description": address.description,
        "AliasConfigurations": [{"EmailAddressId": alias.id}] if alias else [],
    }
