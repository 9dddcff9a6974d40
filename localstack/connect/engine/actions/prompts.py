"""What the participant hears (2.1)."""

from localstack.connect.engine import speech
from localstack.connect.engine.document import flag, text
from localstack.connect.engine.effects import DONE, Done, ForEver, Pause, failed
from localstack.connect.engine.interpreter import FlowRun
from localstack.connect.engine.registry import Parameters, Performing, action


@action("MessageParticipant")
def play(run: FlowRun, parameters: Parameters) -> Performing:
    """Play a prompt to its end; it cannot be interrupted, but skipped when keys have been typed ahead."""
    if flag(parameters.get("SkipWhenDTMFBufferEnabled")) and run.contact.typed_ahead:
        return DONE
    spoken, duration_s = speech.prompt(parameters, run.contact.instance, run.tree)
    if not spoken and not duration_s:
        why = "there is nothing to play"
        raise failed(why)
    yield from run.say(spoken, duration_s)
    return DONE


@action("MessageParticipantIteratively")
def play_in_a_loop(run: FlowRun, parameters: Parameters) -> Performing:
    """Play prompts over and over, until the interrupt time is over; without one, until something else happens.

    The transcript tells each prompt once.
    """
    prompts = [speech.prompt(one, run.contact.instance, run.tree) for one in parameters.get("Messages") or ()]
    if not prompts:
        why = "there is nothing to play"
        raise failed(why)
    limit = text(parameters.get("InterruptFrequencySeconds"))
    left_s = float(limit) if limit else None
    for spoken, duration_s in prompts:
        if left_s is not None and left_s <= 0:
            break
        run.hear(spoken)
        yield Pause(duration_s if left_s is None else min(duration_s, left_s))
        left_s = None if left_s is None else left_s - duration_s
    if left_s is None:
        yield ForEver()
    else:
        yield Pause(left_s)
    if limit and run.contact.offered_to is not None:  # the contact cannot be taken out of its queue now
        why = "the contact is being offered to an agent"
        raise failed(why)
    return Done("MessagesInterrupted")
