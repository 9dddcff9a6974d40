"""The door of recordings: who listens, downloads and verifies, and that every attempt is on record (REC-03)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import app
from chalicelib.contacts import items
from chalicelib.contacts.models import Contact, Result
from chalicelib.platform.dynamo import encode
from chalicelib.recordings import policy
from chalicelib.recordings.models import Deed, NotRecordable, Terms
from tests.support import tenants
from tests.support.fake_dynamo import FakeDynamo
from tests.support.indexed import Bucket, arrived, indexer
from tests.support.rest import USER, get, send
from tests.support.rest_table import rest_table

GROUP = tenants.tenant("hrgroup")
NAME = "c-1_20260302T09:01_UTC.wav"
KEY = f"connect/hrgroup/CallRecordings/2026/03/02/{NAME}"
PERIOD = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z"}


def stored(table: FakeDynamo, at: datetime | None = None) -> None:
    at = at or datetime.now(UTC).replace(microsecond=0)
    contact = Contact(
        id="c-1", updated_at=at, at=at, channel="VOICE", method="INBOUND", result=Result.ANSWERED, line="after-sales",
        queue="after-sales", agent="li.na", recording=KEY,
    )  # fmt: skip
    item = items.contact_item(GROUP.id, contact, {}, 365)
    table.items[item["pk"], item["sk"]] = encode(item)
    module = indexer()
    place = module.Settings(tenant=GROUP.id, table="table", keep_days=None)
    module.index(arrived("box", KEY, size_bytes=5), table, Bucket({f"box/{KEY}": b"sound"}), place)


def user(role: str, name: str = "chief") -> dict[str, str]:
    return {**USER, "cognito:groups": role, "cognito:username": name}


def asked(route: str, role: str, **path: str) -> tuple[int, Any]:
    whole = {"contact_id": "c-1", "name": NAME, **path}
    return get(app.app, "/v1/contacts/{contact_id}/recordings/{name}" + route, path=whole, claims=user(role))


def entries(table: FakeDynamo) -> list[tuple[str, str]]:
    told = [item for key, item in table.items.items() if "#AUDIT#" in key[0]]
    return [(item["action"]["S"], item["outcome"]["S"]) for item in told]


def test_listening_is_signed_for_two_minutes_and_on_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with rest_table(monkeypatch, tmp_path) as table:
        stored(table)
        status, told = asked("", "team-leader")
        assert status == 200
        url = urlsplit(told["url"])
        asked_for = parse_qs(url.query)
        assert asked_for["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
        assert asked_for["X-Amz-Expires"] == ["120"]
        assert url.path.endswith(NAME.replace(":", "%3A"))
        assert "response-content-disposition" not in asked_for
        assert entries(table) == [("recordings.play", "done")]


def test_downloading_needs_a_right_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with rest_table(monkeypatch, tmp_path) as table:
        stored(table)
        assert asked("/download", "team-leader")[0] == 403
        status, told = asked("/download", "operations-manager")
        assert status == 200
        assert parse_qs(urlsplit(told["url"]).query)["response-content-disposition"] == [
            f'attachment; filename="{NAME}"'
        ]
        assert entries(table) == [("recordings.download", "refused"), ("recordings.download", "done")]


@pytest.mark.parametrize("role", ["agent", "squad-leader", "data-analyst", "technical-staff", "finance"])
@pytest.mark.parametrize("route", ["", "/download", "/verify"])
def test_whoever_has_no_right_is_refused_and_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, route: str
) -> None:
    with rest_table(monkeypatch, tmp_path) as table:
        stored(table)
        assert asked(route, role)[0] == 403
        assert [outcome for _, outcome in entries(table)] == ["refused"]


def test_what_is_not_there_is_not_found_and_the_attempt_is_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rest_table(monkeypatch, tmp_path) as table:
        stored(table)
        assert asked("", "qa-head", name="x.wav")[0] == 404
        assert asked("/verify", "qa-head", contact_id="c-2")[0] == 404
        assert entries(table) == [("recordings.play", "not-found"), ("recordings.verify", "not-found")]


def test_a_search_is_a_page_of_contacts_with_the_names_of_their_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = datetime.now(UTC).replace(microsecond=0)  # as a contact record has it
    period = {"from": f"{today:%Y-%m-%d}T00:00:00Z", "to": f"{today + timedelta(days=1):%Y-%m-%d}T00:00:00Z"}
    with rest_table(monkeypatch, tmp_path) as table:
        stored(table, today)
        status, told = get(app.app, "/v1/recordings", query=period, claims=user("qa-inspector"))
        assert (status, [row["recording"] for row in told["recordings"]]) == (200, [NAME])
        assert (
            get(app.app, "/v1/recordings", query={**PERIOD, "cursor": "bm9uc2Vuc2U"}, claims=user("qa-head"))[0] == 400
        )
        assert (
            get(app.app, "/v1/recordings", query={"from": PERIOD["to"], "to": PERIOD["from"]}, claims=user("qa-head"))[
                0
            ]
            == 400
        )


def asked_to(deed: str) -> tuple[int, Any]:
    return send(
        app.app,
        "POST",
        "/v1/contacts/{contact_id}/recording",
        path={"contact_id": "c-1"},
        claims=user("agent", "li.na"),
        headers={"content-type": "application/json"},
        body=json.dumps({"do": deed}),
    )


def test_an_agent_without_the_contact_on_the_screen_switches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rest_table(monkeypatch, tmp_path) as table:
        stored(table)
        assert asked_to("start")[0] == 404


WHERE = {
    ("full", True, False): "suspend resume",
    ("on-demand", True, False): "start stop suspend resume",
    ("on-demand", False, False): "stop suspend",
    ("on-demand", True, True): "stop suspend",
    ("full", True, True): "suspend",
    ("none", True, False): "",
    ("anything", True, False): "",
}


@pytest.mark.parametrize(("terms", "allowed"), WHERE.items())
def test_policy_notice_and_refusal_decide_together(terms: tuple[str, bool, bool], allowed: str) -> None:
    told = Terms(policy=terms[0], was_told=terms[1], has_refused=terms[2])
    done = []
    for deed in Deed:
        try:
            policy.allow(deed, told)
        except NotRecordable:
            continue
        done.append(deed.value)
    assert " ".join(done) == allowed
