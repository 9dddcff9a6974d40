"""Every example that the API's description shows works: sent as it stands there, one after the other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from chalicelib.examples import EXAMPLES
from tests.support import example_requests
from tests.support.every_function import every_function
from tests.support.example_requests import DOCUMENT, body_of, day_of_the_examples, operations, shown

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


def with_schemas(operation: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield every example of an operation with its schema."""
    for one in operation["parameters"]:
        if "example" in one:
            yield one["example"], one["schema"]
    if (body := body_of(operation)) is not None:
        yield body, operation["requestBody"]["content"]["application/json"]["schema"]


def test_every_example_is_what_its_schema_says() -> None:
    wrong = [
        (operation["operationId"], error.json_path, error.message)
        for _, _, operation in operations()
        for example, schema in with_schemas(operation)
        for error in jsonschema.Draft202012Validator({**schema, "components": DOCUMENT["components"]}).iter_errors(
            example
        )
    ]
    assert wrong == []


def refused(tenant: str, names: list[str]) -> list[tuple[str, int, Any]]:
    """Send the examples in this order; return those that were not answered as the description says."""
    described = example_requests.by_name()
    return [
        (name, status, answer)
        for name, status, answer in example_requests.sent(tenant, names)
        if not 200 <= status < 300 or str(status) not in described[name].operation["responses"]
    ]


def test_the_examples_work_one_after_the_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = [name for name in EXAMPLES if not name.startswith("overrides_")]
    with every_function(monkeypatch, tmp_path, "hrgroup"):
        day_of_the_examples()
        assert refused("hrgroup", names) == []


def test_the_examples_of_a_supervisor_work_one_after_the_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = [name for name in EXAMPLES if name.startswith("overrides_")]
    with every_function(monkeypatch, tmp_path, "twocities"):
        assert refused("twocities", names) == []
