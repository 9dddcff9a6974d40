"""The OpenAPI 3.1 document of the REST API, made of the routes and the pydantic models that they declare. Pure.

There is no second source: a route declares its `Operation` at its door, and `document` reads nothing else.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.platform.openapi_links import add_links
from chalicelib.platform.openapi_words import DONE, PROBLEMS, REFUSALS, REPLAYED, RETRY, SAYS, Words, described, tags

OPENAPI: Final = "3.1.0"
VERSION: Final = "1.0.0"
"""Of the API: the first number counts breaking changes and stands in every path."""
_SCHEMAS: Final = "#/components/schemas/"
_PARAMETER: Final = re.compile(r"\{([A-Za-z_]+)\}")


class FieldProblem(BaseModel):
    """One field and what is wrong with it; its value is not repeated."""

    field: str
    problem: str


class Problem(BaseModel):
    """Problem details (RFC 9457). `code` is stable; facts of the refusal are further members."""

    model_config = ConfigDict(json_schema_extra={"examples": list(PROBLEMS)})

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldProblem] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a route says of itself: its action, what it takes and what it answers.

    `statuses` are those of a good answer, `refuses` those of refusals beyond what every such route refuses with;
    `says` ends the sentence 'This user may ...'; `roles` are who may, each with how far it reaches.
    """

    action: str
    says: str
    answer: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    statuses: tuple[int, ...] = (200,)
    refuses: tuple[int, ...] = ()
    changes: bool = False
    needs_body: bool = True
    roles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request that works: the names in its path, its parameters, its body (None: it takes none)."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleAnswer:
    """What a request that works was answered."""

    status: int
    body: Any


NO_EXAMPLES: Final[Mapping[str, Example]] = {}
NO_ANSWERS: Final[Mapping[str, ExampleAnswer]] = {}
NO_WORDS: Final = Words()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route of the app; `module` and `view` are where its function is."""

    path: str
    method: str
    module: str
    view: str
    summary: str
    operation: Operation

    @property
    def name(self) -> str:
        """The route's name in the document."""
        return f"{self.module.removesuffix('.api').rpartition('.')[2]}_{self.view}"


def routes_of(registered: Mapping[str, Mapping[str, Any]]) -> list[Route]:
    """Return the routes of a Chalice app whose doors declare an operation."""
    return [
        Route(
            path=path,
            method=method,
            module=view.__module__,
            view=view.__name__,
            summary=str(view.__doc__).partition("\n")[0],
            operation=view.operation,
        )
        for path, methods in registered.items()
        for method, entry in methods.items()
        for view in [entry.view_function]
        if hasattr(view, "operation")
    ]


def document(
    routes: Iterable[Route],
    examples: Mapping[str, Example] = NO_EXAMPLES,
    answers: Mapping[str, ExampleAnswer] = NO_ANSWERS,
    words: Words = NO_WORDS,
) -> dict[str, Any]:
    """Return the document, sorted by path, so that the same routes give the same text.

    `examples` are by the routes' names, and so are their `answers`; `words` are what it says of groups and parameters.
    """
    ordered = sorted(routes, key=lambda route: (route.path, route.method))
    references, schemas = _schemas(ordered)
    paths: dict[str, dict[str, Any]] = {}
    for route in ordered:
        told = described(_operation(route, references, schemas), words)
        paths.setdefault(route.path, {})[route.method.lower()] = _with_example(
            told, examples.get(route.name, Example()), answers.get(route.name)
        )
    add_links(paths, schemas)
    for name in {_name(references[route.operation.query]) for route in ordered if route.operation.query}:
        schemas.pop(name)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Trunkline",
            "version": VERSION,
            "description": SAYS,
        },
        "tags": tags(words),
        "security": [{"userPool": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"userPool": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
    }


def _schemas(routes: Iterable[Route]) -> tuple[dict[type[BaseModel], str], dict[str, Any]]:
    """Return each model's reference, and the schemas that they refer to."""
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for route in routes:
        told = route.operation
        wanted |= {(model, "validation"): None for model in (told.query, told.body) if model is not None}
        wanted |= {(told.answer, "serialization"): None} if told.answer is not None else {}
    found, definitions = models_json_schema(list(wanted), ref_template=f"{_SCHEMAS}{{model}}")
    references = {model: str(schema["$ref"]) for (model, _), schema in found.items() if issubclass(model, BaseModel)}
    return references, dict(definitions.get("$defs", {}))


def _name(reference: str) -> str:
    return reference.removeprefix(_SCHEMAS)


def _operation(route: Route, references: Mapping[type[BaseModel], str], schemas: Mapping[str, Any]) -> dict[str, Any]:
    told = route.operation
    shown: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "description": "\n\n".join(_said(told, references, schemas)),
        "tags": [told.action.partition(".")[0]],
        "parameters": [
            *_path_parameters(route.path),
            *_query_parameters(told, references, schemas),
            *_key_parameter(route),
        ],
        "responses": {**_answers(route, references), **_refused(route)},
        "x-roles": _roles(told),
    }
    if told.body is not None:
        content = {"application/json": {"schema": {"$ref": references[told.body]}}}
        shown["requestBody"] = {"required": told.needs_body, "content": content}
    return shown


