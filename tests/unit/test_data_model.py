"""The data model: item types cannot collide, and docs/data-model.md names every kind of key that the code makes."""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access import idempotency
from chalicelib.adapters import copies, copy_store
from chalicelib.adapters import store as adapters
from chalicelib.agents import activity, activity_store
from chalicelib.agents import items as agents
from chalicelib.agents import standing as agent_packs
from chalicelib.agents.activity import Activity, Doing, Turn
from chalicelib.agents.models import StatusChange, StatusType
from chalicelib.approvals import store as approvals
from chalicelib.audit import store as audit
from chalicelib.callbacks import store as callbacks
from chalicelib.completions import store as completions
from chalicelib.completions.complaints import register_key
from chalicelib.contacts import items
from chalicelib.contacts.models import Contact
from chalicelib.customers import drafts, outbox
from chalicelib.customers import erasing as customer_erasing
from chalicelib.customers import record_items as customers
from chalicelib.customers.record import PHONE, Identity
from chalicelib.identity import store as identities
from chalicelib.lifecycle import store as lifecycle
from chalicelib.menus import editions, usage
from chalicelib.menus import store as menus
from chalicelib.metrics import store as counters
from chalicelib.metrics.counters import COUNTERS
from chalicelib.metrics.models import AgentSlot, Slot
from chalicelib.offers import store as offers
from chalicelib.overrides import store as overrides
from chalicelib.people import store as people
from chalicelib.people.models import Place, Position, Unit
from chalicelib.platform.tenancy import partition, tenant_id
from chalicelib.privacy import items as privacy
from chalicelib.qualifications import items as qualifications
from chalicelib.qualifications.models import Result as ExamResult
from chalicelib.realtime import store as realtime
from chalicelib.reliability import store as looks
from chalicelib.reliability.models import Look
from chalicelib.routing import store as reservations
from chalicelib.services import items as services
from chalicelib.tickets import items as tickets
from chalicelib.tickets import policy as ticket_policy
from chalicelib.tickets.models import Link, Opening, Passed, Step, Subject, Ticket
from chalicelib.users import store as users
from chalicelib.voicemail import notice_store as notices
from chalicelib.voicemail import store as voicemail

ROOT = Path(__file__).resolve().parents[2]
type Key = tuple[str, str]
type Item = Mapping[str, Any]
"""What has a key, or the key alone."""

tenants = st.sampled_from(["acme", "acmeeu", "abc", "contact", "kpi"]).map(tenant_id)
ids = st.sampled_from(
    ["1", "c-1", "CONTACT", "PROFILE", "CALLER", "2026-03-02", "09:00", "-", "agent", "+8613800138000"]
)
phones = st.sampled_from(["+8613800138000", "+861380013800", "+14155550123"])
instants = st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 3), timezones=st.just(UTC))  # noqa: DTZ001
seconds = instants.map(lambda at: at.replace(microsecond=0))
hours = instants.map(lambda at: at.replace(minute=0, second=0, microsecond=0))
numbers = st.integers(0, 99_999_999)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
words = st.sampled_from(["after-sales", "after", "sales", "-", "unlisted"])


def profile(tenant: Any, phone: str) -> Item:
    return customers.claim_key(tenant, Identity(PHONE, phone))


def identity(tenant: Any, kind: str, value: str) -> Item:
    return customers.claim_key(tenant, Identity(kind, value))


def pointer_of_customer(tenant: Any, customer_id: str, contact_id: str, at: datetime) -> Item:
    pk = items.customer_partition(tenant, customer_id)
    return {"pk": pk, "sk": items.POINTER_PREFIX + items.position(at, contact_id)}


def listed_customer(tenant: Any, customer_id: str, sort: str) -> Item:
    return {**customers.head_key(tenant, customer_id), "sk": customers.LIST_PREFIX + sort}


def pointer(tenant: Any, phone: str, contact_id: str, at: datetime) -> Item:
    return {"pk": items.caller_partition(tenant, phone), "sk": items.POINTER_PREFIX + items.position(at, contact_id)}


def recording(tenant: Any, contact_id: str, name: str) -> Item:
    return {**items.contact_key(tenant, contact_id), "sk": items.RECORDING_PREFIX + name}


def counter(tenant: Any, at: datetime, line: str, queue: str) -> Item:
    start = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    return counters.key(tenant, Slot(start=start, line=line, queue=queue))


