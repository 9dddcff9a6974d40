"""The data model: item types cannot collide, and docs/data-model.md names every kind of key that the code makes."""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access import idempotency
from chalicelib.adapters import store as adapters
from chalicelib.agents import activity, activity_store
from chalicelib.agents import items as agents
from chalicelib.agents import standing as standing_items
from chalicelib.agents.activity import Activity, Doing, Turn
from chalicelib.agents.models import StatusChange, StatusType
from chalicelib.approvals import store as approvals
from chalicelib.audit import store as audit
from chalicelib.callbacks import store as callbacks
from chalicelib.completions import store as completions
from chalicelib.contacts import items
from chalicelib.contacts.models import Contact, Result
from chalicelib.customers import drafts, outbox
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
from chalicelib.services import items as services
from chalicelib.tickets import items as tickets
from chalicelib.tickets import policy as ticket_policy
from chalicelib.tickets.models import Link, Opening, Passed, Step, Subject, Ticket
from chalicelib.voicemail import notice_store as notices
from chalicelib.voicemail import store as voicemail

ROOT = Path(__file__).resolve().parents[2]
type Key = tuple[str, str]

tenants = st.sampled_from(["acme", "acmeeu", "abc", "contact", "kpi"]).map(tenant_id)
ids = st.sampled_from(
    ["1", "c-1", "CONTACT", "PROFILE", "CALLER", "2026-03-02", "09:00", "-", "agent", "+8613800138000"]
)
phones = st.sampled_from(["+8613800138000", "+861380013800", "+14155550123"])
instants = st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 3), timezones=st.just(UTC))  # noqa: DTZ001
numbers = st.integers(0, 99_999_999)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
words = st.sampled_from(["after-sales", "after", "sales", "-", "unlisted"])


def contact(contact_id: str, at: datetime) -> Contact:
    return Contact(
        id=contact_id, updated_at=at, at=at, channel="VOICE", method="INBOUND", result=Result.ANSWERED, line="-"
    )


def profile(tenant: Any, phone: str) -> Key:
    key = customers.claim_key(tenant, Identity(PHONE, phone))
    return key["pk"], key["sk"]


def identity(tenant: Any, kind: str, value: str) -> Key:
    key = customers.claim_key(tenant, Identity(kind, value))
    return key["pk"], key["sk"]


def number(tenant: Any, customer_id: str) -> Key:
    key = customers.alias_key(tenant, customer_id)
    return key["pk"], key["sk"]


def customer_record(tenant: Any, customer_id: str) -> Key:
    key = customers.head_key(tenant, customer_id)
    return key["pk"], key["sk"]


def pointer_of_customer(tenant: Any, customer_id: str, contact_id: str, at: datetime) -> Key:
    pk = items.customer_partition(tenant, customer_id)
    return pk, items.POINTER_PREFIX + items.position(at, contact_id)


def newest_ticket(tenant: Any, contact_id: str) -> Key:
    key = tickets.newest_key(tenant, contact_id)
    return key["pk"], key["sk"]


def draft(tenant: Any, contact_id: str) -> Key:
    key = drafts.key(tenant, contact_id)
    return key["pk"], key["sk"]


def listed_customer(tenant: Any, customer_id: str, sort: str) -> Key:
    return customers.head_key(tenant, customer_id)["pk"], customers.LIST_PREFIX + sort


def pointer(tenant: Any, phone: str, contact_id: str, at: datetime) -> Key:
    key = items.pointer_key(tenant, phone, contact(contact_id, at))
    return key["pk"], key["sk"]


def whole(tenant: Any, contact_id: str) -> Key:
    key = items.contact_key(tenant, contact_id)
    return key["pk"], key["sk"]


def recording(tenant: Any, contact_id: str, name: str) -> Key:
    return items.contact_key(tenant, contact_id)["pk"], items.RECORDING_PREFIX + name


def counter(tenant: Any, at: datetime, line: str, queue: str) -> Key:
    start = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    key = counters.key(tenant, Slot(start=start, line=line, queue=queue))
    return key["pk"], key["sk"]


def agent_counter(tenant: Any, at: datetime, agent: str) -> Key:
    start = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    key = counters.agent_key(tenant, AgentSlot(start=start, agent=agent))
    return key["pk"], key["sk"]


def menu_version(tenant: Any, line: str, number: int) -> Key:
    return menus.line_partition(tenant, line), menus.version_sort(number)


def menu_pointer(tenant: Any, line: str) -> Key:
    return menus.line_partition(tenant, line), menus.PUBLISHED


def menu_draft(tenant: Any, line: str) -> Key:
    return menus.line_partition(tenant, line), editions.DRAFT


def answer(tenant: Any, enquiry: str, reference: str) -> Key:
    key = menus.answer_key(tenant, enquiry, reference)
    return key["pk"], key["sk"]


