"""The survey after the call (K15, K16): who is asked, in which language, and what is kept of the answer."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.contacts.policy import contact as contact_of
from chalicelib.contacts.record import parse as parse_record
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import InvalidContract
from chalicelib.tenancy.models import from_document
from infra.cdk import flow_catalogue
from infra.cdk.prompt_catalogue import Fallback
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Press
from tests.support.callback_register import CallbackRegister
from tests.support.connect_world import texts
from tests.support.contact_records import tenant
from tests.support.surveyed import surveyed
from tests.support.tenant_world import TenantWorld, contract

CENTRE, AFTER_SALES = "+862085536000", "+864008601234"
QUESTION, AGAIN = "请您对本次服务作出评价", "对不起，您的输入有误。"
CONSULT, EMERGENCY = Press("1"), Press("9")


class Asked(TenantWorld):
    """A tenant with one agent, who talks until a test has him leave."""

    def __init__(self, tenant: Contract | None = None, profile: str = "front-desk") -> None:
        super().__init__(tenant or "propertycare")
        self.staff(profile, "ann", talk_s=3_600, acw_s=5)

    def wait(self, seconds: float) -> None:
        self.run(until=self.world.now + timedelta(seconds=seconds))

    def agent_leaves(self) -> None:
        """Let the agent, who is in a call, hang up."""
        (agent,) = self.world.floor.agents()
        ((_, handling),) = agent.desk.items()
        self.world.joining.hang_up(agent, handling.contact)

    def served(self, *keys: Any, to: str = CENTRE, **plan: Any) -> Contact:
        """Place a call and let the agent leave it after a minute and a half."""
        contact = self.call(*keys, to=to, **plan)
        self.wait(90)
        self.agent_leaves()
        return contact

    def said(self, contact: Contact) -> Mapping[str, str]:
        """Return what the call's record tells of the survey, once all is over."""
        self.run()
        return _said(self.record_of(contact))


def _said(record: Mapping[str, Any]) -> Mapping[str, str]:
    return {key: value for key, value in record["Attributes"].items() if key.startswith("survey")}


def asked(contact: Contact) -> int:
    """Return how often the caller has heard the question."""
    return sum(QUESTION in text for text in texts(contact, "hears"))


