"""One contact, many desks: of all acceptances in any order exactly one counts."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.ingest import Ingest
from chalicelib.agents.store import Agents
from chalicelib.audit.models import Actor
from chalicelib.contacts.models import Contact, Result
from chalicelib.offers.accepting import Accepting
from chalicelib.offers.models import Ring, State
from chalicelib.offers.service import Closer, Desks, Rings
from chalicelib.platform.errors import ProductError, StoreUnavailable
from chalicelib.platform.tenancy import partition, tenant_id
from chalicelib.tenancy.models import Seats
from tests.support.agent_events import INSTANCE_ARN, Life, encoded
from tests.support.desk_journey import NoDesk
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, send
from tests.support.rest_table import rest_table

TENANT = tenant_id("fourmodes")
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
GROUP = ("ann", "bob", "cat")
RING_S = 20


@dataclass
class Telephones:
    """Amazon Connect: remembers to whom it was told to give a contact; `gone` contacts wait no more."""

    given: list[str] = field(default_factory=list)
    gone: bool = False
    down: bool = False

    def give(self, contact_id: str, agent_id: str) -> bool:
        assert contact_id == "call"
        if self.down:
            raise StoreUnavailable("no answer")
        if not self.gone:
            self.given.append(agent_id)
        return not self.gone


class Told:
    """The audit trail."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, str]] = []

    def note(self, by: Actor, act: Any) -> object:
        self.notes.append((by.user, act.resource))
        return None


class House:
    """One contact of `complaints`, offered to a group of idle agents at `NOW`."""

    def __init__(self) -> None:
        self.now = NOW
        self.table = FakeDynamo()
        self.rings = Rings(self.table, "table", TENANT)
        self.phones, self.trail = Telephones(), Told()
        self.floor = Agents(self.table, "table", TENANT, 365)
        self.lives = {name: Life(name, start=NOW) for name in GROUP}
        for life in self.lives.values():
            life.login()
        self.hear()
        self.accepting = Accepting(
            kept=self.rings, floor=self.floor, line=self.phones, trail=self.trail, now=lambda: self.now
        )
        self.offer()

    def hear(self) -> None:
        """Take every agent event in."""
        taking = Ingest(
            store=self.floor,
            turns=Turns(self.table, "table", TENANT, 365),
            desk=NoDesk(),
            seats=Seats(contracted=9, designed=9, burst=9),
            site_attribute="Site",
            instance_arn=INSTANCE_ARN,
            now=lambda: self.now,
        )
        for life in self.lives.values():
            for event in life.events:
                taking.take(encoded(event))

    def offer(self) -> None:
        ids = {name: f"id-{name}" for name in GROUP}
        Desks(self.rings).ring("call", "cards", "complaints", ids, at=NOW, ring_s=RING_S)

    def accept(self, agent: str) -> str:
        """Return how the agent's acceptance came out."""
        try:
            return str(self.accepting.accept("call", Actor(user=agent)).state)
        except ProductError as refusal:
            return str(refusal.facts.get("reason", refusal.code))

    def ends(self) -> None:
        contact = Contact(
            id="call", updated_at=NOW, at=NOW, channel="VOICE", method="INBOUND", result=Result.ABANDONED, line="cards",
            targets="group complaints 20 strategy",
        )  # fmt: skip
        self.phones.gone = True
        Closer(self.rings).heard(contact)

    @property
    def ring(self) -> Ring:
        found = self.rings.find("call")
        assert found is not None
        return found


