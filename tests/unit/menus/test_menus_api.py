"""Menus by REST: draft, check, preview, publish, roll back, report; who may, and what is refused with every problem."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.menus import log, usage
from chalicelib.menus.models import Entry, Exit
from chalicelib.platform.tenancy import tenant_id
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get, send
from tests.support.rest_table import rest_table

EDITOR = {**USER, "cognito:username": "mei", "cognito:groups": "knowledge-editor"}
LINE = {"line": "after-sales"}
DRAFT = "/v1/menus/{line}/draft"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clean_tenant: None) -> Iterator[FakeDynamo]:
    """Return the tables that the REST function of hrgroup reaches through its real client."""
    assert clean_tenant is None
    with rest_table(monkeypatch, tmp_path) as kept:
        yield kept


def ask(method: str, route: str, body: Any = None, claims: Any = EDITOR, **path: str) -> tuple[int, Any]:
    text = None if body is None else json.dumps(body)
    headers = {"content-type": "application/json"}
    return send(app.app, method, route, path={**LINE, **path}, claims=claims, headers=headers, body=text)


def tree() -> dict[str, Any]:
    """The tree that is published: the contract's, as long as nobody published another."""
    status, body = ask("GET", DRAFT)
    assert status == 200
    return dict(body["tree"])


def changed(said: str) -> dict[str, Any]:
    """The tree with another first menu."""
    made = tree()
    made["nodes"]["main"]["prompt"] = {"text": {"zh-CN": said}}
    return made


def publish(said: str, seen: int) -> dict[str, Any]:
    assert ask("PUT", DRAFT, {"revision": seen, "tree": changed(said)})[0] == 200
    status, body = ask("POST", "/v1/menus/{line}/publish", {"revision": seen + 1, "note": said})
    assert status == 201, body
    return dict(body["published"])


@pytest.mark.usefixtures("table")
def test_an_editor_begins_with_what_the_contract_says() -> None:
    status, body = ask("GET", "/v1/menus/{line}")
    assert (status, body["published"]["version"], body["draft"]) == (200, 0, None)
    assert "4" in tree()["nodes"]["main"]["keys"]


def test_a_draft_is_kept_with_its_problems_and_publishing_it_names_them_all(table: FakeDynamo) -> None:
    broken = changed("你好")
    broken["nodes"]["main"]["keys"]["9"] = "nowhere"
    broken["nodes"]["island"] = {"kind": "answer", "prompt": {"text": {"zh-CN": "?"}}}
    status, body = ask("PUT", DRAFT, {"revision": 0, "tree": broken})
    assert (status, body["revision"]) == (200, 1)
    assert [each["field"] for each in body["errors"]] == ["nodes.main.keys.9"]
    assert [each["language"] for each in body["fallbacks"]] == ["en-US", "en-US"]
    status, body = ask("POST", "/v1/menus/{line}/publish", {"revision": 1, "note": "try"})
    assert (status, body["code"], body["errors"][0]["field"]) == (409, "menu-has-problems", "nodes.main.keys.9")
    assert not [key for key in table.items if key[1].startswith("VERSION#")]
    del broken["nodes"]["main"]["keys"]["9"]
    status, body = ask("POST", "/v1/menus/{line}/validate", {"tree": broken})
    assert [(each["field"], each["problem"]) for each in body["errors"]] == [
        ("nodes.island", "unreachable: no key leads here")
    ]


@pytest.mark.usefixtures("table")
def test_a_tree_of_another_shape_is_refused_field_by_field() -> None:
    wrong = tree()
    wrong["nodes"]["main"] |= {"colour": "red", "retries": "many"}
    status, body = ask("PUT", DRAFT, {"revision": 0, "tree": wrong})
    assert (status, body["code"]) == (400, "invalid-input")
    assert sorted(each["field"] for each in body["errors"]) == ["tree.nodes.main.colour", "tree.nodes.main.retries"]


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("name", ["timeout_s", "retries"])
@pytest.mark.parametrize("said", [False, True, "5", 5.5])
def test_nothing_but_a_whole_number_is_taken_for_one(name: str, said: object) -> None:
    made = tree()
    made["nodes"]["main"][name] = said
    status, body = ask("POST", "/v1/menus/{line}/validate", {"tree": made})
    assert status == 400, body
    assert [error["field"] for error in body["errors"]] == [f"tree.nodes.main.{name}"]


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("route", ["/v1/menus/{line}/validate", "/v1/menus/{line}/preview"])
def test_what_is_checked_without_a_body_is_the_draft_and_another_body_than_an_object_is_refused(route: str) -> None:
    assert ask("POST", route)[0] == 200
    for body in ([], 0, False, ""):
        status, problem = ask("POST", route, body)
        assert (status, problem["code"]) == (400, "invalid-input"), body


@pytest.mark.usefixtures("table")
def test_a_tree_with_problems_is_not_previewed() -> None:
    broken = tree()
    broken["nodes"]["main"]["keys"]["9"] = "nowhere"
    status, body = ask("POST", "/v1/menus/{line}/preview", {"tree": broken})
    assert (status, body["code"], body["errors"][0]["field"]) == (409, "menu-has-problems", "nodes.main.keys.9")


