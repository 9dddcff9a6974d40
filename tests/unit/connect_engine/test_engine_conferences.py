"""Conferences: who stays on the line, who may do what, and what the records say (reference 11.6)."""

import pytest

from localstack.connect.engine.parts import State
from localstack.connect.engine.staff import Activity
from tests.support.conference_floor import OUTSIDE, Table
from tests.support.connect_world import texts


def test_the_agents_talk_on_when_the_caller_leaves_and_the_last_one_ends_it() -> None:
    table = Table()
    second = table.add("anna", "bob")
    table.run(90)
    table.world.hang_up(table.first)
    assert table.talking() == {"anna", "bob"}
    table.run(120)
    table.leave("anna")
    assert table.talking() == set()
    table.close_all()
    first, other = table.record(table.first), table.record(second)
    assert first["DisconnectTimestamp"] == other["DisconnectTimestamp"] == "2026-03-02T01:02:00Z"
    assert first["Agent"]["AgentInteractionDuration"] == 90
    assert other["Agent"]["AgentInteractionDuration"] == 30
    assert table.small.timeline_is_empty()


def test_a_caller_who_leaves_during_a_consultation_leaves_two_agents_who_talk() -> None:
    table = Table(many=False)
    table.invite("anna", "bob")
    table.world.hang_up(table.first)
    assert table.talking() == {"anna", "bob"}
    assert table.agent("anna").activity is Activity.CONNECTED
    table.leave("bob")
    assert table.talking() == set()


def test_an_agent_who_leaves_leaves_the_caller_to_the_others() -> None:
    table = Table()
    second, third = table.add("anna", "bob"), table.add("bob", "cem")
    table.leave("anna")
    assert table.talking() == {"caller", "bob", "cem"}
    table.run(90)
    table.leave("bob")
    assert table.talking() == {"caller", "cem"}
    table.run(100)
    table.world.hang_up(table.first)
    table.close_all()
    reasons = [table.record(one)["DisconnectReason"] for one in (table.first, second, third)]
    assert reasons == ["AGENT_DISCONNECT", "AGENT_DISCONNECT", "CUSTOMER_DISCONNECT"]
    assert table.record(table.first)["TransferCompletedTimestamp"] == "2026-03-02T01:01:00Z"
    assert table.record(third)["TransferCompletedTimestamp"] is None


def test_the_chain_of_a_conference_is_told_by_who_brought_whom_in() -> None:
    table = Table()
    bob = table.add("anna", "bob")
    cem = table.add("anna", "cem")
    dora = table.add("bob", "dora")
    table.world.hang_up(table.first)
    for name in ("anna", "bob", "cem"):
        table.leave(name)
    table.close_all()
    previous = {one.id: table.record(one)["PreviousContactId"] for one in (bob, cem, dora)}
    assert previous == {bob.id: table.first.id, cem.id: table.first.id, dora.id: bob.id}
    assert table.record(table.first)["NextContactId"] == cem.id
    assert table.record(bob)["NextContactId"] == dora.id
    assert {table.record(one)["InitialContactId"] for one in (bob, cem, dora)} == {table.first.id}
    assert {table.record(one)["InitiationMethod"] for one in (bob, cem, dora)} == {"TRANSFER"}


@pytest.mark.parametrize(("many", "guests"), [(False, 1), (True, 4)])
def test_a_call_has_three_parties_or_six(many: bool, guests: int) -> None:  # noqa: FBT001  parametrised
    table = Table(many=many)
    for name in ("bob", "cem", "dora", "emil")[:guests]:
        table.add("anna", name)
    assert len(table.talking()) == 2 + guests
    with pytest.raises(ValueError, match=f"at most {2 + guests} parties"):
        table.dial("anna")


def test_more_join_after_the_caller_has_left_only_where_three_are_left() -> None:
    table = Table()
    table.add("anna", "bob")
    table.world.hang_up(table.first)
    with pytest.raises(ValueError, match="the caller has left"):
        table.invite("anna", "cem")
    table = Table()
    table.add("anna", "bob")
    table.add("anna", "cem")
    table.world.hang_up(table.first)
    table.add("anna", "dora")
    assert table.talking() == {"anna", "bob", "cem", "dora"}


def test_a_third_party_has_a_record_of_its_own() -> None:
    table = Table()
    guest = table.dial("anna")
    assert (guest.state, table.first.call.held_by) == (State.DIALING, table.first)
    table.run(75)
    table.join("anna")
    table.run(100)
    table.world.third_parties.hang_up(guest)
    assert table.talking() == {"caller", "anna"}
    table.world.hang_up(table.first)
    table.close_all()
    record = table.record(guest)
    assert (record["InitiationMethod"], record["DisconnectReason"]) == ("EXTERNAL_OUTBOUND", "THIRD_PARTY_DISCONNECT")
    assert record["CustomerEndpoint"]["Address"] == OUTSIDE
    assert record["PreviousContactId"] == table.first.id
    assert (record["Agent"], record["Queue"]) == (None, None)
    assert record["InitiationTimestamp"] == "2026-03-02T01:01:00Z"
    assert record["ConnectedToSystemTimestamp"] == "2026-03-02T01:01:05Z"
    assert record["ExternalThirdParty"] == {"ExternalThirdPartyInteractionDuration": 25}
    assert table.record(table.first)["Agent"]["CustomerHoldDuration"] == 15


