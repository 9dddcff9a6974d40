"""Message templates: what a knowledge base of the Connect assistant holds, for messages that name one (12)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from localstack.connect.engine.providers.reading import Part

EMAIL: Literal["EMAIL"] = "EMAIL"
SMS: Literal["SMS"] = "SMS"
PLAIN, HTML = "text/plain", "text/html"
_PLACE = re.compile(r"\{\{\s*Attributes\.([^{}]+?)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One template; `defaults` are the values of variables that whoever sends it does not give."""

    id: str
    channel: Literal["EMAIL", "SMS"] = "EMAIL"
    subject: str = ""
    body: str
    content_type: str = PLAIN
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What a template has become; `missing` are the variables that had no value and stand as they were."""

    subject: str
    body: str
    content_type: str
    missing: tuple[str, ...] = ()


class Templates(Protocol):
    """Port: writes messages by template."""

    def write(self, knowledge_base: str, template: str, channel: str, values: Mapping[str, str]) -> Written | None:
        """The message of a template (id or ARN), None when there is none for this channel.

        `values` are by the names of the variables: `{{Attributes.<name>}}`.
        """
        ...


class LocalTemplates:
    """Templates in memory. Knowledge bases are not told apart: an id names one template."""

    def __init__(self, templates: Mapping[str, Template] | None = None) -> None:
        self._templates = dict(templates or {})

    def write(self, knowledge_base: str, template: str, channel: str, values: Mapping[str, str]) -> Written | None:
        """Write a message; a qualifier behind the id (`:$ACTIVE_VERSION`, `:3`) means the one that there is."""
        del knowledge_base
        found = self._templates.get(template.rpartition("/")[2].partition(":")[0])
        if found is None or found.channel != channel:
            return None
        known = {**found.defaults, **values}
        texts = [_filled(text, known) for text in (found.subject, found.body)]
        missing = tuple(dict.fromkeys(name for text in texts for name in _PLACE.findall(text)))
        return Written(texts[0], texts[1], found.content_type, missing)


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The text with every variable that has a value; others stay, as RenderMessageTemplate leaves them."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def templates(named: Iterator[tuple[str, Part]]) -> LocalTemplates:
    """Templates by their ids, as a document tells them. Raises BadProviders."""
    return LocalTemplates({name: _template(name, part) for name, part in named})


def _template(name: str, part: Part) -> Template:
    channel: Literal["EMAIL", "SMS"] = SMS if part.choice("channel", (EMAIL, SMS), EMAIL) == SMS else EMAIL
    made = Template(
        id=name,
        channel=channel,
        subject=part.text("subject", ""),
        body=part.text("body"),
        content_type=part.choice("content_type", (PLAIN, HTML), PLAIN),
        defaults=part.mapping("defaults"),
    )
    part.done()
    return made
