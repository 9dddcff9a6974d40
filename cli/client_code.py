"""The operations of the typed client as code, made of the routes of the API: one module a capability."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from pydantic import BaseModel

from chalicelib.platform import openapi
from chalicelib.platform.openapi import Route
from cli import places

FOLDER: Final = places.ROOT / "cli" / "client" / "operations"

_HEAD: Final = '''"""The operations of the capability {capability}. Made of the routes by `trunkline api client`."""

from typing import Final

{imports}

'''
LINE: Final = 120


def generated() -> dict[str, str]:
    """Return the text of each module by its file's name."""
    import app as product  # noqa: PLC0415 - every other command would pay for the whole product's import

    routes = openapi.routes_of(product.app.routes)
    ordered = sorted(routes, key=lambda route: (_capability(route), route.path, route.method))
    return {f"{capability}.py": _module(capability, list(some)) for capability, some in groupby(ordered, _capability)}


def _capability(route: Route) -> str:
    """Return the capability of a route; the API's own description belongs to none of them."""
    words = route.module.split(".")
    return words[1] if len(words) > 1 else "description"


def _module(capability: str, routes: list[Route]) -> str:
    text = "\n".join(_row(route) for route in routes) + "\n"
    modules = sorted({model.__module__.rpartition(".")[2] for route in routes for model in _models(route)})
    names = ", ".join(name for name in ("Document", "Nothing", "Operation") if name in text)
    imports = [f"from chalicelib.{capability} import {', '.join(modules)}"] if modules else []
    imports.append(f"from cli.client.operation import {names}")
    return _HEAD.format(capability=capability, imports="\n".join(imports)) + text


def _models(route: Route) -> Iterator[type[BaseModel]]:
    told: Iterable[type[BaseModel] | None] = (route.operation.query, route.operation.body, route.operation.answer)
    yield from (model for model in told if model is not None)


def _row(route: Route) -> str:
    told = route.operation
    models = (_spelt(told.query), _spelt(told.body), _spelt(told.answer, "Document"))
    keyed = ("keyed=True",) if route.method == "POST" and told.changes else ()
    words = ", ".join((f'"{route.method}"', f'"{route.path}"', *models, *keyed))
    row = f"{route.view.upper()}: Final = Operation({words})"
    return row if len(row) <= LINE else f"{route.view.upper()}: Final = Operation(\n    {words}\n)"


def _spelt(model: type[BaseModel] | None, otherwise: str = "Nothing") -> str:
    return f"{model.__module__.rpartition('.')[2]}.{model.__name__}" if model is not None else otherwise
