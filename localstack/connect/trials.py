"""The test cases of this cloud and their executions, as long as it runs."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from localstack.connect.api_context import Request
from localstack.connect.api_errors import ResourceNotFound
from localstack.connect.directory import Instance
from localstack.connect.trial_run import Trial

AT_ONCE = 5
ACCEPTED = 100
"""Executions of an account that run at once, and that are accepted, those that run included (17)."""
ENDED = frozenset({"PASSED", "FAILED", "STOPPED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCase:
    """One test case of an instance; `asked` are the members that it was created with."""

    id: str
    arn: str
    instance_id: str
    asked: Mapping[str, Any]
    changed_at: datetime

    @property
    def name(self) -> str:
        """Unique in the instance."""
        return str(self.asked["Name"])


@dataclass(slots=True, kw_only=True)
class Execution:
    """One run of a test case."""

    id: str
    case: TrialCase
    trial: Trial
    status: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(slots=True)
class Trials:
    """All test cases and executions of this cloud. Every change is made under the lock."""

    cases: dict[str, TrialCase] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE, "connect-test-case"))

    def case(self, instance: Instance, case_id: str) -> TrialCase:
        """A test case of this instance. Raises ResourceNotFound."""
        found = self.cases.get(case_id.rpartition("/")[2])
        if found is None or found.instance_id != instance.id:
            msg = f"Test case not found: {case_id}"
            raise ResourceNotFound(msg)
        return found

    def execution(self, instance: Instance, request: Request) -> Execution:
        """An execution of the test case that is named. Raises ResourceNotFound."""
        case = self.case(instance, request["TestCaseId"])
        found = self.executions.get(request["TestCaseExecutionId"])
        if found is None or found.case.id != case.id:
            msg = f"Test case execution not found: {request['TestCaseExecutionId']}"
            raise ResourceNotFound(msg)
        return found
