"""The local cloud's process: MiniStack with our services, on one loopback port."""

import asyncio
import importlib
import logging
import os
import socket
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
DEFAULT_PORT = 4566
REGION = "us-east-1"
GRACE_S = 3.0
"""How long open requests may take to end after a signal to stop."""

_FIXED = {
    "BIND_HOST": HOST,
    "AUTH": "false",
    "LAMBDA_EXECUTOR": "local",
    "SFTP_ENABLED": "0",
    "IOT_MTLS_ENABLED": "0",
    "PERSIST_STATE": "0",
    "S3_PERSIST": "0",
    "USE_SSL": "0",
    "MINISTACK_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""Settings of MiniStack: loopback, no further listeners, nothing kept on disk, functions as local processes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to run: `data` takes the unpacked code of functions, `verbose` writes a line a request."""

    port: int = DEFAULT_PORT
    data: Path | None = None
    verbose: bool = False


class PortTaken(RuntimeError):
    """Something else listens on the port."""


def prepare_environment(environ: MutableMapping[str, str], settings: Settings) -> None:
    """Make `environ` ours: no AWS setting of the user's own reaches MiniStack or a function."""
    for name in [name for name in environ if name.startswith("AWS_")]:
        del environ[name]
    environ.update(_FIXED)
    environ["GATEWAY_PORT"] = str(settings.port)
    # Processes of functions share their unpacked code: the first of them leaves its byte code to the others.
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    environ["LOG_LEVEL"] = "INFO" if settings.verbose else "WARNING"
    # A proxy of the user's must not come between a function and the cloud on the same machine.
    environ["NO_PROXY"] = environ["no_proxy"] = "127.0.0.1,localhost"
    if settings.data:
        settings.data.mkdir(parents=True, exist_ok=True)
        environ["TMPDIR"] = str(settings.data.resolve())


def run(settings: Settings) -> None:
    """Serve until a signal ends the process.

    Raises:
        PortTaken: something listens on the port.
        WrongMiniStack: the installed MiniStack is not the pinned one.

    """
    refuse_taken_port(settings.port)
    prepare_environment(os.environ, settings)
    # MiniStack reads its settings from the environment when it is imported: not a line earlier.
    from localstack.assembly import LocalCloud  # noqa: PLC0415

    logging.getLogger("trunkline").setLevel(logging.INFO)
    # It warns at each start that signing needs a package; nothing here signs with KMS keys.
    logging.getLogger("kms").setLevel(logging.ERROR)
    cloud = LocalCloud(f"http://{HOST}:{settings.port}")
    try:
        asyncio.run(_serve(cloud.application, settings.port))
    finally:
        cloud.close()


def refuse_taken_port(port: int) -> None:
    """Nothing listens on the port.

    Raises:
        PortTaken: something does.

    """
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            msg = f"Port {port} on {HOST} is taken by another program; stop it or choose another port with --port"
            raise PortTaken(msg)


async def _serve(application: object, port: int) -> None:
    # By name: hypercorn comes with MiniStack and is not in the environment where this project is type-checked.
    config = importlib.import_module("hypercorn.config").Config()
    config.bind = [f"{HOST}:{port}"]
    config.loglevel = "WARNING"
    config.graceful_timeout = GRACE_S
    config.shutdown_timeout = GRACE_S
    config.keep_alive_timeout = 75
    config.backlog = 512
    await importlib.import_module("hypercorn.asyncio").serve(application, config)
