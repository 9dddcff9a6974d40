"""Names inside a tenant's stack. Pure."""

import re


def logical(text: str) -> str:
    """Return `text` as a part of a logical id: letters and digits, words capitalised (`after-sales` → `AfterSales`)."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text))


def log_group(tenant: str, function: str) -> str:
    """Return the name of a function's log group. Fixed, so that a role can name it before the function exists."""
    return f"/trunkline/{tenant}/{function.replace('_', '-')}"
