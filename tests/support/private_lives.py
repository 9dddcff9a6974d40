"""Lives of two people at a centre, of whom one is to be forgotten: Zhang and Wang share a telephone at home."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.contacts import items
from chalicelib.customers.record import Facts, Identity
from chalicelib.platform.dynamo import decode
from chalicelib.platform.errors import StoreUnavailable
from chalicelib.privacy import package
from chalicelib.privacy.finding import Finding
from chalicelib.privacy.models import Kind, Person
from chalicelib.privacy.people import Who
from tests.support.fake_dynamo import failure
from tests.support.private_world import OFFICER, START, PrivateWorld

ZHANG, WANG, HOME, LENT = "+8613911110001", "+8613922220002", "+862155550003", "+8613933330004"
ZHANGS_WORDS = ("Zhang Xiaoming", "zhang-77", "zhang@mail.example", "his heart is weak", "sound of zhang", ZHANG)


@dataclass
class History:
    """What Zhang and Wang did, in any order. Zhang shares the telephone at home with Wang, and lends his own once."""

    world: PrivateWorld = field(default_factory=PrivateWorld)
    records: list[tuple[str, bytes]] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        zhang = Facts(
            name="Zhang Xiaoming", fields={"city": "wuxi"},
            identities=(Identity("phone", ZHANG), Identity("phone", HOME), Identity("email", "zhang@mail.example")),
        )  # fmt: skip
        wang = Facts(name="Wang Fang", identities=(Identity("phone", WANG), Identity("phone", HOME)))
        self.world.registry.create(zhang, OFFICER, id_="zhang-77")
        self.world.registry.create(wang, OFFICER, id_="wang-88")

    def call(self, phone: str | None, customer_id: str | None, **more: Any) -> str:
        self.number += 1
        contact_id = f"contact-{self.number:04d}"
        self.records.append((contact_id, self.world.call(contact_id, phone, customer_id, **more)))
        return contact_id

    def zhang_calls(self) -> None:
        self.call(ZHANG, "zhang-77")

    def zhang_calls_unknown(self) -> None:
        self.call(ZHANG, None)

    def zhang_calls_from_home(self) -> None:
        self.call(HOME, "zhang-77")

    def somebody_calls_from_home(self) -> None:
        self.call(HOME, None)

    def wang_calls_with_zhangs_telephone(self) -> None:
        self.call(ZHANG, "wang-88")

    def wang_calls(self) -> None:
        self.call(WANG, "wang-88")

    def zhang_is_transferred(self) -> None:
        first = self.call(ZHANG, None, NextContactId=f"contact-{self.number + 2:04d}")
        self.call(None, None, PreviousContactId=first, InitialContactId=first, InitiationMethod="TRANSFER")

    def zhang_is_completed(self) -> None:
        self.world.complete(self.call(ZHANG, "zhang-77"), "his heart is weak", "zhang-77")

    def zhang_has_a_ticket(self) -> None:
        self.world.ticket("his heart is weak", ZHANG, "zhang-77", self.call(ZHANG, None))

    def a_contact_of_zhang_has_a_ticket(self) -> None:
        self.world.ticket("his heart is weak", None, None, self.call(ZHANG, None))

    def wang_has_a_ticket(self) -> None:
        self.world.ticket("the lift stands", ZHANG, "wang-88", self.call(WANG, "wang-88"))

    def zhang_leaves_a_message(self) -> None:
        self.call(ZHANG, None, Agent=None, Queue=None, attributes={"voicemail": "true", "voicemailLeft": "true"})

    def zhang_is_called_back(self) -> None:
        call_id = f"contact-{self.number + 1:04d}"
        # The flows keep the number with the contact once it is promised; a second open callback is not.
        is_promised = self.world.promise(call_id, ZHANG)
        said = {"callbackId": call_id, "callbackNumber": ZHANG} if is_promised else {}
        self.call(WANG, "wang-88", attributes=said)

    def something_is_entered(self) -> None:
        self.world.drafts.write(self.call(ZHANG, "zhang-77"), {"note": "his heart is weak"}, revision=0, by=OFFICER)

    def zhang_was_visited(self) -> None:
        self.world.visit("zhang-77", None, "his heart is weak")

    def somebody_was_visited_at_zhangs_number(self) -> None:
        self.world.visit(None, ZHANG, "his heart is weak")

    def wang_was_visited(self) -> None:
        self.world.visit("wang-88", ZHANG, "the lift stands")

    def zhang_has_points(self) -> None:
        self.world.answer("zhang-77", "his heart is weak")

    def wang_has_points(self) -> None:
        self.world.answer("wang-88", "a hundred points")


def lived(deeds: list[Callable[[History], None]]) -> History:
    history = History()
    for deed in deeds:
        deed(history)
    return history


def assert_nothing_is_left(world: PrivateWorld) -> None:
    """Hold that no byte of table and bucket tells of Zhang."""
    everything = world.everything()
    assert [word for word in ZHANGS_WORDS if word.encode() in everything] == []


def erase(world: PrivateWorld, customer_id: str = "zhang-77") -> str:
    return world.privacy.ask(Kind.ERASURE, Who(customer_id=customer_id), "asked in writing", OFFICER).id


DEEDS: list[Callable[[History], None]] = [
    value for name, value in vars(History).items() if callable(value) and not name.startswith("_") and name != "call"
]


def assert_intact(world: PrivateWorld) -> None:
    kept = [decode(item) for (_, sk), item in world.table.items.items() if sk == items.CONTACT_SORT]
    assert all(items.is_intact(item) for item in kept)


def stopped(world: PrivateWorld, writes: int) -> None:
    """Let the function run until the store fails, after so many writes."""
    left = writes

    def fail(operation: str) -> None:
        nonlocal left
        left -= operation == "TransactWriteItems"
        if left < 0:
            raise failure("InternalServerError")

    world.table.before = fail
    with contextlib.suppress(StoreUnavailable):
        world.carry_out()
    world.table.before = lambda _operation: None


def of_wang(world: PrivateWorld) -> dict[str, Any]:
    person = Person(ids=("wang-88",), identities=(f"phone:{WANG}", f"phone:{HOME}"), shared=(f"phone:{HOME}",))
    found = Finding(
        places=world.privacy.desk.places,
        tenant=world.tenant.id,
        days=world.tenant.contacts_days,
        person=person,
        at=START,
    )
    packed = package.package(found, START)
    del packed["fields"]
    for contact in packed["contacts"]:
        contact.pop("caller", None)  # Zhang's telephone, which Wang once used, is Zhang's
        contact.pop("callback_number", None)
        contact.pop("erased", None)
        for message in contact["messages"]:
            message.pop("caller", None)
    for ticket in packed["tickets"]:
        ticket["subject"].pop("phone", None)
    # A service stands in the list of the number that it came from: what is not in Wang's is found by Wang's name.
    packed["services"] = sorted(({**one, "customer": {**one["customer"], "phone": ""}} for one in packed["services"]),
                                key=lambda one: one["service_id"])  # fmt: skip
    packed["customers"] = [{**one, "revision": 0} for one in packed["customers"]]
    return packed
