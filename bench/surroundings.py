"""What the benchmarks stand on: a local cloud of their own, and the functions' variables as the stack sets them."""

import contextlib
import json
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from chalicelib.menus.service import PACKAGE_VARIABLE
from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import load
from chalicelib.tenancy.models import Tenant, from_document
from infra.cdk.menu_catalogue import package_text
from localstack import lifecycle

CONTRACT = Path(__file__).resolve().parents[1] / "tenants" / "hrgroup.yaml"


@contextlib.contextmanager
def endpoint(given: str | None) -> Iterator[str]:
    """Yield the endpoint given, or that of a local cloud of our own."""
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        cloud = lifecycle.start(lifecycle.free_port(), Path(folder) / "cloud.log", data=Path(folder) / "data")
        try:
            yield cloud.endpoint_url
        finally:
            cloud.stop()


def configure(endpoint_url: str, folder: Path, contract: Contract | None = None) -> Tenant:
    """Set the variables of the functions, with a table of a new name; return the tenant that they serve."""
    contract = contract or load(CONTRACT)
    document = compile_contract(contract)
    (folder / "tenant.json").write_text(document_text(document), encoding="utf-8")
    (folder / "menus.json").write_text(package_text(contract), encoding="utf-8")
    os.environ |= {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "TRUNKLINE_TENANT_DOCUMENT": str(folder / "tenant.json"),
        PACKAGE_VARIABLE: str(folder / "menus.json"),
        "TRUNKLINE_TENANT": contract.tenant,
        "TRUNKLINE_TABLE": f"bench-{uuid.uuid4().hex[:8]}",
        "TRUNKLINE_STAGE": "local",
        "TRUNKLINE_DLQ_URL": f"{endpoint_url}/000000000000/bench",
        "TRUNKLINE_QUEUES": json.dumps({queue.id: str(uuid.uuid4()) for queue in contract.queues}),
    }
    return from_document(document)
