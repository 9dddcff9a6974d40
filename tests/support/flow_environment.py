"""The environment of a flow-invoked function, as the stack gives it, for functions that run in a test's process."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.loaders import create_loader

from chalicelib.audit import service as audit
from chalicelib.callbacks import flow as callbacks_flow
from chalicelib.customers import flow as customers_flow
from chalicelib.menus import flow as menus_flow
from chalicelib.menus import service as menus
from chalicelib.platform import aws
from chalicelib.routing import flow as routing_flow
from chalicelib.tenancy import service as tenancy
from chalicelib.waiting import flow as waiting_flow
from tests.support.tenants import document, menus_document, tenant

NOBODY_LISTENS = "http://127.0.0.1:1"
SERVICE_MODELS = create_loader()
"""What botocore reads of its data files. Every test has its own session, and none of them reads the files again."""


def queue_ids(name: str) -> dict[str, str]:
    """Return an Amazon Connect id for each queue of the tenant `name`."""
    return {queue: f"uuid-of-{queue}" for queue in tenant(name).queues}


@contextmanager
def function_environment(
    patch: pytest.MonkeyPatch, folder: Path, name: str = "hrgroup", endpoint_url: str = NOBODY_LISTENS
) -> Iterator[None]:
    """Set the variables of tenant `name`; what the functions wired before is forgotten, before and after."""
    path = folder / f"{name}.json"
    path.write_text(document(name), encoding="utf-8")
    packaged = folder / f"{name}-menus.json"
    packaged.write_text(menus_document(name), encoding="utf-8")
    values = {
        "TRUNKLINE_TENANT_DOCUMENT": str(path),
        menus.PACKAGE_VARIABLE: str(packaged),
        "TRUNKLINE_TABLE": f"trunkline-{name}",
        "TRUNKLINE_AUDIT_TABLE": f"trunkline-{name}-audit",
        "TRUNKLINE_STAGE": "local",
        "TRUNKLINE_OVERRIDES_KEPT_S": "0",
        "TRUNKLINE_QUEUES": json.dumps(queue_ids(name)),
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    for variable, value in values.items():
        patch.setenv(variable, value)
    patch.delenv("TRUNKLINE_CLOCK", raising=False)
    _forget()
    try:
        yield
    finally:
        _forget()


def _forget() -> None:
    wired: list[Callable[[], None]] = [
        callbacks_flow.promises.cache_clear,
        customers_flow.customers.cache_clear,
        menus_flow.menus.cache_clear,
        menus.packaged.cache_clear,
        routing_flow.wired.cache_clear,
        waiting_flow.estimates.cache_clear,
        audit.trail.cache_clear,
        tenancy.current.cache_clear,
        aws.client.cache_clear,
        aws.session.cache_clear,
    ]
    for forget in wired:
        forget()
    aws.session().register_component("data_loader", SERVICE_MODELS)
