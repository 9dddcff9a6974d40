"""Adapters: wired for this process."""

import functools
import os
from collections.abc import Callable

import urllib3

from chalicelib.adapters import policy
from chalicelib.adapters.rest import Rest
from chalicelib.adapters.service import Adapter
from chalicelib.adapters.store import Links
from chalicelib.audit import service as audit
from chalicelib.customers import registry as customers
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.errors import NotFound
from chalicelib.tenancy import service as tenancy


@functools.cache
def adapter(id_: str) -> Adapter:
    """Return an adapter of this process's tenant; a missing setting fails here, by name.

    Raises:
        NotFound: the contract has none of this id.

    """
    tenant, configured = tenancy.current(), settings.StoreSettings.load(os.environ)
    terms = next((one for one in policy.terms(tenant) if one.id == id_), None)
    if terms is None:
        raise NotFound("the contract has no such adapter", adapter=id_)
    client, now = aws.client("dynamodb", aws.A_PERSON_WAITS), clock.from_environment()
    local = os.environ.get("TRUNKLINE_ADAPTER_ENDPOINT") if configured.stage == "local" else None
    port = Rest(
        terms=terms,
        url=f"{local}/{id_}" if local else terms.url,
        secret=_secret(f"trunkline/{tenant.id}/{terms.secret}"),
        now=now,
        pool=urllib3.PoolManager(maxsize=1),
    )
    return Adapter(
        terms=terms,
        port=port,
        links=Links(client=client, table=configured.table, tenant=tenant.id, adapter=id_),
        registry=customers.wired(),
        trail=audit.trail(),
        now=now,
    )


def _secret(name: str) -> Callable[[], str]:
    """Return what reads a secret when it is first needed; a process keeps it."""

    @functools.cache
    def read() -> str:
        client = aws.client("secretsmanager", aws.A_PERSON_WAITS)
        return str(client.get_secret_value(SecretId=name)["SecretString"])

    return read
