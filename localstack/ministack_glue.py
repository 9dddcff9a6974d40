"""The one place that touches MiniStack from the inside.

MiniStack has no plug-in interface: what we hook are private names of one exact version. They are listed in `NAMES`,
`verify` refuses to start with another version, and a test in `tests/integration/` holds every name.
"""

import functools
import importlib
import importlib.metadata
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

VERSION = "1.5.33"

NAMES: tuple[tuple[str, str], ...] = (
    ("ministack.app", "app"),
    ("ministack.app", "AUTH"),
    ("ministack.app", "SERVICE_REGISTRY"),
    ("ministack.app", "SERVICE_HANDLERS"),
    ("ministack.app", "_loaded_modules"),
    ("ministack.app", "call_service_handler_sync"),
    ("ministack.core.concurrency", "esm_wake"),
    ("ministack.core.iam_actions", "_ses_v2_resource_arn"),
    ("ministack.core.iam_evaluator", "enforce"),
    ("ministack.core.iam_evaluator", "pin_request_origin"),
    ("ministack.core.lambda_runtime", "Worker"),
    ("ministack.core.lambda_runtime", "execution_credentials"),
    ("ministack.core.lambda_runtime", "reset"),
    ("ministack.core.lambda_runtime", "zipfile"),
    ("ministack.core.responses", "get_account_id"),
    ("ministack.core.responses", "get_region"),
    ("ministack.core.responses", "request_scope"),
    ("ministack.core.router", "SERVICE_PATTERNS"),
    ("ministack.core.router", "extract_access_key_id"),
    ("ministack.services.cloudformation.provisioners", "_RESOURCE_HANDLERS"),
    ("ministack.services.cloudformation.provisioners", "_REPLACING_PROPERTIES"),
    ("ministack.services.eventbridge", "_invoke_target"),
    ("ministack.services.eventbridge", "_pattern_event_view"),
    ("ministack.services.eventbridge", "_put_events"),
    ("ministack.services.firehose", "_DeliveryError"),
    ("ministack.services.firehose", "_arrival_time"),
    ("ministack.services.firehose", "_convert_to_parquet"),
    ("ministack.services.firehose", "_deliver_records_to_s3"),
    ("ministack.services.firehose", "_evaluate_prefix"),
    ("ministack.services.firehose", "_metadata_extraction_keys"),
    ("ministack.services.firehose", "_s3_bucket_from_arn"),
    ("ministack.services.kinesis", "_put_record"),
    ("ministack.services.kinesis", "_streams"),
    ("ministack.services.lambda_svc", "_esm_response"),
    ("ministack.services.lambda_svc", "_poll_kinesis"),
    ("ministack.services.lambda_svc", "_iter_all_esms"),
    ("ministack.services.lambda_svc", "_get_func_record_for_qualifier"),
    ("ministack.services.lambda_svc", "_apply_filter_criteria"),
    ("ministack.services.lambda_svc", "_execute_function"),
    ("ministack.services.lambda_svc", "_add_permission"),
    ("ministack.services.lambda_svc", "_remove_permission"),
    ("ministack.services.s3", "handle_request"),
    ("ministack.services.sqs", "_queue_by_arn"),
)
"""(module, name): every name of MiniStack that this project reads or replaces."""

Handler = Callable[
    [str, str, dict[str, str], bytes, dict[str, list[str]]], Awaitable[tuple[int, dict[str, str], bytes]]
]


class WrongMiniStack(RuntimeError):
    """This MiniStack is not the one that the local cloud was built on."""


def verify() -> None:
    """Hold the installed MiniStack against version and names.

    Raises:
        WrongMiniStack: saying what differs and how to mend it.

    """
    try:
        installed = importlib.metadata.version("ministack")
    except importlib.metadata.PackageNotFoundError:
        installed = "none"
    if installed != VERSION:
        msg = (
            f"The local cloud needs MiniStack {VERSION} exactly (it extends private names), found {installed}. "
            "Run `make setup` again: it installs requirements/cloud.txt into .venv-cloud."
        )
        raise WrongMiniStack(msg)
    missing = [f"{module}.{name}" for module, name in NAMES if not hasattr(importlib.import_module(module), name)]
    if missing:
        msg = f"MiniStack {installed} lacks {', '.join(missing)}, which the local cloud extends"
        raise WrongMiniStack(msg)


