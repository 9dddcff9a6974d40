"""What callers hear while they wait: music and message of their queue, position, and a wait in understandable steps."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import yaml

from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import parse
from infra.cdk import flow_catalogue
from localstack.connect.directory import Flow
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Press
from localstack.connect.engine.ports import LambdaReply
from tests.support.connect_world import texts
from tests.support.tenant_world import REGULAR, TENANTS, TenantWorld

AFTER_SALES, TELESALES = "+864008601234", "+862155360100"
WAYS = {
    "interval_s": 30,
    "message": {"zh-CN": "本公司成立于1990年。", "en-US": "The group was founded in 1990."},
    "by_queue": [
        {"queues": ["complaints", "telesales"], "interval_s": 60, "music": {"zh-CN": "s3://hrgroup-prompts/calm.wav"}}
    ],
}


def waiting(**section: Any) -> Contract:
    raw = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    return parse({**raw, "waiting": section}, source="test")


def heard_at(contact: Contact, words: str) -> list[float]:
    """Seconds in the queue at which the caller heard `words`."""
    assert contact.visit is not None
    return [
        (told.at - contact.visit.enqueued_at).total_seconds()
        for told in contact.transcript
        if told.kind == "hears" and words in told.text
    ]


def waiter(world: TenantWorld, *keys: str, to: str = AFTER_SALES, patience_s: float = 200) -> Contact:
    return world.dial(to, *(Press(key) for key in keys), patience_s=patience_s)


def test_the_position_is_told_again_at_the_interval_of_the_queue() -> None:
    world = TenantWorld(waiting(**WAYS), lookup=REGULAR)
    usual, slower = waiter(world, "1"), waiter(world, "3")
    for contact, interval_s in ((usual, 30), (slower, 60)):
        told = heard_at(contact, "排在第")
        assert len(told) >= 2
        assert all(interval_s <= b - a < interval_s + 20 for a, b in zip([0.0, *told], told, strict=False))


@pytest.mark.req("QUE-02")
def test_music_and_message_are_those_of_the_queue_else_of_the_tenant_else_of_the_catalogue() -> None:
    contract = waiting(**WAYS)
    flow = flow_catalogue.content(
        next(u for u in flow_catalogue.flow_units(contract) if u.name == "queue-wait.after-sales.zh-CN"), contract, str
    )
    world = TenantWorld(contract, lookup=REGULAR)
    usual, calm = " ".join(texts(waiter(world, "1"), "hears")), " ".join(texts(waiter(world, "3"), "hears"))
    assert "请您稍候，不要挂机" in usual
    assert "本公司成立于1990年" in usual
    assert "请您稍候，不要挂机" not in calm
    assert "本公司成立于1990年" in calm
    assert "s3://hrgroup-prompts/calm.wav" in flow


def test_a_language_that_a_way_lacks_hears_the_default_language_and_is_counted() -> None:
    gaps = [(gap.line, gap.key) for gap in flow_catalogue.fallbacks(waiting(**WAYS))]
    assert gaps == [("after-sales", "wait_music.1"), ("telesales", "wait_music.1")]


@pytest.mark.parametrize(
    ("talk_s", "words"),
    [(39, "不到一分钟"), (90, "在2分钟以内"), (160, "在3分钟以内"), (280, "在5分钟以内"), (4_000, "超过半小时")],
)
def test_the_wait_is_told_in_steps_rounded_up(talk_s: float, words: str) -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    world.staff("service", "li.na", talk_s=talk_s, acw_s=20)
    world.call(Press("1"), to=AFTER_SALES)
    world.run(until=world.world.now + timedelta(seconds=35))
    contact = world.call(Press("1"), to=AFTER_SALES, caller="+8613900000002", patience_s=35)
    world.run(until=world.world.now + timedelta(seconds=90))
    assert words in " ".join(texts(contact, "hears"))


class Untold(TenantWorld):
    """Amazon Connect knows no wait, though somebody is staffed: as in a queue that has just been opened."""

    def _publish(self, unit: flow_catalogue.FlowUnit) -> None:
        super()._publish(unit)
        flow = self.instance.named(Flow, unit.name)
        if flow is not None and unit.template == "queue-wait":
            text = flow.text.replace("$.Metrics.Contact.EstimatedWaitTime", "$.Metrics.Contact.Unset")
            self.put(replace(flow, text=text, content=json.loads(text)))


def estimating(answer: Any) -> tuple[list[Mapping[str, Any]], str]:
    """What the function was asked, and what the caller heard."""
    world = Untold("hrgroup", lookup=REGULAR)
    world.lambdas.answers["estimate_wait"] = answer
    world.staff("service", "li.na", talk_s=300)
    world.call(Press("1"), to=AFTER_SALES)
    world.run(until=world.world.now + timedelta(seconds=45))
    contact = world.dial(AFTER_SALES, Press("1"), caller="+8613900000002", patience_s=70)
    asked = [event["Details"]["Parameters"] for name, event in world.lambdas.events if name == "estimate_wait"]
    return asked, " ".join(texts(contact, "hears"))


def test_where_amazon_connect_knows_no_wait_our_function_is_asked_and_its_answer_told_in_steps() -> None:
    asked, heard = estimating({"waitSeconds": "601"})
    assert asked[0] == {"queue": "after-sales", "position": 1, "agents": 1}
    assert "在15分钟以内" in heard


@pytest.mark.parametrize("answer", [{"waitSeconds": "none"}, LambdaReply("timeout"), LambdaReply("refused")])
def test_without_an_estimate_the_position_is_told_alone(answer: Any) -> None:
    _, heard = estimating(answer)
    assert "排在第 1 位" in heard
    assert "预计等待" not in heard


def test_nobody_staffed_no_wait_is_told_and_no_function_is_asked() -> None:
    world = Untold("hrgroup", lookup=REGULAR)
    contact = waiter(world, "1", patience_s=100)
    assert "排在第 1 位" in " ".join(texts(contact, "hears"))
    assert "预计等待" not in " ".join(texts(contact, "hears"))
    assert "estimate_wait" not in [name for name, _ in world.lambdas.events]
