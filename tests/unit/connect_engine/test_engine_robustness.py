"""Documents that nobody should publish: the engine names the trouble and goes on."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from localstack.connect.engine.plan import Press
from localstack.connect.engine.registry import UNITS
from tests.support.connect_ports import FUNCTION
from tests.support.connect_world import Small, action, arn

ROOT = Path(__file__).resolve().parents[3]

NAMES = (
    "Text", "SSML", "PromptId", "Media", "StoreInput", "InputTimeLimitSeconds", "InputValidation", "DTMFConfiguration",
    "Messages", "InterruptFrequencySeconds", "ComparisonValue", "HoursOfOperationId", "MetricType", "QueueId",
    "LoopCount", "TimeLimitSeconds", "ContactFlowId", "FlowModuleId", "Input", "Result", "ResultData", "Attributes",
    "FlowAttributes", "FlowLoggingBehavior", "Tags", "TagKeys", "TextToSpeechVoice", "CallbackNumber", "EventHooks",
    "QueuePriority", "QueueTimeAdjustmentSeconds", "RecordingBehavior", "AnalyticsBehavior", "VoiceBehavior",
    "LambdaFunctionARN", "InvocationTimeLimitSeconds", "LambdaInvocationAttributes", "ResponseValidation",
    "TargetContact",
)  # fmt: skip
scalars = st.sampled_from([
    "", " ", "0", "1", "5", "-1", "True", "x", "$.Attributes.a", "$.External", "$.Queue.ARN", "$", "$.", 7, 1.5, True,
    None, arn("queue", "support"), arn("flow-module", "m"), arn("contact-flow", "other"), f"{FUNCTION}f",
    "NumberOfContactsInQueue", "Enabled", "CustomerQueue", "Agent",
])  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from([*NAMES, "a", "Value"]), inner, max_size=2)
    ),
    max_leaves=5,
)
parameters = st.dictionaries(st.sampled_from(NAMES), values, max_size=5)
steps = st.lists(st.tuples(st.sampled_from([*sorted(UNITS), "Nonsense"]), parameters), min_size=1, max_size=5)


@settings(max_examples=150)
@given(steps=steps, answer=st.sampled_from(['{"a": "b"}', "[]", "no", ""]))
def test_no_parameters_break_the_engine(steps: Any, answer: str) -> None:
    small = Small()
    small.queue("support")
    small.agent("li.na", small.profile("support", ("support", 1, 0)))
    small.lambdas.answers["f"] = answer
    small.module("m", action("end", "EndFlowModuleExecution"))
    small.flow("other")
    chain = [
        action(f"s{n}", kind, given_, f"s{n + 1}" if n + 1 < len(steps) else "bye", errors={"NoMatchingError": "bye"})
        for n, (kind, given_) in enumerate(steps)
    ]
    small.number(small.flow("main", *chain))
    contact = small.call(Press("1"), patience_s=100)
    small.run()
    small.world.hang_up(contact)
    small.run()
    assert contact.completed
    assert small.timeline_is_empty()


def test_the_engine_needs_the_standard_library_and_flowlang_only() -> None:
    code = "import localstack.connect.engine.world"
    command = [sys.executable, "-S", "-c", code]  # -S: nothing that is installed can be imported
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
