"""User-defined attributes as requests give them (3, 13.2)."""

import re
from collections.abc import Mapping

from localstack.connect.api_context import Request
from localstack.connect.api_errors import InvalidParameter, InvalidRequest
from localstack.connect.engine.contact import MAX_ATTRIBUTES_BYTES, fit

KEY = re.compile(r"[A-Za-z0-9_-]+")
NONE: Mapping[str, str] = {}


def given(request: Request, inherited: Mapping[str, str] = NONE) -> dict[str, str]:
    """The attributes that a new contact begins with: what it inherits, and what the request gives.

    Raises:
        InvalidParameter: a key holds something else than letters, digits, dashes and underscores.
        InvalidRequest: they are too large together.

    """
    asked = dict(request.get("Attributes") or {})
    wrong = sorted(key for key in asked if not KEY.fullmatch(key))
    if wrong:
        msg = f"Attribute keys hold letters, digits, - and _ only: {', '.join(wrong)}"
        raise InvalidParameter(msg)
    merged = {**inherited, **asked}
    if not fit(merged, MAX_ATTRIBUTES_BYTES):
        msg = "All attributes of a contact together hold at most 32,768 bytes"
        raise InvalidRequest(msg)
    return merged
