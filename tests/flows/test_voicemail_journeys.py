"""Messages: left when a call is not answered, kept with number, time and recording, in a group's or person's box."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import app
from chalicelib.contacts.models import Contact as Kept
from chalicelib.contacts.models import Result
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.models import from_document
from chalicelib.voicemail import policy
from chalicelib.voicemail.models import Reason, State
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Press, WaitFor
from tests.support.decided_world import TO_COMPLAINTS, Decided, after
from tests.support.fake_dynamo import FakeDynamo
from tests.support.left_messages import messages
from tests.support.rest import USER, get, send
from tests.support.rest_table import rest_table
from tests.support.tenant_world import REGULAR, TENANTS, TenantWorld, decision

AFTER_SALES, TELESALES = "+864008601234", "+862155360100"
SUNDAY = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
LEAVE = (WaitFor(15), Press("#"))


def contract(**sections: Any) -> Contract:
    raw = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    return parse({**raw, **sections}, source="test")


def left(world: TenantWorld, number: str, *deeds: Any) -> Contact:
    return world.dial(number, *deeds)


def test_a_message_has_the_callers_number_the_time_and_the_recording() -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    call = left(world, AFTER_SALES, Press("1"), Press("2"), *LEAVE)
    (message,) = messages(world)
    assert message.caller == call.plan.caller
    assert message.at.isoformat().startswith("2026-03-02T01:0")
    assert any(key.endswith(message.recording or "-") for key in world.cloud.objects)
    assert (message.reason, message.box, message.queue) == (Reason.CHOICE, "service-desk", "after-sales")


def test_off_hours_it_lies_in_the_box_of_the_line_that_has_no_group() -> None:
    world = TenantWorld("hrgroup", now=SUNDAY)
    left(world, TELESALES, Press(""), Press("1"), *LEAVE)
    (message,) = messages(world)
    assert (message.reason, message.box) == (Reason.OFF_HOURS, "telesales")


def test_when_the_queue_is_full() -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    world.queue("after-sales", max_contacts=0)
    world.lambdas.answers["route_contact"] = full
    left(world, AFTER_SALES, Press("1"), Press("1"), *LEAVE)
    (message,) = messages(world)
    assert (message.reason, message.box) == (Reason.BUSY, "service-desk")


def full(event: Any) -> dict[str, str]:
    """The after-sales queue, and when that has been tried the voicemail."""
    if event["Details"]["Parameters"].get("tried", "none") == "none":
        return decision("after-sales", tried="queue:after-sales")
    return decision("after-sales", target1Type="voicemail", target1Id="voicemail", tried="queue:after-sales")


def test_when_nobody_serves_the_queue_where_the_tenant_offers_it() -> None:
    raw = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    world = TenantWorld(contract(waiting={**raw["waiting"], "unattended": "voicemail"}), lookup=REGULAR)
    left(world, AFTER_SALES, Press("1"), Press("1"), *LEAVE)
    (message,) = messages(world)
    assert (message.reason, message.queue) == (Reason.UNATTENDED, "after-sales")
    assert [r["Attributes"].get("leftFor") for r in world.cloud.records] == [None, None]


def test_one_who_waits_in_an_attended_queue_is_not_asked_for_a_message() -> None:
    raw = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    world = TenantWorld(contract(waiting={**raw["waiting"], "unattended": "voicemail"}), lookup=REGULAR)
    world.staff("service", "li.na", talk_s=120)
    world.call(Press("1"), to=AFTER_SALES, talk_s=120)
    world.run(until=world.world.now + timedelta(seconds=40))
    left(world, AFTER_SALES, Press("1"))
    assert messages(world) == []
    assert len([r for r in world.cloud.records if r["Agent"]]) == 2


def test_after_no_answer_and_for_a_named_person() -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    left(world, AFTER_SALES, Press("1"), Press("2"), *LEAVE)
    for record in world.cloud.records:
        record["Attributes"] |= {"routeTargets": "agent li.na 30 account-manager; voicemail - 0 overflow"}
        record["Attributes"].pop("leftFor", None)
    (message,) = messages(world)
    assert (message.reason, message.box) == (Reason.NO_ANSWER, "li-na")


def test_after_a_queue_in_which_nobody_answered_in_time() -> None:
    chain = {"id": "away", "queues": ["complaints"], "wait_limit_s": 90, "hops": [{"to": "voicemail"}]}
    world = Decided({"overflow": [chain]})
    world.staff("service", "ann", status="Lunch")
    world.call(*TO_COMPLAINTS, WaitFor(110), Press("1"), WaitFor(20), Press("#"), to=AFTER_SALES)
    world.run(until=after(900))
    (message,) = messages(world)
    assert (message.reason, message.box) == (Reason.NO_ANSWER, "service-desk")


def test_a_call_without_a_message_leaves_none() -> None:
    world = TenantWorld("hrgroup", lookup=REGULAR)
    world.staff("service", "li.na")
    left(world, AFTER_SALES, Press("1"))
    assert messages(world) == []


def test_a_closed_message_stays_closed_when_its_record_comes_again() -> None:
    world, client = TenantWorld("hrgroup", lookup=REGULAR), FakeDynamo()
    left(world, AFTER_SALES, Press("1"), Press("2"), *LEAVE)
    (message,) = messages(world, client)
    closed = {**client.items[(f"T#hrgroup#MESSAGE#{message.id}", "MESSAGE")], "result": {"S": "closed"}}
    client.items[(f"T#hrgroup#MESSAGE#{message.id}", "MESSAGE")] = closed
    (again,) = messages(world, client)
    assert again.state is State.CLOSED


@pytest.fixture
def rest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    with rest_table(monkeypatch, tmp_path) as table:
        world = TenantWorld("hrgroup", lookup=REGULAR)
        left(world, AFTER_SALES, Press("1"), Press("2"), *LEAVE)
        messages(world, table)
        yield table


@pytest.mark.usefixtures("rest")
def test_a_supervisor_lists_reads_and_closes_a_message_and_the_trail_tells_of_it() -> None:
    status, body = get(app.app, "/v1/voicemails", query={"box": "service-desk"})
    assert status == 200, str(body)[150:]
    (row,) = body["messages"]
    assert (status, row["reason"], row["state"]) == (200, "choice", "new")
    path = {"message_id": row["message_id"]}
    assert get(app.app, "/v1/voicemails/{message_id}", path=path)[1]["recording"]
    status, body = close(row["message_id"], "called back, solved")
    assert (status, body["state"], body["result"], body["closed_by"]) == (
        200,
        "closed",
        "called back, solved",
        "user-1",
    )
    assert close(row["message_id"], "again")[0] == 409
    assert get(app.app, "/v1/voicemails", query={"box": "service-desk"})[1] == {"messages": [], "cursor": None}
    assert len(get(app.app, "/v1/voicemails", query={"box": "service-desk", "state": "closed"})[1]["messages"]) == 1


def close(message_id: str, result: str, claims: Any = USER) -> tuple[int, Any]:
    return send(
        app.app, "POST", "/v1/voicemails/{message_id}/close", path={"message_id": message_id}, claims=claims,
        headers={"content-type": "application/json"}, body=json.dumps({"result": result}),
    )  # fmt: skip


@pytest.mark.usefixtures("rest")
def test_nobody_else_reads_or_closes_messages_and_one_that_is_not_there_is_said_so() -> None:
    agent = {**USER, "cognito:groups": "agent"}
    assert get(app.app, "/v1/voicemails", query={"box": "service-desk"}, claims=agent)[0] == 403
    assert close("nowhere", "done")[0] == 404
    assert close("nowhere", " ")[0] == 400
    assert close("nowhere", "done", {**USER, "custom:tenant": "taxihotline"})[0] == 403


@settings(max_examples=30)
@given(st.sets(st.sampled_from(["after-sales", "complaints", "english", "telesales"])), st.sampled_from(["", "li.na"]))
def test_every_message_lies_in_exactly_one_box(queues: set[str], person: str) -> None:
    boxes = [{"id": f"box-{queue}", "name": queue, "queues": [queue]} for queue in sorted(queues)]
    boxes += [{"id": "li-na", "name": "Li Na", "agent": "li.na"}] if person else []
    tenant = from_document(compile_contract(contract(voicemail={"boxes": boxes})))
    for queue in (None, "english", "telesales"):
        for agent in (None, "li.na"):
            kept = Kept(id="c", updated_at=SUNDAY, at=SUNDAY, channel="VOICE", method="INBOUND", line="after-sales",
                        result=Result.VOICEMAIL, meant_queue=queue, meant_agent=agent)  # fmt: skip
            expected = "li-na" if person and agent else f"box-{queue}" if queue in queues else "after-sales"
            assert policy.box(kept, tenant) == expected


@pytest.mark.parametrize(
    ("boxes", "path"),
    [
        ([{"id": "a1", "name": "A"}], "voicemail.boxes.0"),
        ([{"id": "a1", "name": "A", "queues": ["nowhere"]}], "voicemail.boxes.0.queues.0"),
        ([{"id": "a1", "name": "A", "queues": ["english"]}, {"id": "b1", "name": "B", "queues": ["english"]}],
         "voicemail.boxes.1.queues.0"),
        ([{"id": "telesales", "name": "A", "queues": ["english"]}], "voicemail.boxes.0.id"),
    ],
)  # fmt: skip
def test_a_box_that_is_nobodys_or_stands_twice_is_refused(boxes: list[dict[str, Any]], path: str) -> None:
    with pytest.raises(InvalidContract) as refused:
        contract(voicemail={"boxes": boxes})
    assert path in str(refused.value.problems[0])
