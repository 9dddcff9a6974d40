"""A small centre with chats: flows that write, agents with slots, and what is left of a chat."""

import json
from datetime import timedelta
from typing import Any

from localstack.connect.directory import RoutingProfile
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.staff import Agent
from tests.support.connect_world import (
    MONDAY,
    Small,
    identifier,
    say,
    to_queue,
)


def at(seconds: float) -> Any:
    return MONDAY + timedelta(seconds=seconds)


def with_chats(*before: Any, slots: int = 3, calls: int = 1, cross: str = "ROUTE_CURRENT_CHANNEL_ONLY") -> Small:
    """A world with a chat flow that greets and queues, and a profile with chats and calls."""
    small = Small()
    small.queue("support")
    small.profile(
        "support", ("support", 1, 0), concurrency={"VOICE": calls, "CHAT": slots}, cross_channel={"CHAT": cross}
    )
    small.flow("chat", *before, say("hello", "Welcome, $.Attributes.name", "set"), *to_queue("support"))
    small.put(small._storage("CHAT_TRANSCRIPTS", storage_type="S3", bucket="transcripts", prefix="connect/small"))
    small.number(small.flow("main", *to_queue("support")))
    return small


def begin(small: Small, *script: Any, flow: str = "chat", **plan: Any) -> Contact:
    call = CallPlan(to="", caller="", script=script, **plan.pop("call", {}))
    attributes = {"name": "Mei", **plan.pop("attributes", {})}
    found = small.instance.flows[identifier(flow)]
    return small.world.chats.start(
        small.instance, ChatPlan(flow=found, customer="Mei", call=call, attributes=attributes, **plan)
    )


def person(small: Small, name: str = "li.na") -> Agent:
    profile = small.instance.named(RoutingProfile, "support")
    assert profile is not None
    return small.agent(name, profile, person=True)


def written(contact: Contact) -> list[tuple[str, str]]:
    """(role, text) of all messages."""
    assert contact.chat is not None
    return [(item.by.role, item.content) for item in contact.chat.items if item.content and item.by]


def stored(small: Small, contact: Contact) -> dict[str, Any]:
    name = f"transcripts/connect/small/ChatTranscripts/2026/03/02/{contact.id}_20260302T01:00_UTC.json"
    document: dict[str, Any] = json.loads(small.cloud.objects[name])
    return document
