"""Acceptance: seats of the contract (TEN-08), agents' states (RTM-01's raw material)."""

from datetime import datetime, timedelta

import pytest

from chalicelib.agents import api
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.ingest import Effect, Ingest
from chalicelib.agents.models import AgentState
from chalicelib.agents.roster import Roster
from chalicelib.agents.store import Agents
from tests.support.agent_events import INSTANCE_ARN, START, Life, encoded
from tests.support.fake_dynamo import FakeDynamo
from tests.support.tenants import tenant


class Desk:
    """Amazon Connect's side: who was set to Offline, and the event by which it tells."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def sign_off(self, agent: AgentState, now: datetime) -> None:
        del now
        self.refused.append(agent.name)


@pytest.mark.req("TEN-08")
def test_the_log_in_after_the_last_seat_is_refused_and_use_beyond_the_contracted_seats_is_reported() -> None:
    taxi, desk = tenant("taxihotline"), Desk()
    seats = taxi.seats
    assert (seats.contracted, seats.designed, seats.burst) == (20, 40, 60)
    kept = (FakeDynamo(), "table", taxi.id, taxi.contacts_days)
    store, turns = Agents(*kept), Turns(*kept)
    now = START + timedelta(minutes=5)
    service = Ingest(
        store=store,
        turns=turns,
        desk=desk,
        seats=seats,
        site_attribute="Site",
        instance_arn=INSTANCE_ARN,
        now=lambda: now,
    )
    lives = [Life(f"agent-{number:03d}", start=START + timedelta(seconds=number)) for number in range(seats.burst + 1)]
    effects = [service.take(encoded(life.login())) for life in lives]
    assert effects == [Effect.TAKEN] * seats.burst + [Effect.REFUSED]
    assert desk.refused == ["agent-060"]
    service.take(encoded(lives[-1].wait(1).logout()))

    roster = Roster(store=store, turns=turns, seats=seats, time_zone=taxi.time_zone, now=lambda: now)
    report = api.seat_view(taxi.id, roster.use(START, START + timedelta(minutes=15)))
    assert (report.contracted, report.now, report.over_intervals) == (20, 60, 1)
    assert report.intervals[0].over == report.intervals[0].peak - 20
    assert len(api.live_view(taxi.id, roster.live()).agents) == seats.burst
