"""Notices of new messages: whom, when, how often, and that nobody is told twice (VML-02)."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.audit.models import Act, Actor
from chalicelib.contacts.models import Contact, Result
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.models import Tenant, from_document
from chalicelib.voicemail import notice_policy
from chalicelib.voicemail.events import named
from chalicelib.voicemail.models import Message, Notice, NoticeState, Reason, Recipient, State, Way
from chalicelib.voicemail.notice_store import Notices
from chalicelib.voicemail.notice_terms import Quiet, terms_of
from chalicelib.voicemail.notices import Effect, NoticeCalls, Notifier, NotSent
from chalicelib.voicemail.service import Keeper
from chalicelib.voicemail.store import Messages
from tests.support.fake_dynamo import FakeDynamo
from tests.support.tenant_world import TENANTS

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Monday, 12:00 in Shanghai."""
NIGHT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
BY = {"service-desk": Way.EMAIL, "li-na": Way.CALL, "telesales": Way.SMS}
"""The boxes of the HR group, and how their persons are told; that of a line by the default."""


def raw() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
    return found


def tenant(**notices: Any) -> Tenant:
    document = raw()
    document["voicemail"]["notices"] |= notices
    return from_document(compile_contract(parse(document, source="test")))


HR = tenant()
TERMS = terms_of(HR)


def message(box: str = "service-desk", **more: Any) -> Message:
    return Message(id="m-1", at=NOON, box=box, line="after-sales", reason=Reason.CHOICE, **more)


@dataclass
class Desk:
    """A table with a message and its notice, a clock that is set by hand, and a provider that takes or refuses."""

    house: Tenant = HR
    now: datetime = NOON
    problem: str = ""
    told: list[tuple[Recipient, Notice]] = field(default_factory=list)
    client: FakeDynamo = field(default_factory=FakeDynamo)

    def __post_init__(self) -> None:
        self.messages = Messages(self.client, "table", self.house.id, 365)
        self.notices = Notices(self.client, "table", self.house.id, 365)
        self.notifier = Notifier(
            notices=self.notices, tenant=self.house, sender=lambda _way: self, now=lambda: self.now
        )
        self.listener = NoticeCalls(self.notices, self.house)

    def send(self, recipient: Recipient, _message: Message, notice: Notice) -> None:
        if self.problem:
            raise NotSent("refused", problem=self.problem)
        self.told.append((recipient, notice))

    def keep(self, box: str = "service-desk") -> None:
        left = {"service-desk": "after-sales", "telesales": "telesales"}.get(box)
        contact = Contact(
            id="m-1", updated_at=NOON, at=NOON, channel="VOICE", method="INBOUND", result=Result.VOICEMAIL,
            line="after-sales" if box != "telesales" else "telesales", meant_queue=left,
            meant_agent="li.na" if box == "li-na" else None, caller="+8613800138000",
        )  # fmt: skip
        Keeper(self.messages, self.house).heard(contact)

    def record(self, *, heard: bool, connected: bool = True, attempt: int = 1) -> None:
        at = self.now + timedelta(seconds=40)
        self.listener.heard(
            Contact(
                id="call", updated_at=at, at=at, ended_at=at, channel="VOICE", method="API", result=Result.NOT_INBOUND,
                line="-", notice_of=f"m-1 {attempt}", notice_heard=heard, connected_at=at if connected else None,
                end_reason=None if connected else "TELECOM_UNANSWERED",
            )
        )  # fmt: skip

    @property
    def notice(self) -> Notice:
        found = self.notices.find("m-1")
        assert found is not None
        return found


@pytest.mark.parametrize("box", list(BY))
def test_a_new_message_is_told_in_the_way_of_its_box_and_once(box: str) -> None:
    desk = Desk()
    desk.keep(box)
    assert desk.notifier.tell("m-1") is Effect.PLACED
    assert [desk.notifier.tell("m-1") for _ in range(3)] == [Effect.NOTHING] * 3
    ((recipient, _),) = desk.told
    assert recipient.way is BY[box]
    assert desk.notice.state is (NoticeState.CALLING if box == "li-na" else NoticeState.TOLD)


def test_a_record_that_comes_twice_keeps_one_notice_and_what_became_of_it() -> None:
    desk = Desk()
    desk.keep()
    desk.notifier.tell("m-1")
    desk.keep()
    assert desk.notice.state is NoticeState.TOLD


def test_nobody_is_told_where_the_contract_names_nobody() -> None:
    document = raw()
    document["voicemail"] = {"boxes": [{"id": "li-na", "name": "Li Na", "agent": "li.na"}]}
    desk = Desk(from_document(compile_contract(parse(document, source="test"))))
    desk.keep("li-na")
    assert desk.notices.find("m-1") is None
    assert desk.notifier.tell("m-1") is Effect.NOTHING


