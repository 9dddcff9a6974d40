"""Idempotency keys: the same request again gets its first answer, and no key stands for two requests."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Response

import app
from chalicelib.access.idempotency import KEPT_S, TAKEN_S, Answers, Asked, KeyInUse, KeyReused, asked
from chalicelib.platform.errors import InvalidInput, NotFound
from chalicelib.platform.tenancy import tenant_id
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, post
from tests.support.rest_table import rest_table

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
REQUEST = asked("chen", "key-1", "/v1/tickets", b"{}")
MANAGER = {**USER, "cognito:username": "chen", "cognito:groups": "operations-manager"}
TICKET = {"subject": {"category": "repair", "text": "no heating"}, "note": "as told"}


class Served:
    """Counts how often a request was really served."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Response:
        self.times += 1
        return Response(body=f'{{"n": {self.times}}}', status_code=201, headers={"Content-Type": "application/json"})


def answers(client: FakeDynamo, later_s: float = 0) -> Answers:
    at = NOW + timedelta(seconds=later_s)
    return Answers(client=client, table="table", tenant=tenant_id("hrgroup"), now=lambda: at)


def test_the_same_request_again_gets_the_first_answer_and_is_not_served_again() -> None:
    client, served = FakeDynamo(), Served()
    first = answers(client).once(REQUEST, served)
    again = answers(client, 60).once(REQUEST, served)
    assert (again.body, again.status_code, served.times) == (first.body, 201, 1)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_a_key_that_named_another_request_is_refused() -> None:
    client, served = FakeDynamo(), Served()
    answers(client).once(REQUEST, served)
    for other in (
        asked("chen", "key-1", "/v1/tickets", b'{"other": 1}'),
        asked("chen", "key-1", "/v1/tickets/1/steps", b"{}"),
    ):
        with pytest.raises(KeyReused):
            answers(client).once(other, served)
    assert served.times == 1


def test_a_key_is_its_users_own() -> None:
    client, served = FakeDynamo(), Served()
    answers(client).once(REQUEST, served)
    answers(client).once(Asked(user="li", key=REQUEST.key, digest=REQUEST.digest), served)
    assert served.times == 2


def test_a_request_that_is_being_served_is_not_served_a_second_time() -> None:
    client, inner = FakeDynamo(), Served()

    def serve() -> Response:
        with pytest.raises(KeyInUse):
            answers(client).once(REQUEST, inner)
        return inner()

    answers(client).once(REQUEST, serve)
    assert inner.times == 1


def test_a_request_that_was_begun_and_never_answered_holds_its_key_for_a_while_only() -> None:
    client, served = FakeDynamo(), Served()

    def dies() -> Response:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        answers(client).once(REQUEST, dies)
    with pytest.raises(KeyInUse):
        answers(client, TAKEN_S - 1).once(REQUEST, served)
    assert answers(client, TAKEN_S + 1).once(REQUEST, served).status_code == 201


def test_a_refusal_leaves_the_key_free() -> None:
    client, served = FakeDynamo(), Served()

    def refuses() -> Response:
        raise NotFound("no such thing")

    with pytest.raises(NotFound):
        answers(client).once(REQUEST, refuses)
    assert answers(client).once(REQUEST, served).status_code == 201


def test_a_key_is_forgotten_after_a_day() -> None:
    client, served = FakeDynamo(), Served()
    answers(client).once(REQUEST, served)
    answers(client, KEPT_S + 1).once(REQUEST, served)
    assert served.times == 2


@pytest.mark.parametrize("key", ["", "x" * 129, "a b", "schlüssel", "a\nb"])
def test_a_key_of_another_shape_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput):
        asked("chen", key, "/v1/tickets", b"")


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    with rest_table(monkeypatch, tmp_path) as kept:
        yield kept


@pytest.mark.usefixtures("table")
def test_a_ticket_that_is_opened_twice_under_one_key_is_one_ticket() -> None:
    def opened(body: Any) -> tuple[int, Any]:
        return post(app.app, "/v1/tickets", body, claims=MANAGER, headers={"idempotency-key": "desk-7"})

    status, first = opened(TICKET)
    assert status == 201
    assert opened(TICKET) == (201, first)
    status, refusal = opened({**TICKET, "note": "something else"})
    assert (status, refusal["code"]) == (409, "idempotency-key-reused")
