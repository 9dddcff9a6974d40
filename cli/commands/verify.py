"""`trunkline verify`: whether a day's contacts, recordings and audit chains are as they were written."""

import datetime as dt
from typing import Annotated

import typer

from chalicelib.platform.tenancy import tenant_id
from cli import aws, integrity, options, terminal


def verify(
    tenant: options.Tenant,
    on: Annotated[dt.datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The UTC day.")],
    port: options.Port = aws.PORT,
) -> None:
    """Compute every digest of the day again; status 1 and a line on each thing that is not as it was written."""
    url = aws.endpoint(port)
    stack = aws.stack(tenant, url)
    stores = integrity.Stores(
        tenant=tenant_id(tenant),
        dynamodb=aws.client("dynamodb", url),
        table=stack.output("TableName"),
        audit_table=stack.output("AuditTableName"),
        s3=aws.client("s3", url),
    )
    report = integrity.verify(stores, on.date())
    out = terminal.console()
    out.print(f"{report.contacts} contacts, {report.recordings} recordings, {report.chains} chains of the audit trail")
    for name in report.unproved:
        out.print(f"  without a digest: {name}", markup=False, soft_wrap=True)
    for name in report.broken:
        out.print(f"  not as it was written: {name}", style="red", markup=False, soft_wrap=True)
    if report.broken:
        raise typer.Exit(1)
