"""What parameters of several actions name: flows and modules."""

from collections.abc import Mapping
from typing import Any

from localstack.connect.directory import Flow, FlowModule
from localstack.connect.engine.effects import failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.resources import Published

NOUNS: Mapping[type[Published], str] = {Flow: "flow", FlowModule: "module"}


def published[P: Published](run: FlowRun, kind: type[P], value: Any, what: str) -> P:
    """The flow or module that `value` leads to, with the content that a qualifier behind its id means.

    Raises ActionFailed when it leads nowhere; `what` stands for the parameter in the words of an unset one.
    """
    wanted = run.whole(value, what)
    found = run.contact.instance.edition(kind, wanted)
    if found is None:
        why = f"there is no {NOUNS[kind]} {wanted}"
        raise failed(why)
    return found
