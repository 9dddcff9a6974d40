"""The links of the OpenAPI document: where that can be read and changed which a POST has made. Pure.

They follow from paths and models: a POST to `/v1/things` whose answer has `thing_id` leads to every operation below
`/v1/things/{thing_id}` that needs no other name. An answer may have it within what it names (`ticket.number`), or
calls it `id`.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

_REFERENCE: Final = "#/components/schemas/"

type Schemas = Mapping[str, Any]


def add_links(paths: Mapping[str, Mapping[str, Any]], schemas: Schemas) -> None:
    """Write the links into the good answers of every POST in `paths`."""
    for path, methods in paths.items():
        for status, answer in methods.get("post", {"responses": {}})["responses"].items():
            if status.startswith("2") and (links := _links(path, answer, paths, schemas)):
                answer["links"] = links


def _links(path: str, answer: Mapping[str, Any], paths: Mapping[str, Mapping[str, Any]], schemas: Schemas) -> Any:
    below = re.compile(re.escape(path) + r"/\{(\w+)\}(?:/[^{}]*)?")
    schema = answer["content"]["application/json"]["schema"]
    return {
        operation["operationId"]: {
            "operationId": operation["operationId"],
            "parameters": {found[1]: f"$response.body#{place}"},
        }
        for other, methods in paths.items()
        if (found := below.fullmatch(other)) and (place := _place(found[1], schema, schemas))
        for operation in methods.values()
    }


def _place(name: str, schema: Mapping[str, Any], schemas: Schemas) -> str:
    """Return where an answer has what a path calls `name`, as a JSON pointer; '' when it has not."""
    fields = _fields(schema, schemas)
    if name in fields:
        return f"/{name}"
    within = next((one for one, its in fields.items() if name in _fields(its, schemas)), None)
    if within is not None:
        return f"/{within}/{name}"
    return "/id" if "id" in fields and name.endswith("_id") else ""


def _fields(schema: Mapping[str, Any], schemas: Schemas) -> Mapping[str, Any]:
    known = schemas.get(str(schema.get("$ref", "")).removeprefix(_REFERENCE), schema)
    fields: Mapping[str, Any] = known.get("properties", {})
    return fields
