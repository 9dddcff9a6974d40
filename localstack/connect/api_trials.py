"""Operations on test cases and their executions (17)."""

import hashlib
import json
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from localstack.connect import trial_document
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request, require
from localstack.connect.api_engine import Engine, engine_of, threaded
from localstack.connect.api_errors import (
    DuplicateResource,
    InvalidParameter,
    InvalidTestCase,
    QuotaExceeded,
)
from localstack.connect.directory import Flow, Instance
from localstack.connect.trial_run import Entry, Trial
from localstack.connect.trials import ACCEPTED, ENDED, Execution, TrialCase, Trials

if TYPE_CHECKING:
    from concurrent.futures import Future

LOG = logging.getLogger(__name__)

Served = Callable[[Engine, Trials, Instance, Request], Answer]


def _serve(name: str) -> Callable[[Served], Served]:
    """Register an operation on the trials of the running engine."""

    def register(function: Served) -> Served:
        def answer(context: Context, request: Request) -> Answer:
            engine, instance = engine_of(context), context.instance(request["InstanceId"])
            with engine.trials.lock:
                return function(engine, engine.trials, instance, request)

        threaded(name)(answer)
        return function

    return register


def _valid(instance: Instance, asked: Mapping[str, Any]) -> None:
    """A published test case can be run. Raises InvalidTestCase, InvalidParameter or ResourceNotFound."""
    if asked.get("Status") != "SAVED":
        try:
            trial_document.read(asked["Content"])
        except trial_document.BadTrial as error:
            raise InvalidTestCase(error.problems) from error
        _entry(instance, asked)


def _entry(instance: Instance, asked: Mapping[str, Any]) -> Entry:
    point = asked.get("EntryPoint") or {}
    if point.get("Type", "VOICE_CALL") != "VOICE_CALL":
        msg = "This emulator runs test cases of voice calls only"
        raise InvalidParameter(msg)
    voice = point.get("VoiceCallEntryPointParameters") or {}
    destination, flow_id = voice.get("DestinationPhoneNumber", ""), voice.get("FlowId", "")
    if flow_id:
        flow_id = require(instance, Flow, flow_id).id
    else:
        claimed = next((one for one in instance.phone_numbers.values() if one.number == destination), None)
        if claimed is None:
            msg = f"The entry point names no flow, and {destination or 'no number'} is not a number of this instance"
            raise InvalidParameter(msg)
        flow_id = claimed.flow_id or ""
    return Entry(
        source=voice.get("SourcePhoneNumber", ""),
        destination=destination,
        flow_id=flow_id,
        attributes=_attributes(asked.get("InitializationData")),
    )


def _attributes(text: str | None) -> Mapping[str, str]:
    """Attributes of the simulated contact: a JSON object, or one under "Attributes"."""
    try:
        given = json.loads(text or "{}")
    except ValueError as error:
        msg = "InitializationData is not JSON"
        raise InvalidParameter(msg) from error
    given = given.get("Attributes", given) if isinstance(given, dict) else None
    if not isinstance(given, dict):
        msg = "InitializationData is not an object"
        raise InvalidParameter(msg)
    return {str(key): str(value) for key, value in given.items()}


def _unique(trials: Trials, instance: Instance, name: str, own_id: str) -> None:
    if any(c.name == name and c.instance_id == instance.id and c.id != own_id for c in trials.cases.values()):
        msg = f"Test case {name!r} already exists"
        raise DuplicateResource(msg)


@_serve("CreateTestCase")
def create(engine: Engine, trials: Trials, instance: Instance, request: Request) -> Answer:
    """Keep a test case; a published one is checked."""
    _unique(trials, instance, request["Name"], "")
    _valid(instance, request)
    case_id = request.get("TestCaseId") or str(uuid.uuid4())
    arn = f"{instance.arn}/test-case/{case_id}"
    asked = {key: value for key, value in request.items() if key != "InstanceId"}
    trials.cases[case_id] = TrialCase(
        id=case_id, arn=arn, instance_id=instance.id, asked=asked, changed_at=engine.driver.now
    )
    return {"TestCaseId": case_id, "TestCaseArn": arn}


@_serve("UpdateTestCase")
def update(engine: Engine, trials: Trials, instance: Instance, request: Request) -> Answer:
    """Change what is named."""
    case = trials.case(instance, request["TestCaseId"])
    asked = {**case.asked, **{key: value for key, value in request.items() if key not in ("InstanceId", "TestCaseId")}}
    _unique(trials, instance, asked["Name"], case.id)
    _valid(instance, asked)
    trials.cases[case.id] = replace(case, asked=asked, changed_at=engine.driver.now)
    return {}


@_serve("DescribeTestCase")
def describe(_engine: Engine, trials: Trials, instance: Instance, request: Request) -> Answer:
    """One test case, with its content."""
    return {"TestCase": _shown(trials.case(instance, request["TestCaseId"]))}


def _shown(case: TrialCase) -> dict[str, Any]:
    return {
        **case.asked,
        "Id": case.id,
        "Arn": case.arn,
        "Status": case.asked.get("Status", "PUBLISHED"),
        "LastModifiedTime": case.changed_at,
        "TestCaseSha256": hashlib.sha256(case.asked["Content"].encode()).hexdigest(),
    }


