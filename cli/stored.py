"""The contact as it is kept, once it is kept."""

import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.console import Console

from chalicelib.platform.errors import ProductError
from cli.api import Api
from cli.terminal import COMMAND
from cli.wrapping import wrap

DEADLINE_S: Final = 30.0
_LABEL_CELLS: Final = 12
UNTOLD: Final = frozenset(
    {"updated_at", "initial_id", "recording", "channel", "method", "queue_name", "threshold_s", "short_s"}
)
"""Members that a person does not look for: versions, settings of the queue, what another row says."""


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
            msg = f"contact {contact_id} is not stored after {deadline_s:.0f} s; see `{COMMAND} dlq list`"
            raise NotStored(msg)
        time.sleep(0.1)


def show(out: Console, contact: Mapping[str, Any]) -> None:
    """Print the contact in rows: its id, when things happened, how long they took, what is known, what was recorded."""
    for label, text in rows(contact):
        first, *others = wrap(text, out.width - 4 - _LABEL_CELLS)
        out.print(f"    {label:<{_LABEL_CELLS}}{first}", markup=False, soft_wrap=True)
        for row in others:
            out.print(" " * (4 + _LABEL_CELLS) + row, markup=False, soft_wrap=True)


def rows(contact: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield label and text of each row that has something to say. Pure."""
    yield "contact", str(contact["contact_id"])
    times = sorted((value, _plain(name.removesuffix("_at"))) for name, value in _worth(contact["times"]).items())
    yield "when (UTC)", ", ".join(f"{'arrived' if name == 'at' else name} {value[11:19]}" for value, name in times)
    yield (
        "how long",
        told({_plain(name.removesuffix("_s")): f"{value} s" for name, value in _worth(contact["seconds"]).items()}),
    )
    yield "facts", told(_worth(contact["facts"]))
    for recording in contact.get("recordings", []):
        yield "recording", f"s3://{recording['bucket']}/{recording['key']} ({recording['size_bytes']} bytes)"


def told(value: Any) -> str:
    """Return a JSON value in words."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {told(inner)}" for key, inner in value.items() if inner not in (None, ""))
    if isinstance(value, list):
        return "; ".join(told(inner) for inner in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(name: str) -> str:
    """Return the name of an instant or a span as people say it: what the store calls acw is wrap-up."""
    return name.replace("acw_", "wrap-up ").replace("acw", "wrap-up").replace("_", " ")


def _worth(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value and name not in UNTOLD}
