"""The identity of callers: the agent is led through questions, attempts are limited, secrets leave no trace."""

import json
from dataclasses import replace
from typing import Any

import pytest
import yaml

from chalicelib.audit.models import Actor
from chalicelib.contacts.policy import contact as contact_of
from chalicelib.contacts.record import parse as parse_record
from chalicelib.customers.record import Customer, Facts, Identity, Record
from chalicelib.identity import service
from chalicelib.identity.connect import Notes
from chalicelib.identity.models import Guide, Level, Locked, NothingToAsk
from chalicelib.identity.store import States
from chalicelib.platform.errors import NotFound, Unprocessable
from chalicelib.recordings.connect import Switch
from chalicelib.recordings.objects import Objects
from chalicelib.recordings.service import Recordings
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from localstack.connect.engine import transfers
from localstack.connect.engine.contact import Contact, HangUp, Press, WaitFor
from tests.support.connect_world import MONDAY, arn, texts
from tests.support.desk_journey import AFTER_SALES, CALLER, Journey
from tests.support.indexed import Bucket
from tests.support.tenant_world import REGULAR, STRANGER, TENANTS, TenantWorld

LI = Actor(user="li.na", roles=("agent",))
SECRET = "Bluebird-77"
WANG = Facts(
    name="王芳",
    identities=(Identity("phone", CALLER),),
    fields={"address": "100 Nanjing Road, Shanghai", "password": SECRET},
)


def questioning(**terms: Any) -> Contract:
    raw = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    fields = [
        {"id": name, "title": name, "kind": "text", "classification": "sensitive"} for name in ("address", "password")
    ]
    raw["customers"] = {**raw.get("customers", {}), "fields": fields}
    raw["identity"] = {
        "questions": [
            {"id": "name", "ask": {"zh-CN": "请问您贵姓？", "en-US": "Your name, please?"}, "field": "name"},
            {"id": "number", "ask": {"zh-CN": "请问您的电话号码？"}, "field": "phone"},
            {"id": "address", "ask": {"zh-CN": "请问您的地址？"}, "field": "address"},
            {"id": "password", "ask": {"zh-CN": "请说出您的口令。"}, "field": "password", "secret": True},
        ],
        **terms,
    }
    return parse(raw, source="test")


class Known:
    """The customers; one is known."""

    def customer(self, id_: str) -> Customer:
        if id_ != "C-1001":
            raise NotFound("no such customer")
        record = Record(id=id_, facts=WANG, revision=1, created_at=MONDAY, created_by="x", changed_at=MONDAY)
        return Customer(record=record, shown=WANG)


def calling(lookup: Any = REGULAR, **terms: Any) -> tuple[Journey, Contact]:
    """Return a journey with one recorded call that li.na has just answered."""
    journey = Journey(TenantWorld(questioning(**terms), lookup=lookup))
    journey.world.staff("service", "li.na", acw_s=20, talk_s=600)
    script = (Press(""), Press(""), Press("1"), WaitFor(400), HangUp())
    contact = journey.world.call(*script, to=AFTER_SALES, caller=CALLER)
    journey.at(120)
    return journey, contact


def use(journey: Journey) -> service.Identity:
    recorder = Recordings(
        tenant=journey.tenant,
        contacts=journey.contacts,
        floor=journey.floor,
        switch=Switch(journey.connect, "instance"),
        objects=Objects(Bucket(journey.world.cloud.objects)),
        trail=journey.trail,
        now=journey.now,
    )
    return service.Identity(
        floor=journey.floor,
        states=States(journey.table, journey.name, journey.tenant.id, journey.trail),
        notes=Notes(journey.connect, "instance"),
        customers=Known(),
        recorder=recorder,
        trail=journey.trail,
        terms=journey.tenant.identity,
        now=journey.now,
    )


def answered(journey: Journey, contact: str, by: Actor = LI, **answers: str) -> Guide:
    """Ask and answer these questions."""
    guide = use(journey).guide(contact, by)
    for question, answer in answers.items():
        use(journey).ask(contact, question, by)
        guide = use(journey).answer(contact, question, answer, by)
    return guide


def attempts(journey: Journey) -> list[tuple[str, str]]:
    told = [item for key, item in journey.table.items.items() if "#AUDIT#" in key[0]]
    mine = [item for item in told if item["action"]["S"] == service.ACTION]
    return [(item["facts"]["M"]["question"]["S"], item["outcome"]["S"]) for item in mine]


@pytest.mark.req("IDV-01")
def test_right_after_answering_the_agent_is_led_through_the_questions_and_the_result_is_on_the_contact() -> None:
    journey, contact = calling()
    guide = use(journey).guide(contact.id, LI)
    assert (guide.level, guide.customer_id) == (Level.IDENTIFIED, "C-1001")
    assert [one.ask["zh-CN"] for one in guide.questions][:2] == ["请问您贵姓？", "请问您的电话号码？"]
    assert answered(journey, contact.id, name=" 王 芳 ").level is Level.IDENTIFIED
    assert answered(journey, contact.id, address="100 nanjing road Shanghai").level is Level.VERIFIED
    assert attempts(journey) == [("name", "done"), ("address", "done")]
    journey.at(2_000)
    (handled,) = journey.take_records_in()
    assert journey.contacts.contact(handled)[0].verification == "verified"


