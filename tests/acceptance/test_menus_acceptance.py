"""Menus as data: scripted callers in the emulator, on the functions, the table and the API that a tenant has."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

import app
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import parse
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from tests.support.connect_world import MONDAY
from tests.support.fake_dynamo import FakeDynamo, failure
from tests.support.menu_world import MenuWorld, heard
from tests.support.rest import USER, get, send
from tests.support.rest_table import rest_table
from tests.support.tenant_world import REGULAR, STRANGER

TENANTS = Path(__file__).resolve().parents[2] / "tenants"
EDITOR = {**USER, "cognito:username": "mei", "cognito:groups": "knowledge-editor"}
AFTER_SALES, TAXI, RESIDENTS = "+864008601234", "+8696196", "+862085536000"
NIGHT = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
"""Two o'clock in the morning in China."""


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the table that calls, REST API and ingest of hrgroup share."""
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path) as kept:
        yield kept


def ask(method: str, route: str, body: Any = None, line: str = "after-sales", **path: str) -> tuple[int, Any]:
    text = None if body is None else json.dumps(body)
    return send(
        app.app, method, route, path={"line": line, **path}, claims=EDITOR,
        headers={"content-type": "application/json"}, body=text,
    )  # fmt: skip


def publish(tree: dict[str, Any], seen: int) -> tuple[int, Any]:
    """Draft `tree` over the revision `seen` and publish it."""
    assert ask("PUT", "/v1/menus/{line}/draft", {"revision": seen, "tree": tree})[0] == 200
    return ask("POST", "/v1/menus/{line}/publish", {"revision": seen + 1, "note": "a change"})


def current() -> dict[str, Any]:
    return dict(ask("GET", "/v1/menus/{line}/draft")[1]["tree"])


@pytest.mark.req("IVR-01")
def test_an_editor_changes_the_menus_for_the_next_call_while_calls_go_on_as_they_began(table: FakeDynamo) -> None:
    world = MenuWorld("hrgroup", table, lookup=REGULAR)
    before = {name: flow.text for name, flow in ((one.name, one) for one in world.instance.flows.values())}
    early = world.call(WaitFor(8), Press("7"), Press("3"), HangUp(), to=AFTER_SALES)
    world.run(until=MONDAY + timedelta(seconds=4))
    tree = current()
    tree["nodes"]["main"]["keys"]["7"] = "vip"
    tree["nodes"]["main"]["prompt"]["text"]["zh-CN"] += "贵宾服务请按7。"
    tree["nodes"]["vip"] = {"kind": "route", "category": "vip", "queues": {"zh-CN": "complaints"}}
    assert publish(tree, 0)[0] == 201
    late = world.call(Press("7"), WaitFor(30), HangUp(), to=AFTER_SALES)
    world.run(until=MONDAY + timedelta(minutes=3))
    # The call in progress was not cut: its key 7 is no choice of the version that it began with, its key 3 still is.
    assert "您的输入有误" in heard(early)
    assert early.attributes["category"] == "complaint"
    assert early.attributes["menuVersion"] == "0"
    assert "贵宾服务请按7" in heard(late)
    assert (late.attributes["category"], late.attributes["menuVersion"]) == ("vip", "1")
    assert world.record_of(late)["Queue"]["Name"] == "complaints"
    assert ask("POST", "/v1/menus/{line}/rollback", {"version": 0, "note": "too soon"})[0] == 201
    again = world.dial(AFTER_SALES, Press("7"), HangUp())
    assert "贵宾服务" not in heard(again)
    assert {one.name: one.text for one in world.instance.flows.values()} == before


@pytest.mark.req("IVR-01")
@pytest.mark.usefixtures("table")
def test_a_tree_with_a_dead_end_or_an_unreachable_node_cannot_be_published() -> None:
    lost = {"kind": "menu", "prompt": {"text": {"zh-CN": "?"}}, "keys": {"1": "lost"}, "otherwise": "business"}
    for nodes, keys, problem in (
        ({"lost": lost}, {}, "unreachable"),
        (
            {"lost": lost, "business": {**current()["nodes"]["business"], "otherwise": "lost"}},
            {"9": "lost"},
            "dead end",
        ),
    ):
        tree = current()
        tree["nodes"] |= nodes
        tree["nodes"]["main"]["keys"] |= keys
        revision = ask("GET", "/v1/menus/{line}/draft")[1]["revision"]
        status, body = publish(tree, revision)
        assert (status, body["code"]) == (409, "menu-has-problems")
        assert any(problem in each["problem"] for each in body["errors"])
        assert ask("PUT", "/v1/menus/{line}/draft", {"revision": revision + 1, "tree": _contracts()})[0] == 200
    assert ask("GET", "/v1/menus/{line}")[1]["published"]["version"] == 0


def _contracts() -> dict[str, Any]:
    return dict(ask("GET", "/v1/menus/{line}/versions/{version}", version="0")[1]["tree"])


@pytest.mark.req("IVR-01")
def test_a_menu_of_any_depth_is_walked_to_its_end(table: FakeDynamo) -> None:
    tree = current()
    for depth in range(1, 31):
        onward = f"level-{depth + 1}" if depth < 30 else "open-account"
        tree["nodes"][f"level-{depth}"] = {
            "kind": "menu", "prompt": {"text": {"zh-CN": f"第{depth}层"}}, "keys": {"1": onward},
        }  # fmt: skip
    tree["nodes"]["main"]["keys"]["8"] = "level-1"
    assert publish(tree, 0)[0] == 201
    world = MenuWorld("hrgroup", table, lookup=REGULAR)
    call = world.dial(AFTER_SALES, Press("8"), *[Press("1")] * 30, HangUp())
    assert call.attributes["subCategory"] == "open-account"
    assert call.attributes["menuPath"] == "main>8" + ">1" * 30


@pytest.mark.req("IVR-02")
def test_a_prompt_is_recorded_and_its_recording_deleted_without_touching_the_others(table: FakeDynamo) -> None:
    tree = current()
    tree["nodes"]["main"]["prompt"]["recording"] = {"zh-CN": "s3://hr-prompts/main.wav"}
    assert publish(tree, 0)[0] == 201
    world = MenuWorld("hrgroup", table, lookup=REGULAR)
    recorded = world.dial(AFTER_SALES, Press("4"), HangUp())
    assert "[audio s3://hr-prompts/main.wav]" in heard(recorded)
    assert "开户请按1" in heard(recorded)
    english = MenuWorld("hrgroup", table, lookup={**REGULAR, "language": "en-US"})
    assert "for accounts and fees, press 4" in heard(english.dial(AFTER_SALES, WaitFor(30), HangUp()))
    del tree["nodes"]["main"]["prompt"]["recording"]
    assert publish(tree, 1)[0] == 201
    assert "业务办理请按4" in heard(
        MenuWorld("hrgroup", table, lookup=REGULAR).dial(AFTER_SALES, WaitFor(20), HangUp())
    )


@pytest.mark.req("IVR-03")
def test_a_choice_is_category_and_sub_category_for_routing_and_desktop(table: FakeDynamo) -> None:
    world = MenuWorld("hrgroup", table, lookup=REGULAR)
    world.staff("service", "li.na")
    offered = {option.category for option in world.contract.service_lines[0].menu}
    assert {"consultation", "business-handling", "complaint", "human-service"} <= offered
    call = world.dial(AFTER_SALES, Press("4"), Press("1"), talk_s=20)
    assert world.replies[0]["category"] == "business-handling"
    (pop,) = [told for told in call.transcript if told.kind == "screen-pop"]
    shown = pop.facts["attributes"]
    assert (shown["category"], shown["subCategory"]) == ("business-handling", "open-account")
    world.take_in(call)
    kept = next(item for key, item in table.items.items() if key[1] == "CONTACT")
    assert (kept["category"]["S"], kept["sub_category"]["S"]) == ("business-handling", "open-account")
    for key, category in (("1", "consultation"), ("3", "complaint"), ("0", "human-service")):
        assert world.dial(AFTER_SALES, Press(key), HangUp()).attributes["category"] == category


@pytest.mark.req("IVR-04")
def test_a_standard_answer_is_heard_repeated_and_left_for_the_menu_or_a_human(table: FakeDynamo) -> None:
    world = MenuWorld("hrgroup", table, lookup=REGULAR)
    repeated = world.dial(AFTER_SALES, Press("4"), Press("3"), Press("1"), Press("2"), Press("4"), Press("0"), HangUp())
    told = heard(repeated)
    assert told.count("开户请携带身份证原件") == 2
    assert told.count("开户请按1") == 2
    assert "账户每月管理费五元" in told
    assert repeated.attributes["menuOutcome"] == "route"
    assert repeated.attributes["category"] == "human-service"
    recorded = current()
    recorded["nodes"]["fees"]["prompt"]["recording"] = {"zh-CN": "s3://hr-prompts/fees.wav"}
    assert publish(recorded, 0)[0] == 201
    served = world.dial(AFTER_SALES, Press("4"), Press("4"))
    assert "[audio s3://hr-prompts/fees.wav]" in heard(served)
    assert "感谢您的来电，再见" in heard(served)
    assert world.record_of(served)["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"


@pytest.fixture
def taxi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the table of the taxi hotline."""
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path, "taxihotline") as kept:
        yield kept


