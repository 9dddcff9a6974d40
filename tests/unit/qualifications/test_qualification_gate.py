"""The gate on the Amazon Connect emulator: an agent whose test has run out gets no contact until it is passed again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.audit.models import Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.platform.errors import InvalidInput, StoreUnavailable
from chalicelib.qualifications.floor import Floor
from chalicelib.qualifications.gate import Gate
from chalicelib.qualifications.models import AlreadyRecorded, Effect
from chalicelib.qualifications.service import Qualifications
from chalicelib.qualifications.store import Results
from chalicelib.tenancy.models import UNQUALIFIED, Qualification, Required
from tests.support import tenants
from tests.support.connect_client import Client
from tests.support.connect_world import INSTANCE_ID
from tests.support.fake_dynamo import FakeDynamo, failure
from tests.support.live_connect import Live

TENANT = tenants.tenant("hrgroup")
MONTHLY = Required(kind="periodic-test", id="monthly", valid_days=30)
SKILLS = (Qualification(skill="support", requires=(MONTHLY,)),)
ZHAO = Actor(user="zhao", roles=("trainer",))
START = datetime(2026, 3, 2, 1, tzinfo=UTC)


class Centre:
    """The tenant's capability before a running emulator, with tables in memory and a clock that is set by hand."""

    def __init__(self) -> None:
        self.live = Live()
        self.table = FakeDynamo()
        self.at = START
        trail = Trail(tenant=TENANT.id, kept=Log(self.table, "audit"), now=lambda: self.at)
        kept = Results(self.table, "table", TENANT.id, trail)
        made = self.live(
            "CreateRoutingProfile",
            Name=UNQUALIFIED,
            Description="no queues",
            DefaultOutboundQueueId=self.live.id("support"),
            MediaConcurrencies=[{"Channel": "VOICE", "Concurrency": 1}],
        )
        security = self.live("CreateSecurityProfile", SecurityProfileName="agent")["SecurityProfileId"]
        self.live("UpdateUserSecurityProfiles", UserId=self.live.id("li.na"), SecurityProfileIds=[security])
        profiles = {"support": self.live.id("support"), UNQUALIFIED: made["RoutingProfileId"]}
        self.floor = Floor(Client(self.live.connect), INSTANCE_ID, profiles)
        self.gate = Gate(floor=self.floor, kept=kept, trail=trail, qualifications=SKILLS, today=self.today)
        self.service = Qualifications(
            kept=kept, gate=self.gate, qualifications=SKILLS, time_zone="UTC", now=lambda: self.at
        )

    def today(self) -> date:
        return self.at.date()

    def passes(self, on: date, *, passed: bool = True) -> bool:
        self.at += timedelta(seconds=1)
        shown = self.service.record(
            agent="li.na", kind="periodic-test", id_="monthly", on=on, passed=passed, actor=ZHAO
        )
        return shown.verdicts[0].qualified

    def profile(self) -> str:
        (user,) = self.floor.users("li.na")
        return user.skill

    def state(self, contact_id: str) -> bool:
        """Whether the contact has an agent."""
        found = self.live("DescribeContact", ContactId=contact_id)["Contact"]
        return "AgentInfo" in found

    def actions(self) -> list[str]:
        return [item["action"]["S"] for key, item in self.table.items.items() if "#AUDIT#" in key[0]]


@pytest.fixture
def centre() -> Iterator[Centre]:
    made = Centre()
    yield made
    made.live.close()


@pytest.mark.req("PPL-06")
def test_an_agent_whose_test_has_run_out_gets_no_contact_until_it_is_passed_again(centre: Centre) -> None:
    assert centre.passes(START.date())
    centre.live.api.sign_in()
    assert centre.gate.look() == {"li.na": Effect.LEFT}
    centre.at = START + timedelta(days=30)
    assert centre.gate.look() == {"li.na": Effect.WITHDRAWN}
    waiting = centre.live.queued_call(patience_s=3_000)
    centre.live.run("2026-03-02T01:10:00Z")
    assert (centre.profile(), centre.state(waiting)) == (UNQUALIFIED, False)
    assert centre.passes(centre.at.date())
    assert centre.profile() == "support"
    centre.live.run("2026-03-02T01:11:00Z")
    assert centre.state(waiting)


