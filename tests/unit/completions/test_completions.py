"""Completing contacts (DSK-08): any order of records and requests, the tenant's lists, and the door."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import app
from chalicelib.agents.models import LONG_AGO, AgentState, House, Shift, Snapshot, Status, StatusType, Work
from chalicelib.audit.models import Actor
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.completions.models import Entry, NoLists, Outdated
from chalicelib.completions.service import Complaints, Completions, Expectations, Kept
from chalicelib.contacts import items
from chalicelib.contacts.events import listeners
from chalicelib.contacts.models import Contact, Recording, Result
from chalicelib.organisation.models import Sight
from chalicelib.platform.dynamo import encode
from chalicelib.platform.errors import InvalidInput, NotFound, Unprocessable
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tickets import policy as ticket_policy
from chalicelib.tickets.models import File as TicketFile
from chalicelib.tickets.models import Opening, Subject
from tests.support import tenants
from tests.support.contact_records import encoded, record
from tests.support.fake_dynamo import FakeDynamo
from tests.support.rest import USER, get, send
from tests.support.rest_table import rest_table
from tests.support.taken_in import ingest

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
GROUP = tenants.tenant("hrgroup")
LI = Actor(user="li.na", roles=("agent",))
ENTRY = Entry(category="repair", sub_category="hardware", result="recorded", solved=False, next_step="call-back")
TICKET = "00000018"


def contact(contact_id: str, agent: str | None = "li.na", **more: Any) -> Contact:
    facts: dict[str, Any] = {
        "id": contact_id, "updated_at": NOW, "at": NOW, "channel": "VOICE", "method": "INBOUND",
        "result": Result.ANSWERED, "line": "after-sales", "queue": "after-sales", "agent": agent,
        "answered_at": NOW if agent else None, "customer_id": "C-1001",
    }  # fmt: skip
    return Contact(**{**facts, **more})


class Known:
    """The contacts whose records are there, the agents' screens, and the tickets: ports of the use-case."""

    def __init__(self) -> None:
        self.contacts: dict[str, Contact] = {}
        self.screens: dict[str, str] = {}
        self.linked: dict[str, list[str]] = {}
        self.about = "repair"

    def contact(self, contact_id: str, seen: Sight | None = None) -> tuple[Contact, tuple[Recording, ...]]:
        del seen
        if contact_id not in self.contacts:
            raise NotFound("no such contact")
        recording = Recording(key=f"k/{contact_id}", bucket="b", kind="call", size_bytes=1, stored_at="")
        return self.contacts[contact_id], (recording,)

    def house(self, *, consistent: bool = False) -> House:
        del consistent
        return House(agents=tuple(screen(agent, contact_id) for contact_id, agent in self.screens.items()))

    def link(self, number: str, contact_id: str, actor: Actor, *, seen: Sight | None = None) -> TicketFile:
        del actor, seen
        if number != TICKET:
            raise NotFound("no such ticket")
        self.linked.setdefault(contact_id, []).append(number)
        opening = Opening(subject=Subject(category=self.about, text="t"), note="n", channel="VOICE")
        ticket, passed = ticket_policy.accept(number, opening, actor="u", at=NOW)
        return TicketFile(ticket=ticket, steps=(passed,), contacts=())

    def of_contact(self, contact_id: str) -> tuple[str, ...]:
        return tuple(sorted(set(self.linked.get(contact_id, ()))))


def screen(agent: str, contact_id: str) -> AgentState:
    work = Work(contact_id=contact_id, channel="VOICE", state="ENDED", since=NOW, connected_at=NOW, queue="after-sales")
    status = Status(name="Available", type=StatusType.ROUTABLE, since=NOW)
    shot = Snapshot(username=agent, status=status, works=(work,))
    return AgentState(id=agent, name=agent, heard_at=NOW, heard_ids=(), taken_at=LONG_AGO, snapshot=shot, shift=Shift())


def service(table: FakeDynamo, known: Known, *, lists: Any = GROUP.completion, now: datetime = NOW) -> Completions:
    trail = Trail(tenant=GROUP.id, kept=Log(table, "audit"), now=lambda: now)
    kept = Kept(table, "table", GROUP.id, 365)
    complaints = Complaints(table, "table", GROUP)
    return Completions(
        kept=kept, complaints=complaints, contacts=known, floor=known, tickets=known, trail=trail, lists=lists,
        now=lambda: now,
    )  # fmt: skip


def expectations(table: FakeDynamo) -> Expectations:
    return Expectations(Kept(table, "table", GROUP.id, 365), Complaints(table, "table", GROUP))


IDS = ("c-1", "c-2", "c-3")


