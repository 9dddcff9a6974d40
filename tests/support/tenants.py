"""The project's own tenants in the form that functions carry, and events as a contact flow sends them."""

import functools
import json
from pathlib import Path
from typing import Any

from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract_file import load
from chalicelib.tenancy.models import Tenant, from_document
from infra.cdk import menu_catalogue

TENANTS = Path(__file__).resolve().parents[2] / "tenants"
INSTANCE_ARN = "arn:aws:connect:us-east-1:000000000000:instance/0a0a0a0a-0000-4000-8000-000000000001"
CONTACT_ID = "6f1c0a52-0000-4000-8000-000000000001"


@functools.cache
def document(name: str) -> str:
    """Return the tenant document of `tenants/<name>.yaml`, as a function's package holds it."""
    return document_text(compile_contract(load(TENANTS / f"{name}.yaml")))


@functools.cache
def menus_document(name: str) -> str:
    """Return the trees of `tenants/<name>.yaml`, as a function's package holds them."""
    return menu_catalogue.package_text(load(TENANTS / f"{name}.yaml"))


@functools.cache
def tenant(name: str) -> Tenant:
    """Return the compiled tenant of `tenants/<name>.yaml`."""
    return from_document(json.loads(document(name)))


def flow_event(
    *, caller: str | None = "+8613800138000", dialled: str | None = "+864008601234", **parameters: str
) -> dict[str, Any]:
    """Return the event of an inbound voice contact in the documented shape."""
    return {
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "Attributes": {},
                "AwsRegion": "us-east-1",
                "Channel": "VOICE",
                "ContactId": CONTACT_ID,
                "CustomerEndpoint": {"Address": caller, "Type": "TELEPHONE_NUMBER"} if caller else None,
                "CustomerId": None,
                "InitialContactId": CONTACT_ID,
                "InitiationMethod": "INBOUND",
                "InstanceARN": INSTANCE_ARN,
                "LanguageCode": "zh-CN",
                "MediaStreams": {"Customer": {"Audio": None}},
                "PreviousContactId": CONTACT_ID,
                "Queue": None,
                "SystemEndpoint": {"Address": dialled, "Type": "TELEPHONE_NUMBER"} if dialled else None,
            },
            "Parameters": parameters,
        },
    }