@pytest.mark.req("PPL-06")
def test_an_agent_who_never_passed_or_fails_now_is_taken_from_the_queues_at_once(centre: Centre) -> None:
    assert centre.gate.look() == {"li.na": Effect.WITHDRAWN}
    assert centre.passes(START.date())
    assert centre.profile() == "support"
    assert not centre.passes(START.date(), passed=False)
    assert centre.profile() == UNQUALIFIED


def test_a_second_look_does_nothing_more(centre: Centre) -> None:
    assert [centre.gate.look(), centre.gate.look()] == [{"li.na": Effect.WITHDRAWN}, {"li.na": Effect.LEFT}]
    assert centre.actions() == ["qualifications.withdraw"]


def test_every_result_and_every_move_is_in_the_audit_trail(centre: Centre) -> None:
    centre.gate.look()
    centre.passes(START.date())
    assert sorted(centre.actions()) == [*("qualifications.record", "qualifications.restore", "qualifications.withdraw")]


def test_results_are_added_and_none_is_written_over(centre: Centre) -> None:
    centre.passes(START.date())
    centre.at -= timedelta(seconds=1)
    with pytest.raises(AlreadyRecorded):
        centre.passes(START.date(), passed=False)
    assert [one.passed for one in centre.service.standing("li.na").file.results] == [True]


def test_whoever_is_no_user_has_results_all_the_same(centre: Centre) -> None:
    shown = centre.service.record(
        agent="new.one", kind="periodic-test", id_="monthly", on=START.date(), passed=True, actor=ZHAO
    )
    assert (shown.applied, [one.agent for one in shown.file.results]) == (True, ["new.one"])


@pytest.mark.parametrize(("id_", "on"), [("yearly", START.date()), ("monthly", START.date() + timedelta(days=1))])
def test_what_no_skill_requires_and_what_is_not_yet_is_refused(centre: Centre, id_: str, on: date) -> None:
    with pytest.raises(InvalidInput):
        centre.service.record(agent="li.na", kind="periodic-test", id_=id_, on=on, passed=True, actor=ZHAO)
    assert not centre.table.items


def test_a_result_is_kept_when_amazon_connect_cannot_be_asked_and_the_next_look_applies_it(centre: Centre) -> None:
    class Silent:
        def look(self, agent: str | None = None) -> dict[str, Effect]:
            raise StoreUnavailable("nobody answers", agent=agent)

    centre.gate.look()
    apart = Qualifications(
        kept=centre.service.kept, gate=Silent(), qualifications=SKILLS, time_zone="UTC", now=lambda: centre.at
    )
    shown = apart.record(agent="li.na", kind="periodic-test", id_="monthly", on=START.date(), passed=True, actor=ZHAO)
    assert (shown.applied, shown.verdicts[0].qualified, centre.profile()) == (False, True, UNQUALIFIED)
    assert centre.gate.look() == {"li.na": Effect.RESTORED}


def test_an_agent_is_not_moved_when_the_own_profile_could_not_be_kept(centre: Centre) -> None:
    def refuse(operation: str) -> None:
        if operation == "TransactWriteItems":
            raise failure("InternalServerError")

    centre.table.before = refuse
    with pytest.raises(StoreUnavailable):
        centre.gate.look()
    assert centre.profile() == "support"


def test_a_skill_is_unserved_until_an_agent_who_has_it_passes_and_again_when_that_runs_out(centre: Centre) -> None:
    assert centre.gate.unserved() == ("support",)
    centre.passes(START.date())
    assert centre.gate.unserved() == ()
    centre.at += timedelta(days=30)
    assert centre.gate.unserved() == ("support",)
