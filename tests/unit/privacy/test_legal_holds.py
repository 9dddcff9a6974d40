"""A legal hold: nothing of the person is erased or expires until it has ended (SEC-06)."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.platform.dynamo import decode
from chalicelib.privacy.models import Ended, State
from chalicelib.privacy.people import Who
from tests.support.private_lives import ZHANG, History, assert_nothing_is_left, erase, lived
from tests.support.private_world import OFFICER, START, PrivateWorld


def test_a_hold_stops_an_erasure_until_it_has_ended() -> None:
    world = lived([History.zhang_calls, History.zhang_has_a_ticket]).world
    hold = world.privacy.hold(Who(contact_id="contact-0001"), "court order 7", OFFICER, until=None)
    id_ = erase(world)
    world.carry_out()
    assert (world.privacy.request(id_).state, world.privacy.request(id_).held_by) == (State.HELD, hold.id)
    assert b"his heart is weak" in world.everything()
    world.privacy.end_hold(hold.id, OFFICER)
    with pytest.raises(Ended):
        world.privacy.end_hold(hold.id, OFFICER)
    world.carry_out()
    assert world.privacy.request(id_).state is State.DONE
    assert_nothing_is_left(world)
    (ended,) = world.privacy.desk.holds()
    assert (ended.reason, ended.by, ended.ended_by) == ("court order 7", "officer", "officer")


def endings(world: PrivateWorld) -> dict[tuple[str, str], Any]:
    kinds = ("#KPI#", "#AUDIT#", "#PRIVACY#", "#AGENTKPI#")
    return {
        key: item["ttl"]["N"]
        for key, item in world.table.items.items()
        if "ttl" in item and not any(kind in key[0] for kind in kinds)
    }


def test_nothing_of_a_held_person_expires_and_all_of_it_does_again_afterwards() -> None:
    deeds = [History.zhang_calls, History.zhang_is_completed, History.zhang_has_a_ticket, History.wang_calls]
    world = lived(deeds).world
    before = endings(world)
    until = START + timedelta(days=30)
    world.privacy.hold(Who(customer_id="zhang-77"), "court order 7", OFFICER, until=until)
    world.carry_out()
    held = before.keys() - endings(world).keys()
    assert {key[0] for key in held} > {f"T#hrgroup#CONTACT#contact-000{n}" for n in (1, 2, 3)}
    assert {key[0] for key in endings(world)} >= {"T#hrgroup#CONTACT#contact-0004"}
    recordings = [decode(item) for (_, sk), item in world.table.items.items() if sk.startswith("RECORDING#")]
    copies = {one["key"] for one in recordings if "key_before" in one}
    assert len(copies) == 3
    for key in [key for key in world.s3.versions if key not in copies]:
        del world.s3.versions[key]  # the bucket's own rule ends what was recorded
    assert copies == world.s3.versions.keys()
    world.call("contact-0009", ZHANG, "zhang-77")  # what comes later is found by the walk of the next day
    world.at += timedelta(days=1)
    world.carry_out()
    assert ("T#hrgroup#CONTACT#contact-0009", "CONTACT") not in endings(world)
    world.at = until
    world.carry_out()
    assert {key: end for key, end in endings(world).items() if key in before} == before
    assert not any(key.startswith("held/") for key in world.s3.versions)


def test_what_was_over_before_the_hold_ended_goes_with_it() -> None:
    world = lived([History.zhang_calls]).world
    hold = world.privacy.hold(Who(customer_id="zhang-77"), "court order 7", OFFICER, until=None)
    world.carry_out()
    world.at += timedelta(days=2_000)
    world.privacy.end_hold(hold.id, OFFICER)
    world.carry_out()
    assert ("T#hrgroup#CONTACT#contact-0001", "CONTACT") not in world.table.items
