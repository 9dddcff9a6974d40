"""Which function's answer a flow reads where: `$.External` is replaced as a whole by every answer."""

from collections.abc import Iterator

from flowlang import paths, references
from flowlang.document import Action, Flow, scalar_text


def reads(flow: Flow) -> Iterator[tuple[Action, str]]:
    """Yield every action and key of `$.External` that it reads."""
    for action in flow.actions:
        keys = {
            ".".join(path.keys[1:])
            for text in references.strings(action.parameters)
            for path in paths.find(text)
            if path.root == "External" and len(path.keys) > 1
        }
        yield from ((action, key) for key in sorted(keys))


def latest(flow: Flow) -> dict[str, set[str]]:
    """Return for each action the functions, as the flow names them, whose answer may be the latest there."""
    actions = flow.by_identifier()
    found: dict[str, set[str]] = {}
    waiting = [(flow.start, "")]
    while waiting:
        name, function = waiting.pop()
        action = actions.get(name)
        if action is None or function in found.setdefault(name, set()):
            continue
        found[name].add(function)
        own = scalar_text(action.parameters.get("LambdaFunctionARN", "")) if answers(action) else ""
        waiting += [
            (edge.target, own if own and edge.kind != "error" else function) for edge in action.transitions.edges()
        ]
    return {name: functions - {""} for name, functions in found.items()}


def answers(action: Action) -> bool:
    """Tell whether the action waits for a function's answer."""
    asynchronous = scalar_text(action.parameters.get("InvocationType", "")).upper() == "ASYNCHRONOUS"
    return action.type == "InvokeLambdaFunction" and not asynchronous
