"""The recording indexer as its build makes it: with the tenancy module beside it."""

import functools
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from chalicelib.platform import tenancy

HANDLER = Path(__file__).resolve().parents[2] / "lambdas" / "recording_indexer" / "handler.py"


@functools.cache
def indexer() -> ModuleType:
    """Return the module of the function."""
    sys.modules.setdefault("tenancy", tenancy)
    spec = importlib.util.spec_from_file_location("recording_indexer_of_journeys", HANDLER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def arrived(bucket: str, key: str, *, size_bytes: int, at: str = "2026-03-02T01:10:00Z") -> Mapping[str, Any]:
    """Return the event of an object that has arrived in the bucket."""
    return {"time": at, "detail": {"bucket": {"name": bucket}, "object": {"key": key, "size": size_bytes}}}