@pytest.mark.req("IVR-05")
def test_a_result_is_told_by_its_number_and_what_fails_leads_to_a_human(taxi: FakeDynamo) -> None:
    answer = {"text": {"zh-CN": "司机已受到处罚"}}
    staff = {**EDITOR, "custom:tenant": "taxihotline"}
    status, _ = send(
        app.app, "PUT", "/v1/enquiries/{enquiry}/{reference}", claims=staff, body=json.dumps(answer),
        path={"enquiry": "complaint-result", "reference": "20260301"}, headers={"content-type": "application/json"},
    )  # fmt: skip
    assert status == 200
    world = MenuWorld("taxihotline", taxi)
    told = world.dial(TAXI, Press("5"), Press("20260301#"), Press("1"), Press("20260301#"), HangUp())
    assert heard(told).count("处理结果如下：司机已受到处罚") == 2
    unknown = world.dial(TAXI, Press("5"), Press("1#"), Press("2#"), Press("3#"), HangUp())
    assert heard(unknown).count("没有查到这个受理编号") == 3
    assert unknown.attributes["category"] == "result-enquiry"

    def broken(operation: str) -> None:
        if operation == "GetItem":
            raise failure("ProvisionedThroughputExceededException")

    taxi.before = broken
    failed = world.dial(TAXI, Press("5"), Press("20260301#"), WaitFor(60), HangUp())
    assert "系统暂时出现故障" in heard(failed)
    assert failed.attributes["menuOutcome"] == "route"
    assert world.record_of(failed)["Queue"]["Name"] == "complaints"


