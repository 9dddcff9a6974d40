"""`trunkline customers services` and `adapters`: rows that say who was served, and whom two systems do not agree on."""

from datetime import UTC, datetime

from chalicelib.adapters.api import AdapterView, ErrorView, FileView, RoundView
from chalicelib.services.views import CompletionView, ServiceView, StandingView
from cli import customer_tables

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RECORD = ServiceView.model_validate(
    {
        **dict.fromkeys(ServiceView.model_fields),
        "service_id": "c",
        "kind": "contact",
        "at": AT,
        "channel": "VOICE",
        "name": "Li Na",
        "phone": "***8000",
        "grade": "gold",
        "fields": {},
        "agent": "wang",
        "revision": 1,
        "changed_at": AT,
        "changed_by": "wang",
    }
)
DONE = CompletionView(category="repair", sub_category="lift", result="repaired", solved=True, next_step="none")


def spaced(row: str) -> str:
    return " ".join(row.split())


def test_a_service_record_is_a_row_with_whom_it_was_for_and_what_became_of_it() -> None:
    completed = RECORD.model_copy(update={"completion": DONE, "category": "repair"})
    ticket = RECORD.model_copy(
        update={"kind": "ticket", "name": None, "ticket": StandingView(step="assign", assignee="x")}
    )
    assert [spaced(row) for row in customer_tables.services([completed, ticket])] == [
        "2026-03-02 09:30 Li Na ***8000 gold - contact wang repair repaired, solved",
        "2026-03-02 09:30 - ***8000 gold - ticket wang - assign",
    ]
    assert list(customer_tables.services([])) == ["no service record fits"]


def test_another_system_is_a_row_with_its_rules_then_its_round_and_its_errors() -> None:
    file = FileView(name="20260302T090000Z-full.csv", state="taken", at=AT, lines=9, changed=2, bad=1)
    rules = {"name": "newest", "grade": "theirs"}
    told = AdapterView(adapter="crm", fields=rules, failures=5, paused_until=AT, answered_at=AT, last_file=file)
    done = RoundView(pulled=2, settled=1, deferred=0, failed=1, delivered=3, paused=False)
    error = ErrorView(customer_id="k-3", at=AT, tries=1, code="adapter-refused", detail="a customer without a name")
    assert [spaced(row) for row in customer_tables.adapter(told, done, [error])] == [
        "crm: left alone until 09:30:00; last answer 2026-03-02 09:30; name newest, grade theirs",
        "round: 2 changes taken in, 1 customers compared, 0 to be tried again, 1 given up, 3 in a file of ours",
        "20260302T090000Z-full.csv: taken, 9 lines, 2 customers changed, 1 bad lines",
        "✗ k-3 adapter-refused a customer without a name",
    ]
    answers = told.model_copy(update={"paused_until": None, "last_file": None, "failures": 0})
    assert list(customer_tables.adapter(answers, None, [])) == [
        "crm: answers; last answer 2026-03-02 09:30; name newest, grade theirs"
    ]
    silent = answers.model_copy(update={"failures": 2, "answered_at": None})
    assert list(customer_tables.adapter(silent, None, [])) == [
        "crm: 2 calls in a row without an answer; name newest, grade theirs"
    ]
