"""Another system over HTTP: what is sent, what is made of answers, and that nobody waits beyond the budget."""

import contextlib
import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import urllib3

from chalicelib.adapters.models import AdapterTerms, Moved, Refused, SharedField, Unreachable
from chalicelib.adapters.rest import LARGEST_ANSWER_BYTES, Rest
from tests.support.json_server import serving_with_headers
from tests.support.other_crm import OtherCrm, over_http

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIELDS = (SharedField(field="name", theirs="full_name"), SharedField(field="phone", theirs="tel"))
TERMS = AdapterTerms(id="crm", url="https://crm.example.com", secret="token", timeout_ms=2_000, fields=FIELDS)
LI = {"id": "c-1", "version": "v1", "changed_at": "2026-03-02T09:00:00Z", "facts": {"full_name": "Li Na", "x": 1}}


def rest(url: str, terms: AdapterTerms = TERMS) -> Rest:
    return Rest(terms=terms, url=url, secret=lambda: "s3cret", now=lambda: NOW, pool=urllib3.PoolManager())


@contextlib.contextmanager
def answering(status: int, body: Any, seen: list[Any] | None = None) -> Iterator[Rest]:
    def answer(method: str, path: str, headers: dict[str, str], told: Any) -> tuple[int, Any]:
        if seen is not None:
            seen.append((method, path, headers, told))
        return status, body

    with serving_with_headers(answer) as url:
        yield rest(url)


@contextlib.contextmanager
def dripping(first: bytes, drop: bytes) -> Iterator[str]:
    """Yield the address of a server that sends `first`, then a drop every tenth of a second, and never ends."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    connection.sendall(first)
                    while not over.wait(0.1):
                        connection.sendall(drop)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        over.set()
    thread.join(5)


def test_facts_go_by_their_names_and_come_by_ours() -> None:
    seen: list[Any] = []
    with answering(200, LI, seen) as port:
        found = port.put("c 1", {"name": "Li Na"}, seen="v0")
    assert found.facts == {"name": "Li Na"}
    ((method, path, headers, told),) = seen
    assert (method, path, told) == ("PUT", "/customers/c%201", {"facts": {"full_name": "Li Na", "tel": None}})
    assert (headers["if-match"], headers["authorization"]) == ("v0", "Bearer s3cret")


def test_a_signed_request_proves_its_instant_method_path_and_body() -> None:
    seen: list[Any] = []

    def answer(method: str, path: str, headers: dict[str, str], _body: Any) -> tuple[int, Any]:
        seen.append((method, path, headers))
        return 200, {"customers": [LI]}

    with serving_with_headers(answer) as url:
        rest(url, replace(TERMS, sign="hmac")).look_up("+8613800138000")
    ((method, path, headers),) = seen
    said = f"{headers['x-trunkline-at']}\n{method}\n{path}\n".encode()
    assert headers["x-trunkline-signature"] == hmac.new(b"s3cret", said, hashlib.sha256).hexdigest()
    assert "authorization" not in headers


def test_a_customer_who_is_not_there_is_none_and_one_who_moved_is_said() -> None:
    crm = OtherCrm(now=lambda: NOW)
    with serving_with_headers(over_http(crm)) as url:
        port = rest(url)
        assert port.find("c-1") is None
        made = port.put("c-1", {"name": "Li Na"}, seen=None)
        with pytest.raises(Moved):
            port.put("c-1", {"name": "Wang"}, seen="v9")
        assert port.put("c-1", {"name": "Wang"}, seen=made.version).version != made.version
        assert [id_ for id_, _ in port.changes("").changed] == ["c-1", "c-1"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_who_says_that_he_cannot_now_is_unreachable(status: int) -> None:
    with answering(status, {}) as port, pytest.raises(Unreachable):
        port.find("c-1")


@pytest.mark.parametrize(
    ("status", "body"),
    [(301, {}), (400, {}), (401, {}), (200, {}), (200, []), (200, {**LI, "facts": {"full_name": [1]}})],
)
def test_who_refuses_or_answers_something_else_is_refused(status: int, body: Any) -> None:
    with answering(status, body) as port, pytest.raises(Refused):
        port.find("c-1")


def test_an_answer_without_end_is_cut_off() -> None:
    with answering(200, {**LI, "more": "x" * (LARGEST_ANSWER_BYTES + 1)}) as port, pytest.raises(Refused):
        port.find("c-1")


@pytest.mark.parametrize(
    "server",
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n"),
    ],
    ids=["silent", "body drop by drop", "headers drop by drop"],
)
def test_nobody_waits_longer_than_the_budget_for_a_server_that_hangs(server: tuple[bytes, bytes]) -> None:
    with dripping(*server) as url:
        started_s = time.monotonic()
        with pytest.raises(Unreachable):
            rest(url, replace(TERMS, timeout_ms=300)).find("c-1")
        assert time.monotonic() - started_s < 3


def test_a_customer_is_removed_over_the_version_that_was_seen_and_one_who_is_not_there_is_removed() -> None:
    crm = OtherCrm(now=lambda: NOW)
    first = crm.keep("c-1", {"name": "Li Na"})
    crm.keep("c-1", {"name": "Li Na-Wang"})
    with serving_with_headers(over_http(crm)) as url:
        with pytest.raises(Moved):
            rest(url).remove("c-1", seen=first.version)
        rest(url).remove("c-1", seen=crm.customers["c-1"].version)
        rest(url).remove("c-1", seen=None)
    assert crm.customers == {}
    seen: list[Any] = []
    with answering(404, {}, seen) as port:
        port.remove("c 9", seen=None)
    assert [(method, path, headers["if-match"]) for method, path, headers, _ in seen] == [
        ("DELETE", "/customers/c%209", "*")
    ]
    with answering(405, {}) as port, pytest.raises(Refused):
        port.remove("c-9", seen=None)


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(Unreachable):
        rest(url).find("c-1")
