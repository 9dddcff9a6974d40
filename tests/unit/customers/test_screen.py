"""The screen pop as attributes: bounded, what is cut in which order, and the tenant's own page."""

import json
import urllib.parse
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customers import screen
from chalicelib.customers.models import OpenTicket, PastContact, Profile, ScreenPop
from chalicelib.platform.flow_door import flat
from chalicelib.tenancy.models import CustomerPage

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WANG = Profile(customer_id="c-1", name="王芳", grade="gold")

texts = st.text(max_size=400)
pasts = st.builds(
    PastContact,
    at=st.just(NOW),
    contact_id=texts,
    agent=st.none() | texts,
    queue=st.none() | texts,
    category=st.none() | texts,
)
pops = st.builds(
    ScreenPop,
    profile=st.none() | st.builds(Profile, customer_id=st.just("c-1"), name=texts),
    language=st.just("zh-CN"),
    last=st.none() | pasts,
    recent_contacts=st.integers(0, 10),
    candidates=st.lists(st.builds(Profile, customer_id=texts, name=texts), max_size=5).map(tuple),
    tickets=st.lists(st.builds(OpenTicket, number=texts, category=texts, at=st.just(NOW)), max_size=5).map(tuple),
    recent=st.lists(pasts, max_size=10).map(tuple),
)


def pop(**more: object) -> ScreenPop:
    known: dict[str, object] = {"profile": WANG, "language": None, "last": None, "recent_contacts": 0}
    return ScreenPop(**{**known, **more})  # type: ignore[arg-type]


@settings(max_examples=60)
@given(pops)
def test_whatever_is_known_of_a_caller_it_fits_and_every_list_stays_readable(known: ScreenPop) -> None:
    told = screen.attributes(known, None, {})
    lists = {
        name: json.loads(told[name]) for name in ("lastContacts", "openTickets", "candidates") if told[name] != "none"
    }
    sizes = [len(told[name].encode()) for name in lists]
    assert all(size <= screen.LARGEST_LIST_BYTES for size in sizes)
    names = ("lastAgent", "lastQueue", "customerId", "customerName")
    plain = sum(len(told[name].encode()) for name in names)
    assert plain > 2_000 or sum(len(name) + len(value.encode()) for name, value in told.items()) <= screen.LARGEST_BYTES
    assert set(flat(told)) == set(told)
    if "lastContacts" in lists:
        assert [row[5] for row in lists["lastContacts"]] == [one.contact_id for one in known.recent][
            : len(lists["lastContacts"])
        ]


def test_the_oldest_contacts_go_first_then_tickets_then_candidates() -> None:
    long = "x" * 530
    recent = tuple(PastContact(at=NOW - timedelta(days=day), contact_id=f"{day}-{long}") for day in range(5))
    tickets = tuple(OpenTicket(number=f"{number}-{long}", category="c", at=NOW) for number in range(5))
    others = tuple(Profile(customer_id=f"c-{number}-{long}", name="n") for number in range(5))
    told = screen.attributes(pop(recent=recent, tickets=tickets, candidates=others), None, {})
    assert [len(json.loads(told[name])) for name in ("lastContacts", "openTickets", "candidates")] == [4, 5, 5]
    more = screen.attributes(pop(recent=recent, tickets=tickets, candidates=others, region="r" * 1_000), None, {})
    assert len(json.loads(more["openTickets"])) == 5
    assert 0 < len(json.loads(more["lastContacts"])) < 4


PAGE = CustomerPage(url="https://crm.example.com/c/{customer_id}?tel={number}&line={line}#{contact_id}", when="always")


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_key_of_a_contact_can_leave_its_place_in_the_page(number: str, contact: str) -> None:
    url = screen.page_url(pop(number=number), PAGE, {"contact_id": contact, "line": "a&b=c"})
    assert url is not None
    parts = urllib.parse.urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "crm.example.com", "/c/c-1")
    assert urllib.parse.parse_qsl(parts.query, keep_blank_values=True) == [("tel", number), ("line", "a&b=c")]
    assert urllib.parse.unquote(parts.fragment) == contact


@pytest.mark.parametrize(("when", "profile", "opens"), [
    ("always", WANG, True), ("always", None, True), ("unmatched", None, True), ("unmatched", WANG, False),
])  # fmt: skip
def test_the_page_is_opened_for_whom_the_contract_says(when: str, profile: Profile | None, opens: bool) -> None:  # noqa: FBT001
    page = CustomerPage(url="https://crm.example.com/", when=when)  # type: ignore[arg-type]
    assert (screen.page_url(pop(profile=profile), page, {}) is not None) == opens
