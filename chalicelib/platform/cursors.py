"""Cursors of lists, as clients carry them: opaque texts that say where the next page begins and nothing else."""

import base64
import binascii

from chalicelib.platform.errors import InvalidInput


def encode(position: str) -> str:
    """Return `position` as clients carry it. It is not signed: it holds no partition, so it leads nowhere else."""
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def decode(cursor: str) -> str:
    """Return the position in `cursor`.

    Raises:
        InvalidInput: `encode` did not write it.

    """
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise InvalidInput("the cursor is not one of ours", field="cursor") from error
