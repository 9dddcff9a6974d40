"""The door of traces: a contact that neither the table nor Amazon Connect knows is not there."""

from pathlib import Path

import pytest

import app
from chalicelib.contacts import items
from chalicelib.contacts.models import Contact, Result
from chalicelib.platform.clock import system_now
from chalicelib.platform.dynamo import encode
from tests.support import tenants
from tests.support.rest import USER, get
from tests.support.rest_table import rest_table

LI = {**USER, "cognito:groups": "agent", "cognito:username": "li.na"}


def test_a_kept_contact_is_followed_and_an_unknown_one_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = system_now().replace(microsecond=0)
    contact = Contact(
        id="c-1", updated_at=at, at=at, ended_at=at, channel="VOICE", method="INBOUND", result=Result.ANSWERED,
        line="after-sales", agent="li.na",
    )  # fmt: skip
    with rest_table(monkeypatch, tmp_path) as table:
        item = items.contact_item(tenants.tenant("hrgroup").id, contact, {}, 365)
        table.items[item["pk"], item["sk"]] = encode(item)
        route = "/v1/contacts/{contact_id}/trace"
        status, told = get(app.app, route, path={"contact_id": "c-1"}, claims=LI)
        assert (status, told["stage"], [mark["kind"] for mark in told["marks"]]) == (
            200,
            "complete",
            ["arrived", "ended"],
        )
        assert get(app.app, route, path={"contact_id": "c-2"}, claims=LI)[0] == 404
        assert get(app.app, route, path={"contact_id": "c-1"}, claims={**LI, "cognito:username": "bob"})[0] == 404
        states = "/v1/agents/{agent}/states"
        for day in ("0001-01-01", "9999-12-31"):
            assert get(app.app, states, path={"agent": "li.na"}, query={"on": day}, claims=LI)[0] == 400
