"""What agents do, as intervals (DSK-05): they tile the day whatever is repeated or late, and say what is true."""

import itertools
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app
from chalicelib.agents import activity, api
from chalicelib.agents.activity import Activity, Doing, Stay, Turn
from chalicelib.agents.activity_store import Turns
from chalicelib.agents.agent_event import parse
from chalicelib.platform.tenancy import tenant_id
from tests.support.agent_events import START, Event, Life, encoded, lives
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get
from tests.support.rest_table import rest_table

KINDS = {"Lunch": "break", "Training": "busy"}
TENANT = tenant_id("hrgroup")
DAY = timedelta(days=1)


def turns_of(events: Iterable[Event]) -> list[Turn]:
    return [turn for event in events if (turn := activity.turn(parse(encoded(event)), KINDS))]


def expected(life: Life) -> list[tuple[datetime, str]]:
    """Return what the agent does from each event on, told from the event's own snapshot by hand."""
    said = []
    for event in life.events:
        snapshot = event["CurrentAgentSnapshot"]
        state = snapshot["Contacts"][0]["State"] if snapshot["Contacts"] else snapshot["AgentStatus"]["Name"]
        what = {
            "CONNECTING": "offered", "CONNECTED": "on-contact", "ENDED": "after-contact-work", "MISSED": "missed",
            "Available": "ready", "Lunch": "break", "Offline": "signed-out",
        }[state]  # fmt: skip
        said.append((datetime.fromisoformat(event["EventTimestamp"]), what))
    return said


@settings(max_examples=150)
@given(lives(most=20), st.randoms(), st.integers(-600, 30_000))
def test_intervals_tile_the_day_and_say_what_the_events_said_in_any_order(life: Life, rnd: Any, offset: int) -> None:
    events = [*life.events, *rnd.choices(life.events, k=3)]
    rnd.shuffle(events)
    start = START + timedelta(seconds=offset)
    end = start + timedelta(hours=3)
    spans = activity.stays(turns_of(events), start, end)
    said = expected(life)
    if {what for _, what in said} == {"signed-out"} and not spans:
        return
    assert spans[0].start == start
    assert spans[-1].end == end
    assert all(one.end == two.start and one.doing != two.doing for one, two in itertools.pairwise(spans))
    for at in [start, *(at for at, _ in said if start <= at < end)]:
        (now,) = [span.doing.activity.value for span in spans if span.start <= at < span.end]
        assert now == next((what for since, what in reversed(said) if since <= at), "signed-out")


@settings(max_examples=40)
@given(lives(), st.randoms())
def test_a_turn_that_is_kept_twice_or_late_is_the_same_item(life: Life, rnd: Any) -> None:
    kept, again = (Turns(FakeDynamo(), "table", TENANT, 365) for _ in range(2))
    turns = turns_of(life.events)
    for turn in turns:
        kept.keep(turn)
    jumbled = [*turns, *turns]
    rnd.shuffle(jumbled)
    for turn in jumbled:
        again.keep(turn)
    days = sorted({turn.at.date().isoformat() for turn in turns})
    for day in days:
        assert list(kept.of_agent("ann", day)) == list(again.of_agent("ann", day)) == list(again.of_day(day))
    assert [turn for day in days for turn in kept.of_agent("ann", day)] == turns


def test_a_name_that_begins_like_another_shows_nothing_of_it() -> None:
    kept = Turns(FakeDynamo(), "table", TENANT, 365)
    for name in ("ann", "anna", "ann.b"):
        life = Life(name)
        life.login()
        kept.keep(turns_of(life.events)[0])
    assert [turn.username for turn in kept.of_agent("ann", "2026-03-02")] == ["ann"]


def test_the_reason_is_the_contact_or_the_name_of_the_status() -> None:
    life = Life()
    life.login()
    life.wait(10).call("c-1")
    life.wait(5).choose("Lunch")
    life.wait(60).logout()
    spans = activity.stays(turns_of(life.events), START, START + timedelta(seconds=300))
    told = [(span.doing.activity.value, span.doing.reason, span.seconds) for span in spans]
    assert told == [
        ("ready", "Available", 10), ("offered", "c-1", 2), ("on-contact", "c-1", 100),
        ("after-contact-work", "c-1", 20), ("ready", "Available", 5),
        ("break", "Lunch", 60), ("signed-out", "Offline", 103),
    ]  # fmt: skip


def test_a_status_that_the_contract_does_not_name_is_busy() -> None:
    life = Life()
    life.login("Do not disturb")
    (turn,) = turns_of(life.events)
    assert turn.after == Doing(activity=Activity.BUSY, status="Do not disturb")


