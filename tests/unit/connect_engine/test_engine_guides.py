"""Guides beside a contact on an agent's screen: DefaultAgentUI and DisconnectAgentUI (reference 2.3, 12)."""

from typing import Any

from localstack.connect.engine.contact import Contact
from localstack.connect.engine.parts import State
from localstack.connect.engine.providers import Providers, read
from tests.support.conference_floor import at
from tests.support.connect_world import Small, action, arn, say, staff, texts, to_queue

FAILS = {"NoMatchingError": "bye"}
MISSED = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "TimeLimitExceeded"), "late")


def hook(identifier: str, name: str, flow: str, then: str) -> dict[str, Any]:
    hooks = {"EventHooks": {name: arn("contact-flow", flow)}}
    return action(identifier, "UpdateContactEventHooks", hooks, then, errors=FAILS)


def guide(small: Small, name: str, value: str) -> None:
    """A guide that shows a view, and writes what was chosen into the contact beside it."""
    view = {"ViewResource": {"Id": "v"}, "InvocationTimeLimitSeconds": "600"}
    told = {"TargetContact": "Related", "Attributes": {name: value}}
    small.flow(
        name,
        action("v", "ShowView", view, "late", errors=MISSED, when={"Next": "tell"}),
        action("tell", "UpdateContactAttributes", told, "bye", errors=FAILS),
        say("late", "Too late.", "bye"),
    )


class Screen:
    """A call with both guides, and its agent, who is a person."""

    def __init__(self, **habits: Any) -> None:
        self.small = Small()
        self.small.world.adopt(self.small.instance, Providers(**read({"views": {"v": {"actions": ["Next"]}}})))
        self.small.queue("support")
        self.small.profile("support", ("support", 1, 0))
        guide(self.small, "greet", "$.Views.ViewResultData.mood")
        guide(self.small, "code", "sold")
        first = hook("h1", "DefaultAgentUI", "greet", "h2")
        second = hook("h2", "DisconnectAgentUI", "code", "set")
        self.small.number(self.small.flow("main", first, second, *to_queue("support")))
        (self.agent,) = staff(self.small, "li.na", **habits)
        self.call = self.small.call()

    def guides(self) -> list[Contact]:
        found = self.small.world.contacts.values()
        return [one for one in found if one.segment_attributes["connect:Subtype"] == "connect:Guide"]


def test_an_agent_is_guided_from_the_connection_to_the_end_of_the_work() -> None:
    screen = Screen(person=True)
    small, world = screen.small, screen.small.world
    small.run(until=at(5))
    world.desks.accept(screen.agent, screen.call)
    small.run(until=at(10))
    (first,) = screen.guides()
    assert (first.channel, first.related, first.chat and first.chat.customer.name) == ("CHAT", screen.call, "li.na")
    assert world.choose(first, "Next", {"mood": "calm"})
    small.run(until=at(11))
    assert screen.call.attributes == {"greet": "calm"}
    world.hang_up(screen.call)
    small.run(until=at(12))
    _, second = screen.guides()
    assert second.attributes == {"greet": "calm"}
    assert world.choose(second, "Next", {})
    world.desks.close(screen.agent, screen.call)
    small.run()
    assert texts(screen.call, "guide") == ["li.na sees the guide greet", "li.na sees the guide code"]
    assert small.record_of(screen.call)["Attributes"] == {"greet": "calm", "code": "sold"}
    records = [small.record_of(one) for one in (first, second)]
    assert [one["RelatedContactId"] for one in records] == [screen.call.id] * 2
    assert [one["DisconnectReason"] for one in records] == ["CONTACT_FLOW_DISCONNECT"] * 2


def test_a_guide_that_nobody_ends_goes_when_the_contact_does() -> None:
    screen = Screen(talk_s=60, acw_s=20)
    screen.small.run(until=at(90))
    first, second = screen.guides()
    assert screen.small.record_of(first)["DisconnectReason"] == "API"
    assert second.state is State.ENDED
    screen.small.run()
    assert screen.small.record_of(second)["DisconnectReason"] == "API"
    assert screen.small.timeline_is_empty()


def test_a_view_of_a_guide_is_too_late_after_its_time_limit() -> None:
    screen = Screen(talk_s=900, acw_s=20)
    screen.small.run(until=at(700))
    (first,) = screen.guides()
    assert texts(first, "hears") == ["Too late."]
    assert first.state is State.ENDED


def test_no_guide_is_left_when_there_is_no_after_contact_work() -> None:
    screen = Screen(talk_s=5, acw_s=0)
    screen.small.run()
    assert screen.guides()
    assert all(one.completed for one in screen.guides())
    assert screen.small.timeline_is_empty()
