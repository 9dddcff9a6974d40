"""The functions below `lambdas/`, loaded as Lambda does: each a file of its own, in no package."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from chalicelib.platform import tenancy

FOLDER = Path(__file__).resolve().parents[2] / "lambdas"


def loaded(function: str, name: str) -> ModuleType:
    """The handler's module of a function, made anew under `name`; beside it are its neighbours and tenancy."""
    sys.modules.setdefault("tenancy", tenancy)
    for path in (FOLDER / function).glob("*.py"):
        if path.stem not in {"handler", "shapes"}:
            sys.modules.setdefault(path.stem, importlib.import_module(f"lambdas.{function}.{path.stem}"))
    spec = importlib.util.spec_from_file_location(name, FOLDER / function / "handler.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
