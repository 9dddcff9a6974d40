"""Results that depend on how an action is used."""

from flowlang.document import Action


def wait_results(action: Action) -> set[str]:
    """Return what a Wait with these parameters may result in; each of them needs its condition."""
    events = action.parameters.get("Events")
    found = {"WaitCompleted"} | ({str(one) for one in events} if isinstance(events, list | tuple) else set())
    return found | ({"Continue"} if "ContinueExecution" in action.parameters else set())