def _said(told: Operation, references: Mapping[type[BaseModel], str], schemas: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paragraphs of an operation's description: its action, and what its query may be."""
    yield f"Action `{told.action}`: to {told.says}."
    if told.query is not None:
        yield str(schemas[_name(references[told.query])]["description"])


def _roles(told: Operation) -> dict[str, list[str]]:
    """Return who may, by how far it reaches."""
    reaches = sorted(set(told.roles.values()))
    return {reach: sorted(role for role, own in told.roles.items() if own == reach) for reach in reaches}


def _with_example(operation: dict[str, Any], example: Example, answer: ExampleAnswer | None) -> dict[str, Any]:
    told = {"path": example.path, "query": example.query}
    for parameter in operation["parameters"]:
        values = told.get(parameter["in"], {})
        if parameter["name"] in values:
            parameter["example"] = values[parameter["name"]]
    if example.body is not None:
        operation["requestBody"]["content"]["application/json"]["example"] = dict(example.body)
    if answer is not None:
        operation["responses"][str(answer.status)]["content"]["application/json"]["example"] = answer.body
    return operation


def _is_keyed(route: Route) -> bool:
    return route.method == "POST" and route.operation.changes


def _key_parameter(route: Route) -> list[dict[str, Any]]:
    if not _is_keyed(route):
        return []
    schema = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"}
    says = "The same request again under the same key gets the first answer back, for a day"
    return [{"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema, "description": says}]


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name in _PARAMETER.findall(path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query_parameters(
    told: Operation, references: Mapping[type[BaseModel], str], schemas: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    if told.query is None:
        return
    schema = schemas[_name(references[told.query])]
    required = set(schema.get("required", ()))
    for name, told_of in schema["properties"].items():
        yield {"name": name, "in": "query", "required": name in required, "schema": _without_null(told_of)}


def _without_null(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter: a query string cannot say null, it leaves the parameter out."""
    kinds = [kind for kind in field.get("anyOf", ()) if kind != {"type": "null"}]
    others = {name: value for name, value in field.items() if name not in {"anyOf", "default"} or not kinds}
    return {**others, **kinds[0]} if len(kinds) == 1 else dict(field)


def _answers(route: Route, references: Mapping[type[BaseModel], str]) -> dict[str, Any]:
    told = route.operation
    schema = {"$ref": references[told.answer]} if told.answer is not None else {"type": "object"}
    content = {"application/json": {"schema": schema}}
    headers = {"headers": REPLAYED} if _is_keyed(route) else {}
    return {str(status): {"description": DONE[status], "content": content, **headers} for status in told.statuses}


def refusals(path: str, told: Operation) -> set[int]:
    """Return the statuses with which the route at `path` may refuse."""
    statuses = {400, 401, 403, 429, 503, *told.refuses}
    statuses |= {404} if _PARAMETER.search(path) else set()
    statuses |= {409, 422} if told.changes else set()
    return statuses | ({413, 415} if told.body is not None else set())


def _refused(route: Route) -> dict[str, Any]:
    statuses = sorted(refusals(route.path, route.operation))
    content = {"application/problem+json": {"schema": {"$ref": f"{_SCHEMAS}Problem"}}}
    headers = {status: {"headers": RETRY} for status in (429, 503)}
    return {
        str(status): {"description": REFUSALS[status], "content": content, **headers.get(status, {})}
        for status in statuses
    }
