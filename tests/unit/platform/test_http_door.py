import base64
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from chalice.app import BadRequestError, Chalice, CognitoUserPoolAuthorizer
from chalice.test import Client

from chalicelib.platform import http_door
from chalicelib.platform.errors import InvalidInput, NotFound, Throttled

CLAIMS: dict[str, Any] = {"sub": "user-1", "cognito:username": "user-1", "custom:tenant": "hrgroup"}


class Requests:
    """A bound app whose current request carries these claims of a verified token."""

    def __init__(self, claims: Any, path: str = "/v1/contacts/1") -> None:
        self.current_request = Request({"authorizer": {"claims": claims}, "path": path})


class Request:
    """What the door reads of a request."""

    method = "GET"
    path = "/v1/contacts/{id}"

    def __init__(self, context: dict[str, Any]) -> None:
        self.context = context


def serve(view: Any, claims: Any = None) -> Any:
    guard = http_door.guard(Requests(CLAIMS if claims is None else claims), tenant=lambda: "hrgroup")
    return guard(view)()


def body(response: Any) -> dict[str, Any]:
    return dict(json.loads(response.body))


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_good_answer_passes_as_it_is() -> None:
    assert serve(lambda: {"ok": True}) == {"ok": True}


@pytest.mark.parametrize(
    "claims", [{**CLAIMS, "custom:tenant": "taxihotline"}, {"sub": "user-1"}, {**CLAIMS, "custom:tenant": ""}, {}, "x"]
)
def test_a_token_of_another_tenant_is_refused_and_audited(claims: Any, capsys: pytest.CaptureFixture[str]) -> None:
    served: list[str] = []
    response = serve(lambda: served.append("no"), claims)
    assert response.status_code == 403
    assert body(response)["code"] == "forbidden"
    assert served == []
    audit, line, metrics = lines(capsys)
    assert (audit["audit"], audit["tenant"]) == (True, "hrgroup")
    assert (line["code"], line["status"]) == ("forbidden", 403)
    assert metrics["CrossTenantRefused"] == 1


def test_a_request_without_a_verified_token_is_refused() -> None:
    requests = Requests(None)
    requests.current_request.context = {}
    assert http_door.guard(requests, tenant=lambda: "hrgroup")(dict)().status_code == 403


def test_a_refusal_is_told_as_problem_details_with_its_facts() -> None:
    def view() -> None:
        raise InvalidInput("limit must be 1 to 100", field="limit")

    response = serve(view)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body(response) == {
        "type": "urn:trunkline:problem:invalid-input",
        "title": "Invalid input",
        "status": 400,
        "detail": "limit must be 1 to 100",
        "instance": "/v1/contacts/1",
        "code": "invalid-input",
        "field": "limit",
        "errors": [{"field": "limit", "problem": "limit must be 1 to 100"}],
    }


def test_facts_cannot_overwrite_what_the_standard_says() -> None:
    def view() -> None:
        raise NotFound("no such contact", status="fine", contact="1")

    answer = body(serve(view))
    assert (answer["status"], answer["contact"]) == (404, "1")


def test_a_failure_that_may_pass_says_when_to_come_again() -> None:
    def view() -> None:
        raise Throttled("busy")

    response = serve(view)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")


def test_a_refusal_of_the_framework_has_our_shape() -> None:
    def view() -> None:
        raise BadRequestError("Error Parsing JSON")

    response = serve(view)
    assert response.status_code == 400
    assert body(response)["code"] == "rejected"


def test_a_bug_is_logged_and_told_without_its_inside(capsys: pytest.CaptureFixture[str]) -> None:
    def view() -> None:
        raise KeyError("+8613800138000")

    response = serve(view)
    assert response.status_code == 500
    assert "138" not in response.body
    failed, line, _ = lines(capsys)
    assert "KeyError" in failed["exception"]
    assert "13800138000" not in json.dumps(failed)
    assert line["code"] == "internal"


def test_a_request_leaves_one_line_with_the_pattern_of_its_route(capsys: pytest.CaptureFixture[str]) -> None:
    serve(dict)
    line, metrics = lines(capsys)
    assert (line["route"], line["status"], line["code"]) == ("GET /v1/contacts/{id}", 200, "ok")
    assert (metrics["outcome"], metrics["Refused"]) == ("ok", 0)


def test_answers_hold_instants_and_decimals_and_stay_out_of_caches() -> None:
    response = http_door.json_response(
        {"at": datetime(2026, 3, 2, 1, tzinfo=UTC), "on": date(2026, 3, 2), "n": Decimal(3), "share": Decimal("0.5")}
    )
    assert json.loads(response.body) == {"at": "2026-03-02T01:00:00Z", "on": "2026-03-02", "n": 3, "share": 0.5}
    assert response.headers["Cache-Control"] == "no-store"


def test_what_has_no_json_form_is_a_bug() -> None:
    with pytest.raises(TypeError, match="no JSON form"):
        http_door.json_response({"x": object()})


def token(tenant: str) -> str:
    """Return a token as the user pool would sign it; the signature is API Gateway's business, not the door's."""
    claims = base64.urlsafe_b64encode(json.dumps({**CLAIMS, "custom:tenant": tenant}).encode()).decode()
    return f"e30.{claims}.c2ln"


@pytest.fixture
def client() -> Iterator[Client]:
    app = Chalice(app_name="probe")
    authorizer = CognitoUserPoolAuthorizer("users", provider_arns=["arn:aws:cognito-idp:x:1:userpool/y"])

    @app.route("/v1/things/{thing_id}", authorizer=authorizer)
    @http_door.guard(app, tenant=lambda: "hrgroup")
    def thing(thing_id: str) -> Any:
        raise NotFound(f"no thing {thing_id}")

    with Client(app) as probe:
        yield probe


@pytest.mark.filterwarnings("ignore:.*not a supported in local mode:UserWarning")  # Chalice's way of testing
@pytest.mark.parametrize(("tenant", "status"), [("hrgroup", 404), ("taxihotline", 403)])
def test_the_door_stands_under_a_real_route(client: Client, tenant: str, status: int) -> None:
    response = client.http.get("/v1/things/7", headers={"Authorization": token(tenant)})
    assert response.status_code == status
    assert response.json_body["code"] == {404: "not-found", 403: "forbidden"}[status]


def test_where_nobody_verifies_tokens_the_door_still_lets_nobody_in(client: Client) -> None:
    with pytest.warns(UserWarning, match="local mode"):
        response = client.http.get("/v1/things/7")
    assert response.status_code == 403
