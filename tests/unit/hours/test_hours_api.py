"""The question of one instant, over REST."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.hours import api
from chalicelib.tenancy import service as tenancy
from tests.support.rest import get
from tests.support.rest_table import rest_table
from tests.support.tenants import document

ROUTE = "/v1/lines/{line}/hours"


@pytest.fixture(autouse=True)
def hr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    path = tmp_path / "tenant.json"
    path.write_text(document("hrgroup"), encoding="utf-8")
    monkeypatch.setenv(tenancy.DOCUMENT_VARIABLE, str(path))
    tenancy.current.cache_clear()
    api.wired.cache_clear()
    yield
    tenancy.current.cache_clear()
    api.wired.cache_clear()


def ask(line: str, at: str) -> Any:
    return get(app.app, ROUTE, path={"line": line}, query={"at": at})


def test_an_open_line_says_why_and_until_when() -> None:
    status, body = ask("telesales", "2026-03-02T20:30:00+08:00")
    assert status == 200
    assert body == {
        "line": "telesales",
        "at": "2026-03-02T12:30:00Z",
        "local": "2026-03-02T20:30:00+08:00",
        "time_zone": "Asia/Shanghai",
        "is_open": True,
        "why": "week",
        "name": None,
        "opening": "09:00-21:00",
        "changes_at": "2026-03-02T13:00:00Z",
    }


def test_a_closed_line_says_which_holiday_and_when_it_opens() -> None:
    status, body = ask("telesales", "2026-10-01T09:00:00+08:00")
    assert status == 200
    assert (body["is_open"], body["why"], body["name"], body["opening"]) == (False, "holiday", "National Day", None)
    assert body["changes_at"] == "2026-10-02T02:00:00Z"


@pytest.mark.parametrize(
    ("line", "at", "status"),
    [
        ("nobody", "2026-03-02T00:00:00Z", 404),
        ("telesales", "yesterday", 400),
        ("telesales", "2026-03-02T00:00:00", 400),
    ],
)
def test_a_question_that_has_no_answer_is_refused(line: str, at: str, status: int) -> None:
    assert ask(line, at)[0] == status


def test_a_token_of_another_tenant_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    claims = {"sub": "user-9", "custom:tenant": "taxihotline"}
    with rest_table(monkeypatch, tmp_path):
        assert get(app.app, ROUTE, path={"line": "telesales"}, claims=claims)[0] == 403


def test_now_is_asked_when_no_instant_is() -> None:
    status, body = get(app.app, ROUTE, path={"line": "after-sales"})
    assert (status, body["is_open"], body["why"], body["changes_at"]) == (200, True, "always", None)
