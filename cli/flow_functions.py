"""Python functions that a command line names, for a flow that runs without a cloud."""

import importlib
from collections.abc import Sequence

from chalicelib.platform.errors import InvalidInput
from localstack.connect.alone.functions import Handler


def named(pairs: Sequence[str]) -> dict[str, Handler]:
    """Return the handlers that texts such as `look_up=my.module:handler` name.

    Raises:
        InvalidInput: a text has another form, or there is no such module or function.

    """
    return dict(_handler(pair) for pair in pairs)


def _handler(pair: str) -> tuple[str, Handler]:
    name, found, place = pair.partition("=")
    module, colon, function = place.partition(":")
    if not (name and found and module and colon and function):
        msg = f"expected NAME=module:function, not {pair!r}"
        raise InvalidInput(msg)
    try:
        handler = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as exc:
        msg = f"--lambda {pair}: {exc}"
        raise InvalidInput(msg) from exc
    if not callable(handler):
        msg = f"--lambda {pair}: {function} cannot be called"
        raise InvalidInput(msg)
    return name, handler
