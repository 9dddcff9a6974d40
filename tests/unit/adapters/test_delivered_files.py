"""A system that delivers files: read once each, in the order of their age, from wherever a round broke off (INT-02)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from chalicelib.adapters import delivered
from chalicelib.adapters.files import LARGEST_FILE_BYTES
from chalicelib.adapters.models import Decision, FileTerms, Source
from chalicelib.platform.errors import NotFound, StoreUnavailable, Unprocessable
from tests.support.customer_registry import WANG, facts
from tests.support.fake_dynamo import failure
from tests.support.file_pair import FORM, FilePair, TheirCrm

PHONE = "+8613800138000"
LI = f"c-1,false,Li Na,{PHONE},gold,suzhou"
WU = "c-2,false,Wu,,,wuxi"


@pytest.fixture
def pair() -> FilePair:
    return FilePair()


def test_a_delta_makes_and_changes_customers_and_a_line_that_is_bad_stands_with_file_and_number(pair: FilePair) -> None:
    called = pair.deliver(LI, "c-3,false,,,,", WU)
    pair.rest()
    assert pair.shown("c-1") == ("Li Na", PHONE, "gold", "suzhou")
    assert pair.shown("c-2") == ("Wu", None, None, "wuxi")
    assert pair.our_facts("c-3") is None
    assert pair.errors() == {f"{called}:3": "a customer without a name cannot be kept here (customer c-3)"}
    told = pair.copies.files()[called]
    assert (told.state, told.lines, told.changed, told.bad) == ("taken", 3, 2, 1)
    assert pair.sent() == [], "they know already what they told"


def test_a_bad_line_is_dismissed_and_never_tried_again(pair: FilePair) -> None:
    called = pair.deliver("c-3,false,,,,")
    pair.rest()
    with pytest.raises(Unprocessable):
        pair.adapter.decide(f"{called}:2", Decision.RETRY, WANG)
    pair.adapter.decide(f"{called}:2", Decision.DISMISS, WANG)
    assert pair.errors() == {}
    with pytest.raises(NotFound):
        pair.adapter.decide(f"{called}:2", Decision.DISMISS, WANG)


def test_what_is_changed_here_goes_into_one_file_of_ours_and_into_no_second_one(pair: FilePair) -> None:
    pair.deliver(LI, WU)
    pair.rest()
    for id_ in ("c-1", "c-2"):
        known = pair.our_facts(id_)
        assert known
        pair.enter(id_, replace(known, name=f"{known.name} changed"))
    pair.rest()
    (content,) = pair.bucket.ours().values()
    assert content.decode() == (
        f"id,gone,name,phone,grade,region\r\nc-1,false,Li Na changed,{PHONE},gold,suzhou\r\n"
        "c-2,false,Wu changed,,,wuxi\r\n"
    )


def test_a_file_that_was_made_before_they_took_in_ours_takes_nothing_of_ours_back(pair: FilePair) -> None:
    pair.deliver(LI, kind="full")
    pair.rest()
    known = pair.our_facts("c-1")
    assert known
    pair.enter("c-1", replace(known, grade="silver"))
    pair.rest()
    pair.deliver(LI.replace("suzhou", "wuxi"), kind="full")
    pair.rest()
    assert pair.shown("c-1") == ("Li Na", PHONE, "silver", "wuxi"), "their change and ours, both"
    pair.deliver(LI.replace("suzhou", "wuxi").replace("gold", "silver"), kind="full")
    pair.rest()
    assert pair.shown("c-1") == ("Li Na", PHONE, "silver", "wuxi")


def test_a_file_is_read_once_whatever_its_name_and_an_old_one_under_a_new_name_changes_nothing(pair: FilePair) -> None:
    first = pair.deliver(LI)
    pair.rest()
    second = pair.deliver(LI.replace("Li Na", "Li Na-Wang"))
    pair.rest()
    again = pair.deliver(LI)
    pair.rest()
    assert pair.shown("c-1") == ("Li Na-Wang", PHONE, "gold", "suzhou")
    assert pair.states() == {first: "taken", second: "taken", again: "again"}


def test_a_late_file_changes_only_whom_no_younger_one_names_and_none_that_is_older_than_a_full_one(
    pair: FilePair,
) -> None:
    early = pair.now()
    pair.deliver(LI.replace("Li Na", "Newest"))
    pair.rest()
    late = pair.deliver(LI.replace("Li Na", "Older"), WU, at=early)
    pair.rest()
    assert pair.shown("c-1") == ("Newest", PHONE, "gold", "suzhou")
    assert pair.shown("c-2") == ("Wu", None, None, "wuxi")
    pair.deliver(LI.replace("Li Na", "Newest"), WU, kind="full")
    pair.rest()
    superseded = pair.deliver(WU.replace("Wu", "Long ago"), at=early - timedelta(seconds=5))
    pair.rest()
    assert pair.shown("c-2") == ("Wu", None, None, "wuxi")
    assert (pair.states()[late], pair.states()[superseded]) == ("taken", "superseded")


def test_a_file_that_is_written_over_is_not_read_again_and_stands_on_the_error_list_once(pair: FilePair) -> None:
    at = pair.now()
    called = pair.deliver(LI, at=at)
    pair.rest()
    pair.deliver(LI.replace("Li Na", "Over"), at=at)
    pair.rest()
    assert pair.shown("c-1") == ("Li Na", PHONE, "gold", "suzhou")
    assert pair.errors() == {called: "it was read, and has another content now, which is not read"}
    pair.adapter.decide(called, Decision.DISMISS, WANG)
    pair.rest()
    assert pair.errors() == {}


def test_the_later_line_of_one_file_counts(pair: FilePair) -> None:
    pair.deliver(LI, LI.replace("Li Na", "Later"))
    pair.rest()
    assert pair.shown("c-1") == ("Later", PHONE, "gold", "suzhou")


@pytest.mark.parametrize(
    ("called", "header", "said"),
    [
        (
            "customers.csv",
            "id,gone,name,phone,grade,region",
            "its name is no <instant>-full.csv or <instant>-delta.csv",
        ),
        ("20269902T090000Z-full.csv", "id", "its name is no <instant>-full.csv or <instant>-delta.csv"),
        ("29260302T090000Z-full.csv", "id", "it is of the future"),
        (
            "20260302T090000Z-full.csv",
            "id,gone,name,name,region",
            "columns that are not there once: name, phone, grade",
        ),
        ("20260302T090000Z-delta.csv", '"id', "columns that are not there once: id, gone, name, phone, grade, region"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name_once_and_holds_up_no_other(
    called: str, header: str, said: str, pair: FilePair
) -> None:
    pair.bucket.deliver(called, header=header)
    good = pair.deliver(LI)
    pair.rest()
    assert pair.states() == {called: "refused", good: "taken"}
    assert pair.errors() == {called: said}
    assert pair.shown("c-1") is not None


def test_a_file_that_is_too_large_is_refused_without_being_read(pair: FilePair) -> None:
    called = pair.deliver(LI)
    pair.bucket.objects[f"adapters/crm/in/{called}"] = bytes(LARGEST_FILE_BYTES + 1)
    pair.rest()
    assert pair.states() == {called: "refused"}
    assert pair.bucket.ranges == []


def test_a_large_file_is_read_page_by_page_and_a_round_that_breaks_off_goes_on_where_it_was(pair: FilePair) -> None:
    lines = [f"k-{number:05d},false,Name {number},,," for number in range(600)]
    pair.deliver(*lines)
    first = pair.port.changes("")
    pages = [first]
    while len(pages) < 50:
        pages.append(pair.port.changes(pages[-1].cursor))
        if pages[-1].cursor == pages[-2].cursor:
            break
    told = [id_ for page in pages for id_, _ in page.changed]
    assert told == [line.split(",")[0] for line in lines], "each once, in order"
    assert max(len(page.changed) for page in pages) < 2 * delivered.CHANGES_A_PAGE
    starts = [one for one in pair.bucket.ranges if one != "bytes=0-"]
    assert len(set(starts)) == len(starts) >= 5, "no part is read twice"


def test_a_bucket_that_does_not_answer_pauses_the_adapter_like_any_other_system(pair: FilePair) -> None:
    def silent(_call: str) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1")

    pair.deliver(LI)
    pair.bucket.before = silent
    for _ in range(5):
        pair.round()
    assert pair.round().paused
    pair.bucket.before = lambda _call: None
    pair.rest()
    assert pair.shown("c-1") is not None


def test_a_file_that_goes_while_it_is_read_is_refused_and_the_next_one_is_read(pair: FilePair) -> None:
    called = pair.deliver(LI)
    begun = pair.port.changes("")
    del pair.bucket.objects[f"adapters/crm/in/{called}"]
    gone = pair.port.changes(begun.cursor)
    assert [(one.place, one.detail) for one in gone.flaws] == [(called, "the file is not in the bucket any more")]
    second = pair.deliver(WU)
    pair.rest()
    assert pair.states() == {called: "refused", second: "taken"}


def test_who_delivers_files_is_not_asked_and_a_look_up_is_answered_by_us(pair: FilePair) -> None:
    pair.deliver(LI)
    pair.rest()
    found = pair.adapter.look_up(PHONE)
    assert (found.source, found.reason) == (Source.OURS, "it delivers files, and is not asked")
    assert [id_ for id_, _ in found.customers] == ["c-1"]


def test_a_full_file_says_who_is_gone_and_names_stay_who_stand_on_a_bad_line(pair: FilePair) -> None:
    pair.deliver(LI, WU, "c-3,false,Zoe,,,", kind="full")
    pair.rest()
    pair.deliver(LI, "c-3,false,,,,", kind="full")
    pair.rest()
    known = pair.copies.read(["c-1", "c-2", "c-3"])
    assert {id_: one.deleted for id_, one in known.items()} == {"c-1": False, "c-2": True, "c-3": False}


def test_a_full_file_that_lacks_too_many_or_has_a_line_of_nobody_deletes_nobody() -> None:
    pair = FilePair(form=replace(FORM, most_missing_percent=49))
    pair.deliver(LI, WU, kind="full")
    pair.rest()
    few = pair.deliver(LI, kind="full")
    pair.rest()
    assert pair.errors() == {few: "nobody is deleted by it: 1 of 2 customers are missing"}
    torn = pair.deliver(LI, "c-2", kind="full")
    pair.rest()
    assert pair.errors()[torn] == "nobody is deleted by it: of 1 lines the customer cannot be read"
    assert not any(one.deleted for one in pair.copies.read(["c-1", "c-2"]).values())


def test_whom_no_file_of_theirs_has_named_yet_is_not_missing_in_one(pair: FilePair) -> None:
    pair.enter("c-9", facts("Entered here"))
    pair.deliver(LI, kind="full")
    pair.rest()
    assert [row["id"] for row in pair.sent()] == ["c-9"]
    pair.deliver(LI, WU, kind="full")
    pair.rest()
    assert not pair.copies.read(["c-9"])["c-9"].deleted
    assert pair.our_facts("c-9") is not None


def test_a_name_that_their_encoding_lacks_is_on_the_error_list_and_stops_no_other() -> None:
    pair = FilePair(form=FileTerms(encoding="big5", deleted="gone"))
    pair.enter("c-1", facts("Zoë"))
    pair.enter("c-2", facts("李娜"))
    pair.rest()
    assert pair.errors() == {"c-1": "a character that big5 does not have"}
    (content,) = pair.bucket.ours().values()
    assert "李娜" in content.decode("big5")


class AnyDelivery(RuleBasedStateMachine):
    """Files that come late, twice and in any order, and rounds that break anywhere: both systems come to the same."""

    fresh = count(1)

    @initialize()
    def begin(self) -> None:
        self.pair, self.crm, self.late = FilePair(), TheirCrm(), list[tuple[str, bytes]]()

    @rule(id_=st.sampled_from(["c-1", "c-2"]), what=st.sampled_from(["name", "grade", "region"]))
    def there(self, id_: str, what: str) -> None:
        value = f"t{next(self.fresh)}"
        self.crm.keep(id_, **{"name": f"n{value}", what: value})

    @rule(id_=st.sampled_from(["c-1", "c-2"]), what=st.sampled_from(["name", "grade", "region"]))
    def here(self, id_: str, what: str) -> None:
        known = self.pair.our_facts(id_) or facts("ours")
        self.pair.enter(id_, replace(known, **{what: f"o{next(self.fresh)}"}))  # type: ignore[arg-type]

    @rule(kind=st.sampled_from(["full", "delta"]), late=st.booleans())
    def write(self, kind: str, *, late: bool) -> None:
        called = self.pair.deliver(*self.crm.lines(kind), kind=kind)
        if late:
            key = f"adapters/crm/in/{called}"
            self.late.append((key, self.pair.bucket.objects.pop(key)))

    @rule()
    def arrive(self) -> None:
        if self.late:
            self.pair.bucket.objects.update([self.late.pop()])

    @rule()
    def take_in(self) -> None:
        self.crm.take_in(self.pair.bucket.ours())

    @rule(fail=st.integers(1, 8), where=st.sampled_from(["bucket", "store", "nowhere"]))
    def round(self, fail: int, where: str) -> None:
        self.pair.bucket.before = failing(fail, "", answers_not()) if where == "bucket" else lambda _call: None
        self.pair.client.before = (
            failing(fail, "PutItem", failure("InternalServerError")) if where == "store" else lambda _call: None
        )
        try:
            self.pair.round()
        except StoreUnavailable:
            pass
        finally:
            self.pair.bucket.before = self.pair.client.before = lambda _call: None
        self.pair.at += timedelta(seconds=90)

    def teardown(self) -> None:
        if not hasattr(self, "pair"):
            return
        self.pair.bucket.objects.update(self.late)
        for _ in range(3):
            self.pair.rest()
            for id_ in self.pair.errors():
                self.pair.adapter.decide(id_, Decision.RETRY, WANG)
            self.crm.take_in(self.pair.bucket.ours())
            self.pair.deliver(*self.crm.lines("full"), kind="full")
        self.pair.rest()
        assert self.pair.errors() == {}
        for id_ in ("c-1", "c-2"):
            theirs = self.crm.customers.get(id_)
            told = tuple(theirs.get(key) or None for key in ("name", "phone", "grade", "region")) if theirs else None
            assert self.pair.shown(id_) == told


def failing(at: int, operation: str, error: Exception) -> Callable[[str], None]:
    """Return what raises at one call of an operation ('': any)."""
    calls = count(1)

    def before(call: str) -> None:
        if operation in {"", call} and next(calls) == at:
            raise error

    return before


def answers_not() -> ClientError:
    return ClientError({"Error": {"Code": "SlowDown", "Message": "later"}}, "GetObject")


AnyDelivery.TestCase.settings = settings(max_examples=15, stateful_step_count=14)
TestAnyDelivery = AnyDelivery.TestCase
