import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform import flow_door
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.platform.flow_door import ContactFlowEvent
from tests.support.tenants import CONTACT_ID, INSTANCE_ARN, flow_event

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text() | st.integers(), children),
    max_leaves=10,
)
FIELDS = ("ContactId", "Channel", "CustomerEndpoint", "SystemEndpoint", "InstanceARN", "Attributes", "LanguageCode")


class Context:
    """A Lambda context with so many milliseconds left."""

    def __init__(self, left_ms: int) -> None:
        self.left_ms = left_ms

    def get_remaining_time_in_millis(self) -> int:
        return self.left_ms


def door(
    handler: Callable[[ContactFlowEvent, float], Any], tenant: Callable[[], str] = lambda: "hrgroup"
) -> Callable[[Any, Any], dict[str, str]]:
    decorate = flow_door.flow_door(
        "decide", tenant=tenant, degraded=lambda _event: {"queue": "default", "degraded": "true"}, logged=("queue",)
    )
    return decorate(handler)


def lines(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the log line and the metric line of the one invocation."""
    entry, metrics = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    return entry, metrics


def test_the_documented_event_is_read() -> None:
    event = flow_door.parse(flow_event(menuChoice="1", language="none", line=""))
    assert event.contact_id == CONTACT_ID
    assert event.channel == "VOICE"
    assert event.instance_arn == INSTANCE_ARN
    assert (event.caller, event.dialled) == ("+8613800138000", "+864008601234")
    assert event.parameter("menuChoice") == "1"
    assert event.parameter("language") is None
    assert event.parameter("line") is None
    assert event.parameter("other") is None


@pytest.mark.parametrize("address", ["anonymous", "", "13800138000", "+0123456", "+", "sip:x@y", None, 8613800138000])
def test_a_caller_without_an_e164_number_is_a_caller_without_a_number(address: Any) -> None:
    raw = flow_event()
    raw["Details"]["ContactData"]["CustomerEndpoint"] = {"Address": address}
    assert flow_door.parse(raw).caller is None


@pytest.mark.parametrize("channel", ["CHAT", "TASK", "EMAIL", "SOMETHING_NEW"])
def test_channels_without_endpoints_are_read(channel: str) -> None:
    raw = {"Details": {"ContactData": {"Channel": channel, "ContactId": CONTACT_ID, "CustomerEndpoint": None}}}
    event = flow_door.parse(raw)
    assert (event.channel, event.caller, event.dialled) == (channel, None, None)


@given(junk)
def test_no_event_is_too_strange_to_be_read(raw: Any) -> None:
    assert isinstance(flow_door.parse(raw), ContactFlowEvent)


@given(st.dictionaries(st.sampled_from(FIELDS), junk), junk)
def test_no_field_is_too_strange_to_be_read(data: dict[str, Any], parameters: Any) -> None:
    event = flow_door.parse({"Details": {"ContactData": data, "Parameters": parameters}})
    assert all(isinstance(value, str) for value in event.parameters.values())


@pytest.mark.parametrize(
    ("left_ms", "budget_s"), [(8000, 1.0), (1500, 1.0), (1499, 0.999), (600, 0.1), (500, 0.0), (0, 0.0)]
)
def test_the_store_gets_a_second_at_most_and_leaves_half_a_second_to_answer(left_ms: int, budget_s: float) -> None:
    assert flow_door.store_budget_s(Context(left_ms)) == pytest.approx(budget_s)


def test_without_a_context_the_store_gets_its_second() -> None:
    assert flow_door.store_budget_s(None) == 1.0


def test_the_handler_gets_the_event_and_the_budget() -> None:
    seen: list[tuple[str | None, float]] = []

    def handler(event: ContactFlowEvent, budget_s: float) -> dict[str, str]:
        seen.append((event.caller, budget_s))
        return {"queue": "vip"}

    assert door(handler)(flow_event(), Context(1_200)) == {"schema": "decide.v1", "queue": "vip"}
    ((caller, budget_s),) = seen
    assert caller == "+8613800138000"
    assert budget_s == pytest.approx(0.7)


def test_an_empty_value_becomes_the_sentinel_because_a_flow_cannot_play_nothing() -> None:
    assert door(lambda _event, _s: {"a": "", "b": "  ", "c": " x "})(flow_event(), None) == {
        "schema": "decide.v1",
        "a": "none",
        "b": "none",
        "c": "x",
    }


def test_a_value_is_cut_before_it_breaks_the_limit_of_the_flow() -> None:
    reply = door(lambda _event, _s: {"a": "x" * 40_000})(flow_event(), None)
    assert len(reply["a"]) == flow_door.VALUE_CHARACTERS


@pytest.mark.parametrize("reply", [{"n": 1}, {"n": None}, {"n": ["x"]}, {"bad key": "x"}, {"$.x": "x"}, {"": "x"}])
def test_what_a_flow_cannot_read_is_a_bug_and_not_an_answer(reply: Any) -> None:
    with pytest.raises(flow_door.FlowFunctionFailed):
        door(lambda _event, _s: reply)(flow_event(), None)


def test_an_expected_failure_is_answered_degraded(capsys: pytest.CaptureFixture[str]) -> None:
    def handler(_event: ContactFlowEvent, _budget_s: float) -> dict[str, str]:
        raise StoreUnavailable("caller: ReadTimeoutError")

    assert door(handler)(flow_event(), None) == {"schema": "decide.v1", "queue": "default", "degraded": "true"}
    entry, metrics = lines(capsys)
    assert (entry["code"], entry["queue"]) == ("store-unavailable", "default")
    assert (metrics["outcome"], metrics["Degraded"], metrics["Failed"]) == ("degraded", 1, 0)


def test_an_answer_leaves_one_log_line_and_its_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    door(lambda _event, _s: {"queue": "vip", "secret": "x"})(flow_event(), None)
    entry, metrics = lines(capsys)
    assert {key: entry[key] for key in ("tenant", "contact_id", "function", "code", "queue")} == {
        "tenant": "hrgroup",
        "contact_id": CONTACT_ID,
        "function": "decide",
        "code": "ok",
        "queue": "vip",
    }
    assert "secret" not in entry
    assert entry["ms"] >= 0
    assert (metrics["tenant"], metrics["function"], metrics["outcome"]) == ("hrgroup", "decide", "ok")
    assert (metrics["Degraded"], metrics["Failed"]) == (0, 0)
    assert metrics["Latency"] >= 0


def test_the_line_tells_how_much_of_the_time_was_work(capsys: pytest.CaptureFixture[str]) -> None:
    def handler(_event: ContactFlowEvent, _budget_s: float) -> dict[str, str]:
        until_s = time.process_time() + 0.02
        while time.process_time() < until_s:
            pass
        return {"queue": "vip"}

    door(handler)(flow_event(), None)
    entry, _ = lines(capsys)
    assert entry["cpu_ms"] >= 20


def test_a_bug_is_raised_for_the_error_branch_without_telling_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    def handler(event: ContactFlowEvent, _budget_s: float) -> dict[str, str]:
        raise KeyError(event.caller)

    with pytest.raises(flow_door.FlowFunctionFailed) as caught:
        door(handler)(flow_event(), None)
    assert caught.value.__suppress_context__
    assert "13800138000" not in str(caught.value)
    out = capsys.readouterr().out
    assert "13800138000" not in out
    entry, metrics = (json.loads(line) for line in out.splitlines())
    assert (entry["level"], entry["code"]) == ("ERROR", "bug")
    assert "KeyError" in entry["exception"]
    assert (metrics["outcome"], metrics["Failed"]) == ("failed", 1)


def test_a_function_that_does_not_know_its_tenant_gives_no_answer(capsys: pytest.CaptureFixture[str]) -> None:
    def no_tenant() -> str:
        raise FileNotFoundError("tenant.json")

    with pytest.raises(flow_door.FlowFunctionFailed):
        door(lambda _event, _s: {"queue": "vip"}, tenant=no_tenant)(flow_event(), None)
    _, metrics = lines(capsys)
    assert (metrics["tenant"], metrics["outcome"]) == ("unknown", "failed")


def test_the_decorated_function_keeps_its_name_because_the_package_finds_it_by_name() -> None:
    def route_somewhere(_event: ContactFlowEvent, _budget_s: float) -> dict[str, str]:
        return {}

    assert door(route_somewhere).__name__ == "route_somewhere"
