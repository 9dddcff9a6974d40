"""Parameters as texts, for rules: what is still to be put in has no value yet."""

import re
from collections.abc import Iterator, Mapping

from flowlang.catalogue import Kind, Parameter
from flowlang.document import Action, scalar_text
from flowlang.lint.model import Subject

PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}|\$\{[^{}]*\}|<[A-Z][A-Z0-9_ -]*>|%%?[A-Z][A-Z0-9_]*%%?")
"""`{{queue.vip}}`, `${Queue}`, `<REPLACE_ME>`, `%%QUEUE%%`."""

_NAMED_BY_TEXT = frozenset({"LambdaFunctionARN", "FlowModuleId", "LexV2Bot.AliasArn", "WisdomAssistantArn"})


def scalars(parameter: Parameter, action: Action) -> Iterator[str]:
    """Yield the values that a parameter has as text."""
    for value in parameter.found_in(action.parameters):
        text = "" if isinstance(value, Mapping | list) else scalar_text(value)
        if text and not PLACEHOLDER.search(text):
            yield text


def all_scalars(subject: Subject) -> Iterator[tuple[Action, Parameter, str]]:
    """Yield every parameter's text, with where it stands."""
    for action, kind in subject.typed():
        for parameter in kind.parameters:
            for text in scalars(parameter, action):
                yield action, parameter, text


def is_given(name: str, action: Action) -> bool:
    """Tell whether an action has the parameter."""
    return any(True for _ in Parameter(name=name, kind=Kind.STRUCTURE).found_in(action.parameters))


def placeholders(subject: Subject) -> Iterator[tuple[Action, Parameter, str]]:
    """Yield each placeholder where a value is a name, a number or a choice; free texts may have such marks."""
    for action, kind in subject.typed():
        for parameter in kind.parameters:
            if parameter.kind not in {Kind.STATIC, Kind.WHOLE, Kind.PATH} and parameter.name not in _NAMED_BY_TEXT:
                continue
            for value in parameter.found_in(action.parameters):
                found = PLACEHOLDER.search(value) if isinstance(value, str) else None
                if found is not None:
                    yield action, parameter, found[0]
