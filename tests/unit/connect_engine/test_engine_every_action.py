"""Every action type of the catalogue, in every flow type that allows it, on every channel: it runs, takes the error
branch that the catalogue says, or its flow is refused by name. Nothing is skipped in silence.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flowlang.catalogue import ACTIONS, ActionType, Effect, Status
from flowlang.catalogue.model import AH, AW, CQ, IN, MOD
from localstack.connect.directory import PhoneNumber, Storage
from localstack.connect.engine.chats import ChatPlan
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import CallPlan
from localstack.connect.engine.ports import LambdaReply
from localstack.connect.engine.providers import read
from localstack.connect.engine.registry import UNITS
from localstack.connect.engine.staff import agent_queue
from localstack.connect.engine.tasks import TaskPlan
from tests.support.action_cases import CASES, KNOWN, Case
from tests.support.connect_world import ARN, CALLER, NUMBER, Small, action, arn, identifier

if TYPE_CHECKING:
    from localstack.connect.engine.effects import Finish
    from localstack.connect.engine.legs import Participant

CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")
PAGE = Path(__file__).parents[3] / "docs" / "connect-emulator.md"


def furnished() -> Small:
    """A world in which every type can succeed."""
    small = Small(lambda_latencies_s={"slow": 7.0})
    for name in ("support", "other"):
        small.queue(name)
    small.queue("full", max_contacts=0)
    small.agent("li.na", small.profile("support", ("support", 1, 0)), "Lunch")
    small.flow("other", action("mark", "UpdateContactAttributes", {"Attributes": {"went": "other"}}, "bye"))
    small.flow("idle", action("w", "Wait", {"TimeLimitSeconds": "600"}, "bye"))
    small.number(small.flow("ringing", action("p", "MessageParticipant", {"Text": "A very long story. " * 300}, "bye")))
    small.module("m", action("e", "EndFlowModuleExecution", {"Result": "gold"}))
    common: dict[str, Any] = {"arn": "", "flow_id": None, "instance_id": ARN}
    small.put(PhoneNumber(id=identifier("sms"), name="+862155360199", **common))
    small.put(
        Storage(
            id="m", arn="", name="m", resource_type="MEDIA_STREAMS", storage_type="KINESIS_VIDEO_STREAM", prefix="live"
        )
    )
    small.lambdas.answers = {"decide": {"a": "b"}, "slow": {"a": "b"}, "missing": LambdaReply("refused", detail="none")}
    for name, told in read(KNOWN).items():
        setattr(small.world.providers(small.instance), name, told)
    return small


def outcome(small: Small, kind: ActionType, flow_type: str, channel: str, tried: Case) -> tuple[str, list[str]]:
    """Which way an action goes, and what errors are told.

    "next", "result" or an error type; "finish" when the flow is over, "other" in another flow, "moved" as another
    contact; "" when the action is never performed.
    """
    declared = errors_of(kind)
    tested = action("tested", kind.name, tried.good, "next", errors={error: error for error in declared})
    if tried.result or kind.name == "Compare":
        condition = {"Operator": tried.operator, "Operands": [tried.result]}
        tested["Transitions"]["Conditions"] = [{"NextAction": "result", "Condition": condition}]
    if kind.terminal:
        tested["Transitions"] = {}
    marks = [
        action(one, "UpdateContactAttributes", {"Attributes": {"went": one}}, "end", errors={"NoMatchingError": "end"})
        for one in sorted({"next", "result", *declared})
    ]
    contact = _contact(small, channel, tried)
    ended: list[Finish] = []
    if flow_type == MOD:
        small.module("tested", tested, *marks, action("end", "EndFlowModuleExecution"))
        flow = small.flow(
            "tested", action("in", "InvokeFlowModule", {"FlowModuleId": arn("flow-module", "tested")}, "bye")
        )
    else:
        flow = small.flow("tested", tested, *marks, action("end", "EndFlowExecution"), kind=flow_type)
    if flow_type == CQ:
        small.world.calls.enqueue(contact)
    participant: Participant = "agent" if flow_type in (AW, AH) else "customer"
    small.world.calls.run(contact, flow, ended.append, participant)
    _settle(small, contact)
    went = contact.attributes.get("went", "")
    if not went and contact.latest is not contact:
        went = "moved"
    elif not went and ended and ended[0].how != "failed":
        went = "finish"
    return went, [one.text for one in contact.transcript if one.kind == "error"]


def errors_of(kind: ActionType) -> set[str]:
    """The error types that it may declare, in any of its forms."""
    shapes = (kind.shape, *(form.shape for form in kind.forms))
    return {error for shape in shapes for error in shape.required | shape.optional}


def _contact(small: Small, channel: str, tried: Case) -> Contact:
    """A contact whose own flow has stopped, so that another can run for it."""
    idle = small.instance.flows[identifier("idle")]
    plan = CallPlan(to=NUMBER, caller=CALLER, script=tried.script, third_party=tried.third_party)
    match channel:
        case "VOICE":
            contact = small.world.place_call(plan)
            small.world.timeline.fire()
        case "CHAT":
            contact = small.world.chats.start(small.instance, ChatPlan(flow=idle, call=plan))
        case "TASK":
            contact = small.world.tasks.create(small.instance, TaskPlan(flow=idle, name="w"))
            while contact.process is None:
                small.world.timeline.fire()
        case _:
            contact = small.world.new_contact(small.instance, plan, channel="EMAIL")
            contact.segment_attributes = {"connect:Subtype": "connect:Email"}
            contact.connected_at = small.world.now
            contact.tell(small.world.now, "arrived", "An e-mail")
    if contact.process is not None:
        contact.process.cancel()
    if tried.queue == "agent":
        contact.target_queue = agent_queue(small.instance, small.instance.users[identifier("li.na")])
    else:
        contact.target_queue = small.instance.queues.get(identifier(tried.queue))
    return contact


def _settle(small: Small, contact: Contact) -> None:
    """Let at most some minutes go by."""
    until = small.world.now + timedelta(seconds=150)
    while (head := small.world.timeline.head()) and head.when <= until and "went" not in contact.attributes:
        small.world.timeline.fire()


COMBINATIONS = [(kind.name, flow_type) for kind in ACTIONS.values() for flow_type in sorted(kind.flow_types)]
SUCCESS = frozenset({"next", "result", "finish", "other", "moved"})
NOT_HERE: Mapping[tuple[str, str], str] = {
    ("CreateCallbackContact", "TASK"): "a task has no number",
    ("ShowView", "EMAIL"): "nobody is there to see a view",
    ("LoadContactContent", "EMAIL"): "there is no stored content",
    ("UpdatePreviousContactParticipantState", "VOICE"): "nobody transfers",
    ("ResumeContact", "TASK"): "is not paused",
    ("CheckOutboundCallStatus", "VOICE"): "nobody was called",
}
"""What would work on the channel, but not for the plain contact of this test; the error branch says so."""


@pytest.mark.parametrize(("name", "flow_type"), COMBINATIONS)
def test_every_type_runs_or_says_why_not_in_every_flow_type_and_channel(name: str, flow_type: str) -> None:
    kind, tried, small = ACTIONS[name], CASES.get(name, Case()), furnished()
    for channel in CHANNELS:
        went, told = outcome(small, kind, flow_type, channel, tried)
        verdict = kind.on(channel, tried.good, flow_type)
        if kind.status is Status.REFUSED or name not in UNITS:
            assert (went, name in told[0]) == ("", True), channel
        elif verdict.effect is Effect.ERROR:
            assert went == (verdict.error if verdict.error in errors_of(kind) else ""), channel
            assert told, channel
        elif kind.status is Status.ENDED or (name, channel) in NOT_HERE:
            assert (went, told != []) == ("NoMatchingError", True), channel
        else:
            assert went in SUCCESS, (channel, told)
            assert told == [], channel


UNREACHED: Mapping[tuple[str, str], str] = {
    ("LoadContactContent", "NoMatchingError"): "tried above",
    ("ResumeContact", "NoMatchingError"): "tried above",
    ("UpdateContactMediaProcessing", "NoMatchingError"): "the type is refused by name",
    ("UpdateContactMediaProcessing", "ChannelMismatch"): "the type is refused by name",
    ("CheckSegmentMembership", "NoMatchingError"): "the type is refused by name",
    ("CheckSegmentMembership", "NoMatchingCondition"): "the type is refused by name",
    ("RouteContactToAgent", "NoMatchingError"): "the type is refused by name",
    ("CheckVoiceId", "NoMatchingCondition"): "the service has ended: there is no result",
    ("UpdateContactCallbackNumber", "CallbackNumberNotDialable"): "every number can be dialled here",
    ("UpdateContactRecordingAndAnalyticsBehavior", "NoMatchingError"): "whatever can be read succeeds",
    ("UpdateContactRecordingAndAnalyticsBehavior", "ChannelMismatch"): "tried above",
    ("UpdateContactRecordingAndAnalyticsBehavior", "InFlightRedactionConfigurationFailed"): "nothing is redacted here",
    ("UntagContact", "NoMatchingError"): "a tag that is not there is no error",
    ("DistributeByPercentage", "NoMatchingError"): "chance cannot fail",
}
"""Errors that no parameters and no caller bring about in this test."""
ERRORS = [(kind.name, error) for kind in ACTIONS.values() for error in sorted(errors_of(kind))]


@pytest.mark.parametrize(("name", "error"), ERRORS)
def test_every_declared_error_is_reached(name: str, error: str) -> None:
    kind = ACTIONS[name]
    tried = CASES.get(name, Case()).errors.get(error)
    if tried is None:
        assert (name, error) in UNREACHED
        return
    flow_type = IN if IN in kind.flow_types else sorted(kind.flow_types)[0]
    channel = tried.channel or next(c for c in CHANNELS if kind.on(c, tried.good, flow_type).effect is Effect.WORKS)
    went, told = outcome(furnished(), kind, flow_type, channel, tried)
    assert went == error, told


def test_the_page_lists_every_action_type_that_the_engine_performs() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## Action types")[2].partition("\n## ")[0]
    rows = [row.split("|")[2] for row in section.splitlines() if row.startswith("|")][2:]
    named = {word for row in rows for word in re.findall(r"[A-Z]\w+", re.sub(r"\(.*?\)", "", row))}
    assert named == set(UNITS)
