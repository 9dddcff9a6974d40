"""The lifecycle under any sequence of requests, against a plain model of it: nothing reaches live without all gates."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.audit.models import Act, Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.lifecycle import policy
from chalicelib.lifecycle.models import (
    AgentsMissing,
    BrokenHistory,
    Change,
    Entry,
    Gate,
    GatesMissing,
    Move,
    MoveNotAllowed,
    NotRecorded,
    PapersMissing,
    Proof,
    RecordClosed,
    RequestReused,
    Standing,
    State,
)
from chalicelib.lifecycle.service import History as Kept
from chalicelib.lifecycle.service import Lifecycle
from chalicelib.lifecycle.store import History, Lost
from chalicelib.platform.errors import Conflict, StoreUnavailable
from chalicelib.platform.tenancy import TenantId
from tests.support import tenants
from tests.support.fake_dynamo import FakeDynamo, failure

CHEN, LI = Actor(user="chen"), Actor(user="li")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TENANT = tenants.tenant("hrgroup")
TO_PILOT = (State.VALIDATED, State.PROVISIONED, State.PILOT)

ALLOWED = {
    ("draft", "validated"), ("draft", "closed"), ("validated", "draft"), ("validated", "provisioned"),
    ("validated", "closed"), ("provisioned", "validated"), ("provisioned", "pilot"), ("provisioned", "offboarding"),
    ("pilot", "provisioned"), ("pilot", "live"), ("pilot", "offboarding"), ("live", "suspended"),
    ("live", "offboarding"), ("suspended", "live"), ("suspended", "offboarding"), ("offboarding", "closed"),
}  # fmt: skip
"""Written down a second time, so that a change of the rules is made twice or noticed."""


def history(client: FakeDynamo) -> History:
    return History(client, "table", Trail(tenant=TENANT.id, kept=Log(client, "audit"), now=lambda: NOW))


def lifecycle(client: FakeDynamo, now: datetime = NOW, unserved: Sequence[str] = ()) -> Lifecycle:
    return over(history(client), now, unserved)


def over(kept: Kept, now: datetime = NOW, unserved: Sequence[str] = ()) -> Lifecycle:
    return Lifecycle(tenant=TENANT, history=kept, now=lambda: now, unserved=lambda: unserved)


def move(target: State) -> Move:
    return Move(target=target, reason="as agreed")


def proof(gate: Gate, *, done: bool = True) -> Proof:
    return Proof(gate=gate, evidence="minutes of the meeting", done=done)


class Names:
    """Gives every request a name of its own."""

    def __init__(self) -> None:
        self.count = itertools.count()

    def __call__(self) -> str:
        return f"request-{next(self.count):06d}"


class AnyRequests(RuleBasedStateMachine):
    """Requests in any order, repeats among them, on the real store over a table in memory. The model is a dict."""

    def __init__(self) -> None:
        super().__init__()
        self.client = FakeDynamo()
        self.name = Names()
        self.state = "draft"
        self.done: set[str] = set()
        self.asked: list[tuple[str, Change]] = []
        self.at = NOW

    def ask(self, change: Change) -> None:
        self.at += timedelta(minutes=1)
        name = self.name()
        lifecycle(self.client, self.at).take(change, actor=CHEN, request_id=name)
        self.asked.append((name, change))

    @rule(to=st.sampled_from(State))
    def moves(self, to: State) -> None:
        gates_hold = to is not State.LIVE or len(self.done) == len(Gate)
        if (self.state, to.value) in ALLOWED and gates_hold:
            self.ask(move(to))
            self.state = to.value
            return
        with pytest.raises((MoveNotAllowed, GatesMissing, RecordClosed)):
            self.ask(move(to))

    @rule(gate=st.sampled_from(Gate))
    def records(self, gate: Gate) -> None:
        if self.state == "closed":
            with pytest.raises(RecordClosed):
                self.ask(proof(gate))
            return
        self.ask(proof(gate))
        self.done.add(gate.value)

    @rule()
    def records_all_and_advances(self) -> None:
        """Make the far states likely."""
        if self.state in {"draft", "closed"}:
            return
        for gate in Gate:
            self.records(gate)
        ahead = {"validated": State.PROVISIONED, "provisioned": State.PILOT, "pilot": State.LIVE}
        self.moves(ahead.get(self.state, State.OFFBOARDING))

    @rule(gate=st.sampled_from(Gate))
    def withdraws(self, gate: Gate) -> None:
        if self.state == "closed" or gate.value not in self.done:
            with pytest.raises((NotRecorded, RecordClosed)):
                self.ask(proof(gate, done=False))
            return
        self.ask(proof(gate, done=False))
        self.done.discard(gate.value)

    @rule(data=st.data())
    def repeats(self, data: st.DataObject) -> None:
        if not self.asked:
            return
        name, change = data.draw(st.sampled_from(self.asked))
        before = dict(self.client.items)
        assert lifecycle(self.client).take(change, actor=CHEN, request_id=name).repeated
        assert self.client.items == before

    @invariant()
    def the_record_says_what_the_model_says(self) -> None:
        record = lifecycle(self.client).record()
        assert record.standing.state.value == self.state
        assert {gate.value for gate in record.standing.proofs} == self.done
        assert [entry.change for entry in record.entries] == [change for _, change in self.asked]

    @invariant()
    def every_entry_has_one_in_an_unbroken_audit_trail(self) -> None:
        trail = Trail(tenant=TENANT.id, kept=Log(self.client, "audit"), now=lambda: NOW)
        verdict = trail.verify(CHEN.user)
        assert (verdict.entries, verdict.broken_at) == (len(self.asked), None)

    @invariant()
    def live_was_never_entered_without_all_gates(self) -> None:
        for entry, before in policy.walk(lifecycle(self.client).record().entries):
            if isinstance(entry.change, Move) and entry.change.target is State.LIVE:
                assert before.missing == ()


TestAnyRequests = AnyRequests.TestCase
TestAnyRequests.settings = settings(max_examples=50, stateful_step_count=30)


@pytest.mark.parametrize("source", State)
@pytest.mark.parametrize("target", State)
def test_a_tenant_moves_only_along_the_written_transitions(source: State, target: State) -> None:
    entry = Entry(revision=1, at=NOW, actor=CHEN, request_id="r", contract="c", change=proof(Gate.NUMBERS))
    stands = Standing(state=source, proofs=dict.fromkeys(Gate, entry))
    if (source.value, target.value) in ALLOWED:
        policy.judge(stands, move(target))
        return
    with pytest.raises(Conflict) as refusal:
        policy.judge(stands, move(target))
    assert refusal.value.facts["allowed"] == [to for name, to in sorted_pairs() if name == source.value]


def sorted_pairs() -> list[tuple[str, str]]:
    order = [state.value for state in State]
    listed = {state.value: [each.value for each in policy.NEXT[state]] for state in State}
    return sorted(ALLOWED, key=lambda pair: (order.index(pair[0]), listed[pair[0]].index(pair[1])))


@pytest.mark.parametrize("lacking", Gate)
@pytest.mark.parametrize("source", [State.PILOT, State.SUSPENDED])
def test_each_single_gate_holds_a_tenant_back_from_live(source: State, lacking: Gate) -> None:
    entry = Entry(revision=1, at=NOW, actor=CHEN, request_id="r", contract="c", change=proof(lacking))
    proofs = {gate: entry for gate in Gate if gate is not lacking}
    with pytest.raises(GatesMissing) as refusal:
        policy.judge(Standing(state=source, proofs=proofs), move(State.LIVE))
    assert refusal.value.facts["missing"] == [lacking.value]
    assert lacking.value in refusal.value.detail


def test_a_gate_that_is_recorded_again_shows_its_newest_evidence() -> None:
    client, name = FakeDynamo(), Names()
    for text in ("report of March", "report of May"):
        lifecycle(client).take(Proof(gate=Gate.FLOW_TESTS, evidence=text), actor=CHEN, request_id=name())
    record = lifecycle(client).record()
    shown = record.standing.proofs[Gate.FLOW_TESTS].change
    assert isinstance(shown, Proof)
    assert (shown.evidence, len(record.entries)) == ("report of May", 2)


def test_since_is_the_instant_of_the_last_move_and_no_evidence_changes_it() -> None:
    client, name = FakeDynamo(), Names()
    assert lifecycle(client).record().standing.since is None
    for hours, change in enumerate((proof(Gate.NUMBERS), move(State.VALIDATED), proof(Gate.FLOW_TESTS))):
        taken = lifecycle(client, NOW + timedelta(hours=hours)).take(change, actor=CHEN, request_id=name())
    assert taken.record.standing.since == lifecycle(client).record().standing.since == NOW + timedelta(hours=1)


def test_a_request_id_names_one_request_for_ever() -> None:
    client = FakeDynamo()
    lifecycle(client).take(proof(Gate.NUMBERS), actor=CHEN, request_id="request-1")
    with pytest.raises(RequestReused):
        lifecycle(client).take(proof(Gate.FLOW_TESTS), actor=CHEN, request_id="request-1")


class Interfering:
    """A history into which somebody else writes `changes`, one before each append of ours."""

    def __init__(self, client: FakeDynamo, *changes: Change) -> None:
        self.inner = history(client)
        self.changes = list(changes)
        self.name = Names()

    def entries(self, tenant: TenantId) -> tuple[Entry, ...]:
        return self.inner.entries(tenant)

    def append(self, tenant: TenantId, entry: Entry, by: Actor, act: Act) -> None:
        if self.changes:
            other = over(self.inner)
            other.take(self.changes.pop(0), actor=LI, request_id=f"other-{self.name()}")
        self.inner.append(tenant, entry, by, act)


def at_pilot_with_all_gates() -> FakeDynamo:
    client, name = FakeDynamo(), Names()
    for change in (*map(move, TO_PILOT), *map(proof, Gate)):
        lifecycle(client).take(change, actor=CHEN, request_id=f"start-{name()}")
    return client


def test_a_gate_withdrawn_at_the_same_moment_keeps_the_tenant_from_live() -> None:
    client = at_pilot_with_all_gates()
    meddling = Interfering(client, proof(Gate.LICENCE_CHECK, done=False))
    racing = over(meddling)
    with pytest.raises(GatesMissing) as refusal:
        racing.take(move(State.LIVE), actor=CHEN, request_id="go-live")
    assert refusal.value.facts["missing"] == ["licence-check"]
    assert lifecycle(client).record().standing.state is State.PILOT


def test_two_writers_at_the_same_moment_both_get_their_entry() -> None:
    client = FakeDynamo()
    meddling = Interfering(client, proof(Gate.NUMBERS), proof(Gate.FLOW_TESTS))
    taken = over(meddling).take(proof(Gate.INTEGRATION_TEST), actor=CHEN, request_id="mine")
    assert taken.entry.revision == 3
    assert [entry.actor for entry in lifecycle(client).record().entries] == ["li", "li", "chen"]


def test_whoever_always_loses_is_told_so_and_has_written_nothing() -> None:
    client = FakeDynamo()
    meddling = Interfering(client, *(proof(gate) for gate in Gate))
    with pytest.raises(Lost):
        over(meddling).take(move(State.VALIDATED), actor=CHEN, request_id="mine")
    assert {entry.actor for entry in lifecycle(client).record().entries} == {"li"}


def test_an_answer_that_was_lost_is_made_good_by_asking_again() -> None:
    client = FakeDynamo()

    class LostAnswer(Interfering):
        def append(self, tenant: TenantId, entry: Entry, by: Actor, act: Act) -> None:
            super().append(tenant, entry, by, act)
            raise StoreUnavailable("the answer did not arrive")

    unlucky = over(LostAnswer(client))
    with pytest.raises(StoreUnavailable):
        unlucky.take(proof(Gate.NUMBERS), actor=CHEN, request_id="once")
    assert lifecycle(client).take(proof(Gate.NUMBERS), actor=CHEN, request_id="once").repeated
    assert len(lifecycle(client).record().entries) == 1


def test_a_history_that_somebody_wrote_past_the_product_is_not_believed() -> None:
    forged = Entry(revision=1, at=NOW, actor="x", request_id="r", contract="c", change=move(State.LIVE))
    with pytest.raises(BrokenHistory, match="revision 1"):
        policy.standing([forged])
    gap = Entry(revision=2, at=NOW, actor="x", request_id="r", contract="c", change=proof(Gate.NUMBERS))
    with pytest.raises(BrokenHistory, match="from revision 0 to 2"):
        policy.standing([gap])


def test_a_long_history_is_read_to_its_end() -> None:
    class Pages(FakeDynamo):
        def query(self, **request: object) -> dict[str, object]:  # type: ignore[override]
            return dict(super().query(**{**request, "Limit": 2}))

    client, name = Pages(), Names()
    for gate in Gate:
        lifecycle(client).take(proof(gate), actor=CHEN, request_id=name())
    assert len(lifecycle(client).record().entries) == len(Gate)


def test_a_store_that_refuses_is_said_so() -> None:
    def denied(_: str) -> None:
        raise failure("AccessDeniedException")

    with pytest.raises(StoreUnavailable):
        lifecycle(FakeDynamo(denied)).record()


@pytest.mark.req("LIC-02")
def test_nobody_goes_live_on_a_day_on_which_a_licence_has_run_out() -> None:
    client, name = FakeDynamo(), Names()
    for change in [*map(move, TO_PILOT), *map(proof, Gate)]:
        lifecycle(client).take(change, actor=CHEN, request_id=name())
    expired = lifecycle(client, datetime(2029, 5, 31, 16, tzinfo=UTC))  # the licence's last day has ended in Shanghai
    with pytest.raises(PapersMissing) as refusal:
        expired.take(move(State.LIVE), actor=CHEN, request_id=name())
    assert "expired on 2029-05-31" in str(refusal.value.facts["papers"])
    assert expired.record().standing.state is State.PILOT
    assert (
        lifecycle(client, datetime(2029, 5, 31, 15, tzinfo=UTC))
        .take(move(State.LIVE), actor=CHEN, request_id=name())
        .record.standing.state
        is State.LIVE
    )


@pytest.mark.req("TEN-09")
def test_nobody_goes_live_while_no_agent_is_qualified_for_a_skill_that_requires_something() -> None:
    client = at_pilot_with_all_gates()
    with pytest.raises(AgentsMissing) as refusal:
        lifecycle(client, unserved=["review"]).take(move(State.LIVE), actor=CHEN, request_id="too-early")
    assert refusal.value.facts["skills"] == ["review"]
    assert lifecycle(client).record().standing.state is State.PILOT
    assert lifecycle(client).take(move(State.LIVE), actor=CHEN, request_id="now").record.standing.state is State.LIVE
