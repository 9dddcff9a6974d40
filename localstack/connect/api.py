"""The Amazon Connect API: one request in, one response out."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from localstack.connect import (  # noqa: F401  each puts its operations into OPERATIONS
    api_addresses,
    api_agents,
    api_changes,
    api_chat,
    api_common,
    api_contacts,
    api_create,
    api_current,
    api_email,
    api_files,
    api_hierarchy,
    api_history,
    api_hours,
    api_imports,
    api_instances,
    api_integrations,
    api_links,
    api_model,
    api_numbers,
    api_outbound,
    api_search,
    api_settings,
    api_starts,
    api_tasks,
    api_templates,
    api_trials,
    api_versions,
)
from localstack.connect.api_context import OPERATIONS, Answer, Context, Request
from localstack.connect.api_engine import LIVE, engine_of
from localstack.connect.api_errors import ConnectError, InvalidRequest, NotImplementedHere
from localstack.connect.api_refusals import as_declared, refused_token
from localstack.connect.tokens import OtherRequest

LOG = logging.getLogger("trunkline.connect")

Response = tuple[int, dict[str, str], bytes]


def call(context: Context, operation: str, request: Request) -> Answer:
    """Run one operation by its name, once for each client token.

    Raises:
        ConnectError: Amazon Connect would refuse it, or this emulator does not have it.

    """
    function = OPERATIONS.get(operation)
    if function is None:
        msg = f"{operation} is an operation of Amazon Connect that this emulator does not implement"
        raise NotImplementedHere(msg)
    scope = (context.account, context.region, operation, request.get("InstanceId", ""))
    try:
        return context.tokens.once(scope, request, _now(context), lambda: function(context, request))
    except OtherRequest as error:
        raise refused_token(operation, str(error)) from error


def _now(context: Context) -> datetime:
    """The engine's moment; where there is no engine, the caller's."""
    if context.engine is None:
        return datetime.fromtimestamp(context.now_s, UTC)
    return engine_of(context).driver.now


def handle(context: Context, method: str, path: str, query: Mapping[str, list[str]], body: bytes) -> Response:
    """Answer one HTTP request."""
    operation = ""
    try:
        found = api_model.find(method, path)
        if found is None:
            msg = f"Amazon Connect has no operation {method} {path}"
            raise InvalidRequest(msg)
        operation, variables = found
        request = api_model.read(operation, variables, query, body)
        if context.limits is not None:
            context.limits.admit(context, operation, request)
        answer = call(context, operation, request)
    except ConnectError as error:
        LOG.info("%s %s refused: %s: %s", method, path, error.code, error)
        return api_model.write_error(as_declared(operation, error) if operation else error)
    return 200, {"Content-Type": "application/json"}, api_model.write(operation, answer)


def asks_engine(method: str, path: str) -> bool:
    """Whether the request waits for the engine's thread."""
    found = api_model.find(method, path)
    return found is not None and found[0] in LIVE
