"""Tenant ids, and the only place where a tenant id becomes part of a key."""

import re
from typing import NewType

TenantId = NewType("TenantId", str)

_SHAPE = re.compile(r"[a-z][a-z0-9]{2,30}")
_SEPARATOR = "#"


def tenant_id(text: str) -> TenantId:
    """Validate `text` (3 to 31 characters, a-z and 0-9, a letter first) as a tenant id.

    The separators of keys and resource names are impossible in an id, so no tenant's keys can be a prefix of another's.

    Raises:
        ValueError: `text` has another shape; it fails where it enters and never reaches a key.

    """
    if not _SHAPE.fullmatch(text):
        msg = f"tenant id must be 3 to 31 characters a-z0-9 starting with a letter, not {text!r}"
        raise ValueError(msg)
    return TenantId(text)


def partition(tenant: TenantId, kind: str, *parts: str) -> str:
    """Return the partition key `T#<tenant>#<KIND>#<part>...` of an item of `tenant`.

    Raises:
        ValueError: a part is empty or holds the separator, so that no two different part lists give one key.

    """
    for part in (kind, *parts):
        if not part or _SEPARATOR in part:
            msg = f"a key part must be non-empty and free of '{_SEPARATOR}', not {part!r}"
            raise ValueError(msg)
    return _SEPARATOR.join(("T", tenant, kind, *parts))
