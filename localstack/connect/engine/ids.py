"""Ids that are made of a name: the same name gives the same id again."""

import hashlib
import uuid

VARIANT = "89ab"
"""The first digit of the fourth group: two bits say RFC 9562, two are of the hash."""


def new_uuid(namespace: uuid.UUID, name: str) -> str:
    """UUID of version 5 (RFC 9562) as text: `str(uuid.uuid5(namespace, name))` without the object between."""
    digits = hashlib.sha1(namespace.bytes + name.encode(), usedforsecurity=False).hexdigest()
    variant = VARIANT[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"
