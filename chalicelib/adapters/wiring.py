"""Adapters: wired for this process."""

import functools
import os
from collections.abc import Callable

import urllib3

from chalicelib.adapters import policy
from chalicelib.adapters.copy_store import Copies
from chalicelib.adapters.delivered import Delivered
from chalicelib.adapters.files import Files
from chalicelib.adapters.models import AdapterTerms, FileTerms
from chalicelib.adapters.rest import Rest
from chalicelib.adapters.service import Adapter
from chalicelib.adapters.store import Links
from chalicelib.audit import service as audit
from chalicelib.customers import registry as customers
from chalicelib.platform import aws, clock, settings
from chalicelib.platform.errors import NotFound
from chalicelib.tenancy import service as tenancy
from chalicelib.tenancy.models import Tenant


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
    return Adapter(
        terms=terms,
        port=_files(tenant, terms, terms.files) if terms.files else _rest(tenant, terms, configured.stage),
        links=Links(client=client, table=configured.table, tenant=tenant.id, adapter=id_),
        registry=customers.wired(),
        trail=audit.trail(),
        now=now,
    )


def _rest(tenant: Tenant, terms: AdapterTerms, stage: settings.Stage) -> Rest:
    local = os.environ.get("TRUNKLINE_ADAPTER_ENDPOINT") if stage == "local" else None
    return Rest(
        terms=terms,
        url=f"{local}/{terms.id}" if local else terms.url,
        secret=_secret(f"trunkline/{tenant.id}/{terms.secret}"),
        now=clock.from_environment(),
        pool=urllib3.PoolManager(maxsize=1),
    )


def _files(tenant: Tenant, terms: AdapterTerms, form: FileTerms) -> Delivered:
    bucket = settings.required(os.environ, "TRUNKLINE_RECORDING_BUCKET")
    table = settings.StoreSettings.load(os.environ).table
    return Delivered(
        terms=terms,
        form=form,
        tenant=tenant,
        files=Files(client=aws.client("s3", aws.A_PERSON_WAITS), bucket=bucket, adapter=terms.id),
        copies=Copies(
            client=aws.client("dynamodb", aws.A_PERSON_WAITS), table=table, tenant=tenant.id, adapter=terms.id
        ),
        now=clock.from_environment(),
    )


def _secret(name: str) -> Callable[[], str]:
    """Return what reads a secret when it is first needed; a process keeps it."""

    @functools.cache
    def read() -> str:
        client = aws.client("secretsmanager", aws.A_PERSON_WAITS)
        return str(client.get_secret_value(SecretId=name)["SecretString"])

    return read
