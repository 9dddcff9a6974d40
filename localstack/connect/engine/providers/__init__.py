"""Providers: the services beside Amazon Connect that flows speak to, each behind a small port with a local default.

A JSON document tells the local ones what there is (`read`); a test may put anything else that implements the port.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack.connect.engine.providers import bots, cases, profiles, tables, templates, views
from localstack.connect.engine.providers.bots import Bots
from localstack.connect.engine.providers.cases import Cases, LocalCases
from localstack.connect.engine.providers.dialogue import LocalBots
from localstack.connect.engine.providers.messages import Messages, Outbox
from localstack.connect.engine.providers.profiles import LocalProfiles, Profiles
from localstack.connect.engine.providers.reading import BadProviders, Part
from localstack.connect.engine.providers.tables import LocalTables, Tables
from localstack.connect.engine.providers.templates import LocalTemplates, Templates
from localstack.connect.engine.providers.views import LocalViews, Views

__all__ = ["BadProviders", "Providers", "read"]


@dataclass(slots=True, kw_only=True)
class Providers:
    """All providers of one instance."""

    bots: Bots = field(default_factory=LocalBots)
    profiles: Profiles = field(default_factory=LocalProfiles)
    cases: Cases = field(default_factory=LocalCases)
    views: Views = field(default_factory=LocalViews)
    tables: Tables = field(default_factory=LocalTables)
    messages: Messages = field(default_factory=Outbox)
    templates: Templates = field(default_factory=LocalTemplates)


def read(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The providers that a document tells, by the field of `Providers`; what it leaves out is not in the answer.

    Raises BadProviders with the place of the first part that cannot be used.
    """
    part = Part(document, "")
    readers: Mapping[str, Callable[[], Any]] = {
        "bots": lambda: LocalBots([bots.bot(one) for one in part.parts("bots")]),
        "profiles": lambda: profiles.profiles(list(part.parts("profiles"))),
        "cases": lambda: cases.cases(part.part("cases")),
        "views": lambda: views.views(list(part.named("views"))),
        "tables": lambda: tables.tables(list(part.parts("tables"))),
        "messages": lambda: _messages(part.part("messages")),
        "templates": lambda: templates.templates(part.named("templates")),
    }
    told = {name: reader() for name, reader in readers.items() if part.has(name)}
    unknown = sorted(set(part.names()) - set(readers))
    if unknown:
        msg = f"the document has {', '.join(unknown)}, known are {', '.join(readers)}"
        raise BadProviders(msg)
    return told


def _messages(part: Part) -> Outbox:
    outbox = Outbox(part.texts("unreachable"))
    part.done()
    return outbox
