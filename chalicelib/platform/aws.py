"""AWS clients: low level, one of each kind a process, with time limits that fit who waits.

Clients come from one botocore session. boto3 would cost its import in every flow-invoked function. The endpoint of the
local cloud comes from `AWS_ENDPOINT_URL`, which botocore reads by itself.
"""

import functools
from dataclasses import dataclass
from typing import Any, Literal

import botocore.session
from botocore.config import Config

type Service = Literal[
    "cloudwatch", "cognito-idp", "dynamodb", "events", "sqs",
    "kinesis", "connect", "s3", "ses", "sns", "firehose", "secretsmanager",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client may take: seconds to connect and to read, and attempts in all."""

    connect_timeout_s: float
    read_timeout_s: float
    attempts: int


CALLER_WAITS = Patience(connect_timeout_s=0.2, read_timeout_s=0.7, attempts=1)
"""For flow-invoked functions: fits the second of store time that they allow themselves, see `budget.read_within`."""

A_PERSON_WAITS = Patience(connect_timeout_s=0.5, read_timeout_s=2.0, attempts=2)
"""For REST: a store that does not answer is said so (503) long before the function's own time is over."""

NOBODY_WAITS = Patience(connect_timeout_s=1.0, read_timeout_s=5.0, attempts=4)
"""For streams and workers: the platform tries again."""


@functools.cache
def session() -> botocore.session.Session:
    """Return the one botocore session of this process; creating it reads no credentials yet."""
    return botocore.session.get_session()


@functools.cache
def client(service: Service, patience: Patience = NOBODY_WAITS) -> Any:
    """Return the one low-level client of `service` with this `patience`; it opens no connection before its first call.

    The legacy retry mode is deliberate: its first pause before a DynamoDB retry is at most 50 ms, the standard mode's
    up to 1 s.
    """
    config = Config(
        connect_timeout=patience.connect_timeout_s,
        read_timeout=patience.read_timeout_s,
        retries={"total_max_attempts": patience.attempts, "mode": "legacy"},
        tcp_keepalive=True,
        # Signed addresses of objects under a key of KMS need it; everything else is signed so anyhow.
        signature_version="s3v4" if service == "s3" else None,
    )
    return session().create_client(service, config=config)
