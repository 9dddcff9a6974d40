import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.service import UNKNOWN, Caller, Profile
from chalicelib.platform import settings
from chalicelib.platform.errors import ProductError
from chalicelib.platform.flow_door import FlowFunctionFailed, flat, parse
from chalicelib.platform.tenancy import TenantId
from chalicelib.routing import flow
from chalicelib.routing.service import Routing
from tests.support.flow_environment import function_environment, queue_ids
from tests.support.tenants import INSTANCE_ARN, flow_event, tenant

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HR = tenant("hrgroup")
IDS = queue_ids("hrgroup")
GOLD = Caller(profile=Profile(customer_id="c-10001", name="王芳", grade="gold", language="zh-CN"))


class FakeCallers:
    """Knows these callers or fails; counts the reads."""

    def __init__(self, known: dict[str, Caller] | None = None, failure: ProductError | None = None) -> None:
        self.known = known or {}
        self.failure = failure
        self.reads: list[tuple[str, float]] = []

    def find(self, tenant: TenantId, phone: str, *, now: datetime, within_s: float) -> Caller:
        assert (tenant, now) == (HR.id, NOW)
        self.reads.append((phone, within_s))
        if self.failure:
            raise self.failure
        return self.known.get(phone, UNKNOWN)


def wires(callers: FakeCallers) -> flow.Wired:
    return flow.Wired(Routing(callers, HR, lambda: NOW), IDS)


def test_the_reply_is_what_the_flow_branches_on() -> None:
    callers = FakeCallers({"+8613800138000": GOLD})
    event = parse(flow_event(line="after-sales", language="en-US", menuChoice="3"))
    reply = flow.handle(event, 1.0, wires(callers))
    assert reply == {
        "queue": "english",
        "queueArn": f"{INSTANCE_ARN}/queue/uuid-of-english",
        "queueName": "English desk",
        "category": "complaint",
        "priority": "1",
        "headStart": "0",
        "reason": "vip-grade",
        "strategy": "longest-idle",
        "rule": "none",
        "region": "none",
        "without": "none",
        "degraded": "false",
        "degradedFlag": "none",
        "line": "after-sales",
        "language": "en-US",
        "contractVersion": HR.version,
        "decidedAt": "2026-03-02T01:00:00.000Z",
        "presentedNumber": "none",
        "stay": "no",
        "tried": "queue:english",
        "criteria": "none",
        "criteriaOff": "none",
        "targetCount": "3",
        "targets": (
            "queue english 450 menu-choice; queue after-sales 300 overflow; voicemail after-sales 120 nobody-answered"
        ),
        "passed": "none",
        "found": "rank 1",
        "target1Type": "queue",
        "target1Id": "english",
        "target1Arn": f"{INSTANCE_ARN}/queue/uuid-of-english",
        "target1TimeoutS": "450",
        "target1Reason": "menu-choice",
        "target1Criteria": "none",
        "target2Type": "queue",
        "target2Id": "after-sales",
        "target2Arn": f"{INSTANCE_ARN}/queue/uuid-of-after-sales",
        "target2TimeoutS": "300",
        "target2Reason": "overflow",
        "target2Criteria": "none",
        "target3Type": "voicemail",
        "target3Id": "after-sales",
        "target3Arn": "none",
        "target3TimeoutS": "120",
        "target3Reason": "nobody-answered",
        "target3Criteria": "none",
    }
    assert callers.reads == [("+8613800138000", 1.0)]


def test_a_withheld_number_is_routed_without_any_read() -> None:
    callers = FakeCallers()
    reply = flow.handle(parse(flow_event(caller=None, menuChoice="1")), 1.0, wires(callers))
    assert (reply["queue"], reply["reason"], callers.reads) == ("after-sales", "menu-choice", [])


def test_the_dialled_number_is_believed_before_the_flow() -> None:
    event = parse(flow_event(dialled="+862155360100", line="after-sales", menuChoice="1"))
    reply = flow.handle(event, 1.0, wires(FakeCallers()))
    assert (reply["line"], reply["category"]) == ("telesales", "order")


def test_an_unknown_number_is_answered_by_the_default_line() -> None:
    event = parse(flow_event(dialled="+8610000000"))
    reply = flow.handle(event, 1.0, wires(FakeCallers()))
    assert (reply["line"], reply["queue"], reply["reason"]) == ("after-sales", "after-sales", "unknown-number")


def test_degraded_is_flagged_for_the_contact() -> None:
    reply = flow.handle_degraded(parse(flow_event(menuChoice="3")), wires(FakeCallers()))
    assert (reply["queue"], reply["reason"]) == ("after-sales", "routing-degraded")
    assert (reply["degraded"], reply["degradedFlag"]) == ("true", "routing-degraded")


def test_a_slot_without_a_target_says_none_because_an_unset_path_is_an_error_in_a_flow() -> None:
    reply = flow.handle_degraded(parse(flow_event(menuChoice="3")), wires(FakeCallers()))
    assert (reply["targetCount"], reply["target2Type"]) == ("2", "voicemail")
    slot = {key: value for key, value in reply.items() if key.startswith("target3")}
    assert slot == {
        "target3Type": "none",
        "target3Id": "none",
        "target3Arn": "none",
        "target3TimeoutS": "0",
        "target3Reason": "none",
        "target3Criteria": "none",
    }


@given(st.dictionaries(st.sampled_from(["line", "language", "menuChoice", "other"]), st.text()), st.none() | st.text())
def test_whatever_the_caller_does_the_reply_is_flat_text(parameters: dict[str, str], dialled: str | None) -> None:
    event = parse(flow_event(dialled=dialled, **parameters))
    reply = flow.handle(event, 1.0, wires(FakeCallers()))
    assert flat(reply)["queue"] in HR.queues
    assert set(reply) == set(flow.handle(parse(flow_event()), 1.0, wires(FakeCallers())))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """Wire the function from an environment whose store is not there."""
    with function_environment(monkeypatch, tmp_path):
        yield monkeypatch


@pytest.mark.usefixtures("environment")
def test_without_a_store_the_function_still_answers_the_default_queue() -> None:
    reply = flow.route_contact(flow_event(menuChoice="3"), None)
    assert (reply["queue"], reply["degradedFlag"]) == ("after-sales", "routing-degraded")


@pytest.mark.usefixtures("environment")
def test_without_time_the_function_still_answers_the_default_queue() -> None:
    class Late:
        def get_remaining_time_in_millis(self) -> int:
            return 700

    assert flow.route_contact(flow_event(menuChoice="3"), Late())["degraded"] == "true"


@pytest.mark.usefixtures("environment")
def test_an_event_without_an_instance_is_left_to_the_error_branch() -> None:
    event = flow_event(caller=None)
    event["Details"]["ContactData"]["InstanceARN"] = None
    with pytest.raises(FlowFunctionFailed):
        flow.route_contact(event, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUNKLINE_QUEUES", ""),
        ("TRUNKLINE_QUEUES", "{"),
        ("TRUNKLINE_QUEUES", '{"english": "1"}'),
        ("TRUNKLINE_TABLE", ""),
        ("TRUNKLINE_TENANT_DOCUMENT", "/nowhere/tenant.json"),
    ],
)
def test_a_broken_package_is_left_to_the_error_branch(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(FlowFunctionFailed):
        flow.route_contact(flow_event(), None)


def test_queues_that_are_missing_are_named_at_the_start(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TRUNKLINE_QUEUES", json.dumps({"english": "1", "telesales": "2"}))
    with pytest.raises(settings.BadSetting, match="after-sales, complaints"):
        flow.wired()
