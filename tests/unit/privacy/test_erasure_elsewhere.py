"""An erasure reaches the other systems that keep customers: each is told, and none brings the person back (SEC-06)."""

from dataclasses import replace

import pytest

from chalicelib.adapters.store import Links
from chalicelib.platform.errors import NotFound
from chalicelib.privacy.models import State
from tests.support import customer_registry
from tests.support.private_lives import ZHANG, History, assert_nothing_is_left, erase, stopped
from tests.support.private_world import PrivateWorld
from tests.unit.privacy.test_aging import DAYS, later

ADAPTERS = ("crm", "erp")


@pytest.fixture
def world() -> PrivateWorld:
    """Return a tenant with two other systems, where nothing but the record is kept of Zhang."""
    of = customer_registry.tenant()
    retention = {**of.privacy["retention"], "customers_days": DAYS}
    privacy = {**of.privacy, "retention": retention}
    tenant = replace(of, adapters=tuple({"id": one} for one in ADAPTERS), privacy=privacy)
    return History(world=PrivateWorld(tenant)).world


def marked(world: PrivateWorld) -> dict[str, list[str]]:
    """Return whom each other system is to be asked about."""
    links = [Links(client=world.table, table="table", tenant=world.tenant.id, adapter=one) for one in ADAPTERS]
    return {one.adapter: [mark.customer_id for mark in one.waiting(world.at, 9)] for one in links}


@pytest.mark.parametrize("stops", [[], [0], [1, 2], [3, 1, 4]])
def test_every_other_system_is_told_once_the_person_is_gone_however_often_it_is_stopped(
    stops: list[int], world: PrivateWorld
) -> None:
    world.call("c-1", ZHANG, "zhang-77")
    request = erase(world)
    for stop in stops:
        stopped(world, stop)
        told = ["zhang-77"] if "zhang-77" not in world.registry.kept.family("zhang-77") else []
        assert marked(world) == {"crm": told, "erp": told}, "with the last step, not before: a mark could be worked off"
    world.carry_out()
    assert world.privacy.request(request).state is State.DONE
    assert marked(world) == {"crm": ["zhang-77"], "erp": ["zhang-77"]}
    links = Links(client=world.table, table="table", tenant=world.tenant.id, adapter="crm")
    assert links.is_erased("zhang-77")
    assert not links.is_erased("wang-88")


def test_nothing_of_the_person_stays_but_the_id_and_a_second_request_finds_nobody(world: PrivateWorld) -> None:
    erase(world)
    world.carry_out()
    left = [item for (pk, _), item in world.table.items.items() if pk.endswith("#CUSTOMERFILE#zhang-77")]
    told = {"pk", "sk", "gsi1pk", "gsi1sk", "customer_id", "why", "tries", "erased_at"}
    assert {name for item in left for name in item} <= told
    assert "Zhang" not in world.everything().decode()
    with pytest.raises(NotFound):
        erase(world)


def test_what_ends_here_by_its_age_ends_here_alone(world: PrivateWorld) -> None:
    later(world, DAYS + 1)
    assert "zhang-77" not in world.registry.kept.family("zhang-77")
    assert marked(world) == {"crm": [], "erp": []}


def test_a_tenant_without_other_systems_keeps_nothing_of_the_person() -> None:
    alone = History(world=PrivateWorld()).world
    erase(alone)
    alone.carry_out()
    assert_nothing_is_left(alone)
