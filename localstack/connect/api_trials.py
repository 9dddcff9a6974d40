"""Operations on test cases and their executions (17)."""

import copy
import json
import logging
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from localstack.connect import api_build, api_show, arns, trial_build, trial_document
from localstack.connect.api_build import Identity
from localstack.connect.api_common import page
from localstack.connect.api_context import Answer, Context, Request, operation, require
from localstack.connect.api_engine import Engine, engine_of, threaded
from localstack.connect.api_errors import DuplicateResource, InvalidParameter, QuotaExceeded
from localstack.connect.directory import Instance, TrialCase
from localstack.connect.trial_build import Entry, entry_of
from localstack.connect.trial_run import Surroundings, Trial
from localstack.connect.trials import ACCEPTED, ENDED, Execution, Trials

if TYPE_CHECKING:
    from concurrent.futures import Future

    from localstack.connect.resources import Resource

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


@operation("CreateTestCase")
def create(context: Context, request: Request) -> Answer:
    """Keep a test case; a published one is checked. Its id may be given, for a replica of an instance."""
    instance = context.instance(request["InstanceId"])
    asked = {"LastModifiedTime": _now_s(context), **request}
    if (given := request.get("TestCaseId")) is not None:
        with context.directory.lock:
            if instance.find(TrialCase, given) is not None:
                msg = f"Test case {given} already exists"
                raise DuplicateResource(msg)
            identity = Identity(given, arns.child_arn(instance.arn, TrialCase.segment, given))
            made: Resource = trial_build.trial_case(instance, asked, identity)
            context.directory.put(instance, made)
    else:
        made = api_build.create(context, instance, TrialCase, asked)
    return {"TestCaseId": made.id, "TestCaseArn": made.arn}


@operation("UpdateTestCase")
def update(context: Context, request: Request) -> Answer:
    """Change what is named; a published test case is checked again."""
    instance = context.instance(request["InstanceId"])
    with context.directory.lock:
        old = require(instance, TrialCase, request["TestCaseId"])
        named = {key: value for key, value in request.items() if key not in ("InstanceId", "TestCaseId")}
        shown = {key: value for key, value in api_show.trial_case(old).items() if value is not None}
        api_build.rebuild(context, instance, old, {**shown, "LastModifiedTime": _now_s(context), **named})
    return {}


def _now_s(context: Context) -> float:
    return engine_of(context).driver.now.timestamp() if context.engine is not None else context.now_s


@_serve("StartTestCaseExecution")
def start(engine: Engine, trials: Trials, instance: Instance, request: Request) -> Answer:
    """Run a published test case, beside everything else."""
    case = require(instance, TrialCase, request["TestCaseId"])
    if case.status == "SAVED":
        msg = f"Test case {case.name!r} is not published"
        raise InvalidParameter(msg)
    if sum(one.status not in ENDED for one in trials.executions.values()) >= ACCEPTED:
        msg = f"{ACCEPTED} test cases run or wait already"
        raise QuotaExceeded(msg)
    trial = Trial(trial_document.read(case.content))
    made = Execution(
        id=str(uuid.uuid4()),
        case=case,
        instance_id=instance.id,
        trial=trial,
        status="INITIATED",
        started_at=engine.driver.now,
    )
    trials.executions[made.id] = made
    entry = entry_of(instance, case)
    around = engine.ask(lambda world: Surroundings(world.settings, copy.deepcopy(world.providers(instance))))
    future = trials.pool.submit(_run, engine, trials, instance, made, entry, around)
    future.add_done_callback(lambda done: _ended(trials, made, done))
    return _started(made)


def _started(one: Execution) -> Answer:
    return {"TestCaseExecutionId": one.id, "TestCaseId": one.case.id, "Status": one.status}


def _run(
    engine: Engine, trials: Trials, instance: Instance, one: Execution, entry: Entry, around: Surroundings
) -> bool:
    with trials.lock:
        if one.status in ENDED:
            return False
        one.status = "IN_PROGRESS"
    real = engine.driver.world
    return one.trial.run(real.directory, real.ports, instance, entry, one.started_at, around)


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
        if one.instance_id == instance.id
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
