"""The session's local cloud: `cloud` starts one on a free port, or uses the endpoint in AWS_ENDPOINT_URL."""

import contextlib
import json
import os
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from localstack import lifecycle

REGION = "us-east-1"
SECRET = "test"


@dataclass(frozen=True, slots=True)
class Cloud:
    """An AWS endpoint that tests may use; `ours` is False for one that was given by AWS_ENDPOINT_URL."""

    endpoint_url: str
    log_path: Path | None
    ours: bool

    @property
    def port(self) -> int:
        """The port on loopback."""
        return int(self.endpoint_url.rsplit(":", 1)[1])

    def client(self, service: str, *, access_key: str = "test", secret: str = SECRET, token: str | None = None) -> Any:
        """A boto3 client of this cloud; without retries, so that a refusal is seen as it is."""
        config = Config(proxies={}, retries={"max_attempts": 0}, connect_timeout=3, read_timeout=30)
        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=config,
        )


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A cloud for the whole session. Tests share it: name resources so that no two tests collide."""
    given = os.environ.get("AWS_ENDPOINT_URL")
    if given:
        yield Cloud(given, None, ours=False)
        return
    with _started(tmp_path_factory.mktemp("cloud")) as own:
        yield own


@pytest.fixture
def private_cloud(tmp_path: Path) -> Iterator[Cloud]:
    """A cloud for one test: for one that changes what all contacts of a cloud share, such as its clock."""
    with _started(tmp_path) as own:
        yield own


@contextlib.contextmanager
def _started(folder: Path) -> Iterator[Cloud]:
    handle = lifecycle.start(lifecycle.free_port(), folder / "cloud.log", data=folder / "data")
    try:
        yield Cloud(handle.endpoint_url, handle.log_path, ours=True)
    finally:
        handle.stop()


@pytest.fixture(scope="session")
def aws(cloud: Cloud) -> Callable[..., Any]:
    """Makes clients of the session's cloud: `aws("dynamodb")`."""
    return cloud.client


def control(cloud: Cloud, method: str, path: str, body: Any = None) -> Any:
    """What the control API of a cloud answers; a refusal raises."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{cloud.endpoint_url}/_trunkline{path}", data, method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  loopback
        return json.load(answer)