@pytest.mark.usefixtures("table")
def test_two_editors_never_overwrite_each_other() -> None:
    mine = changed("一")
    assert ask("PUT", DRAFT, {"revision": 0, "tree": mine})[0] == 200
    for seen in (0, 2):
        status, body = ask("PUT", DRAFT, {"revision": seen, "tree": changed("二")})
        assert (status, body["code"]) == (409, "outdated")
    status, body = ask("POST", "/v1/menus/{line}/publish", {"revision": 2, "note": "not what I saw"})
    assert (status, body["code"], body["revision"]) == (409, "outdated", 1)


def test_publishing_and_rolling_back_move_the_pointer_with_an_audit_entry_each(table: FakeDynamo) -> None:
    assert publish("第一版", 0)["version"] == 1
    assert publish("第二版", 1)["version"] == 2
    status, body = ask("POST", "/v1/menus/{line}/rollback", {"version": 1, "note": "the second was wrong"})
    assert (status, body["published"]["version"], body["published"]["revision"]) == (201, 1, 3)
    _, shown = ask("GET", "/v1/menus/{line}/versions")
    assert [(each["version"], each["note"], each["actor"]) for each in shown["versions"]] == [
        (2, "第二版", "mei"),
        (1, "第一版", "mei"),
    ]
    _, second = ask("GET", "/v1/menus/{line}/versions/{version}", version="2")
    assert second["tree"]["nodes"]["main"]["prompt"]["text"] == {"zh-CN": "第二版"}
    assert ask("POST", "/v1/menus/{line}/rollback", {"version": 0, "note": "the contract's"})[0] == 201
    entries = [item["action"]["S"] for key, item in sorted(table.items.items()) if "#AUDIT#" in key[0]]
    assert entries == [
        "menus.change",
        "menus.publish",
        "menus.change",
        "menus.publish",
        "menus.publish",
        "menus.publish",
    ]


@pytest.mark.usefixtures("table")
def test_a_version_that_is_not_there_cannot_be_published_again() -> None:
    assert ask("POST", "/v1/menus/{line}/rollback", {"version": 7, "note": "?"})[0] == 404
    assert ask("GET", "/v1/menus/{line}/versions/{version}", version="x")[0] == 404
    assert ask("GET", "/v1/menus/{line}", line="nowhere")[0] == 404


@pytest.mark.usefixtures("table")
def test_a_preview_tells_what_a_scripted_caller_hears() -> None:
    caller = {"language": "en-US", "name": "Li Ming", "customer_id": "c-10002", "level": "known"}
    body = {"script": ["4", "5", ""], "caller": caller, "answers": {"c-10002": "640"}}
    status, made = ask("POST", "/v1/menus/{line}/preview", body)
    assert status == 200
    assert made["greeting"]["text"] == "Hello Li Ming, thank you for calling After-sales service."
    assert [scene["node"] for scene in made["steps"]] == ["main", "business", "points", "points"]
    assert made["steps"][2]["hears"][0]["text"] == "You have 640 points."
    assert made["outcome"] == {"kind": "goodbye"}


@pytest.mark.usefixtures("table")
def test_only_editors_draft_and_publish() -> None:
    for method, route, body in (
        ("PUT", DRAFT, {"revision": 0, "tree": {}}),
        ("POST", "/v1/menus/{line}/publish", {"revision": 1, "note": "x"}),
        ("POST", "/v1/menus/{line}/rollback", {"version": 0, "note": "x"}),
    ):
        assert ask(method, route, body, claims=USER)[0] == 403
    assert ask("GET", DRAFT, claims=USER)[0] == 200


def test_an_answer_is_kept_for_the_enquiry(table: FakeDynamo) -> None:
    body = {"text": {"zh-CN": "已受理"}, "customer_id": "c-1"}
    route = "/v1/enquiries/{enquiry}/{reference}"
    assert ask("PUT", route, body, enquiry="points", reference="c-1")[0] == 200
    assert table.items[("T#hrgroup#ENQUIRY#points#c-1", "ANSWER")]["customer_id"] == {"S": "c-1"}
    assert ask("PUT", route, body, enquiry="points", reference="a b")[0] == 400


def test_the_report_adds_up_the_calls_of_the_hours_asked_for(table: FakeDynamo) -> None:
    entries = (
        Entry(at_s=5, node="main", choice="4", exit=Exit.KEY),
        Entry(at_s=9, node="business", choice="4", exit=Exit.KEY),
        Entry(at_s=9, node="fees", choice="-", exit=Exit.ANSWERED),
    )
    for hour, last in (("01", "fees"), ("02", "fees"), ("05", "fees")):
        text = log.more(f"2026-03-02T{hour}:10:00Z", entries)
        action = usage.addition(tenant_id("hrgroup"), "trunkline-hrgroup", text, usage.place("after-sales", "0", last))
        table.transact_write_items(TransactItems=list(action.values()))
    query = {"from": "2026-03-02T01:00:00Z", "to": "2026-03-02T03:00:00Z"}
    status, body = get(app.app, "/v1/menus/{line}/report", path=LINE, query=query, claims=EDITOR)
    assert status == 200
    shown = {each["node"]: each for each in body["nodes"]}
    assert shown["main"]["visits"] == 2
    assert shown["main"]["exits"] == {"key": 2}
    assert (shown["fees"]["completed"], shown["fees"]["completion"], shown["fees"]["drop_off"]) == (2, 1.0, 0.0)
    status, body = get(app.app, "/v1/menus/{line}/report", path=LINE, query={"from": "2026-03-02T01:30:00Z"})
    assert status == 400
