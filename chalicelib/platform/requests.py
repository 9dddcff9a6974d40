"""What holds of every REST request: how large its body may be, and no parameter that says nothing."""

from typing import Any, Final

from chalicelib.platform.errors import InvalidInput, TooLarge

LARGEST_BODY_BYTES: Final = 262_144
"""A menu with all its prompts has some tens of kilobytes; an item of DynamoDB holds 400."""


def check(request: Any, *, takes_parameters: bool) -> None:
    """Accept the Chalice `request`.

    Raises:
        TooLarge: its body.
        InvalidInput: a query parameter stands twice, or stands where the route takes none; every one is named.

    """
    if len(request.raw_body) > LARGEST_BODY_BYTES:
        raise TooLarge(f"the body has more than {LARGEST_BODY_BYTES} bytes", limit_bytes=LARGEST_BODY_BYTES)
    told = request.query_params
    names = list(told or ())
    wrong = {name: "stands more than once" for name in names if len(told.getlist(name)) > 1}
    if not takes_parameters:
        wrong |= dict.fromkeys(names, "no such parameter")
    if wrong:
        errors = [{"field": name, "problem": problem} for name, problem in sorted(wrong.items())]
        raise InvalidInput("the query has invalid parameters", errors=errors)
