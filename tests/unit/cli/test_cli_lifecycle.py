"""`trunkline tenants status`: where a tenant stands, in rows."""

import io

from rich.console import Console

from cli import lifecycle
from cli.api import Api
from cli.http import JsonClient
from tests.support.json_server import serving

DONE = {"gate": "numbers", "done": True, "at": "2026-03-02T09:00:00Z", "actor": "chen", "evidence": "call"}
RECORD = {
    "tenant": "hrgroup", "name": "HR group", "revision": 3, "missing": ["licence-check"],
    "state": "pilot", "since": "2026-03-02T09:30:00Z", "contract": "b2", "next": ["provisioned", "live", "offboarding"],
    "gates": [{**DONE, "contract": "a1"}, {**DONE, "gate": "flow-tests", "contract": "b2"},
              {"gate": "licence-check", "done": False, "at": None, "actor": None, "evidence": None, "contract": None}],
    "history": [
        {"revision": 1, "at": "2026-03-02T09:00:00Z", "actor": "chen", "contract": "a1",
         "gate": "numbers", "done": True, "evidence": "call"},
        {"revision": 2, "at": "2026-03-02T09:10:00Z", "actor": "li", "contract": "a1",
         "gate": "numbers", "done": False, "evidence": "[wrong] line"},
        {"revision": 3, "at": "2026-03-02T09:30:00Z", "actor": "li", "contract": "b2",
         "from": "provisioned", "to": "pilot", "reason": "agreed"},
    ],
}  # fmt: skip


def test_state_gates_and_history_are_told_in_words() -> None:
    rows = dict(lifecycle.rows(RECORD))
    assert rows["state"] == "pilot since 2026-03-02 09:30"
    assert rows["numbers"] == "done 2026-03-02 09:00 by chen: call (under contract a1)"
    assert rows["flow-tests"] == "done 2026-03-02 09:00 by chen: call"
    assert rows["licence-check"] == "missing"
    assert rows["   3 2026-03-02 09:30"] == "li moved it from provisioned to pilot: agreed"


def test_what_people_wrote_is_printed_as_they_wrote_it() -> None:
    out = Console(file=io.StringIO(), width=80, highlight=False)
    lifecycle.show(out, RECORD)
    assert isinstance(out.file, io.StringIO)
    assert "   2 2026-03-02 09:10  li withdrew numbers: [wrong] line" in out.file.getvalue()


def test_a_closed_tenant_and_one_without_a_move_are_told() -> None:
    rows = dict(lifecycle.rows({**RECORD, "state": "closed", "since": None, "next": []}))
    assert (rows["state"], rows["next"]) == ("closed", "nothing: the record is closed")


def test_the_client_asks_the_routes_of_the_lifecycle() -> None:
    asked = []

    def answer(method: str, path: str, body: object) -> tuple[int, object]:
        asked.append((method, path, body))
        return 200, RECORD

    with serving(answer) as url:
        client = Api(JsonClient(url))
        assert client.tenant() == RECORD
        client.record_evidence("numbers", "call", done=True, request_id="request-1")
        client.move("live", "agreed", request_id="request-2")
    assert asked == [
        ("GET", "/v1/tenant", None),
        ("POST", "/v1/tenant/evidence",
         {"gate": "numbers", "evidence": "call", "done": True, "request_id": "request-1"}),
        ("POST", "/v1/tenant/transitions", {"to": "live", "reason": "agreed", "request_id": "request-2"}),
    ]  # fmt: skip
