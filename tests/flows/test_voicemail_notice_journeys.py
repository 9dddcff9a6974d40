"""A new message is told of by a real call: left through the product's flows, kept by its records, called by the API of
the emulator, confirmed by a key (VML-02).
"""

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.contacts.service import Ingest
from chalicelib.contacts.store import Contacts
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.models import from_document
from chalicelib.voicemail.models import Notice, NoticeState, Way
from chalicelib.voicemail.notice_terms import terms_of
from chalicelib.voicemail.notices import Effect, Notifier, Sender
from chalicelib.voicemail.senders import Call, Email, Sms
from chalicelib.voicemail.service import Keeper, Messages, NoticeCalls, Notices
from localstack.connect.engine.contact import Contact
from localstack.connect.engine.plan import Callee, CallPlan, Press, WaitFor
from tests.support.connect_in_place import connect_client
from tests.support.connect_world import INSTANCE_ID, identifier, texts
from tests.support.fake_dynamo import FakeDynamo
from tests.support.tenant_world import REGULAR, TenantWorld

AFTER_SALES, TELESALES, LI_NA = "+864008601234", "+862155360100", "+8613911110001"
LEAVE = (WaitFor(15), Press("#"))
TOKENS = itertools.count()


@dataclass
class Provider:
    """SNS or SES: takes everything."""

    asked: list[dict[str, Any]] = field(default_factory=list)

    def publish(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        return {}

    send_email = publish


class Told(TenantWorld):
    """The HR group with its table, its ingest, and its function that tells of new messages."""

    def __init__(self) -> None:
        super().__init__("hrgroup", lookup=REGULAR)
        self.table = FakeDynamo()
        self.house = from_document(compile_contract(self.contract))
        self.notices = Notices(self.table, "table", self.house.id, 365)
        self.sns, self.ses = Provider(), Provider()
        self.notifier = Notifier(
            notices=self.notices, tenant=self.house, sender=self.sender, now=lambda: self.world.now
        )
        self.calls = connect_client(self)

    def sender(self, way: Way) -> Sender:
        if way is Way.SMS:
            return Sms(self.sns, {"duty": "arn:aws:sns:us-east-1:000000000000:duty"}, self.house)
        if way is Way.EMAIL:
            return Email(self.ses, self.house)
        return Call(self.calls, INSTANCE_ID, identifier("voicemail-notice"), self.house)

    def take_in(self) -> None:
        """All contact records so far, twice, the later ones first."""
        contacts = Contacts(self.table, "table", self.house.id, 365, lambda: f"token-{next(TOKENS)}")
        listeners = (Keeper(Messages(self.table, "table", self.house.id, 365), self.house),
                     NoticeCalls(self.notices, self.house))  # fmt: skip
        ingest = Ingest(tenant=self.house, table="table", contacts=contacts, instance_arn=None, pause=lambda _: None,
                        chance=lambda: 0.0, listeners=listeners)  # fmt: skip
        for record in self.cloud.records[::-1] * 2:
            ingest.take(json.dumps(record).encode())

    def leave(self, number: str, *deeds: Any, targets: str = "") -> str:
        """Leave a message and take its records in; return the contact that left it."""
        self.dial(number, *deeds)
        left = next(r for r in self.cloud.records if r["Attributes"].get("voicemail") == "true")
        if targets:
            for record in self.cloud.records:
                record["Attributes"] |= {"routeTargets": targets}
        self.take_in()
        return str(left["ContactId"])

    def notice(self, message_id: str) -> Notice:
        found = self.notices.find(message_id)
        assert found is not None
        return found

    def answers(self, *script: Any, **callee: Any) -> None:
        """How Li Na's telephone behaves."""
        plan = CallPlan(to="", caller=LI_NA, script=script, callee=Callee(**callee))
        self.world.phone_book[LI_NA] = plan

    def called(self) -> list[Contact]:
        return [one for one in self.world.contacts.values() if one.plan.caller == LI_NA]


FOR_LI_NA = "agent li.na 30 account-manager; voicemail - 0 overflow"


@pytest.mark.req("VML-02")
def test_the_responsible_person_is_called_and_confirms_by_a_key() -> None:
    world = Told()
    message = world.leave(AFTER_SALES, Press("1"), Press("2"), *LEAVE, targets=FOR_LI_NA)
    world.answers(Press("1"))
    assert world.notifier.tell(message) is Effect.PLACED
    assert world.notifier.tell(message) is Effect.NOTHING
    world.run()
    world.take_in()
    (call,) = world.called()
    assert any("Li Na" in text for text in texts(call, "hears"))
    assert call.plan.to == AFTER_SALES
    assert world.notice(message).state is NoticeState.TOLD
    world.take_in()
    assert (world.notice(message).attempts, len(world.called())) == (1, 1)


@pytest.mark.req("VML-02")
def test_by_the_tenants_choice_it_is_an_email_for_one_box_and_an_sms_for_another() -> None:
    world = Told()
    desk = world.leave(AFTER_SALES, Press("1"), Press("2"), *LEAVE)
    assert world.notifier.tell(desk) is Effect.PLACED
    (mail,) = world.ses.asked
    assert mail["Destination"] == {"ToAddresses": ["after-sales@hrgroup.example"]}
    other = Told()
    line = other.leave(TELESALES, Press("1"), Press("2"), *LEAVE)
    assert other.notifier.tell(line) is Effect.PLACED
    (sms,) = other.sns.asked
    assert sms["TopicArn"].endswith(":duty")
    assert (world.notice(desk).state, other.notice(line).state) == (NoticeState.TOLD, NoticeState.TOLD)


def test_one_who_does_not_answer_or_confirm_is_called_again_and_the_failure_is_seen() -> None:
    world = Told()
    message = world.leave(AFTER_SALES, Press("1"), Press("2"), *LEAVE, targets=FOR_LI_NA)
    world.answers(answers=("no-answer",))
    for _ in range(terms_of(world.house).attempts):
        assert world.notifier.tell_due() == {message: Effect.PLACED}
        world.run()
        world.take_in()
        assert world.notifier.tell_due() == {}
        world.run(until=world.notice(message).due_at)
    notice = world.notice(message)
    assert (notice.state, notice.attempts, notice.problem) == (NoticeState.FAILED, 3, "TELECOM_UNANSWERED")
    assert len(world.called()) == 3


def test_the_call_is_nobodys_in_the_figures_of_callers() -> None:
    world = Told()
    message = world.leave(AFTER_SALES, Press("1"), Press("2"), *LEAVE, targets=FOR_LI_NA)
    before = {key: item for key, item in world.table.items.items() if "#KPI#" in key[0]}
    world.answers()
    world.notifier.tell(message)
    world.run()
    world.take_in()
    assert {key: item for key, item in world.table.items.items() if "#KPI#" in key[0]} == before
    assert world.notice(message).problem == "not-confirmed"
