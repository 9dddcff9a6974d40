"""Transfer flows that talk to the source agent, or to the caller alone, and quick connects to numbers (2.3, 11.6)."""

from typing import Any

import pytest

from localstack.connect.directory import Document, Flow
from localstack.connect.engine import transfers
from localstack.connect.engine.parts import State
from localstack.connect.engine.plan import Press
from localstack.connect.engine.staff import Activity
from tests.support.conference_floor import OUTSIDE, Table
from tests.support.connect_world import action, arn, identifier, kinds, one_queue, say, staff, texts
from tests.support.control_client import Api

ASK = {"Text": "Key in the extension.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
MISSED = dict.fromkeys(("NoMatchingCondition", "NoMatchingError", "InputTimeLimitExceeded"), "bye")
CARD = {
    "Text": "Key in your card.",
    "StoreInput": "True",
    "InputTimeLimitSeconds": "10",
    "InputValidation": {"CustomValidation": {"MaximumLength": "4"}},
}
GO = action("go", "TransferContactToQueue", {}, "bye", errors={"NoMatchingError": "bye", "QueueAtCapacity": "bye"})


def previous(state: str, then: str, identifier_: str = "hold") -> dict[str, Any]:
    wanted = {"PreviousContactParticipantState": state}
    return action(identifier_, "UpdatePreviousContactParticipantState", wanted, then, errors={"NoMatchingError": "bye"})


def transfer(table: Table, flow: Flow) -> Any:
    to = transfers.Destination(table.queue(), flow)
    return table.world.transfers.start(table.agent("anna"), table.first, to)


def asking(table: Table) -> Flow:
    menu = action("menu", "GetParticipantInput", ASK, "bye", errors=MISSED, when={"1": "go"})
    return table.small.flow("asking", menu, GO, kind="QUEUE_TRANSFER")


def test_the_source_agent_chooses_with_keys_where_the_transfer_goes() -> None:
    table = Table()
    new = transfer(table, asking(table))
    assert texts(new, "agent-hears")[-1] == "Key in the extension."
    assert "Key in the extension." not in texts(new, "hears")
    assert new in table.world.awaited
    table.world.press_as_agent(table.first, "1")
    assert new.waiting
    assert new not in [one for one in table.world.awaited if not one.waiting]


def test_an_agent_who_keys_in_nothing_keeps_the_caller() -> None:
    table = Table()
    new = transfer(table, asking(table))
    table.world.press_as_agent(table.first, "")
    table.run(90)
    assert (new.ended, table.first.state) == (True, State.CONNECTED)
    with pytest.raises(ValueError, match="no transfer flow is waiting"):
        table.world.press_as_agent(table.first, "1")


def test_an_agent_who_leaves_while_asked_leaves_the_flow_to_the_caller() -> None:
    table = Table()
    follow = say("more", "Nobody keyed anything in.", "bye")
    menu = action("menu", "GetParticipantInput", ASK, "more", errors=dict.fromkeys(MISSED, "more"), when={"1": "go"})
    new = transfer(table, table.small.flow("asking", menu, GO, follow, kind="QUEUE_TRANSFER"))
    table.leave("anna")
    assert texts(new, "hears")[-1] == "Nobody keyed anything in."
    table.run(120)
    table.close_all()
    assert table.record(new)["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT"
    assert table.small.timeline_is_empty()


def test_the_caller_keys_in_what_the_agent_on_hold_does_not_hear() -> None:
    small = one_queue()
    music = {"Messages": [{"Text": "Music."}]}
    loop = action("m", "MessageParticipantIteratively", music, errors={"NoMatchingError": "m"})
    small.flow("Default customer hold", loop, kind="CUSTOMER_HOLD")
    (anna,) = staff(small, "anna", person=True)
    contact = small.call(Press("1234"))
    small.run()
    small.world.desks.accept(anna, contact)
    stored = {"Attributes": {"card": "$.StoredCustomerInput"}}
    keep = action("keep", "UpdateContactAttributes", stored, "all", errors={"NoMatchingError": "bye"})
    card = action("card", "GetParticipantInput", CARD, "keep", errors={"NoMatchingError": "bye"})
    flow = small.flow(
        "secure", previous("AgentOnHold", "card"), card, keep, previous("OffHold", "thanks", "all"),
        say("thanks", "Thank you both.", "bye"), kind="QUEUE_TRANSFER",
    )  # fmt: skip
    queue = next(iter(small.instance.queues.values()))
    new = small.world.transfers.start(anna, contact, transfers.Destination(queue, flow))
    assert anna.activity is Activity.ON_HOLD
    assert contact.call.held_by is None
    small.run()
    assert new.attributes == {"card": "1234"}
    assert texts(new, "hears")[-1] == texts(new, "agent-hears")[-1] == "Thank you both."
    assert "Key in your card." not in texts(new, "agent-hears")
    assert (anna.activity, contact.state) == (Activity.CONNECTED, State.CONNECTED)
    small.world.hang_up(contact)
    small.world.desks.close(anna, contact)
    small.run()
    agent = small.record_of(contact)["Agent"]
    assert (agent["CustomerHoldDuration"], agent["AgentInteractionDuration"] > 0) == (0, True)
    assert small.timeline_is_empty()


def test_a_caller_on_hold_by_the_flow_hears_silence() -> None:
    table = Table()
    wait = say("s", "Only for the agent.", "go")
    transfer(table, table.small.flow("quiet", previous("CustomerOnHold", "s"), wait, GO, kind="AGENT_TRANSFER"))
    assert table.first.call.held_by is table.first
    assert table.first.process is not None
    assert table.first.process.over
    assert texts(table.first, "agent-hears")[-1] == "Only for the agent."


@pytest.mark.parametrize("state", ["AgentOnHold", "Nobody"])
def test_without_a_previous_contact_there_is_nobody_to_put_on_hold(state: str) -> None:
    small = one_queue()
    small.number(small.flow("main", previous(state, "fine"), say("fine", "Fine.", "bye")))
    contact = small.call()
    small.run()
    assert "error" in kinds(contact)
    assert texts(contact, "hears") == []


def test_a_transfer_flow_may_go_on_as_another_one() -> None:
    table = Table()
    asked = asking(table)
    jump = action("jump", "TransferToFlow", {"ContactFlowId": asked.arn}, errors={"NoMatchingError": "bye"})
    new = transfer(table, table.small.flow("jump", jump, kind="QUEUE_TRANSFER"))
    table.world.press_as_agent(table.first, "1")
    assert new.waiting


def test_transfer_to_agent_rings_the_target_or_disconnects_when_busy() -> None:
    table = Table()
    to_agent = action("go", "TransferContactToAgent", {})
    jump = action("jump", "TransferToFlow", {"ContactFlowId": arn("contact-flow", "last")},
                  errors={"NoMatchingError": "bye"})  # fmt: skip
    table.small.flow("last", to_agent, kind="AGENT_TRANSFER")
    flow = table.small.flow("first", jump, kind="AGENT_TRANSFER")
    bob = table.agent("bob")
    to = transfers.Destination(transfers.to_agent(table.small.instance, bob.user).queue, flow)
    new = table.world.transfers.start(table.agent("anna"), table.first, to)
    assert new.offered_to is bob
    table.world.transfers.cancel(table.agent("anna"), table.first)
    table.run(70)
    table.world.floor.set_status(bob, next(s for s in table.small.instance.statuses.values() if s.name == "Lunch"))
    busy = table.world.transfers.start(table.agent("anna"), table.first, to)
    assert (busy.ended, table.first.state) == (True, State.CONNECTED)


class Desk:
    """li.na, a person on a call, at the control API; a quick connect `Taxi` dials a number."""

    def __init__(self) -> None:
        self.api = Api()
        small = self.api.small
        config = {"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": {"PhoneNumber": OUTSIDE}}
        body = {"QuickConnectConfig": config}
        small.put(Document(id="taxi", arn="", name="Taxi", kind="transfer-destination", body=body))
        small.put(Document(id="other", arn="", name="Other", kind="transfer-destination", body=body))
        small.queue("support", quick_connect_ids=("taxi",))
        self.api.virtual()
        self.api.sign_in(person=True)
        self.call = self.api.call(script=[{"press": "1"}])
        self.run()
        self("accept")

    def __call__(self, deed: str, **body: Any) -> Any:
        return self.api.ok("POST", f"/connect/agents/li.na/{deed}", body)

    def run(self, until: str = "idle") -> None:
        self.api.ok("POST", "/connect/run", {"until": until})


def test_a_quick_connect_to_a_number_is_dialled_from_the_screen() -> None:
    desk = Desk()
    assert desk.api.ok("GET", "/connect/agents/li.na")["quick_connects"] == ["Taxi"]
    status, answer = desk.api.ask("POST", "/connect/agents/li.na/transfer", {"quick_connect": "Other"})
    assert (status, answer["error"]) == (404, "there is no quick connect Other in the queues of li.na")
    screen = desk("transfer", quick_connect="Taxi", callee={"talk_s": None})["contacts"][0]
    assert (screen["caller_on_hold"], screen["transfer"]["to"]) == (True, OUTSIDE)
    desk.run("2026-03-02T01:02:00Z")
    joined = desk("conference")["contacts"][0]
    assert [party["name"] for party in joined["parties"]] == [OUTSIDE]
    party = joined["parties"][0]["contact_id"]
    assert desk("hold", party=party)["contacts"][0]["parties"][0]["on_hold"] is True
    assert desk("resume", party=party)["contacts"][0]["parties"][0]["on_hold"] is False
    assert desk("disconnect", party=party)["contacts"][0]["parties"] == []
    desk.run()
    (record,) = [one for one in desk.api.small.cloud.records if one["ContactId"] == party]
    assert record["DisconnectReason"] == "AGENT_DISCONNECT"
    desk.api.control.close()


def test_the_agent_presses_keys_at_the_control_api() -> None:
    desk = Desk()
    small = desk.api.small
    menu = action("menu", "GetParticipantInput", ASK, "bye", errors=MISSED, when={"1": "go"})
    flow = small.flow("asking", menu, GO, kind="QUEUE_TRANSFER")
    small.queue("experts")
    config = {"QueueConfig": {"QueueId": identifier("experts"), "ContactFlowId": flow.id}}
    body = {"QuickConnectConfig": {"QuickConnectType": "QUEUE", **config}}
    small.put(Document(id="taxi", arn="", name="Experts", kind="transfer-destination", body=body))
    screen = desk("transfer", quick_connect="Experts")
    assert screen["contacts"][0]["transfer"]["waiting"] == {"for": "digits"}
    assert desk("press", digits="1")["contacts"][0]["transfer"]["state"] == "queued"
    desk.api.control.close()


def test_an_inbound_flow_behind_a_transfer_flow_still_has_the_previous_contact() -> None:
    table = Table()
    behind = table.small.flow("behind", previous("AgentOnHold", "s"), say("s", "Key in your card.", "bye"))
    on = action("on", "TransferToFlow", {"ContactFlowId": behind.arn}, errors={"NoMatchingError": "bye"})
    new = transfer(table, table.small.flow("before", on, kind="QUEUE_TRANSFER"))
    assert texts(new, "hears")[-1] == "Key in your card."
    assert table.first.held_by is new
