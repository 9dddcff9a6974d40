"""Floor and overrides by the functions' own reader on the local cloud: packs arrive as the bytes that they are."""

import uuid
from collections.abc import Iterator

import pytest

from chalicelib.overrides.service import Store
from chalicelib.platform import aws
from chalicelib.routing import beside
from tests.support import tenant_table
from tests.support.cloud_fixture import Cloud
from tests.support.waiting import until
from tests.unit.routing.test_live_floor import LATER
from tests.unit.routing.test_read_beside import PLAN, overridden, pack, signed_in

pytestmark = pytest.mark.integration


@pytest.fixture
def table(cloud: Cloud, environment: None) -> Iterator[str]:
    """A table of our own, for what the variables of a function name."""
    assert environment is None
    name, client = f"beside-{uuid.uuid4().hex[:8]}", cloud.client("dynamodb")
    tenant_table.create(client, name)
    yield name
    client.delete_table(TableName=name)


@pytest.mark.parametrize("torn", [0, 1])
def test_one_request_gives_agents_and_what_a_supervisor_changed(cloud: Cloud, table: str, torn: int) -> None:
    client = cloud.client("dynamodb")
    pack(client, table, PLAN, *signed_in("zoe", "ann"), torn=torn)
    client.put_item(TableName=table, Item=overridden(3, "longest-idle"))
    floor, overrides = beside.of_table(aws.reader(aws.CALLER_WAITS), table, PLAN, 60.0)
    overrides.ask(1.0)
    assert until(lambda: floor.read.latest() is not None)
    found, standings = floor.look("VOICE", LATER), floor.read.latest()
    assert found is not None
    assert standings is not None
    assert [agent.name for agent in found.agents] == ["ann", "zoe"]
    assert standings.is_packed is not bool(torn)
    assert overrides.in_force().version == Store(client, table, PLAN.id).read().version == 3
