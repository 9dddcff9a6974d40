"""Executions of test cases, as long as this cloud runs."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from localstack.connect.api_context import Request
from localstack.connect.api_errors import ResourceNotFound
from localstack.connect.directory import Instance, TrialCase
from localstack.connect.trial_run import Trial

AT_ONCE = 5
ACCEPTED = 100
"""Executions of an account that run at once, and that are accepted, those that run included (17)."""
ENDED = frozenset({"PASSED", "FAILED", "STOPPED"})


@dataclass(slots=True, kw_only=True)
class Execution:
    """One run of a test case."""

    id: str
    case: TrialCase
    instance_id: str
    trial: Trial
    status: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(slots=True)
class Trials:
    """All executions of test cases in this cloud. Every change is made under the lock."""

    executions: dict[str, Execution] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE, "connect-test-case"))

    def execution(self, instance: Instance, request: Request) -> Execution:
        """An execution of the test case that is named, also when that is deleted. Raises ResourceNotFound."""
        found = self.executions.get(request["TestCaseExecutionId"])
        case_id = request["TestCaseId"].rpartition("/")[2]
        if found is None or (found.instance_id, found.case.id) != (instance.id, case_id):
            msg = f"Test case execution not found: {request['TestCaseExecutionId']}"
            raise ResourceNotFound(msg)
        return found