deeds = st.lists(
    st.one_of(
        st.sampled_from([("accept", name) for name in (*GROUP, "stranger")]),
        st.just(("repeat", "")),
        st.just(("hang-up", "")),
        st.integers(1, 15).map(lambda seconds: ("wait", str(seconds))),
        st.sampled_from([("down", ""), ("up", "")]),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(deeds)
def test_however_acceptances_repeats_hang_ups_and_lapses_come_no_two_agents_get_the_contact(
    said: list[tuple[str, str]],
) -> None:
    house = House()
    winner: str | None = None
    for deed, what in said:
        before = house.ring
        if deed == "accept":
            outcome = house.accept(what)
            if outcome == "accepted":
                assert winner in {None, what}
                assert before.winner == what or (before.is_open and house.now < before.until)
            winner = house.ring.winner
        elif deed == "repeat":
            house.offer()
        elif deed == "hang-up":
            house.ends()
        elif deed == "wait":
            house.now += timedelta(seconds=int(what))
        else:
            house.phones.down = deed == "down"
        assert before.winner in {None, house.ring.winner}, "a winner stays"
    assert set(house.phones.given) <= {f"id-{winner}"}


def test_of_many_agents_who_accept_at_one_instant_exactly_one_has_the_contact() -> None:
    house, found = House(), dict[str, str]()
    barrier = threading.Barrier(len(GROUP))

    def one(agent: str) -> None:
        barrier.wait()
        found[agent] = house.accept(agent)

    threads = [threading.Thread(target=one, args=(name,)) for name in GROUP]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found.values()) == ["accepted", "taken", "taken"]
    assert house.phones.given == [f"id-{house.ring.winner}"]


def test_an_offer_is_open_until_its_last_second_and_then_lapses() -> None:
    house = House()
    house.now = NOW + timedelta(seconds=RING_S, milliseconds=-1)
    assert [offer.state for offer in house.accepting.offers("ann")] == [State.OPEN]
    house.now = NOW + timedelta(seconds=RING_S)
    assert house.accepting.offers("ann") == ()
    assert house.accept("ann") == "offer-lapsed"
    assert house.ring.winner is None


def test_a_contact_whose_caller_is_gone_is_given_to_nobody_and_offered_no_more() -> None:
    house = House()
    house.ends()
    assert house.accepting.offers("ann") == ()
    assert house.accept("ann") == "gone"
    assert house.phones.given == []


def test_a_winner_whom_amazon_connect_did_not_hear_of_may_accept_again_and_nobody_else_may() -> None:
    house = House()
    house.phones.down = True
    assert house.accept("bob") == "store-unavailable"
    house.phones.down = False
    assert (house.accept("cat"), house.accept("bob"), house.accept("bob")) == ("taken", "accepted", "accepted")
    assert house.phones.given == ["id-bob"], "once"
    assert house.trail.notes == [("bob", "offers/call")]


@pytest.mark.parametrize(
    "deed",
    [
        lambda life: life.choose("Lunch"),
        lambda life: life.offer("another"),
        lambda life: (life.offer("another"), life.wait(1).miss()),
        lambda life: (life.offer("another"), life.wait(1).accept()),
        lambda life: life.logout(),
    ],
)
def test_who_is_idle_no_more_sees_no_offer_and_wins_nothing(deed: Any) -> None:
    house = House()
    deed(house.lives["ann"].wait(1))
    house.hear()
    assert (house.accepting.offers("ann"), house.accept("ann")) == ((), "not-idle")
    assert house.accept("bob") == "accepted"


def test_the_record_of_a_contact_that_an_agent_has_changes_nothing_and_others_are_not_looked_for() -> None:
    house = House()
    house.accept("ann")
    won = house.ring
    house.ends()
    assert house.ring == won
    before = len(house.table.calls)
    other = Contact(
        id="call", updated_at=NOW, at=NOW, channel="VOICE", method="INBOUND", result=Result.ANSWERED, line="cards",
        targets="queue complaints 300 menu-choice",
    )  # fmt: skip
    Closer(house.rings).heard(other)
    assert len(house.table.calls) == before


AGENT = {**USER, "custom:tenant": "fourmodes", "cognito:groups": "agent", "cognito:username": "ann"}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeDynamo]:
    with rest_table(monkeypatch, tmp_path, "fourmodes", contacts=lambda _path: (200, {})) as kept:
        yield kept


def test_an_agent_sees_and_accepts_offers_through_the_api_and_others_are_told_why_not(table: FakeDynamo) -> None:
    now = datetime.now(UTC)
    rings = Rings(table, "trunkline-fourmodes", TENANT)
    life = Life("ann", start=now)
    life.login()
    house = House()
    house.now, house.lives = now, {"ann": life}
    house.floor = Agents(table, "trunkline-fourmodes", TENANT, 365)
    house.hear()
    ids = {name: f"id-{name}" for name in GROUP}
    Desks(rings).ring("call", "cards", "complaints", ids, at=now, ring_s=60)

    status, body = send(app.app, "GET", "/v1/offers", claims=AGENT)
    assert (status, [(one["contact_id"], one["state"]) for one in body["offers"]]) == (200, [("call", "open")])
    status, body = taken("ann")
    assert (status, body["state"], body["queue"]) == (200, "accepted", "complaints")
    assert send(app.app, "GET", "/v1/offers", claims=AGENT)[1]["offers"] == []
    status, body = taken("bob")
    assert (status, body["code"], body["reason"]) == (409, "offer-withdrawn", "taken")
    assert taken("eve")[0] == 404


def taken(agent: str) -> tuple[int, Any]:
    return send(
        app.app, "POST", "/v1/offers/{contact_id}", path={"contact_id": "call"}, body='{"do": "accept"}',
        claims={**AGENT, "cognito:username": agent}, headers={"content-type": "application/json"},
    )  # fmt: skip


class BehindTable:
    """A client whose index answers as it stood when this was made; the table itself is read as it is now."""

    def __init__(self, table: FakeDynamo, **listed: Any) -> None:
        self._table, self._answer = table, table.query(**listed)

    def query(self, **_: Any) -> Any:
        return self._answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)


def test_an_offer_that_the_index_still_lists_after_somebody_was_first_is_shown_to_nobody() -> None:
    house = House()
    listed = {"IndexName": "gsi2", "KeyConditionExpression": "gsi2pk = :pk"}
    values = {":pk": {"S": partition(TENANT, "OFFERS", TENANT)}}
    behind = BehindTable(house.table, **listed, ExpressionAttributeValues=values)
    late = Rings(behind, "table", TENANT)
    assert [ring.contact_id for ring in late.in_time(NOW)] == ["call"]
    assert house.accept("bob") == "accepted"
    assert list(late.in_time(NOW)) == []