@_serve("DeleteTestCase")
def delete(_engine: Engine, trials: Trials, instance: Instance, request: Request) -> Answer:
    """Forget a test case."""
    trials.cases.pop(trials.case(instance, request["TestCaseId"]).id)
    return {}


@_serve("ListTestCases")
def list_(_engine: Engine, trials: Trials, instance: Instance, request: Request) -> Answer:
    """All test cases, by name."""
    mine = sorted((c for c in trials.cases.values() if c.instance_id == instance.id), key=lambda c: c.name)
    return page(request, "TestCaseSummaryList", [_shown(case) for case in mine])


@_serve("StartTestCaseExecution")
def start(engine: Engine, trials: Trials, instance: Instance, request: Request) -> Answer:
    """Run a published test case, beside everything else."""
    case = trials.case(instance, request["TestCaseId"])
    if case.asked.get("Status") == "SAVED":
        msg = f"Test case {case.name!r} is not published"
        raise InvalidParameter(msg)
    known = trials.tokens.get((case.id, request.get("ClientToken") or ""))
    if known is not None:
        return _started(trials.executions[known])
    if sum(one.status not in ENDED for one in trials.executions.values()) >= ACCEPTED:
        msg = f"{ACCEPTED} test cases run or wait already"
        raise QuotaExceeded(msg)
    trial = Trial(trial_document.read(case.asked["Content"]))
    made = Execution(id=str(uuid.uuid4()), case=case, trial=trial, status="INITIATED", started_at=engine.driver.now)
    trials.executions[made.id] = made
    if request.get("ClientToken"):
        trials.tokens[case.id, request["ClientToken"]] = made.id
    entry = _entry(instance, case.asked)
    future = trials.pool.submit(_run, engine, trials, instance, made, entry)
    future.add_done_callback(lambda done: _ended(trials, made, done))
    return _started(made)


def _started(one: Execution) -> Answer:
    return {"TestCaseExecutionId": one.id, "TestCaseId": one.case.id, "Status": one.status}


def _run(engine: Engine, trials: Trials, instance: Instance, one: Execution, entry: Entry) -> bool:
    with trials.lock:
        if one.status in ENDED:
            return False
        one.status = "IN_PROGRESS"
    real = engine.driver.world
    return one.trial.run(real.directory, real.ports, instance, entry, one.started_at)


def _ended(trials: Trials, one: Execution, done: "Future[bool]") -> None:
    """A run that broke has failed, and the log has what broke it: that is a defect of the emulator."""
    broken = done.exception()
    if broken is not None:
        LOG.error("execution %s of test case %s broke", one.id, one.case.name, exc_info=broken)
    with trials.lock:
        if one.status not in ENDED:
            one.status = "PASSED" if broken is None and done.result() else "FAILED"
            one.ended_at = one.trial.now or one.started_at


@_serve("StopTestCaseExecution")
def stop(_engine: Engine, trials: Trials, instance: Instance, request: Request) -> Answer:
    """End a run; one that is over stays as it is."""
    one = trials.execution(instance, request)
    if one.status not in ENDED:
        one.trial.stop.set()
        one.status, one.ended_at = "STOPPED", one.trial.now or one.started_at
    return {}


@_serve("GetTestCaseExecutionSummary")
def summary(_engine: Engine, trials: Trials, instance: Instance, request: Request) -> Answer:
    """How a run stands."""
    one = trials.execution(instance, request)
    counts = {
        "TotalObservations": len(one.trial.observations),
        "ObservationsPassed": one.trial.passed(),
        "ObservationsFailed": len(one.trial.failed),
    }
    return {
        "StartTime": one.started_at,
        "EndTime": one.ended_at,
        "Status": one.status,
        "ObservationSummary": counts,
    }


@_serve("ListTestCaseExecutions")
def executions(_engine: Engine, trials: Trials, instance: Instance, request: Request) -> Answer:
    """All runs, newest first."""
    rows = [
        {
            "TestCaseExecutionId": one.id,
            "TestCaseId": one.case.id,
            "TestCaseExecutionStatus": one.status,
            "StartTime": one.started_at,
            "EndTime": one.ended_at,
        }
        for one in reversed(trials.executions.values())
        if one.case.instance_id == instance.id
        and request.get("TestCaseId") in (None, one.case.id)
        and request.get("TestCaseName") in (None, one.case.name)
        and request.get("Status") in (None, one.status)
    ]
    return page(request, "TestCaseExecutions", rows)


@_serve("ListTestCaseExecutionRecords")
def records(_engine: Engine, trials: Trials, instance: Instance, request: Request) -> Answer:
    """What a run has seen and done, oldest first."""
    one = trials.execution(instance, request)
    rows = [
        {
            "ObservationId": step.observation,
            "Status": "PASSED" if step.passed else "FAILED",
            "Timestamp": step.at,
            "Record": json.dumps({"Detail": step.record}, ensure_ascii=False),
        }
        for step in tuple(one.trial.steps)
    ]
    return page(request, "ExecutionRecords", [r for r in rows if request.get("Status") in (None, r["Status"])])
