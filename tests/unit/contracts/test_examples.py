"""Every example that the API's description shows works: sent as it stands there, one after the other."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from chalicelib.access.models import Role
from chalicelib.examples import EXAMPLES
from cli import api_document
from tests.support import contact_records
from tests.support.every_function import HANDLERS, SAMPLES, every_function
from tests.support.rest import USER, request
from tests.support.tenants import INSTANCE_ARN

DOCUMENT: Final = json.loads(api_document.FILE.read_text(encoding="utf-8"))
CONTACTS: Final = ("6f1c0a52-0000-4000-8000-000000000001", "6f1c0a52-0000-4000-8000-000000000002")
OF_AMAZON_CONNECT: Final = {
    *("identity_guide", "identity_ask", "identity_answer", "recordings_turn", "screen_api_choose", "traces_trace"),
    *("qualifications_record", "offers_accept"),
}
"""Operations that need a live call or user of Amazon Connect."""
OF_OTHER_CONTRACTS: Final = {
    *("overrides_switch_head_start", "voicemail_voicemail", "voicemail_close", "reliability_dependencies"),
    *("people_person", "approvals_decide", "adapters_look_up", "adapters_run", "adapters_errors", "adapters_decide"),
}
"""Operations on what the two tenants here do not have: messages, a head start, a look by the clock, people, a CRM."""
DRAWN: Final = {
    "number": ("ticket", "number"),
    "service_id": ("service_id",),
    "hold_id": ("id",),
    "request_id": ("id",),
}
"""Names that the API draws: where its answers have them."""

type Operation = Mapping[str, Any]


def operations() -> Iterator[tuple[str, str, Operation]]:
    """Yield path, method and operation of everything that is described."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def shown(operation: Operation, place: str) -> dict[str, Any]:
    """Return the examples of the parameters in `place`."""
    return {one["name"]: one["example"] for one in operation["parameters"] if one["in"] == place and "example" in one}


def body_of(operation: Operation) -> Any:
    """Return the example of the body, None where there is none."""
    return operation.get("requestBody", {"content": {"application/json": {}}})["content"]["application/json"].get(
        "example"
    )


def test_operations_have_whole_examples_but_for_those_that_need_more_than_the_api() -> None:
    named = {operation["operationId"] for _, _, operation in operations()}
    without = named - EXAMPLES.keys()
    assert EXAMPLES.keys() <= named
    assert without >= OF_AMAZON_CONNECT | OF_OTHER_CONTRACTS
    assert len(without) * 3 < len(named)
    for _, _, operation in operations():
        if operation["operationId"] in EXAMPLES:
            required = {one["name"] for one in operation["parameters"] if one["required"]}
            assert required <= shown(operation, "path").keys() | shown(operation, "query").keys(), operation[
                "operationId"
            ]
            assert ("requestBody" in operation) == (body_of(operation) is not None), operation["operationId"]


def test_every_example_is_what_its_schema_says() -> None:
    for _, _, operation in operations():
        for one in operation["parameters"]:
            if "example" in one:
                schema = {**one["schema"], "components": DOCUMENT["components"]}
                jsonschema.Draft202012Validator(schema).validate(one["example"])
        if (body := body_of(operation)) is not None:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            jsonschema.Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(body)


def asked(tenant: str, route: str, method: str, body: Any, **more: Mapping[str, Any]) -> tuple[int, Any]:
    """Return status and body of the answer to somebody who has every role."""
    roles = ",".join(role.value for role in Role)
    claims = {**USER, "custom:tenant": tenant, "cognito:username": "li.na", "cognito:groups": roles}
    names, query = ({name: str(value) for name, value in more.get(place, {}).items()} for place in ("path", "query"))
    text = None if body is None else json.dumps(body)
    headers = {"content-type": "application/json"}
    event = request(method, route, path=names or None, query=query, claims=claims, headers=headers, body=text)
    answer = HANDLERS["api"](event)
    return answer["statusCode"], json.loads(answer["body"])


def day_of_the_examples() -> None:
    """Let the day of the examples have happened: two calls, one recorded, and a customer who is merged later."""
    records = [json.dumps(contact_records.record(one, InstanceARN=INSTANCE_ARN)).encode() for one in CONTACTS]
    HANDLERS["ingest_contact_records"](contact_records.batch(records))
    HANDLERS["ingest_agent_events"](SAMPLES["ingest_agent_events"][0])
    HANDLERS["recording_indexer"](SAMPLES["recording_indexer"][0])
    assert asked("hrgroup", "/v1/customers", "POST", {"customer_id": "c-10002", "name": "王芳"})[0] == 201


def refused(tenant: str, names: list[str]) -> list[tuple[str, int, Any]]:
    """Send the examples in this order; return those that were not answered as the description says."""
    described = {operation["operationId"]: (path, method, operation) for path, method, operation in operations()}
    drawn: dict[str, str] = {}
    wrong: list[tuple[str, int, Any]] = []
    for name in names:
        path, method, operation = described[name]
        parts = {**shown(operation, "path")}
        parts |= {part: drawn[part] for part in parts if part in drawn}
        status, answer = asked(tenant, path, method, body_of(operation), path=parts, query=shown(operation, "query"))
        if not 200 <= status < 300 or str(status) not in operation["responses"]:
            wrong.append((name, status, answer))
        drawn |= names_in(answer)
    return wrong


def names_in(answer: Any) -> dict[str, str]:
    """Return the names that an answer has drawn."""
    found: dict[str, str] = {}
    for name, steps in DRAWN.items():
        value = answer
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, str):
            found[name] = value
    return found


def test_the_examples_work_one_after_the_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = [name for name in EXAMPLES if not name.startswith("overrides_")]
    with every_function(monkeypatch, tmp_path, "hrgroup"):
        day_of_the_examples()
        assert refused("hrgroup", names) == []


def test_the_examples_of_a_supervisor_work_one_after_the_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = [name for name in EXAMPLES if name.startswith("overrides_")]
    with every_function(monkeypatch, tmp_path, "twocities"):
        assert refused("twocities", names) == []
