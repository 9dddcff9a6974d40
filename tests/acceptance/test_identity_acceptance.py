"""The identity of callers: the agent is led through questions, attempts are limited, secrets leave no trace."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

import app
from chalicelib.audit.models import Actor
from chalicelib.contacts.policy import contact as contact_of
from chalicelib.contacts.record import parse as parse_record
from chalicelib.customers.record import Customer, Facts, Identity, Record
from chalicelib.identity import service
from chalicelib.identity.connect import Notes
from chalicelib.identity.models import Guide, Level, Locked, NothingToAsk, TooUnsure
from chalicelib.identity.store import States
from chalicelib.menus import flow as menus_flow
from chalicelib.menus import policy as menus_policy
from chalicelib.menus.models import Heard, Input
from chalicelib.menus.models import Level as MenuLevel
from chalicelib.platform import flow_door
from chalicelib.platform.errors import NotFound, Unprocessable
from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from localstack.connect.engine import transfers
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from tests.support.connect_world import MONDAY, arn, texts
from tests.support.desk_journey import AFTER_SALES, CALLER, Journey
from tests.support.menu_trees import SMALL, ZH, tree
from tests.support.own_screen import heard_now
from tests.support.rest import USER, get, send
from tests.support.rest_table import rest_table
from tests.support.tenant_world import REGULAR, STRANGER, TENANTS, TenantWorld
from tests.support.tenants import flow_event

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
    return service.Identity(
        floor=journey.floor,
        states=States(journey.table, journey.name, journey.tenant.id, journey.trail),
        notes=Notes(journey.connect, "instance"),
        customers=Known(),
        recorder=journey.recordings,
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


def opens(journey: Journey, operation: str, customer_id: str = "C-1001", *, desk: bool = True) -> str:
    """Return what an operation of li.na on the customer meets with: `done`, or the level needed and that reached."""
    try:
        use(journey).allow(operation, customer_id, LI, desk=desk)
    except TooUnsure as refusal:
        return f"{refusal.facts['needs']} not {refusal.facts['level']}"
    return "done"


OPERATIONS = {"customers.read": "identified", "customers.change": "verified"}


@pytest.mark.req("IDV-02")
def test_a_number_only_identifies_and_each_operation_is_refused_below_the_level_that_it_declares() -> None:
    journey, contact = calling(operations=OPERATIONS)
    assert use(journey).guide(contact.id, LI).level is Level.IDENTIFIED
    assert opens(journey, "customers.read") == "done"
    assert opens(journey, "customers.change") == "verified not identified"
    assert opens(journey, "customers.change", desk=False) == "verified not identified", "a leader on a call, too"
    assert opens(journey, "customers.timeline") == "done", "it declares nothing"
    assert opens(journey, "customers.read", "C-2002") == "identified not unknown", "somebody else's"
    answered(journey, contact.id, name="王芳")
    assert opens(journey, "customers.change") == "verified not identified"
    answered(journey, contact.id, number=CALLER)
    assert opens(journey, "customers.change") == "done"
    assert opens(journey, "customers.change", "C-2002") == "verified not unknown"
    journey.at(2_000)
    assert opens(journey, "customers.read") == "identified not unknown", "the call has ended"
    assert opens(journey, "customers.change", desk=False) == "done", "who serves no caller is asked for none"


@pytest.mark.req("IDV-02")
def test_an_enquiry_of_the_menus_is_refused_below_the_level_that_it_declares() -> None:
    nodes = {**SMALL, "bill": replace(SMALL["bill"], level=MenuLevel.VERIFIED)}
    menus = TenantWorld("hrgroup").menus
    said = {"customerKnown": "true", "customerId": "C-1001"}
    verified = {**said, "verification": "verified", "verifiedCustomer": "C-1001"}
    for attributes, answers in (
        (said, False),
        ({**said, "verification": "identified", "verifiedCustomer": "none"}, False),
        ({**verified, "customerId": "C-2002"}, False),
        (verified, True),
    ):
        event = flow_event()
        event["Details"]["ContactData"]["Attributes"] = attributes
        caller = menus_flow.caller_of(flow_door.parse(event), menus)
        begun = menus_policy.begin(tree(nodes), caller, ZH, closed=False)
        step = menus_policy.step(tree(nodes), begun.state, Input(heard=Heard.KEY, text="4"), caller, ZH)
        assert (step.lookup is not None) is answers, attributes


@pytest.mark.req("IDV-02")
def test_what_one_customer_has_answered_proves_nothing_of_another_one_who_is_chosen() -> None:
    journey, contact = calling(operations=OPERATIONS)
    assert answered(journey, contact.id, name="王芳", number=CALLER).level is Level.VERIFIED
    for id_ in ("C-1001", "C-2002"):
        journey.customers.create(WANG, LI, id_=id_)
    journey.choosing.choose(contact.id, "C-1001", LI)
    assert contact.attributes["verification"] == "verified", "the same one"
    journey.choosing.choose(contact.id, "C-2002", LI)
    assert (contact.attributes["verification"], contact.attributes["verifiedCustomer"]) == ("identified", "none")
    assert opens(journey, "customers.change", "C-2002") == "verified not identified"
    assert opens(journey, "customers.change") == "verified not unknown"
    assert use(journey).guide(contact.id, LI).state.passed == ()


def asked_of(journey: Journey, path: str) -> tuple[int, Any]:
    """Answer what the REST function asks Amazon Connect about a contact, by the emulator."""
    of, wanted = path.split("/")[1], path.rpartition("/")[2]
    try:
        if of == "contact":
            return 200, journey.connect.get_contact_attributes(InstanceId="instance", InitialContactId=wanted)
        told = journey.connect.describe_contact(InstanceId="instance", ContactId=wanted)["Contact"]
    except ClientError:
        return 404, {"__type": "ResourceNotFoundException"}
    return 200, {
        "Contact": {name: told[name] for name in ("Id", "InitialContactId", "CustomerEndpoint") if name in told}
    }


@pytest.mark.req("IDV-02")
def test_the_api_refuses_an_operation_below_its_level_by_name_and_the_refusal_is_in_the_trail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None
) -> None:
    assert clean_tenant is None
    levels = {"customers.read": "identified", **dict.fromkeys(("customers.change", "customers.timeline"), "verified")}
    journey, contact = calling(operations={**levels, "customers.delete": "verified"})
    made = journey.customers.create(WANG, LI, id_="C-1001")
    path, resource = {"customer_id": made.record.id}, "/v1/customers/{customer_id}"
    agent = {**USER, "cognito:username": "li.na", "cognito:groups": "agent"}
    edit = json.dumps({"name": "王芳", "revision": 1})
    json_kind = {"content-type": "application/json"}

    def requests(claims: Mapping[str, str]) -> list[tuple[int, Any]]:
        return [
            get(app.app, resource, path=path, claims=claims),
            get(app.app, resource + "/contacts", path=path, claims=claims),
            send(app.app, "PUT", resource, path=path, claims=claims, headers=json_kind, body=edit),
        ]

    with rest_table(monkeypatch, tmp_path, contacts=lambda path: asked_of(journey, path)) as table:
        (tmp_path / "hrgroup.json").write_text(document_text(compile_contract(journey.world.contract)))
        table.items = journey.table.items
        heard_now(table, "hrgroup")
        opened, *refused = requests(agent)
        assert opened[0] == 200
        found = get(app.app, "/v1/customers", query={"number": CALLER}, claims=agent)
        assert found[0] == 200, "Amazon Connect tells the number of the contact on the screen"
        for status, problem in refused:
            assert (status, problem["code"]) == (403, "identity-needed")
            assert (problem["needs"], problem["level"]) == ("verified", "identified")
        trail = [item for (pk, _), item in sorted(table.items.items()) if "#AUDIT#" in pk]
        told = {item["action"]["S"] for item in trail if item["outcome"]["S"] == "refused"}
        assert told == {"customers.change", "customers.timeline"}

        leader = {**USER, "cognito:username": "wang", "cognito:groups": "team-leader"}
        deleted = send(app.app, "DELETE", resource, path=path, query={"revision": "9"}, claims=leader)
        assert (deleted[0], deleted[1]["code"]) == (409, "outdated"), "who serves no caller is asked for no level"
        other = {**agent, "cognito:username": "bob"}
        assert [status for status, _ in requests(other)] == [403, 403, 403], "the call is on another screen"

        answered(journey, contact.id, name="王芳", number=CALLER)
        assert [status for status, _ in requests(agent)] == [200, 200, 200]


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
