"""Who is greeted how: by grade, by name, neutrally, and by the agent who answers (IVR-09)."""

from typing import Any

import pytest
import yaml

from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from localstack.connect.engine.plan import HangUp, Press
from tests.support.connect_ports import LambdaReply
from tests.support.connect_world import texts
from tests.support.tenant_world import REGULAR, STRANGER, TENANTS, TenantWorld

AFTER_SALES = "+864008601234"
NEUTRAL = "您好，欢迎致电集团售后服务热线"
CONNECTING = "感谢您的等待，正在为您接通坐席。"
MANDARIN = {**STRANGER, "language": "zh-CN"}


def contract(**sections: Any) -> Contract:
    raw = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    return parse({**raw, **sections}, source="test")


@pytest.mark.req("IVR-09")
@pytest.mark.parametrize(
    ("lookup", "caller", "first"),
    [
        (REGULAR, "+8613800138000", "尊敬的金卡客户王芳"),
        ({**REGULAR, "grade": "none"}, "+8613800138000", "您好，王芳，"),
        (MANDARIN, "+8613911112222", NEUTRAL),
        (MANDARIN, "anonymous", NEUTRAL),
    ],
)
def test_a_caller_is_greeted_by_grade_by_name_or_neutrally(lookup: dict[str, str], caller: str, first: str) -> None:
    call = TenantWorld("hrgroup", lookup=lookup).dial(AFTER_SALES, HangUp(), caller=caller)
    assert " ".join(texts(call, "hears")).startswith(first)


def answered(world: TenantWorld, agent: str, profile: str = "service") -> list[str]:
    """What a caller hears who waits for nobody: this agent is free."""
    world.staff(profile, agent, talk_s=5)
    call = world.dial(AFTER_SALES, Press("1"), patience_s=120)
    assert call.leg is not None
    return texts(call, "hears")


@pytest.mark.req("IVR-09")
def test_an_agents_own_recording_is_played_when_that_agent_answers_and_nobody_elses() -> None:
    own = answered(TenantWorld("hrgroup", lookup=REGULAR), "li.na")
    assert "s3://hrgroup-prompts/greetings/li.na.wav" in own[-1]
    assert CONNECTING not in own
    other = answered(TenantWorld("hrgroup", lookup=REGULAR), "ann")
    assert other[-1] == CONNECTING
    assert not any("li.na" in text for text in other)


def test_the_greeting_is_in_the_callers_language_and_spoken_where_there_is_no_recording() -> None:
    heard = answered(TenantWorld("hrgroup", lookup={**REGULAR, "language": "en-US"}), "li.na", "bilingual")
    assert heard[-1] == "Hello, this is Li Na. How can I help you?"


def test_when_the_look_up_fails_the_caller_is_joined_all_the_same() -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    step = world.lambdas.answers["menu_step"]
    broken = LambdaReply("timeout")
    world.lambdas.answers["menu_step"] = lambda event: (
        broken if event["Details"]["Parameters"].get("event") == "agent" else step(event)
    )
    assert answered(world, "li.na")[-1] == CONNECTING


def test_a_tenant_without_such_greetings_asks_for_none() -> None:
    world = TenantWorld(contract(agent_greetings=[]), lookup=REGULAR)
    assert answered(world, "li.na")[-1] == CONNECTING
    asked = [event for _, event in world.lambdas.events if event["Details"]["Parameters"].get("event") == "agent"]
    assert asked == []


@pytest.mark.parametrize(
    ("greetings", "path"),
    [
        ([{"agent": "a", "text": {"en-US": "Hello."}}], "agent_greetings.0.text.zh-CN"),
        ([{"agent": "a", "text": {"zh-CN": "您好。"}}] * 2, "agent_greetings.1.agent"),
        ([{"agent": "a", "text": {"zh-CN": "您好。"}, "recording": {"zh-CN": "hello.wav"}}],
         "agent_greetings.0.recording"),
        ([{"agent": "a", "text": {"zh-CN": "您好。"}, "recording": {"en-US": "s3://bucket/a.wav"}}],
         "agent_greetings.0.text.en-US"),
    ],
)  # fmt: skip
def test_a_greeting_that_could_not_be_heard_is_refused_by_its_field(greetings: Any, path: str) -> None:
    with pytest.raises(InvalidContract) as refused:
        contract(agent_greetings=greetings)
    assert any(path in str(problem) for problem in refused.value.problems), refused.value.problems