@pytest.mark.req("IVR-05")
def test_an_enquiry_is_refused_below_the_identity_level_that_it_needs(table: FakeDynamo) -> None:
    body = {"text": {"zh-CN": "八百"}, "customer_id": "C-1001"}
    assert ask("PUT", "/v1/enquiries/{enquiry}/{reference}", body, enquiry="points", reference="C-1001")[0] == 200
    known = MenuWorld("hrgroup", table, lookup=REGULAR).dial(AFTER_SALES, Press("4"), Press("5"), HangUp())
    assert "您的积分是八百" in heard(known)
    stranger = MenuWorld("hrgroup", table, lookup={**STRANGER, "language": "zh-CN"})
    refused = stranger.dial(AFTER_SALES, Press(""), Press("4"), Press("5"), HangUp())
    assert "仅限客户本人查询" in heard(refused)
    assert "八百" not in heard(refused)
    assert refused.attributes["menuOutcome"] == "route"


@pytest.mark.parametrize(
    ("lookup", "first"),
    [
        (REGULAR, "尊敬的金卡客户王芳"),
        ({**REGULAR, "grade": "none"}, "您好，王芳，"),
        ({**STRANGER, "language": "zh-CN"}, "您好，欢迎致电集团售后服务热线"),
    ],
)
def test_a_caller_is_greeted_by_grade_by_name_or_neutrally(lookup: dict[str, str], first: str) -> None:
    call = MenuWorld("hrgroup", FakeDynamo(), lookup=lookup).dial(AFTER_SALES, HangUp())
    assert heard(call).startswith(first)


