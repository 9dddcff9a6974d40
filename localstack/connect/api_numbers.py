"""Operations on telephone numbers."""

import hashlib
from dataclasses import replace

from localstack.connect import api_show, arns
from localstack.connect.api_addresses import association
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request, edition, operation, qualified
from localstack.connect.api_errors import InvalidParameter, ResourceNotFound
from localstack.connect.directory import Instance
from localstack.connect.resources import Flow, PhoneNumber

CALLING_CODES = {"CN": "+86", "US": "+1", "GB": "+44", "DE": "+49", "HK": "+852", "SG": "+65", "AU": "+61", "JP": "+81"}
"""Country codes that this emulator has made-up inventory for."""

SUBSCRIBER_DIGITS = 10
COMPLETE_NUMBER_DIGITS = 10
"""A `Prefix` with at least so many digits is taken as a whole number (a short code always is): a laptop's inventory
has every number."""


def claim(context: Context, instance: Instance, request: Request) -> PhoneNumber:
    """Claim a number for an instance: `PhoneNumber`, or one of country, type and prefix.

    Raises:
        InvalidParameter: the number belongs to somebody, or the country has no inventory.

    """
    with context.directory.lock:
        number = request.get("PhoneNumber") or available(context, request)
        if context.directory.number(number):
            msg = f"The phone number {number} is not available: it is claimed"
            raise InvalidParameter(msg)
        new_id = context.directory.new_id(f"{context.account}/{context.region}", PhoneNumber.segment, number)
        claimed = PhoneNumber(
            id=new_id,
            arn=arns.phone_number_arn(context.region, context.account, new_id),
            name=number,
            tags=request.get("Tags", {}),
            flow_id=None,
            instance_id=instance.id,
            country=request.get("PhoneNumberCountryCode") or country_of(number),
            type=request.get("PhoneNumberType", "DID"),
            description=request.get("PhoneNumberDescription", ""),
        )
        context.directory.put(instance, claimed)
    return claimed


def available(context: Context, request: Request) -> str:
    """A free number for a country, type and prefix, always the same one until it is claimed."""
    country = request.get("PhoneNumberCountryCode", "")
    prefix = request.get("PhoneNumberPrefix") or CALLING_CODES.get(country, "")
    if not prefix:
        msg = f"No inventory of numbers for country {country!r}; give a Prefix"
        raise InvalidParameter(msg)
    is_short_code = bool(request.get("PhoneNumberPrefix")) and request.get("PhoneNumberType") == "SHORT_CODE"
    if is_short_code or len(prefix.lstrip("+")) >= COMPLETE_NUMBER_DIGITS:
        return prefix
    for attempt in range(1000):
        digest = hashlib.sha256(f"{prefix}/{request.get('PhoneNumberType', 'DID')}/{attempt}".encode()).hexdigest()
        missing = SUBSCRIBER_DIGITS + 1 - len(prefix.lstrip("+"))
        number = prefix + str(int(digest, 16))[:missing]
        if context.directory.number(number) is None:
            return number
    msg = f"No free number with prefix {prefix}"
    raise InvalidParameter(msg)


def country_of(number: str) -> str:
    """The country of a number, by its calling code; "" when it is not in the table."""
    codes = sorted(CALLING_CODES.items(), key=lambda item: -len(item[1]))
    return next((country for country, code in codes if number.startswith(code)), "")


@operation("SearchAvailablePhoneNumbers")
def search_available(context: Context, request: Request) -> Answer:
    """One free number: the emulator's inventory has no end and needs no more."""
    found = available(context, request)
    row = {"PhoneNumber": found, "PhoneNumberCountryCode": country_of(found)}
    return page(request, "AvailableNumbersList", [{**row, "PhoneNumberType": request["PhoneNumberType"]}])


@operation("ClaimPhoneNumber")
def claim_phone_number(context: Context, request: Request) -> Answer:
    """Claim one number for an instance."""
    target = request.get("TargetArn") or request.get("InstanceId")
    if not target:
        msg = "TargetArn or InstanceId is required"
        raise InvalidParameter(msg)
    claimed = claim(context, context.instance(target), request)
    return {"PhoneNumberId": claimed.id, "PhoneNumberArn": claimed.arn}


@operation("ReleasePhoneNumber")
def release_phone_number(context: Context, request: Request) -> Answer:
    """Give a number back."""
    context.directory.remove(*_number(context, request["PhoneNumberId"]))
    return {}


@operation("DescribePhoneNumber")
def describe_phone_number(context: Context, request: Request) -> Answer:
    """One claimed number."""
    instance, number = _number(context, request["PhoneNumberId"])
    return {"ClaimedPhoneNumberSummary": api_show.number(number, instance)}


