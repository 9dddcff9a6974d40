"""Functions invoked as contact flows invoke them, many side by side, and how long each answer takes."""

import json
import math
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.platform.aws import CALLER_WAITS
from chalicelib.tenancy.contract import Contract
from cli import aws

BOUND_MS = 1_000
"""What 19 of 20 answers must not exceed (REL-04)."""
STORE_MS = 1_000 * (CALLER_WAITS.connect_timeout_s + CALLER_WAITS.read_timeout_s)
"""The most that an answer of the store takes which a function waits for; a later one is an answer without the store."""
MOST = 64
"""The most invocations side by side that one client makes."""
THROTTLED = "TooManyRequestsException"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one invocation: milliseconds from the request to the whole answer, and what the flow would see.

    `outcome` is `whole`, `degraded` (the default instead of a decision), `failed`, or `throttled`.
    """

    contact_id: str
    ms: float
    outcome: str


@dataclass(frozen=True, slots=True)
class FlowFunction:
    """A function of a tenant behind the alias that its flows invoke."""

    client: Any
    arn: str
    data: dict[str, Any]
    parameters: dict[str, str]

    def ask(self) -> Answer:
        """Invoke it once, for a contact of its own."""
        data = {**self.data, "ContactId": str(uuid.uuid4())}
        payload = json.dumps({"Details": {"ContactData": data, "Parameters": self.parameters}}).encode()
        began_s = time.perf_counter()
        try:
            answer = self.client.invoke(FunctionName=self.arn, Payload=payload)
            reply = json.loads(answer["Payload"].read())
            outcome = _outcome(answer, reply)
        except ClientError as exc:
            if exc.response["Error"]["Code"] != THROTTLED:
                raise
            outcome = "throttled"
        return Answer(data["ContactId"], (time.perf_counter() - began_s) * 1000, outcome)

    def asked(self, side_by_side: int, each: int) -> list[Answer]:
        """Invoke it `each` times by each of so many callers at once."""
        with ThreadPoolExecutor(side_by_side) as pool:
            runs = [pool.submit(lambda: [self.ask() for _ in range(each)]) for _ in range(side_by_side)]
            return [answer for run in runs for answer in run.result()]


def flow_function(output: str, stack: aws.Stack, contract: Contract, url: str) -> FlowFunction:
    """Return the function whose alias is the stack's `output`, invoked for calls to the tenant's first number."""
    config = Config(proxies={}, max_pool_connections=MOST, retries={"total_max_attempts": 1}, read_timeout=30)
    # A client of its own: the command line's tries again, which would hide what a flow sees.
    client = boto3.client("lambda", region_name=aws.REGION, config=config, **_access(url))
    number = contract.entry_numbers[0]
    data = {
        "Channel": "VOICE",
        "CustomerEndpoint": {"Address": "+8613900139000", "Type": "TELEPHONE_NUMBER"},
        "SystemEndpoint": {"Address": number.number, "Type": "TELEPHONE_NUMBER"},
        "InstanceARN": stack.output("InstanceArn"),
    }
    parameters = {"line": number.line, "language": contract.languages.default}
    return FlowFunction(client, stack.output(output), data, parameters)


def _access(url: str) -> dict[str, str]:
    told = aws.environment(url)
    return {
        "endpoint_url": url,
        "aws_access_key_id": told["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": told["AWS_SECRET_ACCESS_KEY"],
    }


def _outcome(answer: dict[str, Any], reply: Any) -> str:
    if "FunctionError" in answer or answer["StatusCode"] != 200:
        return "failed"
    return "whole" if reply.get("degraded") == "false" else "degraded"


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that so many percent of the values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]