def _residents(**line: Any) -> Contract:
    raw = yaml.safe_load((TENANTS / "propertycare.yaml").read_text(encoding="utf-8"))
    raw = copy.deepcopy(raw)
    raw["service_lines"][0] |= line
    return parse(raw, source="acceptance")


@pytest.mark.req("IVR-11")
def test_an_emergency_goes_before_everybody_at_once_and_without_further_questions() -> None:
    world = MenuWorld(_residents(), FakeDynamo())
    number = world.contract.entry_numbers[0].number
    waiting = world.call(Press("1"), to=number, caller="+8613800000001", patience_s=900)
    rescue = world.call(Press("9"), to=number, caller="+8613800000002", at=MONDAY + timedelta(seconds=60), talk_s=20)
    world.run(until=MONDAY + timedelta(minutes=2))
    steps = [step.split(".", 1)[1] for step in rescue.attributes["menuLog"].split(" ")[1:]]
    assert steps == ["main.9.key", "rescue.-.emergency"]
    assert (rescue.attributes["category"], rescue.attributes["subCategory"]) == ("emergency", "rescue")
    decided = next(reply for reply in world.replies if reply.get("category") == "emergency")
    assert (decided["priority"], decided["reason"], decided["queue"]) == ("1", "emergency", "emergency")
    world.staff("front-desk", "ann")
    world.run()
    first, second = world.record_of(rescue)["Agent"], world.record_of(waiting)["Agent"]
    assert first["ConnectedToAgentTimestamp"] < second["ConnectedToAgentTimestamp"]
    joined = next(n for n, told in enumerate(rescue.transcript) if told.kind == "joined")
    # Only the whisper at the joining: nobody is asked anything, before or after the agent.
    assert [told.text for told in rescue.transcript[joined:] if told.kind == "hears"] == [
        "感谢您的等待，正在为您接通坐席。"
    ]


@pytest.mark.req("IVR-11")
def test_an_emergency_reaches_its_queue_at_night_when_the_line_is_closed() -> None:
    night = {
        "rescue": {"kind": "emergency", "category": "emergency", "queues": {"zh-CN": "emergency"}},
        "night": {"kind": "menu", "prompt": {"text": {"zh-CN": "现在是非工作时间，紧急救援请按9。"}},
                  "keys": {"9": "rescue"}, "otherwise": "message"},
        "message": {"kind": "voicemail"},
    }  # fmt: skip
    contract = _residents(hours="day", nodes=night, closed_menu="night")
    world = MenuWorld(contract, FakeDynamo(), now=NIGHT)
    number = contract.entry_numbers[0].number
    rescue = world.call(Press("9"), WaitFor(40), HangUp(), to=number)
    quiet = world.call(to=number, at=NIGHT + timedelta(seconds=1))
    world.run(until=NIGHT + timedelta(minutes=3))
    assert rescue.attributes["offHours"] == "true"
    assert world.record_of(rescue)["Queue"]["Name"] == "emergency"
    assert world.replies[0]["priority"] == "1"
    assert "留言请按1" in heard(quiet)