def menu_use(tenant: Any, at: datetime, line: str) -> Key:
    key = usage.key(tenant, at, line, 3)
    return key["pk"], key["sk"]


def entry(tenant: Any, revision: int) -> Key:
    key = lifecycle.key(tenant, revision)
    return key["pk"], key["sk"]


def callback(tenant: Any, phone: str, call: str) -> Key:
    key = callbacks.key(tenant, phone, f"CALLBACK#{call}")
    return key["pk"], key["sk"]


def left(tenant: Any, contact_id: str) -> Key:
    key = voicemail.key(tenant, contact_id)
    return key["pk"], key["sk"]


def notice(tenant: Any, contact_id: str) -> Key:
    key = notices.key(tenant, contact_id)
    return key["pk"], key["sk"]


def lock(tenant: Any, phone: str) -> Key:
    key = callbacks.key(tenant, phone, callbacks.LOCK)
    return key["pk"], key["sk"]


def offer(tenant: Any, contact_id: str) -> Key:
    key = offers.key(tenant, contact_id)
    return key["pk"], key["sk"]


def agent(tenant: Any, agent_id: str) -> Key:
    key = agents.agent_key(tenant, agent_id)
    return key["pk"], key["sk"]


def pack(tenant: Any, number: int) -> Key:
    key = standing_items.pack_key(tenant, number)
    return key["pk"], key["sk"]


def figures(tenant: Any) -> Key:
    key = agents.queues_key(tenant)
    return key["pk"], key["sk"]


def change(tenant: Any, agent_id: str, at: datetime) -> Key:
    told = StatusChange(at=at, agent_id=agent_id, username="ann", status="Lunch", type=StatusType.CUSTOM)
    item = agents.change_item(tenant, told, days=1)
    return item["pk"], item["sk"]


def turn(tenant: Any, agent: str, at: datetime, event: str) -> Key:
    told = Turn(
        at=at,
        event_id=event,
        agent_id="id",
        username=agent,
        before=activity.OUT,
        after=Doing(activity=Activity.READY, status="Available"),
    )
    item = activity_store.turn_item(tenant, told, days=1)
    return item["pk"], item["sk"]


def on_board(tenant: Any, contact_id: str) -> Key:
    key = realtime.contact_key(tenant, contact_id)
    return key["pk"], key["sk"]


def in_menu(tenant: Any, contact_id: str) -> Key:
    key = realtime.place_key(tenant, contact_id)
    return key["pk"], key["sk"]


def checked(tenant: Any) -> Key:
    key = realtime.check_key(tenant)
    return key["pk"], key["sk"]


def standing(tenant: Any) -> Key:
    key = realtime.standings_key(tenant)
    return key["pk"], key["sk"]


def completed(tenant: Any, contact_id: str) -> Key:
    key = completions.head_key(tenant, contact_id)
    return key["pk"], key["sk"]


def completion(tenant: Any, contact_id: str, revision: int) -> Key:
    key = completions.version_key(tenant, contact_id, revision)
    return key["pk"], key["sk"]


def identified(tenant: Any, contact_id: str) -> Key:
    key = identities.key(tenant, contact_id)
    return key["pk"], key["sk"]


def overridden(tenant: Any) -> Key:
    key = overrides.key(tenant)
    return key["pk"], key["sk"]


def proposed(tenant: Any, approval_id: str) -> Key:
    key = approvals.key(tenant, approval_id)
    return key["pk"], key["sk"]


def placed(tenant: Any, user: str, since: datetime) -> Key:
    place = Place(user=user, position=Position.AGENT, unit=Unit.QA, leader="ma", since=since, by="admin")
    item = people.place_item(tenant, place)
    return item["pk"], item["sk"]


def people_counted(tenant: Any) -> Key:
    key = people.key(tenant, people.HEAD)
    return key["pk"], key["sk"]


def answered(tenant: Any, user: str, name: str) -> Key:
    key = idempotency.place(tenant, user, name)
    return key["pk"], key["sk"]


def audited(tenant: Any, actor: str, number: int) -> Key:
    key = audit.key(tenant, actor, number)
    return key["pk"], key["sk"]


def ticket(tenant: Any, number: int) -> Key:
    key = tickets.ticket_key(tenant, f"{number:08d}")
    return key["pk"], key["sk"]


def ticket_step(tenant: Any, number: int, revision: int) -> Key:
    passed = Passed(revision=revision, step=Step.ASSIGN, at=AT, actor="a", note="n")
    item = tickets.step_item(tenant, f"{number:08d}", passed)
    return item["pk"], item["sk"]


def link_of_ticket(tenant: Any, number: int, contact_id: str) -> Key:
    item = tickets.link_items(tenant, f"{number:08d}", Link(contact_id=contact_id, at=AT, actor="a"))[0]
    return item["pk"], item["sk"]


