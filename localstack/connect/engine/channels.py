"""What an action does on a channel: the catalogue's rules, held before a unit is asked (2.6)."""

from flowlang import catalogue
from flowlang.document import Action
from localstack.connect.engine.effects import ActionFailed

ALWAYS = frozenset(
    (known.name, channel)
    for known in catalogue.ACTIONS.values()
    for channel in ("VOICE", "CHAT", "TASK", "EMAIL")
    if not any(channel in rule.channels for rule in known.channel_rules)
    and known.effect_on(channel) is catalogue.Effect.WORKS
)
"""Types that work on a channel however they are used: nearly every action that runs, so nothing more is asked."""


def works(action: Action, channel: str, flow_type: str) -> bool:
    """Whether there is anything to do on this channel. Raises ActionFailed where that is an error."""
    if (action.type, channel) in ALWAYS:
        return True
    known = catalogue.ACTIONS.get(action.type)
    if known is None:
        return True
    verdict = known.on(channel, action.parameters, flow_type)
    if verdict.effect is catalogue.Effect.ERROR:
        why = f"{action.type} does not work for {channel} contacts"
        raise ActionFailed(verdict.error, why)
    return verdict.effect is catalogue.Effect.WORKS


def interactive(action: Action) -> bool:
    """Whether the action is for a participant: in the flow of a contact that is over, there is none."""
    known = catalogue.ACTIONS.get(action.type)
    return known is not None and known.interactive
