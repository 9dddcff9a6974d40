"""Documents of flows and modules, read once for each published content."""

from dataclasses import dataclass

from localstack.connect.directory import Flow, FlowModule
from localstack.connect.engine import document, honour
from localstack.connect.engine.settings import Settings


@dataclass(slots=True)
class _Known:
    content: object
    document: document.Document
    refused: tuple[str, ...] | None = None
    under: Settings | None = None


class Library:
    """A cache by ARN; a new content (another object) replaces the old one."""

    def __init__(self) -> None:
        self._read: dict[str, _Known] = {}

    def honoured(self, source: Flow | FlowModule, settings: Settings) -> document.Document:
        """The document of a flow or module that can be run. Raises document.BrokenFlow, also for what is refused."""
        known = self._known(source)
        if known.refused is None or known.under is not settings:
            known.refused = honour.refusals(known.document.actions.values(), settings)
            known.under = settings
        if known.refused:
            raise document.BrokenFlow("; ".join(known.refused))
        return known.document

    def _known(self, source: Flow | FlowModule) -> _Known:
        known = self._read.get(source.arn)
        if not source.text:
            msg = "it has never been published"
            raise document.BrokenFlow(msg)
        if known is None or known.content is not source.content:
            known = self._read[source.arn] = _Known(source.content, document.read(source.content))
        return known
