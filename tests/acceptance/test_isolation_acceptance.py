"""No door of the REST API opens to the token of another tenant, whichever routes there are."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from chalice.test import Client

import app
from chalicelib.platform.dynamo import decode
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest_table import rest_table

ROUTES = sorted((path, method) for path, views in app.app.routes.items() for method in views if path != "/v1/health")


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    """Let the API serve the tenant hrgroup over tables in memory."""
    with rest_table(monkeypatch, tmp_path) as kept:
        yield kept


def token(**claims: str) -> str:
    """Return a token with these claims; that its signature was verified is API Gateway's part."""
    body = base64.urlsafe_b64encode(json.dumps({"sub": "u-1", "cognito:username": "u-1", **claims}).encode()).decode()
    return f"e30.{body}.c2ln"


FOREIGN = {
    "another tenant": token(**{"custom:tenant": "taxihotline"}),
    "a name that begins alike": token(**{"custom:tenant": "hrgroup2"}),
    "no tenant": token(),
}


@pytest.mark.req("TEN-01")
@pytest.mark.filterwarnings("ignore:.*not a supported in local mode:UserWarning")  # Chalice's way of testing
@pytest.mark.parametrize("whose", FOREIGN)
@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_a_request_for_another_tenant_gets_no_data_and_is_audited(
    table: FakeDynamo, path: str, method: str, whose: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Client(app.app) as client:
        address = path.replace("{", "").replace("}", "")
        response = client.http.request(method, address, headers={"Authorization": FOREIGN[whose]})
    assert (response.status_code, response.json_body["code"]) == (403, "forbidden")
    assert table.calls == ["Query", "TransactWriteItems"]  # of the audit trail, and nothing else
    (kept,) = map(decode, table.items.values())
    assert (kept["actor"], kept["outcome"]) == ("u-1", "refused")
    assert kept["facts"]["claimed_tenant"] != "hrgroup"
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (audit,) = [line for line in lines if line.get("audit")]
    assert (audit["tenant"], audit["subject"]) == ("hrgroup", "u-1")