def test_who_stays_when_the_agent_has_left_is_asked_for_one_key_and_thanked() -> None:
    world = Asked()
    contact = world.served(CONSULT, Press("5"))
    assert world.said(contact) == {"surveyOffered": "true", "surveyAnswer": "5"}
    assert asked(contact) == 1
    assert texts(contact, "hears")[-1] == "感谢您的评价，再见。"
    record = world.record_of(contact)
    assert record["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"
    kept = contact_of(parse_record(json.dumps(record).encode()), from_document(compile_contract(world.contract)))
    assert (kept.survey_offered, kept.survey_answer, kept.result) == (True, 5, "answered")


def test_the_agent_is_free_of_the_call_while_the_caller_answers() -> None:
    world = Asked()
    contact = world.served(CONSULT)
    (agent,) = world.world.floor.agents()
    world.wait(6)
    assert not agent.desk
    assert contact.disconnected_at is None


@pytest.mark.parametrize(("keys", "answer", "times"), [("92", "2", 2), ("06", None, 2), ("", None, 1), ("9", None, 2)])
def test_a_wrong_key_is_asked_once_more_and_silence_never(keys: str, answer: str | None, times: int) -> None:
    world = Asked()
    contact = world.served(CONSULT, *map(Press, keys))
    expected = {"surveyOffered": "true"} | ({"surveyAnswer": answer} if answer else {})
    assert world.said(contact) == expected
    assert asked(contact) == times
    assert texts(contact, "hears").count(AGAIN) == times - 1
    left = next(told.at for told in contact.transcript if told.kind == "left")
    assert contact.disconnected_at is not None
    assert contact.disconnected_at - left < timedelta(seconds=60), "nobody is kept"


def test_who_hangs_up_during_the_question_was_asked_and_has_not_answered() -> None:
    world = Asked()
    contact = world.served(CONSULT)
    world.wait(2)
    world.world.hang_up(contact)
    assert world.said(contact) == {"surveyOffered": "true"}
    assert world.record_of(contact)["DisconnectReason"] == "CUSTOMER_DISCONNECT"


def test_who_hangs_up_first_or_before_an_agent_is_there_was_not_asked() -> None:
    world = Asked()
    first = world.call(CONSULT, to=CENTRE)
    world.wait(90)
    waiting = world.call(CONSULT, to=CENTRE, patience_s=30)
    world.wait(90)
    world.world.hang_up(first)
    assert [world.said(one) for one in (first, waiting)] == [{}, {}]
    assert world.record_of(waiting)["Agent"] is None


@pytest.mark.req("IVR-11")
def test_an_emergency_is_not_asked() -> None:
    world = Asked()
    contact = world.served(EMERGENCY, Press("5"))
    assert world.said(contact) == {}
    assert (asked(contact), world.record_of(contact)["Agent"]["Username"]) == (0, "ann")


def test_a_customer_who_is_called_back_is_not_asked() -> None:
    world = Asked(surveyed("hrgroup"), "service")
    world.lambdas.answers["request_callback"] = CallbackRegister(tenant(), world).promise
    first = world.call(Press("1"), Press(""), Press("1"), to=AFTER_SALES)
    world.wait(60)
    second = world.call(
        Press("1"), Press(""), Press("1"), Press("1"), Press("1"), to=AFTER_SALES, caller="+8613900000002"
    )
    world.wait(180)
    world.agent_leaves()
    world.wait(90)
    world.agent_leaves()
    assert [world.said(one) for one in (first, second)] == [{"surveyOffered": "true"}, {}]
    (called,) = [one for one in world.cloud.records if one["InitiationMethod"] == "CALLBACK"]
    assert (called["Agent"]["Username"], _said(called)) == ("ann", {})


def test_the_question_is_asked_in_the_callers_language_and_a_text_that_lacks_it_is_counted() -> None:
    world = Asked(surveyed("hrgroup"), "bilingual")
    contact = world.served(Press("2"), Press(""), Press("1"), Press("4"), to=AFTER_SALES)
    assert world.said(contact)["surveyAnswer"] == "4"
    assert "Please press a key from 1, not at all, to 5, completely." in " ".join(texts(contact, "hears"))
    own = surveyed("hrgroup", prompts={"survey_question": {"zh-CN": "满意请按5。"}})
    gap = Fallback("after-sales", "en-US", "prompt", "survey_question")
    assert gap in flow_catalogue.fallbacks(own)
    assert gap not in flow_catalogue.fallbacks(world.contract)


def test_the_keys_are_the_classes_of_the_contract() -> None:
    world = Asked(surveyed(kpis={"survey_classes": 3, "satisfied_from": 3}))
    contact = world.served(CONSULT, Press("4"), Press("3"))
    assert world.said(contact) == {"surveyOffered": "true", "surveyAnswer": "3"}
    assert texts(contact, "hears").count(AGAIN) == 1
    assert "请按1到3" in " ".join(texts(contact, "hears"))


def test_only_the_share_of_the_contract_is_asked_by_chance() -> None:
    world = Asked(surveyed(share_percent=40))
    calls = [world.served(CONSULT, caller=f"+86138220001{n:02d}") for n in range(30) if not world.wait(60)]
    world.run()
    offers = [asked(one) for one in calls]
    assert offers == [len(world.said(one)) for one in calls]
    assert 6 <= sum(offers) <= 18


def test_a_line_that_does_not_ask_has_no_survey_and_lets_its_callers_go() -> None:
    units = {unit.name for unit in flow_catalogue.flow_units(surveyed("hrgroup")) if unit.template == "survey"}
    assert units == {"survey.after-sales.zh-CN", "survey.after-sales.en-US"}
    plain = Asked(contract("hrgroup"), "service")
    contact = plain.served(Press("1"), Press(""), Press("1"), Press("5"), to=AFTER_SALES)
    assert (plain.said(contact), asked(contact)) == ({}, 0)
    assert plain.record_of(contact)["DisconnectReason"] == "AGENT_DISCONNECT"


@pytest.mark.parametrize("share_percent", [0, 101])
def test_a_share_that_is_none_is_refused_with_its_path(share_percent: int) -> None:
    with pytest.raises(InvalidContract, match=r"service_lines\.0\.survey\.share_percent"):
        surveyed(share_percent=share_percent)
