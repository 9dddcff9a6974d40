"""Tenancy: which tenant this process serves. The only door for other capabilities."""

import functools
import json
import os
from pathlib import Path

from chalicelib.tenancy.models import Tenant, from_document

DOCUMENT_VARIABLE = "TRUNKLINE_TENANT_DOCUMENT"
"""Names another place of the document, for tests and tools; functions find it beside their code."""


@functools.cache
def current() -> Tenant:
    """Return the tenant of this process, read once from the packaged `tenant.json`.

    Raises:
        FileNotFoundError: the package carries no document: the function must not start.
        ValueError: the document is of another version.

    """
    packaged = Path(__file__).resolve().parents[1] / "tenant.json"
    path = Path(os.environ.get(DOCUMENT_VARIABLE, packaged))
    return from_document(json.loads(path.read_text(encoding="utf-8")))
