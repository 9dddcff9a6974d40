"""Small Lambda functions for tests, deployed through the Lambda API."""

import io
import json
import zipfile
from typing import Any

from tests.support.waiting import until

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def zipped(source: str) -> bytes:
    """`source` as the index.py of a deployment package."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", source)
    return buffer.getvalue()


def role(aws: Any, name: str, statements: list[dict[str, Any]]) -> str:
    """ARN of a role for functions with these statements."""
    iam = aws("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    if statements:
        document = {"Version": "2012-10-17", "Statement": statements}
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(document))
    return str(made["Role"]["Arn"])


def deploy(aws: Any, name: str, source: str, role_arn: str, environment: dict[str, str] | None = None) -> str:
    """ARN of an active function whose handler is `handler` in `source`."""
    client = aws("lambda")
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=role_arn,
        Timeout=20,
        Code={"ZipFile": zipped(source)},
        Environment={"Variables": environment or {}},
    )
    found = until(lambda: _active(client, name), what=f"the function {name}")
    return str(found["FunctionArn"])


def _active(client: Any, name: str) -> dict[str, Any] | None:
    configuration: dict[str, Any] = client.get_function_configuration(FunctionName=name)
    return configuration if configuration["State"] == "Active" else None