def reach(module: str, name: str) -> Any:
    """A name of MiniStack that is in `NAMES`; another one is a programming error."""
    if (module, name) not in NAMES:
        msg = f"{module}.{name} is not in NAMES"
        raise KeyError(msg)
    return getattr(importlib.import_module(module), name)


def replace(module: str, name: str, value: Any) -> None:
    """Put our own thing in the place of a name of MiniStack that is in `NAMES`."""
    reach(module, name)
    setattr(importlib.import_module(module), name, value)


def account_and_region() -> tuple[str, str]:
    """Account and region of the request that is being answered."""
    return reach("ministack.core.responses", "get_account_id")(), reach("ministack.core.responses", "get_region")()


@contextmanager
def acting_as(account: str, region: str) -> Iterator[None]:
    """Within it, MiniStack's stores are those of this account and region."""
    with reach("ministack.core.responses", "request_scope")(account, region):
        yield


def call_service(service: str, target: str, body: bytes) -> tuple[int, bytes]:
    """Call a JSON service of MiniStack from a thread of ours, in the account and region of `acting_as`."""
    handler = reach("ministack.app", "SERVICE_HANDLERS")[service]
    headers = {"x-amz-target": target, "content-type": "application/x-amz-json-1.0", "host": "127.0.0.1"}
    call = reach("ministack.app", "call_service_handler_sync")
    status, _, answer = call(handler, "POST", "/", headers, body, {})
    return status, answer


def put_object(bucket: str, key: str, body: bytes) -> tuple[int, bytes]:
    """Store an object from a thread of ours, asked by nobody's role; return status and answer."""
    handler = functools.partial(reach("ministack.services.s3", "handle_request"), internal=True)
    headers = {
        "content-type": "application/octet-stream",
        "content-length": str(len(body)),
        "host": "s3.localhost",
    }
    call = reach("ministack.app", "call_service_handler_sync")
    status, _, answer = call(handler, "PUT", f"/{bucket}/{key}", headers, body, {})
    return status, answer


def role_may(function_configuration: Mapping[str, Any], action: str, service: str, resource_arn: str) -> bool:
    """Whether a function's own role is allowed an action; always when policies are not evaluated."""
    if not Policies().is_on():
        return True
    credentials = reach("ministack.core.lambda_runtime", "execution_credentials")(function_configuration)
    reach("ministack.core.iam_evaluator", "pin_request_origin")("127.0.0.1", True)  # noqa: FBT003  # their signature
    enforce = reach("ministack.core.iam_evaluator", "enforce")
    region = account_and_region()[1]
    return enforce(credentials["AWS_ACCESS_KEY_ID"], action, service, region, resource_arn=resource_arn) is None


def add_service(name: str, module: Any) -> None:
    """Answer requests that are signed for the service `name` with `module.handle_request`; `module.reset` resets it."""
    reach("ministack.core.router", "SERVICE_PATTERNS")[name] = {"credential_scope": name}
    module_name = f"trunkline_{name}"
    reach("ministack.app", "_loaded_modules")[module_name] = module
    reach("ministack.app", "SERVICE_REGISTRY")[name] = {"module": module_name}
    reach("ministack.app", "SERVICE_HANDLERS")[name] = module.handle_request


def add_resource_type(name: str, handlers: Mapping[str, Any], replacing: frozenset[str]) -> None:
    """Provision resources of a type with `handlers` (create, update, delete); `replacing` properties replace them."""
    reach("ministack.services.cloudformation.provisioners", "_RESOURCE_HANDLERS")[name] = dict(handlers)
    reach("ministack.services.cloudformation.provisioners", "_REPLACING_PROPERTIES")[name] = replacing


class Policies:
    """MiniStack's evaluation of IAM policies."""

    def is_on(self) -> bool:
        """Whether policies are evaluated."""
        return bool(reach("ministack.app", "AUTH"))

    def switch(self, *, on: bool) -> None:
        """Switch the evaluation.

        Every Lambda worker is ended, published SnapStart versions included: a worker keeps the credentials that it was
        started with, and the next invocation starts one with those of the new mode (its own role when policies are on).
        """
        replace("ministack.app", "AUTH", on)
        reach("ministack.core.lambda_runtime", "reset")()
