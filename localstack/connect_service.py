"""Amazon Connect inside MiniStack: the `connect` service of the API and the `AWS::Connect::*` types of templates."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from localstack import ministack_glue as glue
from localstack.connect import api, api_model
from localstack.connect.api_context import Context
from localstack.connect.api_engine import Engine
from localstack.connect.api_errors import AccessDenied, ConnectError, ResourceNotFound
from localstack.connect.api_refusals import as_declared
from localstack.connect.authorization import resources
from localstack.connect.directory import Directory
from localstack.connect.driver import Driver
from localstack.connect.limits import Limits
from localstack.connect.provisioner import Provisioner
from localstack.connect.provisioners import PROVISIONERS, REPLACING, refusal
from localstack.connect.tokens import Tokens

HTTP_NOT_FOUND = 404
LAMBDA_ARN_PARTS = 7
"""`arn:aws:lambda:<region>:<account>:function:<name>`; an eighth part is the qualifier."""


class LambdaPermissions:
    """Statements in a function's policy, as Amazon Connect adds them when a function is associated."""

    def allow(self, function_arn: str, instance_arn: str) -> None:
        """Let the instance invoke the function.

        Raises:
            ResourceNotFound: there is no such function, version or alias.

        """
        account, region, name, qualifier = _function(function_arn)
        statement = {
            "StatementId": _statement_id(instance_arn),
            "Action": "lambda:InvokeFunction",
            "Principal": "connect.amazonaws.com",
            "SourceArn": instance_arn,
            "SourceAccount": account,
        }
        with glue.acting_as(account, region):
            add = glue.reach("ministack.services.lambda_svc", "_add_permission")
            status, _, _ = add(name, statement, path_qualifier=qualifier)
        if status == HTTP_NOT_FOUND:
            msg = f"Lambda function not found: {function_arn}"
            raise ResourceNotFound(msg)

    def revoke(self, function_arn: str, instance_arn: str) -> None:
        """Take that permission away; a function that is gone is no reason to fail."""
        account, region, name, qualifier = _function(function_arn)
        with glue.acting_as(account, region):
            remove = glue.reach("ministack.services.lambda_svc", "_remove_permission")
            remove(name, _statement_id(instance_arn), {}, path_qualifier=qualifier)


def _function(arn: str) -> tuple[str, str, str, str | None]:
    parts = arn.split(":")
    return parts[4], parts[3], parts[6], parts[LAMBDA_ARN_PARTS] if len(parts) > LAMBDA_ARN_PARTS else None


def _statement_id(instance_arn: str) -> str:
    return "connect-" + instance_arn.rpartition("/")[2]


class ConnectService:
    """What MiniStack calls for requests that are signed for `connect`."""

    def __init__(
        self,
        directory: Directory,
        driver: Driver | None = None,
        limits: Limits | None = None,
        endpoint_url: str = "http://127.0.0.1:4566",
    ) -> None:
        self.directory = directory
        self.limits = limits
        self._tokens = Tokens()
        self.engine = None if driver is None else Engine(driver, endpoint_url.replace("http", "ws", 1))

    def context(self) -> Context:
        """The context of the request that MiniStack is answering."""
        account, region = glue.account_and_region()
        return Context(
            directory=self.directory,
            permissions=LambdaPermissions(),
            account=account,
            region=region,
            now_s=time.time(),
            engine=self.engine,
            limits=self.limits,
            tokens=self._tokens,
        )

    async def handle_request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, list[str]]
    ) -> api.Response:
        """Answer one request of the Amazon Connect API."""
        context = self.context()
        if glue.Policies().is_on() and (refused := self._refusal(context, method, path, headers, body, query)):
            return api_model.write_error(refused)
        if not api.asks_engine(method, path):
            return api.handle(context, method, path, query, body)
        # The engine's thread may be waiting for a function that this event loop runs: never wait for it here.
        return await asyncio.to_thread(api.handle, context, method, path, query, body)

    def _refusal(
        self,
        context: Context,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, list[str]],
    ) -> ConnectError | None:
        """Why the request is not allowed; None when it is.

        MiniStack authenticates the request but knows no actions of this service: they are evaluated here. A request
        that cannot be read names nothing that could be asked about, and is refused for that.
        """
        found = api_model.find(method, path)
        if found is None:
            return None
        operation, variables = found
        try:
            request = api_model.read(operation, variables, query, body)
        except ConnectError as error:
            return as_declared(operation, error)
        enforce = glue.reach("ministack.core.iam_evaluator", "enforce")
        key = glue.reach("ministack.core.router", "extract_access_key_id")(headers)
        for arn in resources(self.directory, operation, request, region=context.region, account=context.account):
            if enforce(key, f"connect:{operation}", "connect", context.region, resource_arn=arn):
                msg = f"User is not authorized to perform: connect:{operation} on resource: {arn}"
                return AccessDenied(msg)
        return None

    def reset(self) -> None:
        """Forget everything, when MiniStack does."""
        self.directory.clear()


def plug_in(directory: Directory, driver: Driver, limits: Limits, endpoint_url: str) -> ConnectService:
    """Put the service and its resource types into this process's MiniStack; `driver` runs the contacts."""
    service = ConnectService(directory, driver, limits, endpoint_url)
    glue.add_service("connect", service)
    for resource_type, provisioner in PROVISIONERS.items():
        glue.add_resource_type(resource_type, _handlers(service, provisioner), REPLACING[resource_type])
    return service


def _handlers(service: ConnectService, provisioner: Provisioner) -> dict[str, Any]:
    """A provisioner with the signatures that MiniStack's CloudFormation calls; refusals become stack events."""

    def create(_logical_id: str, properties: Mapping[str, Any], _stack: str) -> Any:
        try:
            return provisioner.create(service.context(), properties)
        except ConnectError as error:
            raise ValueError(refusal(error)) from error

    def update(physical_id: str, _old: Mapping[str, Any], properties: Mapping[str, Any], _stack: str) -> Any:
        try:
            return provisioner.update(service.context(), physical_id, properties)
        except ConnectError as error:
            raise ValueError(refusal(error)) from error

    def delete(physical_id: str, properties: Mapping[str, Any]) -> None:
        try:
            provisioner.delete(service.context(), physical_id, properties)
        except ConnectError as error:
            raise ValueError(refusal(error)) from error

    return {"create": create, "update": update, "delete": delete}
