"""Holds an answer of the API to the output shape of the service model: required members, types, ranges, words."""

from collections.abc import Iterator
from typing import Any

from botocore.model import Shape
from botocore.validate import ParamValidator


def problems(shape: Shape | None, answer: Any) -> list[str]:
    """What is wrong with an answer, one sentence each."""
    if shape is None:
        return []
    report = ParamValidator().validate(answer, shape)
    return [*([report.generate_report()] if report.has_errors() else []), *_unknown_words(shape, answer, "")]


def _unknown_words(shape: Shape, value: Any, where: str) -> Iterator[str]:
    """Words that are none of those that the model lists; the validator does not look at them."""
    if shape.type_name == "string" and shape.enum and value not in (None, *shape.enum):
        yield f"{where.lstrip('.')} is {value!r}, expected one of {', '.join(shape.enum)}"
    for inside, inner, name in _parts(shape, value):
        yield from _unknown_words(inside, inner, f"{where}{name}")


def _parts(shape: Shape, value: Any) -> Iterator[tuple[Shape, Any, str]]:
    """What is inside of a value, with its shape and how to call it."""
    if value is None:
        return
    if shape.type_name == "structure":
        yield from ((shape.members[name], inner, f".{name}") for name, inner in value.items() if name in shape.members)
    elif shape.type_name == "list":
        yield from ((shape.member, inner, f"[{n}]") for n, inner in enumerate(value))
    elif shape.type_name == "map":
        yield from ((shape.value, inner, f".{name}") for name, inner in value.items())