@pytest.mark.req("IVR-12")
def test_every_step_is_logged_and_the_report_gives_use_drop_off_and_completion(table: FakeDynamo) -> None:
    world = MenuWorld("hrgroup", table, lookup=REGULAR)
    calls = [
        world.dial(AFTER_SALES, Press("4"), Press("4")),  # an answer, then silence: served
        world.dial(AFTER_SALES, Press("4"), WaitFor(3), HangUp()),  # hangs up in the second menu
        world.dial(AFTER_SALES, Press("9"), Press("4"), Press("1"), HangUp()),  # a wrong key, then a clerk's queue
    ]
    first = calls[0].attributes["menuLog"].split(" ")
    assert datetime.fromisoformat(first[0]) >= MONDAY
    steps = [step.split(".", 1)[1] for step in first[1:]]
    assert steps == ["main.4.key", "business.4.key", "fees.-.answered", "fees.-.done"]
    for call in [*calls, calls[0]]:  # a record that comes twice counts once
        world.take_in(call)
    query = {"from": "2026-03-02T01:00:00Z", "to": "2026-03-02T02:00:00Z"}
    status, body = get(app.app, "/v1/menus/{line}/report", path={"line": "after-sales"}, query=query, claims=EDITOR)
    assert status == 200
    nodes = {each["node"]: each for each in body["nodes"]}
    assert (nodes["main"]["visits"], nodes["main"]["exits"]) == (3, {"key": 3, "wrong-key": 1})
    assert (nodes["business"]["visits"], nodes["business"]["left"]) == (3, 1)
    assert nodes["business"]["drop_off"] == pytest.approx(1 / 3)
    assert (nodes["fees"]["completed"], nodes["fees"]["completion"]) == (1, 1.0)
    assert nodes["open-account"]["exits"] == {"route": 1}


def test_a_call_that_cannot_read_the_table_hears_the_contracts_menus_and_reaches_an_agent() -> None:
    def broken(_operation: str) -> None:
        raise failure("ProvisionedThroughputExceededException")

    world = MenuWorld("hrgroup", FakeDynamo(broken), lookup=REGULAR)
    world.staff("service", "li.na")
    call = world.dial(AFTER_SALES, Press("3"), talk_s=10)
    assert call.attributes["menuVersion"] == "0"
    assert call.attributes["category"] == "complaint"
    assert world.record_of(call)["Agent"] is not None


def test_a_broken_menu_function_still_leads_to_the_default_queue() -> None:
    world = MenuWorld("hrgroup", FakeDynamo(), lookup=REGULAR)
    world.lambdas.answers["menu_step"] = "not json"
    call = world.dial(AFTER_SALES, Press("3"), WaitFor(20), HangUp())
    assert "您好，欢迎致电" in heard(call)
    assert "现在为您转接人工服务" in heard(call)
    assert world.record_of(call)["Queue"]["Name"] == "after-sales"


def test_a_line_goes_on_in_the_menus_of_another_line(table: FakeDynamo) -> None:
    tree = current()
    tree["nodes"]["main"]["keys"]["8"] = "sales"
    tree["nodes"]["sales"] = {"kind": "line", "line": "telesales"}
    assert publish(tree, 0)[0] == 201
    world = MenuWorld("hrgroup", table, lookup=REGULAR)
    call = world.dial(AFTER_SALES, Press("8"), Press("1"), WaitFor(20), HangUp())
    assert "订购产品请按1" in heard(call)
    assert (call.attributes["category"], call.attributes["menuLine"]) == ("order", "telesales")
    assert world.record_of(call)["Queue"]["Name"] == "telesales"


def test_a_version_that_cannot_be_read_in_the_middle_of_a_call_leads_to_a_person(table: FakeDynamo) -> None:
    assert publish(current(), 0)[0] == 201
    world = MenuWorld("hrgroup", table, lookup=REGULAR)
    call = world.call(WaitFor(14), Press("1"), WaitFor(20), HangUp(), to=AFTER_SALES)
    world.run(until=MONDAY + timedelta(seconds=10))

    def broken(_operation: str) -> None:
        raise failure("ProvisionedThroughputExceededException")

    world.menus = replace(world.menus, _kept={})
    table.before = broken
    world.run()
    assert call.attributes["menuLog"].endswith("main.-.failed")
    assert world.record_of(call)["Queue"]["Name"] == "after-sales"
