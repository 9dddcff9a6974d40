"""The page that says what every stored field is: `docs/data-classification.md`, made of the one declaration."""

from typing import Final

from chalicelib.access import policy
from chalicelib.access.roles import FRONT_DESK
from chalicelib.platform import classification
from chalicelib.platform.classification import RULES, Kind
from cli import places

FILE: Final = places.ROOT / "docs" / "data-classification.md"

_HEAD: Final = """# What every field is

Made of `chalicelib/platform/classification.py` by `trunkline api fields`; a test holds the page to it, and
every name that stores and answers use to the table. A name means the same everywhere; where it stands for several
things, it is what the most personal of them is. Numbers with a unit in their name and instants need no line.

| Kind | What it says | What it is collected for | Kept | Erased on request |
|---|---|---|---|---|
"""

_MASKED: Final = """
## Who sees it masked

The front desk ({roles})
sees {hidden} as `***` and the last four digits, in every answer of the API: the door masks it, no route has to.
One other role is enough not to be front desk. Telephone numbers within content are masked for them too. Logs mask
every telephone number for everybody.

## The fields
"""


def page() -> str:
    """Return the page."""
    rules = (
        f"| {kind} | {rule.says} | {rule.purpose} | {rule.kept} | {rule.erased} |\n" for kind, rule in RULES.items()
    )
    roles = ", ".join(f"`{role}`" for role in sorted(FRONT_DESK))
    said = _MASKED.format(roles=roles, hidden=" and ".join(f"`{kind}`" for kind in sorted(policy.HIDDEN)))
    return _HEAD + "".join(rules) + said + "".join(_fields(kind) for kind in Kind)


def _fields(kind: Kind) -> str:
    names = ", ".join(f"`{name}`" for name, what in sorted(classification.FIELDS.items()) if what is kind)
    return f"\n**{kind}**: {names}\n"
