"""Reservations of agents on the local cloud's table: one contact has an agent, whoever else asks at the same moment."""

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.platform.tenancy import tenant_id
from chalicelib.routing.models import Reservation
from chalicelib.routing.store import Reservations
from tests.support import tenant_table
from tests.support.cloud_fixture import Cloud

pytestmark = pytest.mark.integration

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MS = timedelta(milliseconds=1)
LASTS = timedelta(seconds=15)


@pytest.fixture(scope="module")
def table(cloud: Cloud) -> Iterator[str]:
    name = f"reserved-{uuid.uuid4().hex[:8]}"
    client = cloud.client("dynamodb")
    tenant_table.create(client, name)
    yield name
    client.delete_table(TableName=name)


@pytest.fixture
def kept(cloud: Cloud, table: str) -> Reservations:
    return Reservations(cloud.client("dynamodb"), table, tenant_id("acme"))


def wanted(agent: str, call: str, at: datetime = AT) -> Reservation:
    return Reservation(agent_id=agent, contact_id=call, at=at, until=at + LASTS)


def test_of_contacts_that_ask_at_one_moment_one_has_the_agent_and_the_others_are_told_who(kept: Reservations) -> None:
    gate, told = threading.Barrier(6), dict[str, Reservation | None]()

    def ask(call: str) -> None:
        gate.wait(30)
        told[call] = kept.put(wanted("id-ann", call), None)

    threads = [threading.Thread(target=ask, args=(f"call-{n}",)) for n in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    (winner,) = (call for call, other in told.items() if other is None)
    assert {other for call, other in told.items() if call != winner} == {wanted("id-ann", winner)}


def test_a_reservation_gives_way_at_its_end_to_its_own_contact_and_when_the_agent_was_asked_since(
    kept: Reservations,
) -> None:
    assert kept.put(wanted("id-bob", "first"), None) is None
    assert kept.put(wanted("id-bob", "first", AT + MS), AT) is None, "the same contact again"
    held = wanted("id-bob", "first", AT + MS)
    assert kept.put(wanted("id-bob", "second", held.until), AT + MS) == held
    assert kept.put(wanted("id-bob", "second", AT + 5 * MS), AT + 2 * MS) is None, "asked since"
    last = wanted("id-bob", "second", AT + 5 * MS)
    assert kept.put(wanted("id-bob", "third", last.until + MS), None) is None, "over"
