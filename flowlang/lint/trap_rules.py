"""Rules on traps that only the whole document shows: foreign ARNs, answers that a second function replaced."""

import re
from collections.abc import Iterator

from flowlang import answers, references
from flowlang.lint.model import Hit, Severity, Subject, rule

_OWNER = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]+):([0-9]{12}):")
_INSTANCE = re.compile(r"arn:aws[a-z-]*:connect:[a-z0-9-]+:[0-9]{12}:instance/([0-9a-fA-F-]{36})")


@rule("D09", Severity.WARNING, "All ARNs belong to one account, Region and instance.")
def one_owner(subject: Subject) -> Iterator[Hit]:
    """A copied flow that still names resources of the account or instance that it came from."""
    for what, pattern in (("account ", _OWNER), ("instance ", _INSTANCE)):
        first = ""
        for action in subject.flow.actions:
            for text in references.strings(action.parameters):
                for found in pattern.findall(text):
                    owner = found if isinstance(found, str) else f"{found[1]} in {found[0]}"
                    first = first or owner
                    if owner != first:
                        message = f"{what}{owner}, but other actions name {what}{first}"
                        yield Hit(action.identifier, message, "Name the resource of this account, Region and instance")


@rule("R11", Severity.WARNING, "An answer is read before the next function replaces it.")
def answer_is_replaced(subject: Subject) -> Iterator[Hit]:
    """`$.External` is replaced as a whole: a key of the first function's answer is gone after the second."""
    after = answers.latest(subject.flow)
    reads = [(action, key, after.get(action.identifier, set())) for action, key in answers.reads(subject.flow)]
    for action, key, here in reads:
        earlier = [
            min(before - here)
            for other, same, before in reads
            if same == key and before and not before & here and action.identifier in subject.reached(other.identifier)
        ]
        if here and earlier:
            message = f"$.External.{key} is read after {_short(min(here))}, and before that after {_short(earlier[0])}"
            yield Hit(action.identifier, message, "Keep the first answer in a contact attribute")


def _short(arn: str) -> str:
    return arn.partition(":function:")[2] or arn.rpartition("/")[2]