@pytest.mark.parametrize(("answer", "reason"), [("busy", "TELECOM_BUSY"), ("no-answer", "TELECOM_UNANSWERED")])
def test_a_third_party_who_does_not_answer_leaves_the_caller_on_hold(answer: str, reason: str) -> None:
    table = Table(many=False)
    guest = table.dial("anna", answers=(answer,))
    table.run(130)
    assert (guest.ended, guest.disconnect_reason) == (True, reason)
    assert table.agent("anna").activity is Activity.ON_HOLD
    table.world.holds.resume(table.agent("anna"), table.first)
    assert table.talking() == {"caller", "anna"}


def test_the_caller_and_a_third_party_go_on_without_the_agent() -> None:
    table = Table(many=False)
    guest = table.dial("anna")
    table.run(70)
    table.join("anna")
    table.leave("anna")
    assert table.talking() == {"caller", OUTSIDE}
    table.run(100)
    table.world.hang_up(table.first)
    table.close_all()
    assert table.record(guest)["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert table.record(guest)["ExternalThirdParty"] == {"ExternalThirdPartyInteractionDuration": 30}
    assert table.small.timeline_is_empty()


def test_third_parties_among_themselves_have_no_call() -> None:
    table = Table()
    for number, answered_s in (("+8613900000071", 70), ("+8613900000072", 80)):
        table.dial("anna", number)
        table.run(answered_s)
        table.join("anna")
    table.world.hang_up(table.first)
    assert len(table.talking()) == 3
    table.leave("anna")
    assert table.talking() == set()
    table.close_all()
    assert table.small.timeline_is_empty()


def test_an_agent_may_leave_while_it_rings_outside() -> None:
    table = Table(many=False)
    guest = table.dial("anna", ring_s=30.0)
    table.leave("anna")
    table.run(95)
    assert table.talking() == {"caller", OUTSIDE}
    table.world.third_parties.hang_up(guest)
    table.close_all()
    assert table.record(guest)["DisconnectReason"] == "THIRD_PARTY_DISCONNECT"
    assert table.small.timeline_is_empty()


def test_bringing_somebody_in_puts_all_others_on_hold_until_they_are_joined() -> None:
    table = Table()
    bob = table.add("anna", "bob")
    table.run(80)
    table.invite("anna", "cem")
    assert table.agent("bob").activity is Activity.ON_HOLD
    assert table.agent("anna").activity is Activity.ON_HOLD
    table.run(90)
    table.join("anna")
    assert {table.agent(name).activity for name in ("anna", "bob", "cem")} == {Activity.CONNECTED}
    table.run(100)
    table.world.hang_up(table.first)
    for name in ("anna", "bob"):
        table.leave(name)
    table.close_all()
    agent = table.record(bob)["Agent"]
    assert (agent["CustomerHoldDuration"], agent["AgentInitiatedHoldDuration"]) == (10, 0)
    assert agent["AgentInteractionDuration"] == 30


def test_an_agent_who_leaves_while_somebody_comes_hands_that_over() -> None:
    table = Table()
    table.add("anna", "bob")
    cem = table.invite("anna", "cem")
    table.leave("anna")
    assert cem.source is table.contact("bob")
    assert table.agent("bob").activity is Activity.ON_HOLD
    table.join("bob")
    assert table.talking() == {"caller", "bob", "cem"}
    assert table.agent("bob").activity is Activity.CONNECTED


def test_only_the_first_agent_holds_the_caller_where_three_are_allowed() -> None:
    table = Table(many=False)
    bob = table.add("anna", "bob")
    with pytest.raises(ValueError, match="controls only the parties"):
        table.world.holds.hold(table.agent("bob"), bob)
    with pytest.raises(ValueError, match="controls only the parties"):
        table.world.conferences.disconnect(table.agent("bob"), bob, table.first)
    table.world.holds.hold_party(table.agent("anna"), table.first, bob)
    with pytest.raises(ValueError, match="has not put that party on hold"):
        table.world.holds.resume_party(table.agent("bob"), bob, bob)
    table.world.conferences.disconnect(table.agent("anna"), table.first, bob)
    assert table.talking() == {"caller", "anna"}


def test_every_agent_may_do_everything_where_six_are_allowed() -> None:
    table = Table()
    bob = table.add("anna", "bob")
    table.world.holds.hold(table.agent("bob"), bob)
    assert texts(table.first, "hears")[-1] == "Music."
    table.world.holds.resume(table.agent("anna"), table.first)
    table.world.holds.hold_party(table.agent("anna"), table.first, bob)
    table.world.holds.resume_party(table.agent("bob"), bob, bob)
    table.world.conferences.disconnect(table.agent("bob"), bob, table.first)
    assert table.talking() == {"caller", "bob"}
    table.world.conferences.disconnect(table.agent("bob"), bob, None)
    assert table.talking() == set()


def test_a_hold_is_counted_for_all_who_are_there_and_as_initiated_for_one() -> None:
    table = Table()
    bob = table.add("anna", "bob")
    table.world.holds.hold(table.agent("bob"), bob)
    table.run(90)
    table.world.holds.resume(table.agent("bob"), bob)
    table.run(100)
    table.world.hang_up(table.first)
    table.leave("bob")
    table.close_all()
    agents = [table.record(one)["Agent"] for one in (table.first, bob)]
    assert [agent["CustomerHoldDuration"] for agent in agents] == [30, 30]
    assert [agent["AgentInitiatedHoldDuration"] for agent in agents] == [0, 30]
    assert [agent["NumberOfHolds"] for agent in agents] == [2, 1]


def test_simulated_agents_do_not_talk_on_without_the_caller() -> None:
    table = Table()
    table.add("anna", "bob")
    table.agent("bob").habits = type(table.agent("bob").habits)(acw_s=5)
    table.world.hang_up(table.first)
    assert table.talking() == set()