def test_what_a_provider_refuses_is_tried_again_by_the_rule_and_then_fails_in_sight() -> None:
    desk = Desk(tenant(attempts=2, retry_s=300), problem="MessageRejected")
    desk.keep()
    assert desk.notifier.tell("m-1") is Effect.MISSED
    assert (desk.notice.problem, desk.notice.due_at) == ("MessageRejected", NOON + timedelta(seconds=300))
    assert desk.notifier.tell_due() == {}
    desk.now += timedelta(seconds=300)
    assert desk.notifier.tell_due() == {"m-1": Effect.FAILED}
    assert (desk.notice.state, desk.notice.attempts) == (NoticeState.FAILED, 2)
    desk.now += timedelta(days=1)
    assert desk.notifier.tell_due() == {}


def test_the_second_try_may_be_taken() -> None:
    desk = Desk(problem="Throttling")
    desk.keep()
    desk.notifier.tell("m-1")
    desk.problem, desk.now = "", NOON + timedelta(seconds=600)
    assert desk.notifier.tell_due() == {"m-1": Effect.PLACED}
    assert (desk.notice.state, desk.notice.problem) == (NoticeState.TOLD, None)


def test_quiet_hours_put_a_call_off_until_they_end_and_not_an_email() -> None:
    desk = Desk(now=NIGHT)
    desk.keep("li-na")
    assert desk.notifier.tell("m-1") is Effect.LATER
    assert desk.told == []
    desk.now = MORNING - timedelta(seconds=1)
    assert desk.notifier.tell_due() == {}
    desk.now = MORNING
    assert desk.notifier.tell_due() == {"m-1": Effect.PLACED}
    other = Desk(now=NIGHT)
    other.keep("service-desk")
    assert other.notifier.tell("m-1") is Effect.PLACED


def test_a_call_is_over_when_its_record_says_that_a_key_confirmed_it() -> None:
    desk = Desk()
    desk.keep("li-na")
    desk.notifier.tell("m-1")
    desk.record(heard=True)
    assert (desk.notice.state, desk.notice.attempts) == (NoticeState.TOLD, 1)
    desk.record(heard=False)
    assert desk.notice.state is NoticeState.TOLD


@pytest.mark.parametrize(("connected", "problem"), [(True, "not-confirmed"), (False, "TELECOM_UNANSWERED")])
def test_a_call_that_nobody_confirms_is_made_again(*, connected: bool, problem: str) -> None:
    desk = Desk()
    desk.keep("li-na")
    desk.notifier.tell("m-1")
    desk.record(heard=False, connected=connected)
    assert (desk.notice.state, desk.notice.problem) == (NoticeState.WAITING, problem)
    desk.record(heard=False, connected=connected)
    desk.now += timedelta(seconds=640)
    assert desk.notifier.tell_due() == {"m-1": Effect.PLACED}
    assert [notice.attempts for _, notice in desk.told] == [1, 2]
    desk.record(heard=False, attempt=1)
    assert desk.notice.state is NoticeState.CALLING


def test_a_call_whose_record_is_lost_is_made_again_when_its_time_is_over() -> None:
    desk = Desk()
    desk.keep("li-na")
    desk.notifier.tell("m-1")
    desk.now += notice_policy.CALL
    assert desk.notifier.tell_due() == {"m-1": Effect.PLACED}
    assert (desk.notice.attempts, desk.notice.problem) == (2, "no-record")


def test_a_record_that_is_quicker_than_our_own_note_of_the_call_counts() -> None:
    desk = Desk()
    desk.keep("li-na")

    def send(_recipient: Recipient, _message: Message, notice: Notice) -> None:
        desk.told.append((_recipient, notice))
        desk.record(heard=True)

    quick = replace(desk.notifier, sender=lambda _way: type("Quick", (), {"send": staticmethod(send)})())
    assert quick.tell("m-1") is Effect.PLACED
    assert desk.notice.state is NoticeState.TOLD


def test_a_process_that_dies_in_the_middle_leaves_a_try_that_is_made_again() -> None:
    desk = Desk()
    desk.keep()

    def dies(_recipient: Recipient, _message: Message, _notice: Notice) -> None:
        raise KeyboardInterrupt

    dying = replace(desk.notifier, sender=lambda _way: type("Dies", (), {"send": staticmethod(dies)})())
    with pytest.raises(KeyboardInterrupt):
        dying.tell("m-1")
    assert desk.notifier.tell("m-1") is Effect.NOTHING
    desk.now += notice_policy.TRY
    assert desk.notifier.tell_due() == {"m-1": Effect.PLACED}


class Trail:
    """An audit trail that writes the change and keeps no entry."""

    def commit(self, write: Any, _by: Actor, _act: Any) -> None:
        write.commit()


def test_a_message_that_is_closed_before_its_notice_is_due_needs_none() -> None:
    desk = Desk(now=NIGHT)
    desk.keep("li-na")
    desk.notifier.tell("m-1")
    found = desk.messages.find("m-1")
    assert found is not None
    closed = replace(found, state=State.CLOSED, result="heard", closed_at=NIGHT, closed_by="duty")
    desk.messages.close(
        closed,
        Trail(),
        Actor(user="duty", roles=("duty-manager",), request_id="r"),
        Act(action="voicemails.close", resource="voicemails/m-1"),
    )
    desk.now = MORNING
    assert desk.notifier.tell_due() == {"m-1": Effect.NEEDLESS}
    assert desk.told == []


