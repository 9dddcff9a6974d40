"""Holds an answer of the API to the output shape of the service model: required members, types, ranges, words."""

from typing import Any

from botocore.model import Shape
from botocore.validate import ParamValidator

from localstack.connect.api_model import unknown_words


def problems(shape: Shape | None, answer: Any) -> list[str]:
    """What is wrong with an answer, one sentence each."""
    if shape is None:
        return []
    report = ParamValidator().validate(answer, shape)
    return [*([report.generate_report()] if report.has_errors() else []), *unknown_words(shape, answer)]
