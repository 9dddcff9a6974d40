"""Who is on a call with whom, and how it goes on when somebody leaves (11.6).

A call lives while the customer or an agent is on it together with somebody else: one who is left alone has no call, and
neither have third parties among themselves. Every agent and every third party has a contact of an own; the customer is
on one of them and changes to another one when that party leaves.
"""

from typing import TYPE_CHECKING

from localstack.connect.engine.contact import Contact, Line
from localstack.connect.engine.staff import Agent

if TYPE_CHECKING:
    from localstack.connect.engine.world import World

MULTI_PARTY = "MULTI_PARTY_CONFERENCE"
"""The attribute of an instance that allows six parties instead of three."""
USUAL_PARTIES, MOST_PARTIES = 3, 6
ALONE = 1
CUSTOMER = "CUSTOMER_DISCONNECT"
AGENT = "AGENT_DISCONNECT"
COUNTS = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six"}


class Conferences:
    """Looks at calls as a whole."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def with_customer(self, line: Line) -> bool:
        """Whether the customer is on the call."""
        return self._world.calls.is_present(line.home)

    def joined(self, line: Line) -> list[Contact]:
        """The contacts whose party is in the conversation (on hold or not): agents first, the oldest first."""
        there = [contact for contact in line.segments if contact.talking and contact.source is None]
        return sorted(there, key=lambda contact: contact.third is not None)

    def others(self, contact: Contact) -> list[Contact]:
        """The joined parties besides this one's."""
        return [other for other in self.joined(contact.call) if other is not contact]

    def brought_in(self, line: Line) -> Contact | None:
        """The contact whose party is being brought in: one at a time."""
        return next((one for one in line.segments if one.source is not None and not one.ended), None)

    def several(self, contact: Contact) -> bool:
        """Whether the instance allows more than three parties, and every agent the same."""
        return bool(contact.instance.attributes.get(MULTI_PARTY))

    def check_room(self, contact: Contact) -> None:
        """Raises ValueError when nobody more can be brought in."""
        line = contact.call
        if self.brought_in(line) is not None or contact.source is not None:
            msg = "a transfer is under way already"
            raise ValueError(msg)
        if contact.channel != "VOICE":
            return
        self.check_party(contact)
        customer, parties = self.with_customer(line), len(self.joined(line))
        if not customer and parties < USUAL_PARTIES:
            msg = "the caller has left: only a call of three parties can be joined by more"
            raise ValueError(msg)

    def check_party(self, contact: Contact) -> None:
        """Raises ValueError when the call has as many parties as it may, supervisors who have barged in included."""
        line, most = contact.call, MOST_PARTIES if self.several(contact) else USUAL_PARTIES
        if len(self.joined(line)) + self.with_customer(line) + self._world.monitoring.barged(line) >= most:
            msg = f"a call has at most {most} parties"
            raise ValueError(msg)

    def may_control(self, contact: Contact, party: Contact | None) -> bool:
        """Whether this contact's agent may hold or disconnect a party (None = the customer).

        With more than three parties allowed every agent may; else the first agent the customer, and each agent
        whom he brought in himself.
        """
        if self.several(contact):
            return True
        first = next(iter(self.joined(contact.call)), None)
        return contact is first if party is None else party.previous is contact

    def join(self, new: Contact) -> None:
        """The party that was brought in is in the conversation from here on."""
        world = self._world
        if new.agent_process is not None:
            new.agent_process.cancel()
        new.source = None
        if new.part is not None:
            new.part.apart.end(world.now)
        world.holds.everybody_back(new.call)
        count = len(self.joined(new.call)) + self.with_customer(new.call)
        new.tell(world.now, "conference", f"{COUNTS[count]} parties talk", parties=count)
        if new.leg is not None and self.with_customer(new.call):
            world.joining.talk(new, new.leg.agent)

    def goes_on_without_customer(self, contact: Contact) -> bool:
        """Whether others would talk on when the customer leaves: an agent and somebody else."""
        line = contact.call
        if not self.with_customer(line):
            return False
        coming = self.brought_in(line)
        there = self.joined(line) + ([coming] if coming is not None and coming.talking else [])
        return len(there) > ALONE and any(one.leg is not None for one in there)

    def customer_leaves(self, contact: Contact) -> None:
        """The customer hangs up, and the others talk on; simulated agents do not."""
        world, line = self._world, contact.call
        home = line.home
        line.customer_left = True
        world.calls.absent(home)
        home.tell(world.now, "left", "The caller hangs up, the others talk on", reason=CUSTOMER)
        world.holds.customer_back(line)
        coming = self.brought_in(line)
        if coming is not None and coming.talking:
            self.join(coming)
        for one in self.joined(line):
            if one.part is not None:
                one.part.apart.begin(world.now)
        for one in self.joined(line):
            if one.leg is not None and not one.leg.agent.habits.person and one.talking:
                self.leave(one, AGENT)
        self.settle(line, CUSTOMER)

    def leave(self, contact: Contact, reason: str) -> None:
        """An agent or a third party leaves a call that goes on: the customer stays with the others."""
        world, line = self._world, contact.call
        coming = self.brought_in(line)
        rest = self.others(contact)
        heir = next((one for one in rest if one.leg is not None), None)
        if coming is not None and coming.source is contact and heir is not None:
            coming.source = heir
            world.holds.hand_over(contact, heir)
        else:
            world.holds.let_go(contact)
        if line.home is contact and rest and self.with_customer(line):
            world.calls.follow(contact, rest[0])
            contact.transferred_at = world.now if contact.leg is not None else None
        if line.home is contact and self.with_customer(line):
            world.calls.end(contact, reason)
        else:
            contact.tell(world.now, "left", f"{contact.party_name} leaves the call", reason=reason)
            world.calls.close(contact, reason)

    def disconnect(self, agent: Agent, contact: Contact, party: Contact | None) -> None:
        """An agent disconnects another party, None = the customer. Raises ValueError when he may or can not."""
        there = self.with_customer(contact.call) if party is None else party in self.others(contact)
        if not there or not contact.talking or contact.source is not None:
            msg = f"{agent.user.username} has no such party on the call"
            raise ValueError(msg)
        if not self.may_control(contact, party):
            msg = "an agent controls only the parties that he has brought in"
            raise ValueError(msg)
        if party is not None:
            self.leave(party, AGENT)
            self.settle(contact.call, AGENT)
        elif self.goes_on_without_customer(contact):
            self.customer_leaves(contact)
        else:
            self._world.calls.end(contact.call.home, AGENT)

    def settle(self, line: Line, reason: str) -> None:
        """Somebody has left: a call without the customer ends for one who is alone, and for third parties."""
        if self.with_customer(line):
            return
        left = self.joined(line)
        if len(left) > ALONE and any(one.leg is not None for one in left):
            return
        coming = self.brought_in(line)
        for one in (*left, *([] if coming is None else [coming])):
            self._world.calls.end(one, reason)
