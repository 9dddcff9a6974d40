"""Runs test cases of flows: in this process on a tenant's own flows and functions, or through the API of a cloud."""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from botocore.exceptions import ClientError

from chalicelib.platform.errors import InvalidInput, ProductError
from chalicelib.tenancy.contract import Contract
from cli import tenant_functions, tenant_instance
from cli.flow_cases import FlowCase
from infra.cdk import flow_catalogue
from localstack.connect import trial_build, trial_document
from localstack.connect.alone import functions as in_process
from localstack.connect.api_errors import ConnectError, InvalidTestCase
from localstack.connect.engine.ports import Ports
from localstack.connect.trial_run import Trial

MONDAY: Final = dt.datetime(2026, 3, 2, 10, 0)  # noqa: DTZ001  in the tenant's own time zone
"""When test cases run unless asked otherwise: a working day, 10:00."""
LOOK_S: Final = 0.5
LONGEST_S: Final = 360.0
"""Amazon ends an execution after five minutes (17); a minute more for the queue before it."""
_OVER: Final = frozenset({"PASSED", "FAILED", "STOPPED"})


class TookTooLong(ProductError):
    """An execution in the cloud did not end."""

    code, status, title = "test-case-took-too-long", 504, "A test case took too long"


@dataclass(frozen=True, slots=True)
class Line:
    """One record of an execution."""

    observation: str
    passed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one test case. `took_s` is of this machine's clock."""

    case: FlowCase
    passed: bool
    lines: tuple[Line, ...]
    took_s: float


def here(cases: Sequence[FlowCase], contract: Contract, at: dt.datetime | None = None) -> Iterator[Verdict]:
    """Run each in a world of its own, with the tenant's instance and its real functions over the demo customers.

    Raises:
        InvalidInput: a test case would be refused, with every problem.

    """
    made = tenant_instance.build(contract)
    began = (at or MONDAY.replace(tzinfo=ZoneInfo(contract.time_zone))).astimezone(dt.UTC)
    known = tenant_functions.callers(list(contract.demo.customers))
    functions = tenant_functions.build(contract, made.queue_ids, known, lambda: began)
    quiet = in_process.ports({})
    ports = Ports(lambdas=functions, streams=quiet.streams, bus=quiet.bus, objects=quiet.objects, logs=quiet.logs)
    for case in cases:
        yield _one(case, made, ports, began)


def _one(case: FlowCase, made: tenant_instance.TenantInstance, ports: Ports, began: dt.datetime) -> Verdict:
    started = time.perf_counter()
    request = case.request(made.existing)
    try:
        kept = trial_build.trial_case(made.instance, request, (case.name, f"{made.instance.arn}/test-case/{case.name}"))
        entry = trial_build.entry_of(made.instance, kept)
    except ConnectError as error:
        raise _refused(case, error.problems if isinstance(error, InvalidTestCase) else [str(error)]) from error
    trial = Trial(trial_document.read(kept.content))
    passed = trial.run(made.directory, ports, made.instance, entry, began)
    lines = tuple(Line(step.observation, step.passed, step.record) for step in trial.steps)
    return Verdict(case, passed, lines, time.perf_counter() - started)


def _refused(case: FlowCase, problems: Sequence[str]) -> InvalidInput:
    return InvalidInput("\n".join([f"{case.file} would be refused:", *(f"  {problem}" for problem in problems)]))


def deployed(
    cases: Sequence[FlowCase], connect: Any, instance: str, *, pause: Callable[[float], None] = time.sleep
) -> Iterator[Verdict]:
    """Make each test case in a deployed instance, run it there, and delete it again.

    Raises:
        InvalidInput: a test case is refused.
        TookTooLong: an execution does not end.

    """
    arn_of = _arns(connect, instance)
    for case in cases:
        started = time.perf_counter()
        try:
            made = connect.create_test_case(InstanceId=instance, Status="PUBLISHED", **case.request(arn_of))
        except ClientError as error:
            problems = [str(one.get("message", one)) for one in error.response.get("Problems", [])]
            raise _refused(case, problems or [str(error)]) from error
        try:
            status, lines = _executed(connect, {"InstanceId": instance, "TestCaseId": made["TestCaseId"]}, pause)
        finally:
            connect.delete_test_case(InstanceId=instance, TestCaseId=made["TestCaseId"])
        yield Verdict(case, status == "PASSED", lines, time.perf_counter() - started)


def _executed(connect: Any, case: dict[str, str], pause: Callable[[float], None]) -> tuple[str, tuple[Line, ...]]:
    run = {**case, "TestCaseExecutionId": connect.start_test_case_execution(**case)["TestCaseExecutionId"]}
    deadline = time.monotonic() + LONGEST_S
    while (status := str(connect.get_test_case_execution_summary(**run)["Status"])) not in _OVER:
        if time.monotonic() > deadline:
            msg = f"the execution {run['TestCaseExecutionId']} is {status} after {LONGEST_S:.0f} s"
            raise TookTooLong(msg)
        pause(LOOK_S)
    records: list[dict[str, Any]] = []
    page = connect.list_test_case_execution_records(**run)  # botocore has no paginator for it
    records += page["ExecutionRecords"]
    while token := page.get("NextToken"):
        page = connect.list_test_case_execution_records(**run, NextToken=token)
        records += page["ExecutionRecords"]
    return status, tuple(Line(one["ObservationId"], one["Status"] == "PASSED", one["Record"]) for one in records)


def _arns(connect: Any, instance: str) -> Callable[[str], str]:
    """The ARNs of a deployed instance by qualified reference; the stack names everything as the contract does."""
    known: dict[str, str] = {}
    for kind, operation, member in (
        ("queue", "list_queues", "QueueSummaryList"),
        ("hours", "list_hours_of_operations", "HoursOfOperationSummaryList"),
        ("flow", "list_contact_flows", "ContactFlowSummaryList"),
        ("module", "list_contact_flow_modules", "ContactFlowModulesSummaryList"),
    ):
        for page in connect.get_paginator(operation).paginate(InstanceId=instance):
            known |= {f"{kind}.{one['Name']}": one["Arn"] for one in page[member] if one.get("Name")}
    for page in connect.get_paginator("list_lambda_functions").paginate(InstanceId=instance):
        known |= {f"lambda.{_function(arn)}": arn for arn in page["LambdaFunctions"]}

    def arn_of(name: str) -> str:
        if name not in known:
            msg = f"the instance has no {name}"
            raise LookupError(msg)
        return known[name]

    return arn_of


def _function(arn: str) -> str:
    """The flows' word for a function: `lookup_customer` for `trunkline-acme-LookupCustomer-1A2B`, else its own name."""
    name = arn.partition(":function:")[2].partition(":")[0]
    words = {word.title().replace("_", ""): word for word in flow_catalogue.LAMBDAS}
    return next((words[part] for part in name.split("-") if part in words), name)