def agent_counter(tenant: Any, at: datetime, agent: str) -> Item:
    start = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    return counters.agent_key(tenant, AgentSlot(start=start, agent=agent))


def menu_version(tenant: Any, line: str, number: int) -> Item:
    return {"pk": menus.line_partition(tenant, line), "sk": menus.version_sort(number)}


def menu_pointer(tenant: Any, line: str) -> Item:
    return {"pk": menus.line_partition(tenant, line), "sk": menus.PUBLISHED}


def menu_draft(tenant: Any, line: str) -> Item:
    return {"pk": menus.line_partition(tenant, line), "sk": editions.DRAFT}


def menu_use(tenant: Any, at: datetime, line: str) -> Item:
    return usage.key(tenant, at, line, 3)


def callback(tenant: Any, phone: str, call: str) -> Item:
    return callbacks.key(tenant, phone, f"CALLBACK#{call}")


def lock(tenant: Any, phone: str) -> Item:
    return callbacks.key(tenant, phone, callbacks.LOCK)


def change(tenant: Any, agent_id: str, at: datetime) -> Item:
    told = StatusChange(at=at, agent_id=agent_id, username="ann", status="Lunch", type=StatusType.CUSTOM)
    return agents.change_item(tenant, told, days=1)


def turn(tenant: Any, agent: str, at: datetime, event: str) -> Item:
    told = Turn(
        at=at,
        event_id=event,
        agent_id="id",
        username=agent,
        before=activity.OUT,
        after=Doing(activity=Activity.READY, status="Available"),
    )
    return activity_store.turn_item(tenant, told, days=1)


def placed(tenant: Any, user: str, since: datetime) -> Item:
    place = Place(user=user, position=Position.AGENT, unit=Unit.QA, leader="ma", since=since, by="admin")
    return people.place_item(tenant, place)


def people_counted(tenant: Any) -> Item:
    return people.key(tenant, people.HEAD)


def ticket(tenant: Any, number: int) -> Item:
    return tickets.ticket_key(tenant, f"{number:08d}")


def ticket_step(tenant: Any, number: int, revision: int) -> Item:
    passed = Passed(revision=revision, step=Step.ASSIGN, at=AT, actor="a", note="n")
    return tickets.step_item(tenant, f"{number:08d}", passed)


def link_of_ticket(tenant: Any, number: int, contact_id: str) -> Item:
    return tickets.link_items(tenant, f"{number:08d}", Link(contact_id=contact_id, at=AT, actor="a"))[0]


def link_of_contact(tenant: Any, number: int, contact_id: str) -> Item:
    return tickets.link_items(tenant, f"{number:08d}", Link(contact_id=contact_id, at=AT, actor="a"))[1]


def _ticket_of(number: int, phone: str | None = None, customer: str | None = None) -> Ticket:
    opening = Opening(
        subject=Subject(category="c", text="t", phone=phone, customer_id=customer), note="n", channel="VOICE"
    )
    return ticket_policy.accept(f"{number:08d}", opening, actor="a", at=AT)[0]


def open_ticket(tenant: Any, phone: str, number: int) -> Item:
    return tickets.open_item(tenant, phone, _ticket_of(number))


def listed_ticket(tenant: Any, customer: str, number: int) -> Item:
    (item,) = tickets.of_items(tenant, _ticket_of(number, customer=customer))
    return item


def mark(tenant: Any, customer_id: str, adapter: str) -> Item:
    return outbox.mark_key(tenant, adapter, customer_id)


def link_of_adapter(tenant: Any, customer_id: str, adapter: str) -> Item:
    return adapters.link_key(tenant, adapter, customer_id)


def listed_service(tenant: Any, service_id: str, sort: str) -> Item:
    return {**services.head_key(tenant, service_id), "sk": services.LIST_PREFIX + sort}


def qualified(tenant: Any, agent: str, at: datetime, test: str) -> Item:
    result = ExamResult(agent=agent, kind="exam", id=test, on=at.date(), passed=True, recorded_at=at, by="b")
    return qualifications.result_item(tenant, result)


def looked(tenant: Any, at: datetime) -> Item:
    return looks.item(tenant, Look(at=at))


def given_back(tenant: Any, agent: str) -> Item:
    return qualifications.own_item(tenant, agent, "service")


def key(kind: str, *facts: Any) -> Key:
    """The key of the item of a type that these facts make."""
    item = TYPES[kind][0](*facts)
    return item["pk"], item["sk"]