def link_of_contact(tenant: Any, number: int, contact_id: str) -> Key:
    item = tickets.link_items(tenant, f"{number:08d}", Link(contact_id=contact_id, at=AT, actor="a"))[1]
    return item["pk"], item["sk"]


def _ticket_of(number: int, phone: str | None = None, customer: str | None = None) -> Ticket:
    opening = Opening(
        subject=Subject(category="c", text="t", phone=phone, customer_id=customer), note="n", channel="VOICE"
    )
    return ticket_policy.accept(f"{number:08d}", opening, actor="a", at=AT)[0]


def open_ticket(tenant: Any, phone: str, number: int) -> Key:
    item = tickets.open_item(tenant, phone, _ticket_of(number))
    return item["pk"], item["sk"]


def listed_ticket(tenant: Any, customer: str, number: int) -> Key:
    (item,) = tickets.of_items(tenant, _ticket_of(number, customer=customer))
    return item["pk"], item["sk"]


def mark(tenant: Any, customer_id: str, adapter: str) -> Key:
    key = outbox.mark_key(tenant, adapter, customer_id)
    return key["pk"], key["sk"]


def link_of_adapter(tenant: Any, customer_id: str, adapter: str) -> Key:
    key = adapters.link_key(tenant, adapter, customer_id)
    return key["pk"], key["sk"]


def adapter_state(tenant: Any, adapter: str) -> Key:
    key = adapters.state_key(tenant, adapter)
    return key["pk"], key["sk"]


def service(tenant: Any, service_id: str) -> Key:
    key = services.head_key(tenant, service_id)
    return key["pk"], key["sk"]


def listed_service(tenant: Any, service_id: str, sort: str) -> Key:
    return services.head_key(tenant, service_id)["pk"], services.LIST_PREFIX + sort


def qualified(tenant: Any, agent: str, at: datetime, test: str) -> Key:
    result = ExamResult(agent=agent, kind="exam", id=test, on=at.date(), passed=True, recorded_at=at, by="b")
    item = qualifications.result_item(tenant, result)
    return item["pk"], item["sk"]


def looked(tenant: Any, at: datetime) -> Key:
    item = looks.item(tenant, Look(at=at))
    return item["pk"], item["sk"]


def given_back(tenant: Any, agent: str) -> Key:
    item = qualifications.own_item(tenant, agent, "service")
    return item["pk"], item["sk"]


def asked(tenant: Any, id_: str) -> Key:
    key = privacy.request_key(tenant, id_)
    return key["pk"], key["sk"]


def held(tenant: Any, id_: str) -> Key:
    key = privacy.hold_key(tenant, id_)
    return key["pk"], key["sk"]


def walk(tenant: Any) -> Key:
    key = privacy.walk_key(tenant)
    return key["pk"], key["sk"]


