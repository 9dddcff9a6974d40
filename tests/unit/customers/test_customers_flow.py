import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers import flow
from chalicelib.customers.models import Keyed
from chalicelib.customers.service import UNKNOWN, Caller, Customers, PastContact, Profile
from chalicelib.platform.flow_door import FlowFunctionFailed, flat, parse
from chalicelib.platform.tenancy import TenantId
from tests.support.flow_environment import function_environment
from tests.support.tenants import flow_event, tenant

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HR = tenant("hrgroup")
PHONE = "+8613800138000"
WANG = Caller(
    profile=Profile(customer_id="c-10001", name="王芳", grade="gold", language="zh-CN"),
    recent=(
        PastContact(at=NOW - timedelta(days=1), contact_id="a", agent="li", queue="complaints", result="answered"),
        PastContact(at=NOW - timedelta(days=9), contact_id="b"),
    ),
)
NOTHING = {
    "found": "false",
    "customerId": "none",
    "customerName": "none",
    "grade": "none",
    "language": "none",
    "lastAgent": "none",
    "lastQueue": "none",
    "lastContactAt": "none",
    "recentContacts": "0",
    "region": "none",
    "openTickets": "none",
    "lastContacts": "none",
    "candidates": "none",
    "screenPage": "none",
    "degraded": "false",
}


class FakeCallers:
    """Knows one caller by telephone and by typed number; keeps what was asked."""

    def __init__(self) -> None:
        self.reads: list[str] = []

    def find(self, tenant: TenantId, phone: str, *, now: datetime, within_s: float) -> Caller:
        assert (tenant, now) == (HR.id, NOW)
        assert 0 < within_s <= 1.0
        self.reads.append(phone)
        return WANG if phone == PHONE else UNKNOWN

    def keyed(self, tenant: TenantId, typed: str, *, within_s: float) -> Keyed | None:
        assert tenant == HR.id
        assert 0 < within_s <= 1.0
        self.reads.append(typed)
        return Keyed(customer_id="c-10001", phone=PHONE) if typed == "10001" else None


def ask(caller: str | None = PHONE, **parameters: str) -> tuple[dict[str, str], list[str]]:
    callers = FakeCallers()
    event = parse(flow_event(caller=caller, **parameters))
    return flow.handle(event, 1.0, Customers(callers, HR, lambda: NOW)), callers.reads


def test_a_known_caller_is_told_with_all_that_the_agent_sees() -> None:
    reply, reads = ask()
    assert reply == {
        "found": "true",
        "customerId": "c-10001",
        "customerName": "王芳",
        "grade": "gold",
        "language": "zh-CN",
        "lastAgent": "li",
        "lastQueue": "complaints",
        "lastContactAt": "2026-03-01T01:00:00Z",
        "recentContacts": "2",
        "region": "none",
        "openTickets": "none",
        "lastContacts": '[["2026-03-01T01:00:00Z","li","complaints","","answered","a"],'
        '["2026-02-21T01:00:00Z","","","","","b"]]',
        "candidates": "none",
        "screenPage": "none",
        "degraded": "false",
    }
    assert reads == [PHONE]


def test_an_unknown_caller_is_told_as_unknown() -> None:
    assert ask("+4930901820") == (NOTHING, ["+4930901820"])


def test_a_withheld_number_is_unknown_without_any_read() -> None:
    assert ask(None) == (NOTHING, [])


def test_a_typed_number_finds_the_customer_from_any_telephone() -> None:
    reply, reads = ask("+4930901820", customerNumber="10001")
    assert (reply["found"], reply["customerId"]) == ("true", "c-10001")
    assert reads == ["10001", PHONE]


def test_a_typed_number_that_nobody_has_finds_nobody_not_even_the_caller() -> None:
    assert ask(PHONE, customerNumber="777") == (NOTHING, ["777"])


@pytest.mark.parametrize("typed", ["Timeout", "12*", "1" * 40])
def test_what_is_no_typed_number_is_not_looked_up(typed: str) -> None:
    assert ask(PHONE, customerNumber=typed) == (NOTHING, [])


@pytest.mark.parametrize("typed", ["", "none"])
def test_an_empty_parameter_is_as_good_as_none(typed: str) -> None:
    assert ask(PHONE, customerNumber=typed)[1] == [PHONE]


@given(st.dictionaries(st.sampled_from(["line", "customerNumber"]), st.text()), st.none() | st.text())
def test_whatever_is_typed_the_reply_is_flat_text(parameters: dict[str, str], caller: str | None) -> None:
    reply, _ = ask(caller, **parameters)
    assert set(flat(reply)) == set(NOTHING)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """Wire the function from an environment whose store is not there."""
    with function_environment(monkeypatch, tmp_path):
        yield monkeypatch


@pytest.mark.usefixtures("environment")
def test_without_a_store_the_caller_is_unknown_and_the_answer_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    answered = flow.lookup_customer(flow_event(), None)
    assert answered == {**NOTHING, "schema": "lookup_customer.v1", "degraded": "true"}
    lines: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("code") for line in lines] == ["store-unavailable", None]
    assert PHONE not in json.dumps(lines)


def test_a_missing_setting_is_left_to_the_error_branch(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("TRUNKLINE_TABLE")
    with pytest.raises(FlowFunctionFailed):
        flow.lookup_customer(flow_event(), None)