# item type: how its key is made, and of what. Two facts of one type give one key only if they are the same facts.
TYPES: dict[str, tuple[Callable[..., Item], tuple[st.SearchStrategy[Any], ...]]] = {
    "caller profile": (profile, (tenants, phones)),
    "pointer to a contact of the caller": (pointer, (tenants, phones, ids, seconds)),
    "who has another identity": (identity, (tenants, st.sampled_from(["email", "wechat"]), ids)),
    "pointer to a contact that was with a customer": (pointer_of_customer, (tenants, ids, ids, seconds)),
    "customer number": (customers.alias_key, (tenants, ids.filter(lambda text: text == text.lower()))),
    "customer record": (customers.head_key, (tenants, ids)),
    "place of a customer in a list": (listed_customer, (tenants, ids, words)),
    "contact": (items.contact_key, (tenants, ids)),
    "recording of a contact": (recording, (tenants, ids, ids)),
    "counters of a quarter-hour": (counter, (tenants, hours, words, words)),
    "counters of an agent's quarter-hour": (agent_counter, (tenants, hours, words)),
    "published version of a line's menus": (menu_pointer, (tenants, words)),
    "draft of a line's menus": (menu_draft, (tenants, words)),
    "version of a line's menus": (menu_version, (tenants, words, st.integers(1, 999_999))),
    "answer of an enquiry": (menus.answer_key, (tenants, words, ids)),
    "use of the menus in an hour": (menu_use, (tenants, hours, words)),
    "open ticket of the caller": (open_ticket, (tenants, phones, numbers)),
    "ticket": (ticket, (tenants, numbers)),
    "step of a ticket": (ticket_step, (tenants, numbers, st.integers(1, 999_999))),
    "contact of a ticket": (link_of_ticket, (tenants, numbers, ids)),
    "ticket of a contact": (link_of_contact, (tenants, numbers, ids)),
    "newest ticket of a contact": (tickets.newest_key, (tenants, ids)),
    "ticket of a customer or caller": (listed_ticket, (tenants, ids, numbers)),
    "mark that a customer is to be compared with another system": (mark, (tenants, ids, words)),
    "what another system and ours agree on": (link_of_adapter, (tenants, ids, words)),
    "state of an adapter": (adapters.state_key, (tenants, words)),
    "erasure of a customer": (customer_erasing.erased_key, (tenants, ids)),
    "copy of another system's customer": (copies.copy_key, (tenants, words, ids)),
    "customer on the way to another system": (copies.send_key, (tenants, words, ids)),
    "file of another system": (copy_store.file_key, (tenants, words, ids)),
    "content of a file of another system": (copy_store.digest_key, (tenants, words, ids)),
    "service record": (services.head_key, (tenants, ids)),
    "place of a service record in a list": (listed_service, (tenants, ids, words)),
    "what is entered during a contact": (drafts.key, (tenants, ids)),
    "callback": (callback, (tenants, phones, ids)),
    "lock of a number with an open callback": (lock, (tenants, phones)),
    "offer of a call to a group": (offers.key, (tenants, ids)),
    "reservation of an agent": (reservations.key, (tenants, ids)),
    "message": (voicemail.key, (tenants, ids)),
    "notice of a message": (notices.key, (tenants, ids)),
    "entry of the lifecycle": (lifecycle.key, (tenants, st.integers(1, 999_999))),
    "state of an agent": (agents.agent_key, (tenants, ids)),
    "figures of the queues": (agents.queues_key, (tenants,)),
    "agents of a pack": (agent_packs.pack_key, (tenants, st.integers(0, 15))),
    "change of an agent's status": (change, (tenants, ids, seconds)),
    "turn of an agent": (turn, (tenants, ids, seconds, ids)),
    "contact on the board": (realtime.contact_key, (tenants, ids)),
    "check of the board": (realtime.check_key, (tenants,)),
    "where the thresholds stand": (realtime.standings_key, (tenants,)),
    "completion of a contact": (completions.head_key, (tenants, ids)),
    "version of a completion": (completions.version_key, (tenants, ids, st.integers(1, 999_999))),
    "complaints of a chain of contacts": (register_key, (tenants, ids)),
    "identity of a call": (identities.key, (tenants, ids)),
    "proposal that needs an approval": (approvals.key, (tenants, ids)),
    "place of a person": (placed, (tenants, ids, seconds)),
    "count of changes of the people": (people_counted, (tenants,)),
    "change of a user": (users.key, (tenants,)),
    "overrides of the routing": (overrides.key, (tenants,)),
    "answer under an idempotency key": (idempotency.place, (tenants, ids, ids)),
    "look at what the tenant depends on": (looked, (tenants, seconds)),
    "result of an agent": (qualified, (tenants, ids, seconds, words)),
    "routing profile that an agent is given back": (given_back, (tenants, ids)),
    "request of a person": (privacy.request_key, (tenants, ids)),
    "legal hold": (privacy.hold_key, (tenants, ids)),
    "walk over the customers": (privacy.walk_key, (tenants,)),
    "entry of the audit trail (its own table)": (audit.key, (tenants, ids, st.integers(1, 999_999_999))),
}


