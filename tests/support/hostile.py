"""What somebody would try who wants another tenant's data through the REST API: ids, parameters, headers, claims."""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from chalice.app import Chalice
from pydantic import BaseModel

from tests.support.rest import send

VICTIM: Final = "taxihotline"
SECRET: Final = "belongs-to-the-victim"
ID: Final = "b-1"
KINDS: Final = (
    *("CALLER", "CUSTOMER", "CONTACT", "TICKET", "TICKETSOF", "MESSAGE", "CALLBACK", "QUALIFICATION", "REQUEST"),
    *("MENU", "ENQUIRY", "OVERRIDES", "LIFECYCLE", "FLOOR", "KPI", "AUDIT"),
)
SORTS: Final = ("CONTACT", "TICKET", "MESSAGE", "PROFILE", "CALLER", "ANSWER", "DRAFT", "PUBLISHED", "ROUTING", "OWN")

DEEPEST: Final = 4
"""Levels of a body that are filled: menus nest without end."""

IDS: Final = (
    ID,
    f"{VICTIM}/{ID}",
    f"../{VICTIM}/{ID}",
    f"..%2f..%2f{VICTIM}%2f{ID}",
    f"T#{VICTIM}#CONTACT#{ID}",
    f"x#T#{VICTIM}#TICKET#{ID}",
    f"{ID}#CONTACT",
    f"\uff03T\uff03{VICTIM}",
    f"{ID}\x00",
    "*",
    "' OR '1'='1",
    '{"S": "T#taxihotline#CONTACT#b-1"}',
    "12345678",
    "+8613700137000",
    "x" * 2_000,
)
"""Names of the victim's things, and texts that would lead out of our own keys were they put in as they are."""

HEADERS: Final[Mapping[str, str]] = {
    "x-tenant": VICTIM,
    "x-tenant-id": VICTIM,
    "x-trunkline-tenant": VICTIM,
    "tenant": VICTIM,
    "x-amzn-oidc-data": json.dumps({"custom:tenant": VICTIM}),
    "x-forwarded-user": "admin",
    "x-user": "admin",
    "x-http-method-override": "DELETE",
    "x-original-url": f"/v1/{VICTIM}",
    "x-rewrite-url": f"/v1/{VICTIM}",
    "cookie": f"tenant={VICTIM}; custom:tenant={VICTIM}",
    "host": f"{VICTIM}.example.org",
}
"""What some frameworks and proxies would take for the tenant, the user, the method or the address."""

CLAIMED: Final[tuple[Any, ...]] = (
    *(VICTIM, "hrgroup2", "hrgrou", "HRGROUP", "hrgroup ", " hrgroup", "hrgroup\x00", f"hrgroup,{VICTIM}", ""),
    *(["hrgroup"], [VICTIM, "hrgroup"], {"": "hrgroup"}, None, True, 0),
)
"""What a token of somebody else may say where the tenant should stand."""


def positions() -> Iterator[str]:
    """Yield cursors that would point into the victim's lists, in our own form and in DynamoDB's."""
    keys = {"pk": {"S": f"T#{VICTIM}#DAY#2026-03-02"}, "sk": {"S": f"2026-03-02T09:00:00Z#{ID}"}}
    plain = (
        f"2026-03-02T09:00:00Z#{ID}",
        f"T#{VICTIM}#DAY#2026-03-02",
        json.dumps(keys),
        "2026-03-02T09:00:00Z#12345678",
    )
    for text in plain:
        yield base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def items() -> Iterator[dict[str, dict[str, str]]]:
    """Yield things of the victim under every kind of key that we make, in the tables that the attacker can reach."""
    for kind in KINDS:
        for part in (ID, "12345678", "+8613700137000"):
            for sort in SORTS:
                yield {
                    "pk": {"S": f"T#{VICTIM}#{kind}#{part}"},
                    "sk": {"S": sort},
                    "gsi1pk": {"S": f"T#{VICTIM}#{kind}#{part}"},
                    "gsi1sk": {"S": f"2026-03-02T09:00:00Z#{ID}"},
                    "gsi2pk": {"S": f"T#{VICTIM}#DAY#2026-03-02"},
                    "gsi2sk": {"S": f"2026-03-02T09:00:00Z#{ID}"},
                    "name": {"S": SECRET},
                }


def body_of(model: type[BaseModel] | None, text: str) -> str | None:
    """Return a body with every field of `model` filled, `text` wherever a text may stand; None for no model."""
    if model is None:
        return None
    schema = model.model_json_schema()
    return json.dumps(_filled(schema, schema.get("$defs", {}), text))


def _filled(schema: Mapping[str, Any], known: Mapping[str, Any], text: str, depth: int = 0) -> Any:
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    options = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if options:
        return _filled(options[0], known, text, depth)
    if "enum" in schema:
        return schema["enum"][0]
    inner = schema.get("properties", {}) if depth < DEEPEST else {}
    by_type = {
        "object": lambda: {name: _filled(each, known, text, depth + 1) for name, each in inner.items()},
        "array": lambda: [_filled(schema.get("items", {}), known, text, depth + 1)] if depth < DEEPEST else [],
        "integer": lambda: schema.get("minimum", 1),
        "number": lambda: schema.get("minimum", 1),
        "boolean": lambda: True,
    }
    return by_type.get(schema.get("type", ""), lambda: text)()


def told(requests: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield (table, partition) of every key that requests to the store hold, wherever it stands in them."""
    for request in requests:
        if request is None:  # a question to Amazon Connect has no body
            continue
        text = json.dumps(request)
        tables = set(re.findall(r'"TableName": "([^"]+)"', text)) | set(request.get("RequestItems", ()))
        for partition in re.findall(r'"(?::|gsi\d)?pk": {"S": "([^"]*)"}', text):
            for table in tables:
                yield table, partition


def everywhere(app: Chalice) -> Iterator[tuple[str, str, Any]]:
    """Yield path, method and operation of every route that has a door."""
    for path, views in sorted(app.routes.items()):
        for method, view in views.items():
            if hasattr(view.view_function, "operation"):
                yield path, method, view.view_function.operation


def in_turn(route: int, texts: Sequence[Any], count: int) -> list[Any]:
    """Return `count` of `texts` for the route of that number, so that every text is tried and every route is."""
    return [texts[(route * count + step) % len(texts)] for step in range(count)]


def ask(app: Chalice, path: str, method: str, operation: Any, *, text: str, **more: Any) -> tuple[int, str]:
    """Return status and text of the answer to a request whose path and body say `text` wherever they can."""
    parts = dict.fromkeys(re.findall(r"{(\w+)}", path), text)
    body = body_of(operation.body, text)
    headers = {"content-type": "application/json", **more.pop("headers", {})}
    status, answer = send(app, method, path, path=parts or None, headers=headers, body=body, **more)
    return status, json.dumps(answer, ensure_ascii=False)
