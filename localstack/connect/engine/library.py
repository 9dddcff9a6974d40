"""Documents of flows and modules, read once for each published content."""

from localstack.connect.directory import Flow, FlowModule
from localstack.connect.engine import document


class Library:
    """A cache by ARN; a new content (another object) replaces the old one."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[object, document.Document]] = {}

    def read(self, source: Flow | FlowModule) -> document.Document:
        """The document of a flow or module. Raises document.BrokenFlow."""
        known = self._read.get(source.arn)
        if known is not None and known[0] is source.content:
            return known[1]
        fresh = document.read(source.content)
        self._read[source.arn] = (source.content, fresh)
        return fresh
