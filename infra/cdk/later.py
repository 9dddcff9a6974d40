"""A text of the template that is known only when everything has been made: where a needs b and b is made after a."""

from collections.abc import Callable

import jsii
from aws_cdk import IStableStringProducer, Lazy


@jsii.implements(IStableStringProducer)
class _Later:
    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read

    def produce(self) -> str:
        """Return the text, at synthesis."""
        return self._read()


def later(read: Callable[[], str]) -> str:
    """Return a token for what `read` returns when the template is written."""
    return Lazy.string(_Later(read))
