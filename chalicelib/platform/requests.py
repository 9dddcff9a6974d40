"""What holds of every REST request: how large its body may be, names that can be, no parameter that says nothing."""

import re
from typing import Any, Final

from chalicelib.platform.errors import InvalidInput, NotFound, TooLarge

LARGEST_BODY_BYTES: Final = 262_144
"""A menu with all its prompts has some tens of kilobytes; an item of DynamoDB holds 400."""

_NAME: Final = re.compile(r"[^\x00-\x1f\x7f#]{1,256}")
"""What a name in a path may be made of: a key of ours holds no '#' inside a part, so nothing has such a name."""


def check_names(request: Any) -> None:
    """Accept the names in the path of the Chalice `request`.

    Raises:
        NotFound: nothing can have one of them.

    """
    if not all(_NAME.fullmatch(name) for name in (request.uri_params or {}).values()):
        raise NotFound("nothing has a name of this form")


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
