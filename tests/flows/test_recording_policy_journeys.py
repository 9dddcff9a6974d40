"""What is recorded, what callers are told of it before, and what becomes of one who refuses (REC-02)."""

import json
from typing import Any

import pytest
import yaml

from chalicelib.contacts.policy import contact as contact_of
from chalicelib.contacts.record import parse as parse_record
from chalicelib.routing.service import ContactFacts, Routing
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.models import from_document
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Press
from tests.support.connect_world import MONDAY, kinds, texts
from tests.support.tenant_world import REGULAR, TENANTS, TenantWorld

AFTER_SALES = "+864008601234"


def recorded(policy: str = "full", **refusal: Any) -> Contract:
    raw = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    line = {**raw["service_lines"][0], "recording": policy}
    if refusal:
        line["recording_refusal"] = refusal
    return parse({**raw, "service_lines": [line, *raw["service_lines"][1:]]}, source="test")


def called(contract: Contract, *keys: str) -> tuple[TenantWorld, Contact]:
    world = TenantWorld(contract, lookup=REGULAR)
    world.staff("service", "li.na")
    return world, world.dial(AFTER_SALES, *map(Press, keys))


def heard(contact: Contact) -> str:
    return " ".join(texts(contact, "hears"))


def kept(world: TenantWorld, contact: Contact) -> Any:
    tenant = from_document(compile_contract(world.contract))
    return contact_of(parse_record(json.dumps(world.record_of(contact)).encode()), tenant)


@pytest.mark.req("REC-02")
def test_who_does_not_refuse_is_recorded_behind_the_notice_which_is_on_the_contact() -> None:
    world, contact = called(recorded(then="unrecorded"), "", "1")
    assert "如不同意录音，请按9" in heard(contact)
    notice = next(n for n, told in enumerate(contact.transcript) if "将被录音" in told.text)
    assert notice < kinds(contact).index("recording")
    assert world.record_of(contact)["Recording"]["Location"] in world.cloud.objects
    assert (kept(world, contact).recording_notice, kept(world, contact).recording_refused) == (True, False)


@pytest.mark.req("REC-02")
def test_who_refuses_goes_on_unrecorded_and_the_refusal_is_on_the_contact() -> None:
    world, contact = called(recorded(then="unrecorded"), "9", "1")
    record = world.record_of(contact)
    assert "本次通话将不会录音" in heard(contact)
    assert record["Agent"]["Username"] == "li.na"
    assert record["Recording"] is None
    assert record["Attributes"]["recordingRefusal"] == "unrecorded"
    assert (kept(world, contact).recording_notice, kept(world, contact).recording_refused) == (True, True)


@pytest.mark.req("REC-02")
def test_who_refuses_is_bidden_goodbye_where_that_is_the_rule() -> None:
    world, contact = called(recorded(then="end"), "9")
    record = world.record_of(contact)
    assert heard(contact).endswith("再见。")
    assert (record["Agent"], record["Recording"], record["Queue"]) == (None, None, None)
    assert record["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"
    assert kept(world, contact).recording_refused


@pytest.mark.parametrize(("refused", "queue"), [("true", "complaints"), ("none", "after-sales")])
def test_who_refuses_is_served_by_the_queue_of_the_rule_whatever_was_chosen(refused: str, queue: str) -> None:
    contract = recorded(then="queue", queue="complaints")
    _, contact = called(contract, "9", "1")
    assert contact.attributes["recordingRefused"] == "true"
    assert "本次通话将不会录音" in heard(contact)
    tenant = from_document(compile_contract(contract))
    routing = Routing(NoCallers(), tenant, lambda: MONDAY)
    line, told = tenant.lines["after-sales"], {"recordingRefused": refused}
    facts = ContactFacts(line=line, language="zh-CN", menu_choice="1", attributes=told)
    decision = routing.route(facts, None, budget_s=1)
    assert decision.targets[0].id == queue


class NoCallers:
    """A store that nobody asks: the caller withholds the number."""

    def find(self, *_: Any, **__: Any) -> Any:
        raise AssertionError

    keyed = find


def test_on_demand_the_notice_says_may_and_nothing_is_recorded_by_itself() -> None:
    world, contact = called(recorded("on-demand"), "1")
    assert "可能会被录音" in heard(contact)
    assert world.record_of(contact)["Recording"] is None
    assert kept(world, contact).recording_notice


def test_a_line_that_is_not_recorded_says_nothing_of_it() -> None:
    world, contact = called(recorded("none"), "1")
    assert "录音" not in heard(contact)
    assert world.record_of(contact)["Recording"] is None
    assert not kept(world, contact).recording_notice


@pytest.mark.parametrize("refusal", [{"then": "queue"}, {"then": "end", "queue": "complaints"}, {"then": "hang-up"}])
def test_a_rule_that_cannot_be_followed_is_refused(refusal: dict[str, str]) -> None:
    with pytest.raises(InvalidContract, match=r"service_lines\.0\.recording_refusal"):
        recorded(**refusal)


def test_a_queue_of_refusers_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidContract, match=r"recording_refusal\.queue: no such entry in queues: 'nowhere'"):
        recorded(then="queue", queue="nowhere")
