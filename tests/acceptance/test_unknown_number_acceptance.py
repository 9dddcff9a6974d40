"""A number that is in no contract: a safe announcement and an alarm, and nobody is dropped without a word (NUM-02)."""

import json
from collections import defaultdict
from typing import Any

import pytest

from chalicelib.contacts import policy, record
from chalicelib.contacts.models import Result
from chalicelib.platform import observability
from infra.cdk import flow_catalogue
from infra.cdk.alarms import alarms
from infra.cdk.watched import Watched
from localstack.connect.directory import Flow
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Press
from tests.support.connect_ports import LambdaReply
from tests.support.connect_world import texts
from tests.support.decided_world import AFTER_SALES, Decided

STRANGE = "+862155360199"
WATCHED = Watched(
    tenant="hrgroup", instance_id="i", table="t", dead_letters={}, api_name="a", api_stage="s",
    functions=defaultdict(str), deliveries={}, flows=[], queues=[],
)  # fmt: skip
NOT_IN_SERVICE = "您拨打的号码暂未开通服务"


def world(flow: str) -> Decided:
    """The HR group, and a number that somebody claimed by hand and led to this flow."""
    made = Decided({})
    found = made.instance.named(Flow, flow)
    assert found is not None
    made.number(found, STRANGE)
    return made


def dial(made: Decided) -> Contact:
    call = made.call(Press("1"), to=STRANGE, caller="+8613911112222", patience_s=60)
    made.run()
    return call


@pytest.mark.req("NUM-02")
@pytest.mark.parametrize("flow", ["unknown-number", "inbound.after-sales", "inbound.telesales"])
def test_a_caller_of_an_unknown_number_hears_that_it_is_not_in_service_and_an_alarm_is_counted(
    flow: str, capsys: pytest.CaptureFixture[str]
) -> None:
    observability.begin()
    made = world(flow)
    call = dial(made)
    heard = texts(call, "hears")
    assert NOT_IN_SERVICE in heard[-1]
    assert len(heard) == 1, "no menu, no queue, no agent"
    kept = policy.contact(record.parse(json.dumps(made.record_of(call)).encode()), made.tenant)
    assert (kept.result, kept.queue, kept.entry_number) == (Result.TURNED_AWAY, None, STRANGE)
    capsys.readouterr()
    observability.end(tenant="hrgroup", function="route_contact", outcome="ok")
    assert json.loads(capsys.readouterr().out)["UnknownNumber"] == 1
    watched = [one.metric for one in alarms(WATCHED) if one.name == "unknown-number"]
    assert [(one.name, one.dimensions["function"]) for one in watched] == [("UnknownNumber", "route_contact")]


@pytest.mark.req("NUM-02")
def test_each_number_of_the_contract_leads_to_its_line_and_none_to_two() -> None:
    made = Decided({})
    lines = {number.number: number.line for number in made.contract.entry_numbers}
    for number, line in lines.items():
        assert flow_catalogue.entry_flow(made.contract, number) == f"inbound.{line}"
        call = made.call(Press("1"), Press(""), to=number, caller="+8613911112222", patience_s=30)
        made.run()
        assert call.attributes["line"] == line
        assert not any(NOT_IN_SERVICE in text for text in texts(call, "hears"))


@pytest.mark.req("NUM-02")
@pytest.mark.parametrize(("key", "queue"), [("1", "after-sales"), ("3", "complaints")])
def test_one_number_may_be_the_window_of_several_departments(key: str, queue: str) -> None:
    made = Decided({})
    call = made.call(Press("1"), Press(""), Press(key), to=AFTER_SALES, caller="+8613911112222", patience_s=10)
    made.run()
    assert made.queues(call) == [queue]


def test_the_announcement_comes_also_when_nothing_can_be_reported() -> None:
    made = world("unknown-number")
    made.lambdas.answers["route_contact"] = LambdaReply("timeout")
    assert NOT_IN_SERVICE in texts(dial(made), "hears")[-1]


def test_a_chat_dials_no_number_and_is_not_turned_away() -> None:
    made: Any = Decided({})
    inbound = json.loads(made.instance.named(Flow, "inbound.after-sales").text)
    (asked,) = [one for one in inbound["Actions"] if one["Identifier"] == "is-ours"]
    assert asked["Transitions"]["NextAction"] == "mark-line"
    operators = [one["Condition"] for one in asked["Transitions"]["Conditions"]]
    assert operators[-1] == {"Operator": "TextStartsWith", "Operands": ["+"]}
