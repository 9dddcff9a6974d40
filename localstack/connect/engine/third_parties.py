"""Third parties whom agents bring in: a number outside is dialled, and a contact of its own lasts as long (11.6)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from localstack.connect.directory import PhoneNumber, Queue
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.dialing import FAILED
from localstack.connect.engine.legs import Leg
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import Callee
from localstack.connect.engine.staff import Agent
from localstack.connect.engine.transfers import Outside

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

METHOD = "EXTERNAL_OUTBOUND"
LEFT = "THIRD_PARTY_DISCONNECT"


class ThirdParties:
    """Dials third parties."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def bring_in(self, agent: Agent, old: Contact, to: Outside, callee: Callee | None = None) -> Contact:
        """Dial a number while all others wait; answers the contact of the call.

        `callee` says how it is answered; without it, as the customer's plan says of third parties. Raises ValueError
        when the agent cannot.
        """
        world = self._world
        if old.channel != "VOICE":
            msg = f"a {old.channel.lower()} cannot go to a telephone number"
            raise ValueError(msg)
        world.transfers.begin(agent, old)
        who = callee or old.plan.third_party
        dialled = replace(old.plan, caller=to.number, to=_shown(old) or old.plan.to, callee=who)
        attempt = 1 + sum(one.initiation_method == METHOD and one.plan.caller == to.number for one in old.segments)
        new = world.succeed(old, METHOD, source=old, dialled=dialled)
        new.state, new.hooks, new.recorded = State.DIALING, {}, ()
        new.tell(world.now, "dialing", f"{agent.user.username} dials {to.number}", to=to.number, contact_id=new.id)
        world.reporter.contact_event(new, "INITIATED")
        world.watch.count(new.instance, "CallsPerInterval")
        result = who.on(attempt)
        ring_s = world.settings.dial_limit_s if result == "no-answer" else who.ring_s
        if result in FAILED:
            world.timeline.after(ring_s, lambda: None if new.ended else world.calls.end(new, FAILED[result]))
        else:
            world.timeline.after(ring_s, lambda: None if new.ended else self._answered(new))
        return new

    def _answered(self, new: Contact) -> None:
        world = self._world
        new.state, new.connected_at, new.third = State.CONNECTED, world.now, Leg(world.now)
        new.tell(world.now, "third-party", f"Connected to {new.plan.caller}", to=new.plan.caller)
        world.reporter.contact_event(new, "CONNECTED_TO_SYSTEM")
        talk_s = new.plan.callee.talk_s
        if talk_s is not None:
            world.timeline.after(talk_s, lambda: self.hang_up(new))
        old = new.source
        if old is None:
            return
        new.third.apart.begin(world.now)
        world.transfers.met(new)
        if old.leg is not None and not old.leg.agent.habits.person:
            world.transfers.complete(old)

    def hang_up(self, new: Contact) -> None:
        """The third party leaves."""
        if new.ended:
            return
        if new.source is not None:
            self._world.calls.end(new, LEFT)
            return
        self._world.conferences.leave(new, LEFT)
        self._world.conferences.settle(new.call, LEFT)


def _shown(contact: Contact) -> str:
    """The number that the third party sees: the outbound caller id of the contact's queue."""
    queue: Queue | None = contact.visit.queue if contact.visit else contact.target_queue
    number = contact.instance.find(PhoneNumber, queue.caller.get("OutboundCallerIdNumberId", "")) if queue else None
    return "" if number is None else number.number
