"""What contact events make of the board: any order, any repetition, tolerant of what AWS's own samples hold."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.platform.fields import Unusable
from chalicelib.platform.tenancy import tenant_id
from chalicelib.realtime import events
from chalicelib.realtime.contact_event import is_contact_event
from chalicelib.realtime.models import Board, Check, Moment, Place, QueueCheck, Stage
from chalicelib.realtime.store import Boards, Moments
from cli.function_schemas import FOLDER
from tests.support.fake_dynamo import FakeDynamo

INSTANCE = "arn:aws:connect:us-east-1:000000000000:instance/0a0a0a0a-0000-4000-8000-000000000001"
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
TENANT = tenant_id("hrgroup")
QUEUES = {"after-sales": "uuid-1"}
STAGES = ("INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED")


def text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def told(contact: str, steps: tuple[int, ...], **detail: Any) -> bytes:
    """Return the event after the last of `steps`: seconds after `START` at which the contact came to each stage."""
    at = [START + timedelta(seconds=second) for second in steps]
    body: dict[str, Any] = {
        "eventType": STAGES[len(steps) - 1], "contactId": contact, "channel": "VOICE", "instanceArn": INSTANCE,
        "initiationMethod": "INBOUND", "initiationTimestamp": text(at[0]),
        "tags": {"aws:connect:systemEndpoint": "+864008601234"},
    }  # fmt: skip
    if len(at) > 1:
        body["queueInfo"] = {"queueArn": f"{INSTANCE}/queue/uuid-1", "enqueueTimestamp": text(at[1])}
    if len(at) > 2:
        body["agentInfo"] = {"agentArn": f"{INSTANCE}/agent/a1", "connectedToAgentTimestamp": text(at[2])}
    if len(at) > 3:
        body["disconnectTimestamp"] = text(at[3])
    event = {"source": "aws.connect", "detail-type": "Amazon Connect Contact Event", "detail": {**body, **detail}}
    return json.dumps(event).encode()


def taking(table: FakeDynamo) -> events.ContactEvents:
    return events.contact_events(table, "table", TENANT, QUEUES, INSTANCE)


def board(table: FakeDynamo) -> Board:
    return Boards(table, "table", TENANT).board()


lives = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)).map(sorted).map(tuple),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60)
@given(lives, st.randoms(use_true_random=False), st.data())
def test_order_and_repetition_change_nothing(lives: list[tuple[int, ...]], chance: Any, data: st.DataObject) -> None:
    known = {f"c{n}": life[: data.draw(st.integers(1, 4))] for n, life in enumerate(lives)}
    sent = [told(contact, life[:so_far]) for contact, life in known.items() for so_far in range(1, len(life) + 1)]
    shuffled = [*sent, *chance.choices(sent, k=len(sent))]
    chance.shuffle(shuffled)
    boards = []
    for order in (sent, shuffled):
        table = FakeDynamo()
        for event in order:
            taking(table).take(event, START + timedelta(seconds=40))
        boards.append({one.id: one for one in board(table).moments})
    assert boards[0] == boards[1]
    stages = list(Stage)
    assert {contact: one.stage for contact, one in boards[1].items()} == {
        contact: stages[len(life) - 1] for contact, life in known.items()
    }


@settings(max_examples=40)
@given(st.permutations(["begins", "main", "queued", "service", "ends"]))
def test_where_a_caller_stands_and_what_his_events_tell_do_not_touch_each_other(order: list[str]) -> None:
    steps = {"begins": (0,), "queued": (0, 5), "ends": (0, 5, 9, 30)}
    table = FakeDynamo()
    places = Moments(table, "table", TENANT)
    for what in order:
        if what in steps:
            taking(table).take(told("call", steps[what]), START + timedelta(seconds=40))
        else:
            places.stands(Place(contact_id="call", line="after-sales", node=what, at=START))
    (one,), (stands,) = board(table).moments, board(table).places
    last = max(("main", "service"), key=order.index)
    assert (one.stage, one.queue, one.at) == (Stage.ENDED, "after-sales", START)
    assert (stands.contact_id, stands.node) == ("call", last)
    assert len(table.items) == 1
    places.forget("call")
    assert board(table) == Board()


def test_a_newer_event_that_knows_less_takes_away_what_is_no_more() -> None:
    table = FakeDynamo()
    taking(table).take(told("call", (0, 5)), START)
    elsewhere = {"queueInfo": {"queueArn": f"{INSTANCE}/queue/own", "enqueueTimestamp": text(START)}}
    taking(table).take(told("call", (0, 5, 9), **elsewhere), START + timedelta(seconds=9))
    (one,) = board(table).moments
    assert (one.stage, one.queue) == (Stage.TALKING, None)


def test_what_comes_too_late_to_be_of_the_present_is_not_kept_and_a_listening_supervisor_neither() -> None:
    table = FakeDynamo()
    service = taking(table)
    assert not service.take(told("late", (0,)), START + timedelta(seconds=121))
    assert not service.take(told("ears", (0,), initiationMethod="MONITOR"), START)
    assert service.take(told("call", (0,)), START + timedelta(seconds=120))
    assert [one.id for one in board(table).moments] == ["call"]


def test_the_oddities_of_awss_own_samples_are_understood() -> None:
    table = FakeDynamo()
    odd = {"agentInfo": {"agentArn": f"{INSTANCE}/agent/a1", "connectedToAgentTimestamp": "1970-01-01T00:00:00.001Z"}}
    taking(table).take(told("call", (0, 5), channel="Voice", **odd), START)
    (one,) = board(table).moments
    assert (one.channel, one.stage, one.queue, one.number) == ("VOICE", Stage.WAITING, "after-sales", "+864008601234")


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (told("call", (0,), instanceArn=INSTANCE + "f"), "detail.instanceArn"),
        (told("call", (0,), contactId=None), "detail.contactId"),
        (told("call", (0,), initiationTimestamp="yesterday"), "detail.initiationTimestamp"),
    ],
)
def test_what_is_no_event_of_this_instance_is_refused_with_its_field(event: bytes, field: str) -> None:
    table = FakeDynamo()
    with pytest.raises(Unusable) as refused:
        taking(table).take(event, START)
    assert refused.value.facts["field"] == field
    assert table.items == {}


def test_agent_events_are_not_taken_for_contact_events() -> None:
    assert is_contact_event(told("call", (0,)))
    assert not is_contact_event(b'{"AWSAccountId": "1", "AgentARN": "a", "note": "aws.connect"}')


def moment(second: float, taken: float) -> Moment:
    at = START + timedelta(seconds=second)
    return Moment(id=str(second), channel="VOICE", method="INBOUND", at=at, taken_at=START + timedelta(seconds=taken))


def test_the_board_says_how_old_it_is_when_events_are_behind() -> None:
    now = START + timedelta(seconds=100)
    assert Board(moments=(moment(10, 15),)).known_at(now) == now
    behind = Board(moments=(moment(10, 12), moment(20, 26)))
    assert behind.known_at(now) == START + timedelta(seconds=20)
    agreed = Check(at=START + timedelta(seconds=50), queues={"q": QueueCheck(waiting=0, oldest_s=0)})
    assert Board(moments=behind.moments, check=agreed).known_at(now) == agreed.at
    differing = Check(at=agreed.at, queues={"q": QueueCheck(waiting=1, oldest_s=5, differs_since=agreed.at)})
    assert Board(moments=behind.moments, check=differing).known_at(now) == START + timedelta(seconds=20)


def test_what_was_kept_is_what_is_read() -> None:
    table = FakeDynamo()
    check = Check(at=START, queues={"q": QueueCheck(waiting=2, oldest_s=9, differs_since=START)}, agents_at=START)
    Moments(table, "table", TENANT).check(check)
    assert board(table).check == check


@pytest.mark.parametrize("field", ["contactId", "instanceArn", "initiationTimestamp"])
def test_the_schema_of_contact_events_takes_what_is_taken_in_and_nothing_less(field: str) -> None:
    schema = jsonschema.Draft202012Validator(json.loads((FOLDER / "contact_event.v1.in.json").read_text()))
    whole = json.loads(told("call", (0, 1, 2, 3)))
    assert schema.is_valid(whole)
    less = {**whole, "detail": {name: value for name, value in whole["detail"].items() if name != field}}
    assert not schema.is_valid(less)
    with pytest.raises(Unusable, match=field):
        taking(FakeDynamo()).take(json.dumps(less).encode(), START)