@pytest.mark.req("IDV-04")
def test_failed_attempts_are_limited_and_on_record() -> None:
    journey, contact = calling()
    guide = answered(journey, contact.id, name="Li Lei", number="+8613900000000")
    assert (guide.level, guide.attempts_left) == (Level.IDENTIFIED, 0)
    for question in ("address", "name"):
        with pytest.raises(Locked):
            use(journey).answer(contact.id, question, "100 Nanjing Road, Shanghai", LI)
    assert use(journey).guide(contact.id, LI).level is Level.IDENTIFIED
    assert attempts(journey) == [
        ("name", "refused"),
        ("number", "refused"),
        ("address", "refused"),
        ("name", "refused"),
    ]


@pytest.mark.req("IDV-04")
def test_the_level_travels_with_a_transfer_and_ends_with_the_contact() -> None:
    journey, contact = calling()
    assert answered(journey, contact.id, name="王芳", number=CALLER).level is Level.VERIFIED
    world, instance = journey.world, journey.world.instance
    world.staff("bilingual", "bob", acw_s=20, talk_s=100)
    english = instance.queues[arn("queue", "english").rpartition("/")[2]]
    agent = next(one for one in world.world.floor.agents() if one.user.username == "li.na")
    second = world.world.transfers.start(agent, contact, transfers.to_queue(instance, english))
    journey.at(150)
    serving = next(state for state in journey.floor.house().agents if second.id in works(state))
    heir = Actor(user=serving.name, roles=("agent",))
    assert use(journey).guide(second.id, heir).level is Level.VERIFIED
    assert second.attributes["verification"] == "verified"
    with pytest.raises(NotFound):
        use(journey).guide(contact.id, Actor(user="cat", roles=("agent",)))

    journey.at(3_000)
    again = world.call(Press(""), Press(""), Press("1"), WaitFor(200), HangUp(), to=AFTER_SALES, caller=CALLER)
    journey.at(3_100)
    serving = next(state for state in journey.floor.house().agents if again.id in works(state))
    fresh = use(journey).guide(again.id, Actor(user=serving.name, roles=("agent",)))
    assert (fresh.level, fresh.attempts_left) == (Level.IDENTIFIED, 2)
    with pytest.raises(NotFound):
        use(journey).guide(contact.id, LI)


def works(state: Any) -> list[str]:
    return [work.contact_id for work in state.snapshot.works] if state.snapshot else []


@pytest.mark.req("IDV-04")
def test_a_secret_is_neither_stored_nor_logged_nor_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    journey, contact = calling()
    use(journey).ask(contact.id, "password", LI)
    assert texts(contact, "recording")[-1] == "Recording is suspended"
    journey.at(140)
    use(journey).answer(contact.id, "password", SECRET + "8", LI)
    assert texts(contact, "recording")[-1] == "Recording goes on"
    assert answered(journey, contact.id, number=CALLER, address="100 Nanjing Road, Shanghai").level is Level.VERIFIED
    journey.at(2_000)
    journey.take_records_in()
    kept = json.dumps([journey.table.items[key] for key in sorted(journey.table.items)], ensure_ascii=False)
    left = json.dumps([journey.world.cloud.records, journey.world.cloud.lines, journey.world.cloud.events])
    for text in (kept, left, capsys.readouterr().out):
        assert "Bluebird" not in text
        assert "bluebird" not in text


def test_a_line_that_is_not_being_recorded_has_nothing_to_leave_out() -> None:
    journey, contact = calling()
    journey.world.world.recorder.stop(contact)
    assert answered(journey, contact.id, name="王芳", password=SECRET).level is Level.VERIFIED


def test_a_stranger_and_a_tenant_without_questions_are_asked_nothing() -> None:
    journey, contact = calling(lookup=STRANGER)
    assert use(journey).guide(contact.id, LI).level is Level.UNKNOWN
    with pytest.raises(NothingToAsk):
        use(journey).ask(contact.id, "name", LI)
    with pytest.raises(NothingToAsk):
        replace(use(journey), terms=None).guide(contact.id, LI)


def test_a_question_that_the_contract_lacks_is_named() -> None:
    journey, contact = calling()
    with pytest.raises(Unprocessable):
        use(journey).ask(contact.id, "shoe-size", LI)


def test_a_contract_by_which_nobody_could_be_verified_is_refused_by_the_field() -> None:
    with pytest.raises(InvalidContract) as refusal:
        questioning(needed=9)
    assert [problem.path for problem in refusal.value.problems] == ["identity.needed"]
    with pytest.raises(InvalidContract) as refusal:
        questioning(questions=[{"id": "shoes", "ask": {"en-US": "?"}, "field": "shoe-size"}], needed=1)
    assert [problem.path for problem in refusal.value.problems] == [
        "identity.questions.0.ask.zh-CN", "identity.questions.0.field"
    ]  # fmt: skip


def test_what_the_record_says_of_the_caller_is_on_the_contact() -> None:
    journey, contact = calling()
    answered(journey, contact.id, name="王芳", number=CALLER)
    journey.at(2_000)
    record = json.dumps(journey.world.record_of(contact)).encode()
    assert contact_of(parse_record(record), journey.tenant).verification == "verified"