class AnyOrder(RuleBasedStateMachine):
    """Records arrive, contacts are completed and corrected, also before their record, twice, and on old news."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.known = FakeDynamo(), Known()
        self.written: dict[str, list[Entry]] = {one: [] for one in IDS}
        self.known.screens = dict.fromkeys(IDS, "li.na")

    @rule(one=st.sampled_from(IDS))
    def the_record_arrives(self, one: str) -> None:
        self.known.contacts[one] = contact(one)
        self.known.screens.pop(one, None)
        expectations(self.table).heard(contact(one))

    @rule(one=st.sampled_from(IDS), result=st.sampled_from(["answered", "recorded"]), behind=st.integers(0, 2))
    def completed(self, one: str, result: str, behind: int) -> None:
        versions = self.written[one]
        entry = replace(ENTRY, result=result)
        seen = max(0, len(versions) - behind)
        customer = "C-1001" if one in self.known.contacts else None
        told = replace(entry, customer_id=customer)
        same = bool(versions) and versions[-1] == told
        if not same and seen != len(versions):
            with pytest.raises(Outdated):
                self.use().complete(one, entry, seen, LI, own="li.na", sight=None)
            return
        file = self.use().complete(one, entry, seen, LI, own="li.na", sight=None)
        if not same:
            versions.append(told)
        assert [version.entry for version in file.versions] == versions

    @invariant()
    def what_is_due_is_what_was_heard_and_not_completed(self) -> None:
        page = self.use().due("li.na", after=None, limit=100)
        assert {one.contact_id for one in page.due} == {one for one in self.known.contacts if not self.written[one]}

    @invariant()
    def every_version_is_kept_in_order(self) -> None:
        for one, entries in self.written.items():
            versions = self.use().file(one, own=None, sight=None).versions
            assert [version.entry for version in versions] == entries
            assert [version.revision for version in versions] == list(range(1, len(entries) + 1))

    @invariant()
    def every_version_is_in_the_trail(self) -> None:
        entries = [key for key in self.table.items if "#AUDIT#" in key[0]]
        assert len(entries) == sum(map(len, self.written.values()))

    def use(self) -> Completions:
        return service(self.table, self.known)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=25, stateful_step_count=15)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"category": "nothing"}, ["category"]),
        ({"sub_category": "price"}, ["sub_category"]),
        ({"result": "x", "next_step": "y"}, ["result", "next_step"]),
        ({"next_step": "field-visit"}, ["ticket"]),
        ({"next_step": "field-visit", "ticket": "00000026"}, ["ticket"]),
    ],
)
def test_what_does_not_fit_the_lists_is_named_by_field_and_nothing_is_written(
    change: dict[str, str], fields: list[str]
) -> None:
    table, known = FakeDynamo(), Known()
    known.contacts["c-1"] = contact("c-1")
    with pytest.raises(Unprocessable) as refusal:
        service(table, known).complete("c-1", replace(ENTRY, **change), 0, LI, own=None, sight=None)
    errors: Any = refusal.value.facts["errors"]
    assert [error["field"] for error in errors] == fields
    assert not table.items


def test_the_record_leads_to_customer_recording_and_ticket() -> None:
    known = Known()
    known.contacts["c-1"] = contact("c-1")
    entry = replace(ENTRY, next_step="field-visit", ticket=TICKET)
    file = service(FakeDynamo(), known).complete("c-1", entry, 0, LI, own="li.na", sight=None)
    assert file.current is not None
    assert (file.current.entry.customer_id, file.subject.recordings, file.tickets) == ("C-1001", ("k/c-1",), (TICKET,))


def test_contacts_of_others_and_those_without_an_agent_are_not_there() -> None:
    known = Known()
    known.contacts = {"c-1": contact("c-1", "bob"), "c-2": contact("c-2", None)}
    known.screens = {"c-3": "bob"}
    for one in ("c-1", "c-2", "c-3", "c-4"):
        with pytest.raises(NotFound):
            service(FakeDynamo(), known).complete(one, ENTRY, 0, LI, own="li.na", sight=None)
    hidden = Sight(nodes=frozenset({"n"}), owners={}, root="r", agents=frozenset())
    with pytest.raises(NotFound):
        service(FakeDynamo(), known).file("c-3", own=None, sight=hidden)


def test_a_tenant_without_lists_completes_nothing() -> None:
    known = Known()
    known.contacts["c-1"] = contact("c-1")
    with pytest.raises(NoLists):
        service(FakeDynamo(), known, lists=None).complete("c-1", ENTRY, 0, LI, own=None, sight=None)


@pytest.mark.parametrize(
    ("more", "due"),
    [
        ({}, ["c-1"]),
        ({"agent": None}, []),
        ({"answered_at": None}, []),
        ({"method": "MONITOR"}, []),
        ({"method": "CALLBACK"}, ["c-1"]),
    ],
)
def test_what_is_due_is_every_contact_in_which_an_agent_talked(more: dict[str, Any], due: list[str]) -> None:
    assert [one.id for one in [contact("c-1", **more)] if one.served] == due


def test_the_ingest_expects_the_completion_of_an_answered_call_once() -> None:
    table = FakeDynamo()
    taking = replace(ingest(table, GROUP), listeners=listeners(table, "trunkline-hrgroup", GROUP))
    for _ in range(2):
        taking.take(encoded(record()))
    agent = next(item["agent"]["S"] for item in table.items.values() if "agent" in item)
    page = Kept(table, "trunkline-hrgroup", GROUP.id, 365).due(agent, after=None, limit=10)
    assert len(page.due) == 1


def test_pages_of_what_is_due_follow_one_another() -> None:
    table = FakeDynamo()
    kept = Kept(table, "table", GROUP.id, 365)
    for number in range(5):
        expectations(table).heard(contact(f"c-{number}", at=NOW + timedelta(minutes=number)))
    found: list[str] = []
    after = None
    while True:
        page = kept.due("li.na", after=after, limit=2)
        found += [one.contact_id for one in page.due]
        if (after := page.after) is None:
            break
    assert found == ["c-4", "c-3", "c-2", "c-1", "c-0"]
    with pytest.raises(InvalidInput):
        kept.due("li.na", after="anything", limit=2)


def raw() -> dict[str, Any]:
    return dict(yaml.safe_load((tenants.TENANTS / "hrgroup.yaml").read_text(encoding="utf-8")))


def test_a_contract_with_an_id_twice_or_a_name_missing_is_refused_by_the_field() -> None:
    document = raw()
    lists = document["completion"]
    lists["results"].append({"id": "answered", "name": {"en-US": "Again"}})
    lists["categories"][0]["sub_categories"].append({"id": "price", "name": {"zh-CN": "价格"}})
    with pytest.raises(InvalidContract) as refusal:
        parse(document, source="test")
    assert {problem.path for problem in refusal.value.problems} == {
        "completion.results.3.id",
        "completion.results.3.name.zh-CN",
        "completion.categories.0.sub_categories.2.id",
    }


# --- the door

BODY = {
    "category": "repair", "sub_category": "hardware", "result": "recorded", "solved": False, "next_step": "call-back"
}  # fmt: skip
AGENT = {**USER, "cognito:groups": "agent", "cognito:username": "li.na"}


def put(body: Any, claims: dict[str, str] = AGENT, contact_id: str = "c-1") -> tuple[int, Any]:
    return send(
        app.app,
        "PUT",
        "/v1/contacts/{contact_id}/completion",
        path={"contact_id": contact_id},
        claims=claims,
        headers={"content-type": "application/json"},
        body=json.dumps(body),
    )


def test_an_agent_completes_a_contact_and_a_leader_sees_it_with_its_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = {**USER, "cognito:groups": "operations-manager", "cognito:username": "chief"}
    with rest_table(monkeypatch, tmp_path) as table:
        item = items.contact_item(GROUP.id, contact("c-1", at=datetime.now(UTC)), {}, 365)
        table.items[item["pk"], item["sk"]] = encode(item)
        expectations(table).heard(contact("c-1"))
        assert get(app.app, "/v1/completions/due", query={"agent": "li.na"}, claims=AGENT)[1]["contacts"]
        assert put({})[0] == 400
        status, told = put({**BODY, "category": "x"})
        assert (status, told["errors"][0]["field"]) == (422, "category")
        assert put(BODY)[1]["revision"] == 1
        assert put(BODY)[1]["revision"] == 1
        assert put({**BODY, "solved": True})[0] == 409
        status, told = put({**BODY, "solved": True, "revision": 1})
        assert (status, told["revision"], [one["solved"] for one in told["history"]]) == (200, 2, [False, True])
        assert told["customer_id"] == "C-1001"
        assert put(BODY, {**AGENT, "cognito:username": "bob"})[0] == 404
        assert get(app.app, "/v1/completions/due", query={"agent": "li.na"}, claims=AGENT)[1]["contacts"] == []
        assert (
            get(app.app, "/v1/completions/due", query={"agent": "li.na"}, claims={**AGENT, "cognito:username": "b"})[0]
            == 403
        )
        path = {"contact_id": "c-1"}
        status, seen = get(app.app, "/v1/contacts/{contact_id}/completion", path=path, claims=leader)
        assert (status, seen["history"]) == (200, told["history"])
        lists = get(app.app, "/v1/completions/lists", claims=AGENT)[1]
        assert lists["next_steps"][1] == {
            "id": "field-visit", "name": {"zh-CN": "上门服务", "en-US": "Field visit"}, "needs_ticket": True
        }  # fmt: skip
