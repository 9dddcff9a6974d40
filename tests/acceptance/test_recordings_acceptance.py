"""What is recorded, found, heard and verified: calls on the emulator, recordings through the product's own doors."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

import app
from chalicelib.audit.models import Actor
from chalicelib.contacts.models import Recording
from chalicelib.organisation.models import Sight
from chalicelib.platform.errors import NotFound
from chalicelib.recordings.models import Deed, NotRecordable, NotSo, Range, State
from chalicelib.tenancy.contract import Contract
from chalicelib.tenancy.contract_file import parse
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import HangUp, Press, WaitFor
from tests.support.connect_world import MONDAY, texts
from tests.support.desk_journey import AFTER_SALES, CALLER, Journey
from tests.support.rest import USER, get
from tests.support.rest_table import rest_table
from tests.support.tenant_world import REGULAR, TENANTS, TenantWorld

LI = Actor(user="li.na", roles=("agent",))
DAY = Range(start=MONDAY - timedelta(hours=1), end=MONDAY + timedelta(hours=4))


def policy(recording: str) -> Contract:
    raw = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    lines = [{**raw["service_lines"][0], "recording": recording}, *raw["service_lines"][1:]]
    if recording != "none":
        lines[0]["recording_refusal"] = {"then": "unrecorded"}
    return parse({**raw, "service_lines": lines}, source="test")


def calling(recording: str, *keys: str) -> tuple[Journey, Contact]:
    """Return a journey with one call that li.na has on the screen, two minutes after it began."""
    journey = Journey(TenantWorld(policy(recording), lookup=REGULAR))
    journey.world.staff("service", "li.na", acw_s=20, talk_s=600)
    script = (*map(Press, keys), WaitFor(200), HangUp())
    contact = journey.world.call(*script, to=AFTER_SALES, caller=CALLER)
    journey.at(120)
    return journey, contact


def entries(journey: Journey, action: str, outcome: str) -> list[str]:
    told = [item for key, item in journey.table.items.items() if "#AUDIT#" in key[0]]
    wanted = [item for item in told if (item["action"]["S"], item["outcome"]["S"]) == (action, outcome)]
    return [item["resource"]["S"] for item in wanted]


@pytest.mark.req("REC-01")
def test_where_the_policy_is_full_the_call_is_recorded_and_agents_may_only_leave_things_out() -> None:
    journey, contact = calling("full", "", "", "1")
    for deed in (Deed.START, Deed.STOP):
        with pytest.raises(NotRecordable):
            journey.recordings.turn(deed, contact.id, LI)
    journey.recordings.turn(Deed.SUSPEND, contact.id, LI)
    journey.at(130)
    journey.recordings.turn(Deed.RESUME, contact.id, LI)
    journey.at(1_000)
    assert journey.world.record_of(contact)["Recording"]["Location"] in journey.world.cloud.objects


@pytest.mark.req("REC-01")
def test_where_the_policy_is_on_demand_the_agent_decides_and_without_that_nothing_is_recorded() -> None:
    journey, contact = calling("on-demand", "", "", "1")
    assert "recording" not in [line.kind for line in contact.transcript]
    with pytest.raises(NotSo):
        journey.recordings.turn(Deed.STOP, contact.id, LI)
    journey.recordings.turn(Deed.START, contact.id, LI)
    with pytest.raises(NotSo):
        journey.recordings.turn(Deed.START, contact.id, LI)
    with pytest.raises(NotFound):
        journey.recordings.turn(Deed.STOP, contact.id, Actor(user="bob", roles=("agent",)))
    journey.at(150)
    journey.recordings.turn(Deed.STOP, contact.id, LI)
    journey.at(1_000)
    assert journey.world.record_of(contact)["Recording"]["Location"] in journey.world.cloud.objects
    assert entries(journey, "recordings.control", "done") == [f"contacts/{contact.id}"] * 2

    silent, unrecorded = calling("on-demand", "", "", "1")
    silent.at(1_000)
    assert silent.world.record_of(unrecorded)["Recording"] is None


@pytest.mark.parametrize(("recording", "keys", "reason"), [("on-demand", "9", "refused"), ("none", "", "policy")])
def test_a_caller_who_refuses_and_a_line_that_does_not_record_are_not_recorded(
    recording: str, keys: str, reason: str
) -> None:
    journey, contact = calling(recording, *([keys] if keys else []), "", "1")
    with pytest.raises(NotRecordable) as refusal:
        journey.recordings.turn(Deed.START, contact.id, LI)
    assert refusal.value.facts["reason"] == reason
    assert texts(contact, "recording") == []


def recorded() -> tuple[Journey, str]:
    journey, _ = calling("full", "", "", "1")
    journey.at(1_000)
    journey.world.call(
        Press(""), Press(""), Press("3"), WaitFor(100), HangUp(), to=AFTER_SALES, caller="+8613900139000"
    )
    journey.at(2_000)
    contact, _ = journey.take_records_in()
    return journey, contact


@pytest.mark.req("REC-01")
@pytest.mark.parametrize(
    "by",
    [
        {"caller": CALLER},
        {"agent": "li.na"},
        {"entry_number": AFTER_SALES},
        {"category": "consultation"},
        {"end": MONDAY + timedelta(minutes=10)},
    ],
)
def test_a_recording_is_found_by_caller_agent_called_number_time_and_category(by: dict[str, Any]) -> None:
    journey, contact = recorded()
    page = journey.recordings.search(
        Range(**{"start": DAY.start, "end": DAY.end, **by}), after=None, limit=10, seen=None
    )
    found = [row.id for row in page.rows]
    assert contact in found
    assert len(found) == (2 if by.keys() & {"agent", "entry_number"} else 1)
    _, recordings = journey.contacts.contact(contact)
    assert recordings[0].key == page.rows[-1].recording


def asked(recording: Recording, role: str, route: str = "") -> int:
    """Ask over REST for a recording in the name of a user of this role; return the status."""
    claims = {**USER, "cognito:groups": role, "cognito:username": "somebody"}
    path = {"contact_id": recording.name.partition("_")[0], "name": recording.name}
    status, told = get(app.app, "/v1/contacts/{contact_id}/recordings/{name}" + route, path=path, claims=claims)
    if status == 200:
        assert "X-Amz-Expires=120" in told["url"]
        assert "X-Amz-Signature" in told["url"]
    return status


@pytest.mark.req("REC-03")
def test_search_playback_and_download_need_a_permission_in_scope_and_every_access_is_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey, contact = recorded()
    _, (recording,) = journey.contacts.contact(contact)
    with rest_table(monkeypatch, tmp_path, now=DAY.end) as table:
        table.items |= journey.table.items
        period = {"from": DAY.start.isoformat(), "to": DAY.end.isoformat()}
        statuses = {
            role: (
                get(app.app, "/v1/recordings", query=period, claims={**USER, "cognito:groups": role})[0],
                asked(recording, role),
                asked(recording, role, "/download"),
            )
            for role in ("operations-manager", "team-leader", "agent", "technical-staff")
        }
        assert statuses == {
            "operations-manager": (200, 200, 200), "team-leader": (200, 200, 403), "agent": (403, 403, 403),
            "technical-staff": (403, 403, 403),
        }  # fmt: skip
        told = Counter(
            (item["action"]["S"], item["outcome"]["S"]) for key, item in table.items.items() if "#AUDIT#" in key[0]
        )
        assert told == {
            ("recordings.search", "done"): 2, ("recordings.play", "done"): 2, ("recordings.download", "done"): 1,
            ("recordings.search", "refused"): 2, ("recordings.play", "refused"): 2,
            ("recordings.download", "refused"): 3,
        }  # fmt: skip


@pytest.mark.req("REC-03")
def test_a_recording_of_another_part_of_the_organisation_is_not_there() -> None:
    journey, contact = recorded()
    _, (recording,) = journey.contacts.contact(contact)
    other = Sight(nodes=frozenset({"south"}), owners={"after-sales": "north"}, root="group", agents=frozenset())
    with pytest.raises(NotFound):
        journey.recordings.listen(contact, recording.name, as_file=False, seen=other)
    with pytest.raises(NotFound):
        journey.recordings.verify(contact, recording.name, seen=other)
    assert journey.recordings.search(DAY, after=None, limit=10, seen=other).rows == ()


def test_a_recording_that_was_changed_after_it_was_stored_shows() -> None:
    journey, contact = recorded()
    _, (recording,) = journey.contacts.contact(contact)
    assert journey.recordings.verify(contact, recording.name, seen=None)[0] is State.WHOLE
    journey.world.cloud.objects[f"{recording.bucket}/{recording.key}"] += b"more"
    assert journey.recordings.verify(contact, recording.name, seen=None)[0] is State.CHANGED
    journey.take_records_in()
    assert journey.recordings.verify(contact, recording.name, seen=None)[0] is State.CHANGED


def test_pages_of_days_follow_one_another_to_the_end() -> None:
    journey, _ = recorded()
    wide = Range(start=MONDAY - timedelta(days=40), end=MONDAY + timedelta(days=25))
    found: list[str] = []
    after: str | None = None
    pages = 0
    while True:
        page = journey.recordings.search(wide, after=after, limit=1, seen=None)
        found += [row.id for row in page.rows]
        pages += 1
        if (after := page.after) is None:
            break
    assert len(found) == len(set(found)) == 2
    assert pages < 12