@pytest.mark.parametrize(
    ("states", "what", "which"),
    [
        (["ENDED", "CONNECTED_ONHOLD"], Activity.ON_CONTACT, "c-1"),
        (["ENDED", "CONNECTING"], Activity.AFTER_CONTACT_WORK, "c-0"),
        (["MISSED", "INCOMING"], Activity.OFFERED, "c-1"),
        (["PAUSED", "CONNECTED"], Activity.ON_CONTACT, "c-0"),
        (["ERROR"], Activity.MISSED, "c-0"),
        (["REJECTED"], Activity.MISSED, "c-0"),
        (["PENDING"], Activity.OFFERED, "c-0"),
    ],
)
def test_of_several_contacts_talking_goes_before_wrap_up_and_that_before_an_offer(
    states: list[str], what: Activity, which: str
) -> None:
    life = Life()
    event = life.login("Lunch")
    works = []
    for number, state in enumerate(states):
        life.wait(1).offer(f"c-{number}")
        assert life.work is not None
        works.append({**life.work, "State": state})
    event["CurrentAgentSnapshot"]["Contacts"] = works
    (turn,) = turns_of([event])
    assert (turn.after.activity, turn.after.contact_id) == (what, which)


def test_of_several_turns_at_one_instant_the_one_counts_that_leads_to_the_next() -> None:
    life = Life()
    life.login()
    life.wait(10).offer("c-1")
    life.accept()
    life.end()
    life.wait(30).clear()
    for events in (life.events, life.events[::-1]):
        spans = activity.stays(turns_of(events), START, START + timedelta(seconds=60))
        assert [(span.doing.activity.value, span.seconds) for span in spans] == [
            ("ready", 10), ("after-contact-work", 30), ("ready", 20)
        ]  # fmt: skip


def test_what_the_first_turn_of_the_day_found_holds_from_the_beginning_of_the_day() -> None:
    life = Life(start=START - DAY)
    life.login()
    life.now = START + timedelta(hours=1)
    life.choose("Lunch")
    spans = activity.stays(turns_of(life.events[1:]), START, START + timedelta(hours=2))
    assert [(span.doing.activity.value, span.seconds) for span in spans] == [("ready", 3_600), ("break", 3_600)]


def test_nothing_is_said_of_somebody_of_whom_nothing_was_heard() -> None:
    assert activity.stays([], START, START + DAY) == ()


# --- the door


def asked(path: Path, patch: pytest.MonkeyPatch, claims: dict[str, str], agent: str = "ann") -> tuple[int, Any]:
    with rest_table(patch, path) as table:
        kept = Turns(table, "table", TENANT, 365)
        life = Life()
        life.login()
        life.wait(60).call("c-1")
        for turn in turns_of(life.events):
            kept.keep(turn)
        return get(
            app.app, "/v1/agents/{agent}/states", path={"agent": agent}, query={"on": "2026-03-02"}, claims=claims
        )


def test_the_day_is_the_tenant_s_own_and_agents_see_only_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = {**USER, "cognito:groups": "agent", "cognito:username": "ann"}
    status, told = asked(tmp_path, monkeypatch, ann)
    assert (status, told["agent"], told["on"]) == (200, "ann", "2026-03-02")
    assert told["states"][0] | {"to": "", "seconds": 0} == {
        "from": "2026-03-01T16:00:00Z", "to": "", "seconds": 0, "activity": "signed-out", "reason": "signed-out",
        "status": "signed-out", "contact_id": None, "queue": None,
    }  # fmt: skip
    assert [state["activity"] for state in told["states"]][1:] == [
        "ready", "offered", "on-contact", "after-contact-work", "ready"
    ]  # fmt: skip
    bob = {**ann, "cognito:username": "bob"}
    assert asked(tmp_path, monkeypatch, bob)[0] == 404
    assert asked(tmp_path, monkeypatch, USER)[0] == 200
    assert asked(tmp_path, monkeypatch, {**USER, "custom:node": "nowhere"})[0] in {200, 403}


def test_the_view_says_from_and_to() -> None:
    doing = Doing(activity=Activity.READY, status="Available")
    day = api.Day(
        agent="ann", on=date(2026, 3, 2), as_of=START, stays=(Stay(start=START, end=START + DAY, doing=doing),)
    )
    assert (
        api.day_view("hrgroup", day).model_dump(mode="json", by_alias=True)["states"][0]["to"] == "2026-03-03T01:00:00Z"
    )