@operation("ListPhoneNumbersV2")
def list_phone_numbers_v2(context: Context, request: Request) -> Answer:
    """Claimed numbers of one instance, or of all of the account's."""
    target = request.get("TargetArn") or request.get("InstanceId")
    scope = (context.account, context.region)
    mine = [i for i in context.directory.instances() if (i.account, i.region) == scope]
    chosen = [context.instance(target)] if target else mine
    rows = [api_show.number(n, i) for i in chosen for n in i.phone_numbers.values() if _matches(n, request)]
    return page(request, "ListPhoneNumbersSummaryList", rows)


@operation("ListPhoneNumbers")
def list_phone_numbers(context: Context, request: Request) -> Answer:
    """Claimed numbers of one instance."""
    instance = context.instance(request["InstanceId"])
    rows = [api_show.number(n, instance) for n in instance.phone_numbers.values() if _matches(n, request)]
    return page(request, "PhoneNumberSummaryList", rows)


def _matches(number: PhoneNumber, request: Request) -> bool:
    return (
        number.country in (request.get("PhoneNumberCountryCodes") or [number.country])
        and number.type in (request.get("PhoneNumberTypes") or [number.type])
        and number.number.startswith(request.get("PhoneNumberPrefix") or "")
    )


@operation("UpdatePhoneNumber")
def update_phone_number(context: Context, request: Request) -> Answer:
    """Move a number to another instance; it loses its flow."""
    instance, number = _number(context, request["PhoneNumberId"])
    target = request.get("TargetArn") or request.get("InstanceId") or instance.id
    moved = move(context, instance, number, context.instance(target))
    return {"PhoneNumberId": moved.id, "PhoneNumberArn": moved.arn}


@operation("UpdatePhoneNumberMetadata")
def update_phone_number_metadata(context: Context, request: Request) -> Answer:
    """Describe a number otherwise."""
    instance, number = _number(context, request["PhoneNumberId"])
    description = request.get("PhoneNumberDescription", number.description)
    context.directory.put(instance, replace(number, description=description))
    return {}


def move(context: Context, old: Instance, number: PhoneNumber, new: Instance) -> PhoneNumber:
    """The number, in the instance `new`; nothing changes when it is there already."""
    if old.id == new.id:
        return number
    with context.directory.lock:
        moved = replace(number, instance_id=new.id, flow_id=None)
        context.directory.remove(old, number)
        context.directory.put(new, moved)
    return moved


@operation("AssociatePhoneNumberContactFlow")
def associate_flow(context: Context, request: Request) -> Answer:
    """Let a number lead to a flow of its instance."""
    instance, number = _number(context, request["PhoneNumberId"])
    if context.instance(request["InstanceId"]).id != instance.id:
        msg = f"The number {number.number} belongs to another instance"
        raise InvalidParameter(msg)
    flow = edition(instance, Flow, request["ContactFlowId"])
    if flow.type != "CONTACT_FLOW":
        msg = f"A number leads to an inbound flow (CONTACT_FLOW), {flow.name!r} is {flow.type}"
        raise InvalidParameter(msg)
    context.directory.put(instance, replace(number, flow_id=qualified(instance, Flow, request["ContactFlowId"])))
    return {}


@operation("DisassociatePhoneNumberContactFlow")
def disassociate_flow(context: Context, request: Request) -> Answer:
    """Leave a number without a flow."""
    instance, number = _number(context, request["PhoneNumberId"])
    context.directory.put(instance, replace(number, flow_id=None))
    return {}


@operation("ListFlowAssociations")
def list_flow_associations(context: Context, request: Request) -> Answer:
    """Which number, and which e-mail address, leads to which flow."""
    instance = context.instance(request["InstanceId"])
    flows = f"{instance.arn}/{Flow.segment}"
    rows = [
        {"ResourceId": number.arn, "FlowId": f"{flows}/{number.flow_id}", "ResourceType": "VOICE_PHONE_NUMBER"}
        for number in instance.phone_numbers.values()
        if number.flow_id
    ]
    rows += [association(instance, one) for one in instance.email_addresses.values() if one.flow_id]
    wanted = request.get("ResourceType")
    rows = [row for row in rows if wanted in (None, row["ResourceType"])]
    return page(request, "FlowAssociationSummaryList", rows)


def _number(context: Context, arn_or_id: str) -> tuple[Instance, PhoneNumber]:
    found = context.directory.phone_number(arn_or_id)
    if found is None or found[0].account != context.account:
        msg = f"Phone number not found: {arn_or_id}"
        raise ResourceNotFound(msg)
    return found
