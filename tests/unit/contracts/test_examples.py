"""Every example that the API's description shows works: sent as it stands there, one after the other."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from chalicelib.examples import EXAMPLES, answers
from tests.support.example_day import DAYS
from tests.support.example_requests import DOCUMENT, body_of, operations, shown


def test_every_operation_has_one_whole_example() -> None:
    assert EXAMPLES.keys() == {operation["operationId"] for _, _, operation in operations()}
    assert answers().keys() == EXAMPLES.keys(), "make examples"
    for _, _, operation in operations():
        required = {one["name"] for one in operation["parameters"] if one["required"]}
        assert required <= shown(operation, "path").keys() | shown(operation, "query").keys(), operation["operationId"]
        assert ("requestBody" in operation) == (body_of(operation) is not None), operation["operationId"]


def with_schemas(operation: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield every example of an operation with its schema."""
    for one in operation["parameters"]:
        if "example" in one:
            yield one["example"], one["schema"]
    if (body := body_of(operation)) is not None:
        yield body, operation["requestBody"]["content"]["application/json"]["schema"]
    for answer in operation["responses"].values():
        content = answer["content"].get("application/json", {})
        if "example" in content:
            yield content["example"], content["schema"]


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


def test_every_example_belongs_to_one_day() -> None:
    assert Counter(name for day in DAYS.values() for name in day.names) == dict.fromkeys(EXAMPLES, 1)


@pytest.mark.parametrize("day", DAYS)
def test_the_examples_of_a_day_work_one_after_the_other(
    day: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with DAYS[day].here(monkeypatch, tmp_path) as here:
        others = [
            (name, status, answer)
            for name, status, answer in here.sent()
            if status != answers()[name].status or not answer.keys() >= answers()[name].body.keys()
        ]
    assert others == [], "make examples"
