"""Where the effects of a contact's flows happen: time passes, people act, functions answer."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from localstack.connect.engine.contact import Contact
from localstack.connect.engine.effects import (
    Await,
    Chance,
    ChanceTaken,
    Choice,
    Connect,
    Digits,
    Effect,
    ForEver,
    Invoke,
    Pause,
    Words,
)
from localstack.connect.engine.listening import Awaiting, listen
from localstack.connect.engine.parts import State
from localstack.connect.engine.ports import Invocation, LambdaReply
from localstack.connect.engine.process import Disarm, Resume
from localstack.connect.engine.reporter import place_of
from localstack.connect.engine.settings import latency

if TYPE_CHECKING:
    from localstack.connect.engine.world import World


class Stage:
    """Arms effects for one contact."""

    def __init__(self, world: "World", contact: Contact) -> None:
        self._world = world
        self._contact = contact

    def arm(self, effect: Effect, resume: Resume) -> Disarm:
        """Make an effect happen; answers how to take it back."""
        match effect:
            case Pause(seconds):
                return self._timer(seconds, partial(resume, None))
            case Await():
                return self._await(effect, resume)
            case Digits() | Words() | Choice():
                return self._listen(effect, resume)
            case Invoke():
                return self._invoke(effect, resume)
            case Connect(caller_id, limit_s):
                return self._connect(caller_id, limit_s, resume)
            case ForEver():
                return lambda: None

    def _timer(self, seconds: float, call: Callable[[], None], gate: Future[Any] | None = None) -> Disarm:
        timeline = self._world.timeline
        return partial(timeline.cancel, timeline.after(seconds, call, gate=gate))

    def _connect(self, caller_id: str, limit_s: float | None, resume: Resume) -> Disarm:
        contact = self._contact
        self._world.dialing.connect(contact, caller_id, lambda: resume(None), limit_s)
        return lambda: self._world.dialing.over(contact)

    def _await(self, wanted: Await, resume: Resume) -> Disarm:
        contact, timeline = self._contact, self._world.timeline

        def disarm() -> None:
            timeline.cancel(timer)
            contact.awaits = None

        def happened(event: str | None) -> None:
            disarm()
            resume(event)

        timer = timeline.after(wanted.seconds, lambda: happened(None))
        contact.awaits = Awaiting(wanted.events, happened)
        self._world.calls.listened_to(contact)
        return disarm

    def _listen(self, wanted: Chance, resume: Resume) -> Disarm:
        contact = self._contact
        if isinstance(wanted, Digits) and wanted.of == "agent":
            return self._listen_to_agent(wanted, resume)
        if isinstance(wanted, Digits) and wanted.typed:
            self._world.timeline.after(0.0, lambda: self._take(wanted.typed))
        asked = contact if contact.source is None else contact.call.home

        def done(taken: ChanceTaken) -> None:
            asked.listening = None
            if contact.state is State.AWAITING:
                contact.state = State.FLOW
            resume(taken)

        listening = asked.listening = listen(self._world.timeline, wanted, done)
        if contact.state is State.FLOW:
            contact.state = State.AWAITING
        self._world.calls.listened_to(asked)
        return listening.close

    def _take(self, typed: str) -> None:
        """Keys that were pressed before the flow listened; what is left over waits for the next input."""
        for position, digit in enumerate(typed):
            listening = self._contact.listening
            if listening is None or not listening.press(digit):
                self._contact.typed_ahead = typed[position:]
                return

    def _listen_to_agent(self, wanted: Digits, resume: Resume) -> Disarm:
        contact = self._contact

        def done(taken: ChanceTaken) -> None:
            contact.agent_listening = None
            resume(taken)

        contact.agent_listening = listen(self._world.timeline, wanted, done)
        return contact.agent_listening.close

    def _invoke(self, wanted: Invoke, resume: Resume) -> Disarm:
        world, instance = self._world, self._contact.instance
        place = place_of(instance)
        limit_s = world.settings.lambda_real_limit_s
        source_arn = instance.arn if world.settings.lambda_permission_needed else ""
        reply = world.ports.lambdas.start(
            Invocation(place, wanted.function_arn, wanted.event, limit_s, source_arn, wanted.asynchronous)
        )
        latency_s = latency(world.settings, wanted.function_arn)
        if latency_s <= wanted.limit_s or wanted.asynchronous:
            if isinstance(reply, LambdaReply):
                return self._timer(latency_s, partial(resume, reply))
            return self._timer(latency_s, lambda: resume(reply.result()), gate=reply)
        late = LambdaReply("timeout", detail=f"no answer within {wanted.limit_s:g} s")
        gate = None if isinstance(reply, LambdaReply) else reply
        return self._timer(wanted.limit_s, lambda: resume(late), gate=gate)
