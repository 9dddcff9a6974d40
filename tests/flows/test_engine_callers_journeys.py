"""The project's own flows, executed: what callers live through, and what is stored about it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import Outcome
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from localstack.connect.engine.ports import LambdaReply
from tests.support.connect_world import kinds, texts
from tests.support.tenant_world import REGULAR, TenantWorld, decision

AFTER_SALES, TELESALES, TAXI = "+864008601234", "+862155360100", "+8696196"
SUNDAY = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
BROKEN = LambdaReply("function-error", b'{"errorMessage": "boom"}', detail="boom")


def said(contact: Contact) -> str:
    return " / ".join(texts(contact, "hears"))


@pytest.fixture
def hrgroup() -> TenantWorld:
    world = TenantWorld("hrgroup")
    world.staff("service", "li.na")
    return world


def test_a_known_caller_presses_one_key_and_talks_to_an_agent() -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    world.staff("service", "li.na")
    contact = world.dial(AFTER_SALES, Press("2"), talk_s=90)
    record = world.record_of(contact)
    assert record["Queue"]["Name"] == "after-sales"
    assert record["Agent"]["AgentInteractionDuration"] >= 90
    assert record["Attributes"]["menuPath"] == "main>2"
    assert record["Attributes"]["category"] == "repair"
    assert record["Attributes"]["customerName"] == "王芳"
    assert "王芳" in said(contact)


def test_the_agent_hears_and_sees_who_is_calling() -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    world.staff("service", "li.na")
    contact = world.dial(AFTER_SALES, Press("2"))
    (pop,) = [told for told in contact.transcript if told.kind == "screen-pop"]
    assert pop.facts["attributes"]["grade"] == "gold"
    assert "王芳" in texts(contact, "agent-hears")[0]


def test_the_recording_notice_comes_before_the_recording() -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    world.staff("service", "li.na")
    contact = world.dial(AFTER_SALES, Press("1"))
    notice = next(n for n, told in enumerate(contact.transcript) if "录音" in told.text and told.kind == "hears")
    assert notice < kinds(contact).index("recording")
    assert world.record_of(contact)["Recording"]["Location"] in world.cloud.objects


def test_a_silent_caller_reaches_the_default_queue_after_three_menus(hrgroup: TenantWorld) -> None:
    contact = hrgroup.dial(AFTER_SALES)
    record = hrgroup.record_of(contact)
    assert record["Attributes"]["menuChoice"] == "none"
    assert record["Queue"]["Name"] == "after-sales"
    assert sum("业务咨询请按1" in text for text in texts(contact, "hears")) == 3


def test_a_wrong_key_is_said_so_and_the_menu_comes_again(hrgroup: TenantWorld) -> None:
    contact = hrgroup.dial(AFTER_SALES, Press("1"), Press("1234#"), Press("9"), Press("3"))
    assert "您的输入有误" in said(contact)
    assert hrgroup.record_of(contact)["Attributes"]["category"] == "complaint"


def test_the_language_menu_leads_to_english(hrgroup: TenantWorld) -> None:
    hrgroup.staff("bilingual", "amy")
    contact = hrgroup.dial(AFTER_SALES, Press("2"), Press(""), Press("1"))
    record = hrgroup.record_of(contact)
    assert record["Attributes"]["language"] == "en-US"
    assert record["Queue"]["Name"] == "english"
    assert record["Agent"]["Username"] == "amy"


@pytest.mark.parametrize(
    "answer", [BROKEN, LambdaReply("timeout"), LambdaReply("refused", detail="denied"), {"queue": 1}, "not json"]
)
def test_a_broken_routing_function_still_leads_to_the_default_queue(answer: object) -> None:
    world = TenantWorld("hrgroup", route=answer)
    world.staff("service", "li.na")
    contact = world.dial(AFTER_SALES, Press("1"), Press(""), Press("3"))
    record = world.record_of(contact)
    assert record["Queue"]["Name"] == "after-sales"
    assert record["Attributes"]["routingDegraded"] == "true"
    assert record["Attributes"]["routingFlag"] == "routing-degraded"
    assert record["Agent"] is not None


def test_a_broken_look_up_does_not_stop_the_call() -> None:
    world = TenantWorld("hrgroup", lookup=BROKEN)
    world.staff("service", "li.na")
    record = world.record_of(world.dial(AFTER_SALES, Press(""), Press("1")))
    assert record["Attributes"]["lookupDegraded"] == "true"
    assert record["Agent"] is not None


def test_a_full_queue_offers_voicemail_and_keeps_the_message() -> None:
    world = TenantWorld("taxihotline")
    waiting = [world.call(Press("3"), to=TAXI, caller=f"+86138000{n:05d}") for n in range(50)]
    world.run(until=datetime(2026, 3, 2, 1, 5, tzinfo=UTC))
    assert all(contact.waiting for contact in waiting)
    late = world.call(Press("3"), Press("1"), WaitFor(20), Press("#"), to=TAXI)
    world.run(until=datetime(2026, 3, 2, 1, 15, tzinfo=UTC))
    assert late.completed
    record = world.record_of(late)
    assert record["Queue"] is None
    assert record["Attributes"]["voicemail"] == "true"
    assert "/CallRecordings/ivr/" in record["Recording"]["Location"]
    assert record["Recording"]["Location"] in world.cloud.objects


def test_off_hours_callers_can_leave_a_message() -> None:
    world = TenantWorld("hrgroup", now=SUNDAY)
    contact = world.dial(TELESALES, Press(""), Press("1"), WaitFor(15), Press("#"))
    record = world.record_of(contact)
    assert record["Attributes"]["offHours"] == "true"
    assert record["Attributes"]["voicemail"] == "true"
    assert record["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"
    assert record["Queue"] is None
    assert "非工作时间" in said(contact)


def test_a_caller_can_go_back_from_voicemail_to_the_menu() -> None:
    full = {"after-sales", "complaints"}
    world = TenantWorld("hrgroup", lookup=REGULAR)
    for name in full:
        world.queue(name, max_contacts=0)
    contact = world.call(Press("1"), Press("0"), Press("3"), HangUp(), to=AFTER_SALES)
    world.run()
    assert [told.text for told in contact.transcript if told.kind == "pressed"][:3] == ["1", "0", "3"]
    assert contact.attributes["menuPath"] == "main>3"


def test_a_waiting_caller_hears_the_position_and_may_hang_up() -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    contact = world.dial(AFTER_SALES, Press("1"), patience_s=70)
    assert "position" in kinds(contact)
    assert "排在第 1 位" in said(contact)
    assert contact.visit is not None
    assert contact.visit.outcome is Outcome.ABANDONED
    record = world.record_of(contact)
    assert record["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert record["Queue"]["Duration"] == 70


@pytest.mark.parametrize("after_s", [0, 1, 2, 4, 8, 12, 15, 20, 30, 60, 120])
@pytest.mark.parametrize("tenant", ["hrgroup", "taxihotline"])
def test_a_caller_may_hang_up_at_any_moment(tenant: str, after_s: float) -> None:
    world = TenantWorld(tenant)
    world.staff(world.contract.routing_profiles[0].id, "li.na")
    contact = world.dial(world.contract.entry_numbers[0].number, WaitFor(after_s), HangUp())
    assert world.record_of(contact)["DisconnectReason"] in {
        "CUSTOMER_DISCONNECT",
        "CONTACT_FLOW_DISCONNECT",
        "AGENT_DISCONNECT",
    }
    assert world.timeline_is_empty()


def test_a_high_grade_caller_is_served_first() -> None:
    def answers(event: Mapping[str, Any]) -> dict[str, str]:
        gold = event["Details"]["ContactData"]["CustomerEndpoint"]["Address"] == "+8613900000009"
        return decision("after-sales", priority="1" if gold else "5")

    world = TenantWorld("hrgroup", lookup=REGULAR, route=answers)
    ordinary = world.call(Press("1"), to=AFTER_SALES, caller="+8613900000001")
    gold = world.call(Press("1"), to=AFTER_SALES, caller="+8613900000009", at=datetime(2026, 3, 2, 1, 2, tzinfo=UTC))
    world.run(until=datetime(2026, 3, 2, 1, 5, tzinfo=UTC))
    assert ordinary.waiting
    assert gold.waiting
    world.staff("service", "li.na")
    world.run()
    assert gold.leg is not None
    assert ordinary.leg is not None
    assert gold.leg.connected_at < ordinary.leg.connected_at
