"""What our flows send to functions and read of their answers, held to the functions' schemas (INT-07)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cli import function_schemas, places
from flowlang import answers, document
from flowlang.document import Flow

FILE: Final = places.ROOT / "docs" / "functions.md"
FLOWS: Final = places.ROOT / "contact_flows"
NOT_READ: Final = "no flow"

_HEAD: Final = """# The functions, by their schemas

What each Lambda function takes and answers is a versioned JSON Schema in [schemas/](schemas/), made of the types in the
capabilities' `shapes.py`. This page is made of them and of the flows by `trunkline api schemas`; tests hold it, the
schemas and every function's real answers to each other. A version never comes to promise less: a field that goes, that
is required now or has another type is another version (`trunkline api compatible` compares with an earlier commit).
Every answer to a flow, every dead letter and every answer that is ours alone names its schema, `route_contact.v1` for
example. What AWS sends and reads (batches and their failures, log-ins, CloudFormation's answer) has AWS's shape, in
which there is no room for a name. What the routes of the REST API take and answer is in [openapi.json](openapi.json).

| Function or message | Takes | Answers or is |
|---|---|---|
"""


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """A flow sends or reads `key`, of the function."""

    function: str
    key: str
    flow: str


def templates() -> dict[str, Flow]:
    """Return our flows and modules by name, as they are written."""
    return {path.stem: document.parse(path.read_text(encoding="utf-8")) for path in sorted(FLOWS.glob("*/*.json"))}


def read(flows: Mapping[str, Flow]) -> set[Use]:
    """Return which key of which function's answer each flow reads. Function '': none can have answered there."""
    found: set[Use] = set()
    for name, flow in flows.items():
        latest = answers.latest(flow)
        for action, key in answers.reads(flow):
            functions = {_name(arn) for arn in latest.get(action.identifier, ())} or {""}
            found |= {Use(function, key, name) for function in functions}
    return found


def sent(flows: Mapping[str, Flow]) -> set[Use]:
    """Return which parameter each flow sends to which function."""
    return {
        Use(_name(str(action.parameters["LambdaFunctionARN"])), key, name)
        for name, flow in flows.items()
        for action in flow.actions
        if action.type == "InvokeLambdaFunction"
        for key in action.parameters.get("LambdaInvocationAttributes", {})
    }


def _name(reference: str) -> str:
    """Return the function that the symbolic reference names: `{{lambda.menu_step}}{{?agents.greetings}}`."""
    return reference.partition("{{lambda.")[2].partition("}}")[0]


def unknown(flows: Mapping[str, Flow]) -> list[str]:
    """Return what flows read or send that the function's schema does not have, one line each."""
    wrong = [f"{use.flow} reads {use.key}, which {use.function or 'nobody'} answers" for use in read(flows)
             if use.key not in answered(use.function)]  # fmt: skip
    wrong += [f"{use.flow} sends {use.key}, which {use.function} does not take" for use in sent(flows)
              if use.key not in parameters(use.function)]  # fmt: skip
    return sorted(wrong)


def answered(function: str) -> dict[str, Any]:
    """Return the fields of what the flow-invoked function answers; none of a function that is not one."""
    return _fields(function, "out", "")


def parameters(function: str) -> dict[str, Any]:
    """Return the parameters that the flow-invoked function takes."""
    return _fields(function, "in", "Parameters")


def _fields(function: str, way: str, inside: str) -> dict[str, Any]:
    shape = function_schemas.FLOW_INVOKED.get(function)
    if shape is None:
        return {}
    schema = function_schemas.generated()[f"{function}.v{shape.version}.{way}.json"]
    found = (one for name, one in schema.get("$defs", {}).items() if inside and name.endswith(inside))
    return dict(next(found, schema)["properties"])


def page() -> str:
    """Return the page."""
    every = {**function_schemas.FUNCTIONS, **function_schemas.MESSAGES}
    rows = (f"| `{name}` | {_link(name, 'in')} | {_link(name, 'out')} |\n" for name in sorted(every))
    flows = templates()
    told = (_section(name, read(flows), sent(flows)) for name in sorted(function_schemas.FLOW_INVOKED))
    return _HEAD + "".join(rows) + "".join(told)


def _link(name: str, way: str) -> str:
    shape = {**function_schemas.FUNCTIONS, **function_schemas.MESSAGES}[name]
    known_as = f"{name}.v{shape.version}.{way}"
    there = shape.takes if way == "in" else shape.gives
    return f"[{known_as}](schemas/{known_as}.json)" if there is not None else ""


def _section(function: str, reads: set[Use], sends: set[Use]) -> str:
    parts = (
        f"\n## {function}\n",
        "\n| It takes | What it is | Sent by |\n|---|---|---|\n",
        *_rows(function, parameters(function), sends),
        "\n| It answers | What it is | Read by |\n|---|---|---|\n",
        *_rows(function, answered(function), reads),
    )
    return "".join(parts)


def _rows(function: str, fields: Mapping[str, Any], uses: set[Use]) -> Iterator[str]:
    for key, schema in fields.items():
        by = sorted({f"`{use.flow}`" for use in uses if (use.function, use.key) == (function, key)})
        yield f"| `{key}` | {schema.get('description', '')} | {', '.join(by) or NOT_READ} |\n"
