"""The typed client: every operation, typed answers, pages, what is sent again and what is not, problems as errors."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.access.models import Role
from chalicelib.contacts.api import ContactQuery
from chalicelib.customers.views import NewCustomerBody
from chalicelib.tickets.api import OpeningBody, TicketQuery
from cli import api_document, client_code
from cli.client.client import TRIES, ApiRefusal, Client
from cli.client.operation import Operation
from cli.client.operations import contacts, customers, description, lifecycle, tickets
from cli.http import JsonClient, Refused, Unreachable
from tests.support import rest_server
from tests.support.fake_dynamo import FakeDynamo
from tests.support.json_server import serving
from tests.support.rest import USER
from tests.support.rest_table import rest_table

BUSY = {"type": "urn:x", "title": "Busy", "status": 503, "detail": "later", "instance": "/v1/x", "code": "throttled"}
GONE = {**BUSY, "title": "Not found", "status": 404, "code": "not-found"}
CUSTOMER = {"name": "Li Na", "grade": "gold"}
TICKET = {
    "subject": {"category": "repair", "text": "A lift", "customer_id": "c-10001"},
    "note": "The lift stands still.",
}
NO_ROWS = {"contacts": [], "cursor": None}


def known() -> dict[tuple[str, str], Operation[Any, Any, Any]]:
    """Return every operation of the client by method and path."""
    modules = [__import__(f"cli.client.operations.{name[:-3]}", fromlist=["x"]) for name in client_code.generated()]
    found = (value for module in modules for value in vars(module).values() if isinstance(value, Operation))
    return {(one.method, one.path): one for one in found}


def test_every_operation_of_the_document_is_in_the_client_and_the_modules_are_current() -> None:
    document = json.loads(api_document.FILE.read_text(encoding="utf-8"))
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert known().keys() == described
    written = {path.name: path.read_text(encoding="utf-8") for path in client_code.FOLDER.glob("[!_]*.py")}
    assert written == client_code.generated(), "trunkline api client"


@contextmanager
def answering(*answers: tuple[int, Any]) -> Iterator[tuple[Client, list[float], list[tuple[str, str]]]]:
    """Yield a client of somebody who gives these answers in turn, its pauses, and what was asked."""
    pauses: list[float] = []
    asked: list[tuple[str, str]] = []
    left = iter(answers)

    def answer(method: str, path: str, _body: object) -> tuple[int, Any]:
        asked.append((method, path))
        return next(left)

    with serving(answer) as url:
        keys = (f"key-{n}" for n in itertools.count())
        yield Client(JsonClient(url), pauses.append, lambda: next(keys), lambda: 0.0), pauses, asked


def test_a_busy_api_is_asked_again_with_longer_and_longer_pauses_and_not_for_ever() -> None:
    with answering((503, BUSY), (429, {**BUSY, "status": 429}), (200, NO_ROWS)) as (client, pauses, asked):
        assert client.send(contacts.CONTACTS, query=ContactQuery(agent="li.na")).contacts == []
        assert (pauses, len(asked)) == ([0.2, 0.4], 3)
    with answering(*[(503, BUSY)] * TRIES) as (client, pauses, asked):
        with pytest.raises(ApiRefusal) as caught:
            client.send(contacts.CONTACTS, query=ContactQuery(agent="li.na"))
        assert (caught.value.problem.code, len(pauses), len(asked)) == ("throttled", TRIES - 1, TRIES)


def test_a_gateway_that_throttles_in_words_of_its_own_is_asked_again_too() -> None:
    with answering((429, {"message": "Rate Exceeded."}), (200, NO_ROWS)) as (client, pauses, asked):
        assert client.send(contacts.CONTACTS, query=ContactQuery(agent="li.na")).contacts == []
        assert (pauses, len(asked)) == ([0.2], 2)


def test_a_refusal_is_a_problem_and_is_not_tried_again() -> None:
    wrong = {**GONE, "status": 422, "code": "unprocessable", "errors": [{"field": "to", "problem": "no such state"}]}
    with answering((422, wrong)) as (client, pauses, asked):
        with pytest.raises(ApiRefusal) as caught:
            client.send(lifecycle.TENANT)
        problem = caught.value.problem
        assert (problem.status, problem.code, pauses, len(asked)) == (422, "unprocessable", [], 1)
        assert problem.errors is not None
        assert [(one.field, one.problem) for one in problem.errors] == [("to", "no such state")]
        assert caught.value.told.endswith("- to: no such state")


def test_something_else_than_the_api_is_no_problem_of_it() -> None:
    with answering((502, "<html>")) as (client, _pauses, _asked):
        with pytest.raises(Refused) as caught:
            client.send(lifecycle.TENANT)
        assert not isinstance(caught.value, ApiRefusal)
        assert caught.value.http_status == 502


def test_an_answer_of_another_shape_is_told_and_not_returned() -> None:
    with (
        answering((200, {"state": "live"})) as (client, _pauses, _asked),
        pytest.raises(Refused, match="GET /v1/tenant was answered in another shape"),
    ):
        client.send(lifecycle.TENANT)


def test_nobody_who_answers_is_asked_again_and_then_told() -> None:
    pauses: list[float] = []
    with pytest.raises(Unreachable):
        Client(JsonClient("http://127.0.0.1:1"), pauses.append, chance=lambda: 0.0).send(lifecycle.TENANT)
    assert pauses == [0.2, 0.4, 0.8]


def test_names_of_a_path_are_quoted_and_checked() -> None:
    with answering((404, GONE)) as (client, _pauses, asked):
        with pytest.raises(ApiRefusal):
            client.send(customers.CUSTOMER, customer_id="a/b ü")
        assert asked == [("GET", "/v1/customers/a%2Fb%20%C3%BC")]
        with pytest.raises(ValueError, match="needs customer_id"):
            client.send(customers.CUSTOMER)
        with pytest.raises(ValueError, match="has no number"):
            client.send(customers.CUSTOMER, customer_id="a", number="1")


def test_what_answers_no_pages_is_told_before_anything_is_asked() -> None:
    with answering() as (client, _pauses, asked):
        with pytest.raises(ValueError, match="answers no pages"):
            list(client.pages(lifecycle.TENANT, lifecycle.TENANT.query()))
        assert asked == []


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Client, FakeDynamo]]:
    """Return a client of the real API over tables in memory, for somebody with every role."""
    everything = ",".join(role.value for role in Role)
    claims = {**USER, "cognito:username": "client", "cognito:groups": everything}
    with rest_table(monkeypatch, tmp_path) as table, rest_server.serving(app.app, {"token": claims}) as url:
        yield Client(JsonClient(url, {"Authorization": "token"})), table


def test_the_clients_words_are_the_apis(house: tuple[Client, FakeDynamo]) -> None:
    client, _ = house
    assert client.send(lifecycle.TENANT).tenant == "hrgroup"
    assert client.send(description.DESCRIBED).root == json.loads(json.dumps(api_document.generated()))
    made = client.send(customers.CREATE_CUSTOMER, body=NewCustomerBody.model_validate(CUSTOMER))
    assert client.send(customers.CUSTOMER, customer_id=made.customer_id) == made


def test_pages_follow_one_another_until_there_are_no_more(house: tuple[Client, FakeDynamo]) -> None:
    client, _ = house
    opened = [client.send(tickets.OPEN_TICKET, body=OpeningBody.model_validate(TICKET)) for _ in range(5)]
    pages = list(client.pages(tickets.TICKETS, TicketQuery.model_validate({"step": opened[0].ticket.step, "limit": 2})))
    found = [row.number for page in pages for row in page.tickets]
    assert [len(page.tickets) for page in pages] == [2, 2, 1]
    assert sorted(found) == sorted(one.ticket.number for one in opened)


def test_a_post_that_is_sent_again_changes_nothing_twice(house: tuple[Client, FakeDynamo]) -> None:
    client, table = house
    keyed = Client(client.http, new_key=lambda: "the-same")
    first, again = (keyed.send(tickets.OPEN_TICKET, body=OpeningBody.model_validate(TICKET)) for _ in range(2))
    assert first == again
    assert len([key for key in table.items if key[1] == "TICKET"]) == 1
