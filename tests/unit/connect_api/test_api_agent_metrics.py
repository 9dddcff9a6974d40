"""GetMetricDataV2 over the time of agents, their offers, and what moves contacts on."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from localstack.connect.api_agent_facts import AgentLedger
from tests.support.connect_calls import Refused
from tests.support.connect_world import ARN, MONDAY, Small, to_queue
from tests.support.live_connect import Live

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TIMES = (
    "SUM_ONLINE_TIME_AGENT",
    "SUM_IDLE_TIME_AGENT",
    "SUM_CONTACT_TIME_AGENT",
    "SUM_NON_PRODUCTIVE_TIME_AGENT",
    "SUM_ERROR_STATUS_TIME_AGENT",
    "SUM_CONNECTING_TIME_AGENT",
)


def ask(live: Live, *names: str, key: str = "AGENT", value: str = "li.na", **more: Any) -> list[dict[str, Any]]:
    request = {
        "ResourceArn": ARN,
        "StartTime": START,
        "EndTime": START + timedelta(hours=4),
        "Filters": [{"FilterKey": key, "FilterValues": [live.id(value)]}],
        **more,
    }
    return live.connect("GetMetricDataV2", Metrics=[{"Name": name} for name in names], **request)["MetricResults"]


def values(row: dict[str, Any]) -> dict[str, float]:
    return {one["Metric"]["Name"]: one["Value"] for one in row["Collections"] if "Value" in one}


def at(live: Live, minutes: float) -> None:
    live.run((START + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z"))


def test_the_time_of_an_agent_is_told_by_what_he_did(live: Live) -> None:
    live.api.sign_in(person=True)
    at(live, 10)
    contact_id = live.api.call(script=[{"press": "1"}])
    at(live, 11)
    live.api.ok("POST", "/connect/agents/li.na/accept", {})
    at(live, 16)
    live.api.ok("POST", "/connect/agents/li.na/hang-up", {})
    at(live, 18)
    live.api.ok("POST", "/connect/agents/li.na/close", {})
    live.api.ok("POST", "/connect/agents/li.na/status", {"status": "Lunch"})
    at(live, 48)
    live.api.ok("POST", "/connect/agents/li.na/status", {"status": "Offline"})
    at(live, 60)
    record = next(one for one in live.small.cloud.records if one["ContactId"] == contact_id)
    handled_s = record["Agent"]["AgentInteractionDuration"] + record["Agent"]["AfterContactWorkDuration"]
    (row,) = ask(live, *TIMES, "AGENT_OCCUPANCY", "AGENT_ANSWER_RATE", "AGENT_NON_RESPONSE")
    found = values(row)
    assert found["SUM_ONLINE_TIME_AGENT"] == 48 * 60
    assert found["SUM_NON_PRODUCTIVE_TIME_AGENT"] == 30 * 60
    assert found["SUM_CONTACT_TIME_AGENT"] == pytest.approx(handled_s, abs=2)
    assert sum(found[name] for name in TIMES[1:4]) + found["SUM_CONNECTING_TIME_AGENT"] == pytest.approx(48 * 60, abs=1)
    on, idle = found["SUM_CONTACT_TIME_AGENT"], found["SUM_IDLE_TIME_AGENT"]
    assert found["AGENT_OCCUPANCY"] == pytest.approx(100 * on / (on + idle))
    assert (found["AGENT_ANSWER_RATE"], found["AGENT_NON_RESPONSE"]) == (100.0, 0.0)


def test_an_interval_gets_its_part_of_a_stretch_that_is_longer(live: Live) -> None:
    live.api.sign_in(person=True)
    at(live, 150)
    hours = {"Interval": {"IntervalPeriod": "HOUR", "TimeZone": "UTC"}, "Groupings": ["AGENT", "ROUTING_PROFILE"]}
    rows = ask(live, "SUM_ONLINE_TIME_AGENT", **hours)
    assert [values(row)["SUM_ONLINE_TIME_AGENT"] for row in rows] == [3600.0, 3600.0, 1800.0]
    assert rows[0]["Dimensions"]["AGENT_ARN"].endswith(live.id("li.na"))


def test_missed_and_abandoned_offers_are_not_answered(live: Live) -> None:
    live.api.sign_in(person=True)
    live.api.call(script=[{"press": "1"}], patience_s=600)
    at(live, 1)
    live.api.ok("POST", "/connect/agents/li.na/miss", {})
    live.api.ok("POST", "/connect/agents/li.na/clear", {})
    at(live, 2)
    live.api.ok("POST", "/connect/agents/li.na/accept", {})
    at(live, 4)
    live.api.ok("POST", "/connect/agents/li.na/hang-up", {})
    live.api.ok("POST", "/connect/agents/li.na/close", {})
    gone = live.api.call(script=[{"press": "1"}])
    at(live, 5)
    live.api.ok("POST", f"/connect/calls/{gone}/hang-up", {})
    at(live, 6)
    names = ("AGENT_NON_RESPONSE", "AGENT_NON_RESPONSE_WITHOUT_CUSTOMER_ABANDONS", "AGENT_ANSWER_RATE")
    (row,) = ask(live, *names, key="QUEUE", value="support", Groupings=["QUEUE", "CHANNEL"])
    assert values(row) == {names[0]: 2.0, names[1]: 1.0, names[2]: pytest.approx(100 / 3)}


def test_a_transfer_by_an_agent_is_told_from_a_move_between_queues(live: Live) -> None:
    live.second_queue()
    live.api.sign_in(person=True)
    live.queued_call()
    live.api.ok("POST", "/connect/agents/li.na/accept", {})
    at(live, 2)
    live.api.ok("POST", "/connect/agents/li.na/transfer", {"queue": "second"})
    at(live, 3)
    live.api.ok("POST", "/connect/agents/li.na/leave", {})
    live.api.ok("POST", "/connect/agents/li.na/close", {})
    at(live, 5)
    names = ("CONTACTS_TRANSFERRED_OUT", "CONTACTS_TRANSFERRED_OUT_BY_AGENT", "CONTACTS_TRANSFERRED_OUT_FROM_QUEUE")
    (row,) = ask(live, *names, "CONTACTS_TRANSFERRED_OUT_EXTERNAL", key="QUEUE", value="support")
    assert list(values(row).values()) == [1.0, 1.0, 0.0, 0.0]


def test_what_is_booked_at_its_own_moment_counts_before_the_contact_is_over(live: Live) -> None:
    live.api.sign_in(person=True)
    live.queued_call()
    live.api.ok("POST", "/connect/agents/li.na/accept", {})
    at(live, 2)
    names = ("CONTACTS_QUEUED_BY_ENQUEUE", "CONTACTS_HANDLED_BY_CONNECTED_TO_AGENT", "CONTACTS_HANDLED")
    (row,) = ask(live, *names, key="QUEUE", value="support")
    assert list(values(row).values()) == [1.0, 1.0, 0.0]


@pytest.mark.parametrize("more", [{"key": "QUEUE", "value": "support"}, {"Groupings": ["CHANNEL"]}])
def test_the_time_of_an_agent_belongs_to_no_queue_and_no_channel(live: Live, more: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        ask(live, "AGENT_OCCUPANCY", **more)
    assert caught.value.code == "InvalidParameterException"


@pytest.mark.parametrize("seed", range(4))
def test_the_spans_of_an_agent_tile_the_signed_in_time_whatever_happens(seed: int) -> None:
    small, rng = Small(seed=seed), random.Random(seed)  # noqa: S311  not a secret
    small.queue("support")
    profile = small.profile("support", ("support", 1, 0))
    small.number(small.flow("main", *to_queue("support")))
    ledger = AgentLedger(small.world)
    agents = [small.agent(f"a{n}", profile, accept_share=0.7, talk_s=40, acw_s=10) for n in range(3)]
    for _ in range(60):
        small.call(at=small.world.now + timedelta(seconds=rng.uniform(0, 3000)), patience_s=rng.uniform(5, 60))
    statuses = list(small.instance.statuses.values())
    for _ in range(40):
        small.run(small.world.now + timedelta(seconds=rng.uniform(0, 120)))
        agent = rng.choice(agents)
        chosen = rng.choice([one for one in statuses if one.type != "OFFLINE"])
        small.world.floor.set_status(agent, chosen)
    end = small.world.now
    for agent in agents:
        spans = [span for span in ledger.all_spans() if span.agent_id == agent.id]
        assert spans[0].start == MONDAY
        for earlier, later in itertools.pairwise(spans):
            assert earlier.end == later.start
        assert spans[-1].end is None
        assert sum(((s.end or end) - s.start for s in spans), timedelta()) == end - MONDAY
    offered = sum(contact.attempts for contact in small.world.contacts.values())
    ringing = sum(
        one.activity in ("CONNECTING", "INCOMING") and not one.accepted for a in agents for one in a.desk.values()
    )
    assert len(ledger.offers) + ringing >= offered - len(agents)
    answered = sum(contact.leg is not None for contact in small.world.contacts.values())
    assert sum(offer.outcome == "answered" for offer in ledger.offers) == answered