@given(st.fixed_dictionaries({kind: st.tuples(*of) for kind, (_, of) in TYPES.items()}))
def test_no_item_of_one_type_has_the_key_of_another(drawn: dict[str, tuple[Any, ...]]) -> None:
    """One example compares an item of every type with one of every other: no need to draw for each pair again."""
    found: dict[Key, list[str]] = defaultdict(list)
    for kind, facts in drawn.items():
        found[key(kind, *facts)].append(kind)
    assert [same for same in found.values() if len(same) > 1] == []


@pytest.mark.parametrize("kind", TYPES)
def test_different_facts_of_one_type_have_different_keys(kind: str) -> None:
    _, of = TYPES[kind]

    @given(st.tuples(*of), st.tuples(*of))
    def apart(first: tuple[Any, ...], second: tuple[Any, ...]) -> None:
        assert (key(kind, *first) == key(kind, *second)) == (first == second)

    apart()


@given(tenants, tenants, st.sampled_from(list(TYPES)), st.data())
def test_no_key_of_one_tenant_begins_with_anothers(one: Any, other: Any, kind: str, data: st.DataObject) -> None:
    facts = [data.draw(strategy) for strategy in TYPES[kind][1][1:]]
    foreign = key(kind, other, *facts)[0].startswith(partition(one, "X").removesuffix("X"))
    assert foreign == (one == other)


@given(phones, ids, instants)
def test_the_profile_comes_first_in_the_descending_query_of_a_caller(phone: str, contact_id: str, at: datetime) -> None:
    tenant = tenant_id("acme")
    asked = key("pointer to a contact of the caller", tenant, phone, contact_id, at)
    assert key("caller profile", tenant, phone) > asked


def kinds() -> Iterator[tuple[str, str]]:
    """Yield every kind that the sources pass to `partition`, with its place; a kind is always written out."""
    for path in [*(ROOT / "chalicelib").rglob("*.py"), *(ROOT / "lambdas").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "partition":
                kind = node.args[1]
                yield str(kind.value) if isinstance(kind, ast.Constant) else "(computed)", f"{path}:{node.lineno}"


def test_every_kind_of_key_that_the_code_makes_is_in_the_document() -> None:
    text = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    known = set(re.findall(r"`([A-Z]+)#<", text)) - {
        "T",
        "RECORDING",
        "STEP",
        "RESULT",
        "OPEN",
        "LIST",
        "COMPLETION",
        "HOLD",
        "LINK",
        "MARK",
        "THERE",
        "SEND",
        "FILE",
        "DIGEST",
        "PLACE",
        "ROWS",
    }  # the tenant's own prefix, and sort keys
    assert {kind for kind, _ in kinds()} == known


def test_the_document_lists_exactly_these_item_types() -> None:
    text = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    table = text.partition("## Items")[2].partition("\n\n")[2].partition("\n\n")[0]
    assert [row.split("|")[1].strip() for row in table.splitlines()[2:]] == list(TYPES)


def test_every_counter_and_every_field_of_a_contact_is_in_the_document() -> None:
    text = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z0-9_]+)`", text))
    fields = {"contact_id" if name == "id" else name for name in Contact.__dataclass_fields__}
    assert fields <= named
    page = (ROOT / "docs" / "kpi.md").read_text(encoding="utf-8")
    assert set(COUNTERS) <= set(re.findall(r"`([a-z0-9_]+)`", page))


def test_only_the_tenancy_module_writes_a_tenant_into_a_key() -> None:
    bad = [
        f"{path}:{node.lineno}"
        for path in [*(ROOT / "chalicelib").rglob("*.py"), *(ROOT / "lambdas").rglob("*.py")]
        if path.name != "tenancy.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("T#")
    ]
    assert bad == []