# item type: how its key is made, and of what. Two facts of one type give one key only if they are the same facts.
TYPES: dict[str, tuple[Callable[..., Key], tuple[st.SearchStrategy[Any], ...]]] = {
    "caller profile": (profile, (tenants, phones)),
    "pointer to a contact of the caller": (
        pointer,
        (tenants, phones, ids, instants.map(lambda at: at.replace(microsecond=0))),
    ),
    "who has another identity": (identity, (tenants, st.sampled_from(["email", "wechat"]), ids)),
    "pointer to a contact that was with a customer": (
        pointer_of_customer,
        (tenants, ids, ids, instants.map(lambda at: at.replace(microsecond=0))),
    ),
    "customer number": (number, (tenants, ids.filter(lambda text: text == text.lower()))),
    "customer record": (customer_record, (tenants, ids)),
    "place of a customer in a list": (listed_customer, (tenants, ids, words)),
    "contact": (whole, (tenants, ids)),
    "recording of a contact": (recording, (tenants, ids, ids)),
    "counters of a quarter-hour": (
        counter,
        (tenants, instants.map(lambda at: at.replace(minute=0, second=0, microsecond=0)), words, words),
    ),
    "counters of an agent's quarter-hour": (
        agent_counter,
        (tenants, instants.map(lambda at: at.replace(minute=0, second=0, microsecond=0)), words),
    ),
    "published version of a line's menus": (menu_pointer, (tenants, words)),
    "draft of a line's menus": (menu_draft, (tenants, words)),
    "version of a line's menus": (menu_version, (tenants, words, st.integers(1, 999_999))),
    "answer of an enquiry": (answer, (tenants, words, ids)),
    "use of the menus in an hour": (
        menu_use,
        (tenants, instants.map(lambda at: at.replace(minute=0, second=0, microsecond=0)), words),
    ),
    "open ticket of the caller": (open_ticket, (tenants, phones, numbers)),
    "ticket": (ticket, (tenants, numbers)),
    "step of a ticket": (ticket_step, (tenants, numbers, st.integers(1, 999_999))),
    "contact of a ticket": (link_of_ticket, (tenants, numbers, ids)),
    "ticket of a contact": (link_of_contact, (tenants, numbers, ids)),
    "newest ticket of a contact": (newest_ticket, (tenants, ids)),
    "ticket of a customer or caller": (listed_ticket, (tenants, ids, numbers)),
    "mark that a customer is to be compared with another system": (mark, (tenants, ids, words)),
    "what another system and ours agree on": (link_of_adapter, (tenants, ids, words)),
    "state of an adapter": (adapter_state, (tenants, words)),
    "service record": (service, (tenants, ids)),
    "place of a service record in a list": (listed_service, (tenants, ids, words)),
    "what is entered during a contact": (draft, (tenants, ids)),
    "callback": (callback, (tenants, phones, ids)),
    "lock of a number with an open callback": (lock, (tenants, phones)),
    "offer of a call to a group": (offer, (tenants, ids)),
    "message": (left, (tenants, ids)),
    "notice of a message": (notice, (tenants, ids)),
    "entry of the lifecycle": (entry, (tenants, st.integers(1, 999_999))),
    "state of an agent": (agent, (tenants, ids)),
    "figures of the queues": (figures, (tenants,)),
    "agents of a pack": (pack, (tenants, st.integers(0, 15))),
    "change of an agent's status": (change, (tenants, ids, instants.map(lambda at: at.replace(microsecond=0)))),
    "turn of an agent": (turn, (tenants, ids, instants.map(lambda at: at.replace(microsecond=0)), ids)),
    "contact on the board": (on_board, (tenants, ids)),
    "place of a contact in a menu": (in_menu, (tenants, ids)),
    "check of the board": (checked, (tenants,)),
    "where the thresholds stand": (standing, (tenants,)),
    "completion of a contact": (completed, (tenants, ids)),
    "version of a completion": (completion, (tenants, ids, st.integers(1, 999_999))),
    "identity of a call": (identified, (tenants, ids)),
    "proposal that needs an approval": (proposed, (tenants, ids)),
    "place of a person": (placed, (tenants, ids, instants.map(lambda at: at.replace(microsecond=0)))),
    "count of changes of the people": (people_counted, (tenants,)),
    "overrides of the routing": (overridden, (tenants,)),
    "answer under an idempotency key": (answered, (tenants, ids, ids)),
    "look at what the tenant depends on": (looked, (tenants, instants.map(lambda at: at.replace(microsecond=0)))),
    "result of an agent": (qualified, (tenants, ids, instants.map(lambda at: at.replace(microsecond=0)), words)),
    "routing profile that an agent is given back": (given_back, (tenants, ids)),
    "request of a person": (asked, (tenants, ids)),
    "legal hold": (held, (tenants, ids)),
    "walk over the customers": (walk, (tenants,)),
    "entry of the audit trail (its own table)": (audited, (tenants, ids, st.integers(1, 999_999_999))),
}


@given(st.fixed_dictionaries({kind: st.tuples(*of) for kind, (_, of) in TYPES.items()}))
def test_no_item_of_one_type_has_the_key_of_another(drawn: dict[str, tuple[Any, ...]]) -> None:
    """One example compares an item of every type with one of every other: no need to draw for each pair again."""
    found: dict[Key, list[str]] = defaultdict(list)
    for kind, facts in drawn.items():
        found[TYPES[kind][0](*facts)].append(kind)
    assert [same for same in found.values() if len(same) > 1] == []


@pytest.mark.parametrize("kind", TYPES)
def test_different_facts_of_one_type_have_different_keys(kind: str) -> None:
    make, of = TYPES[kind]

    @given(st.tuples(*of), st.tuples(*of))
    def apart(first: tuple[Any, ...], second: tuple[Any, ...]) -> None:
        assert (make(*first) == make(*second)) == (first == second)

    apart()


@given(tenants, tenants, st.sampled_from(list(TYPES)), st.data())
def test_no_key_of_one_tenant_begins_with_anothers(one: Any, other: Any, kind: str, data: st.DataObject) -> None:
    make, of = TYPES[kind]
    facts = [data.draw(strategy) for strategy in of[1:]]
    foreign = make(other, *facts)[0].startswith(partition(one, "X").removesuffix("X"))
    assert foreign == (one == other)


@given(phones, ids, instants)
def test_the_profile_comes_first_in_the_descending_query_of_a_caller(phone: str, contact_id: str, at: datetime) -> None:
    tenant = tenant_id("acme")
    assert profile(tenant, phone) > pointer(tenant, phone, contact_id, at)


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
