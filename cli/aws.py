"""boto3 clients of the local cloud. Nothing here can reach a real account: address, region and keys are fixed."""

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.platform.errors import NotFound

PORT: Final = 4566
REGION: Final = "us-east-1"
ACCOUNT: Final = "000000000000"
_CONFIG = Config(proxies={}, connect_timeout=5, read_timeout=60, retries={"max_attempts": 3, "mode": "standard"})


def endpoint(port: int | None = None) -> str:
    """Return the address of the local cloud on `port` (default: TRUNKLINE_PORT, else 4566)."""
    chosen = port if port is not None else int(os.environ.get("TRUNKLINE_PORT", PORT))
    return f"http://127.0.0.1:{chosen}"


def environment(url: str) -> dict[str, str]:
    """Return the variables with which an AWS tool talks to the local cloud at `url` and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@functools.lru_cache(maxsize=64)
def client(service: str, url: str) -> Any:
    """Return the client of `service` at `url`, made once."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - the local cloud's well-known key
        config=_CONFIG,
    )


@dataclass(frozen=True, slots=True)
class Stack:
    """A deployed tenant stack: where its parts are."""

    tenant: str
    stack_id: str
    status: str
    outputs: Mapping[str, str]

    @property
    def usable(self) -> bool:
        """True when the last deployment went through."""
        return self.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}

    def output(self, name: str) -> str:
        """Return an output of the stack.

        Raises:
            NotFound: the stack has no such output.

        """
        if name not in self.outputs:
            msg = f"the stack trunkline-{self.tenant} has no output {name}; it has {', '.join(sorted(self.outputs))}"
            raise NotFound(msg)
        return self.outputs[name]


def find_stack(tenant: str, url: str) -> Stack | None:
    """Return the tenant's stack in the local cloud, None when there is none."""
    try:
        found = client("cloudformation", url).describe_stacks(StackName=f"trunkline-{tenant}")["Stacks"][0]
    except ClientError as exc:
        if "does not exist" in str(exc):
            return None
        raise
    outputs = {entry["OutputKey"]: entry["OutputValue"] for entry in found.get("Outputs", [])}
    return Stack(tenant, found["StackId"], found["StackStatus"], outputs)


def stack(tenant: str, url: str) -> Stack:
    """Return the tenant's usable stack.

    Raises:
        NotFound: it is not deployed, or its last deployment failed.

    """
    found = find_stack(tenant, url)
    if found is None or not found.usable:
        state = "is not deployed" if found is None else f"is in state {found.status}"
        msg = f"the stack of {tenant} {state}; run: ./trunkline deploy {tenant}"
        raise NotFound(msg)
    return found