@settings(max_examples=60)
@given(
    st.sampled_from(list(BY)),
    st.lists(
        st.one_of(
            st.tuples(st.just("tell"), st.booleans()),
            st.tuples(st.just("wait"), st.sampled_from([1, 120, 600, 900, 40_000])),
            st.tuples(st.just("record"), st.booleans()),
            st.tuples(st.just("keep"), st.booleans()),
        ),
        max_size=25,
    ),
)
def test_whatever_comes_how_often_nobody_is_told_after_having_been_told(
    box: str, events: list[tuple[str, Any]]
) -> None:
    """At most `attempts` tries, never two at one time, none after a success, and what is over stays so."""
    desk = Desk()
    desk.keep(box)
    over: Notice | None = None
    for what, how in events:
        before = len(desk.told)
        if what == "tell":
            desk.problem = "" if how else "refused"
            desk.notifier.tell("m-1")
        elif what == "wait":
            desk.now += timedelta(seconds=how)
            desk.problem = ""
            desk.notifier.tell_due()
        elif what == "record" and desk.told:
            desk.record(heard=how, attempt=desk.told[-1][1].attempts)
        else:
            desk.keep(box)
        notice = desk.notice
        assert notice.attempts <= TERMS.attempts
        if over is not None:
            assert (notice, len(desk.told)) == (over, before)
        over = notice if not notice.is_open else None
    assert len(desk.told) <= TERMS.attempts


@settings(max_examples=100)
@given(
    st.times(), st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]),
)  # fmt: skip
def test_quiet_hours_end_within_a_day_and_are_over_then(starts: Any, ends: Any, now: datetime, zone: str) -> None:
    quiet = Quiet(starts=f"{starts:%H:%M}", ends=f"{ends:%H:%M}", ways=("call",))
    if quiet.starts == quiet.ends:
        return
    until = notice_policy.quiet_until(quiet, Way.CALL, now, zone)
    assert notice_policy.quiet_until(quiet, Way.SMS, now, zone) is None
    if until is not None:
        assert now - timedelta(hours=1) < until <= now + timedelta(hours=25)
        assert notice_policy.quiet_until(quiet, Way.CALL, until + timedelta(hours=1, minutes=1), zone) != until


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("21:59", None), ("22:00", "07:30"), ("23:59", "07:30"), ("00:00", "07:30"), ("07:29", "07:30"), ("07:30", None)],
)
def test_quiet_hours_over_midnight_minute_by_minute(clock: str, expected: str | None) -> None:
    local = datetime.fromisoformat(f"2026-03-02T{clock}:00+08:00")
    until = notice_policy.quiet_until(TERMS.quiet, Way.CALL, local, HR.time_zone)
    found = f"{until.astimezone(local.tzinfo):%H:%M}" if until else None
    assert found == expected


def test_of_the_streams_records_only_new_notices_are_named_and_each_once() -> None:
    def change(kind: str, message_id: str, name: str = "notice_of") -> dict[str, Any]:
        return {"eventName": kind, "dynamodb": {"NewImage": {name: {"S": message_id}}}}

    records = [change("INSERT", "a"), change("MODIFY", "b"), change("INSERT", "a"), change("INSERT", "c", "message_id")]
    assert list(named([*records, {"eventName": "REMOVE", "dynamodb": {}}, change("INSERT", "d")])) == ["a", "d"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"notify": {"by": "sms", "person": "nobody"}}, "voicemail.notify.person"),
        ({"notify": {"by": "sms", "person": "desk"}}, "voicemail.notify.by"),
        ({"notify": {"by": "fax", "person": "desk"}}, "voicemail.notify.by"),
        ({"notices": {"presented_number": "+864008601234"}}, "voicemail.notices.sender"),
        ({"notices": {"sender": "a@b.example"}}, "voicemail.notices.presented_number"),
        ({"notices": {"sender": "a@b.example", "presented_number": "+8613911110001"}},
         "voicemail.notices.presented_number"),
        ({"notices": {"sender": "a@b.example", "presented_number": "+864008601234",
                      "quiet": {"starts": "07:00", "ends": "07:00"}}}, "voicemail.notices.quiet"),
        ({"people": [{"id": "desk", "name": "A", "email": "not an address"}]}, "voicemail.people.0.email"),
    ],
)  # fmt: skip
def test_a_person_who_cannot_be_told_is_refused_by_the_field(change: dict[str, Any], path: str) -> None:
    document = raw()
    document["voicemail"] |= change
    with pytest.raises(InvalidContract) as refused:
        parse(document, source="test")
    assert any(path in str(problem) for problem in refused.value.problems), refused.value.problems
