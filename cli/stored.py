"""The contact as it is kept, once it is kept."""

import time
from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console

from chalicelib.platform.errors import ProductError
from cli.api import Api
from cli.transcript import wrap

DEADLINE_S: Final = 30.0
_LABEL_CELLS: Final = 24


class NotStored(ProductError):
    """A finished call did not arrive in the table in time."""

    code, status, title = "not-stored", 504, "Contact not stored in time"


def wait_for(api: Api, contact_id: str, *, deadline_s: float = DEADLINE_S) -> dict[str, Any]:
    """Return the stored contact as soon as the records have made it.

    Raises:
        NotStored: it is not there after `deadline_s`.

    """
    end = time.monotonic() + deadline_s
    while True:
        found = api.contact(contact_id)
        if found is not None:
            return found
        if time.monotonic() > end:
            msg = f"contact {contact_id} is not stored after {deadline_s:.0f} s; see `trunkline dlq list`"
            raise NotStored(msg)
        time.sleep(0.1)


def show(out: Console, contact: Mapping[str, Any]) -> None:
    """Print the members of the contact that hold something, one a row."""
    for key, value in contact.items():
        if value in (None, "", [], {}):
            continue
        rows = wrap(told(value), 100 - 4 - _LABEL_CELLS)
        out.print(f"    {key:<{_LABEL_CELLS}}{rows[0]}", markup=False, soft_wrap=True)
        for row in rows[1:]:
            out.print(" " * (4 + _LABEL_CELLS) + row, markup=False, soft_wrap=True)


def told(value: Any) -> str:
    """Return a JSON value in words."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {told(inner)}" for key, inner in value.items() if inner not in (None, ""))
    if isinstance(value, list):
        return "; ".join(told(inner) for inner in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
