"""Who sees what: the subtree granted and nothing else, every contact in exactly one place (TEN-11)."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.organisation import policy
from chalicelib.organisation.models import NO_TEAM
from chalicelib.organisation.service import sight_of
from chalicelib.platform.errors import Forbidden
from chalicelib.tenancy.compiler import compile_contract
from chalicelib.tenancy.contract_file import InvalidContract, parse
from chalicelib.tenancy.models import Part, Tenant, from_document
from tests.support.tenants import tenant

TENANTS = Path(__file__).resolve().parents[3] / "tenants"
SOUND: dict[str, Any] = yaml.safe_load((TENANTS / "hrgroup.yaml").read_text(encoding="utf-8"))
GROUP = {"id": "group", "name": "Headquarters", "kind": "headquarters", "queues": ["complaints"]}
EAST = {"id": "east", "name": "East", "kind": "region", "parent": "group", "numbers": ["+862155360100"]}
SHOP = {"id": "shop", "name": "Shop", "kind": "outlet", "parent": "east", "ownership": "franchise", "agents": ["li"]}
WEST = {"id": "west", "name": "West", "kind": "region", "parent": "group", "queues": ["english"], "agents": ["ann"]}
TREE = [GROUP, EAST, {**SHOP, "queues": ["telesales"]}, WEST]


def organised(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {**copy.deepcopy(SOUND), "organisation": list(nodes)}


def compiled(*nodes: dict[str, Any]) -> Tenant:
    return from_document(json.loads(json.dumps(compile_contract(parse(organised(*nodes), source="test")))))


@pytest.mark.parametrize(
    ("queue", "number", "agent", "seers"),
    [
        ("complaints", "+862155360100", None, {"group"}),  # the queue goes before the number
        ("telesales", "+862155360100", None, {"group", "east", "shop"}),
        ("after-sales", "+862155360100", None, {"group", "east"}),  # a queue of nobody's: the number decides
        ("english", "+864008601234", None, {"group", "west"}),
        ("after-sales", "+864008601234", None, {"group"}),
        (None, None, None, {"group"}),
        ("unlisted", "unlisted", None, {"group"}),
        ("after-sales", "+864008601234", "li", {"group", "east", "shop"}),  # their agent took it
        ("telesales", None, "ann", {"group", "east", "shop", "west"}),
        ("telesales", None, "nobody", {"group", "east", "shop"}),
    ],
)
def test_a_contact_is_seen_by_its_own_node_by_those_above_and_by_the_part_whose_agent_took_it(
    queue: str | None, number: str | None, agent: str | None, seers: set[str]
) -> None:
    known = compiled(*TREE)
    nodes = [str(node["id"]) for node in TREE]
    assert {node for node in nodes if policy.sees_contact(sight_of(known, node), queue, number, agent)} == seers


def test_a_user_without_a_node_is_of_headquarters_and_a_tenant_without_organisation_is_one_part() -> None:
    assert sight_of(compiled(*TREE), None) is None
    assert sight_of(tenant("hrgroup"), "anything") is None


def test_a_user_of_a_part_that_is_no_more_sees_nothing() -> None:
    with pytest.raises(Forbidden):
        sight_of(compiled(*TREE), "north")


@st.composite
def trees(draw: st.DrawFn) -> tuple[Part, ...]:
    made = [Part(id="n0", name="n0", kind="headquarters")]
    for n in range(1, draw(st.integers(1, 8))):
        parent = draw(st.sampled_from(made)).id
        queues = tuple(f"q{n}{i}" for i in range(draw(st.integers(0, 2))))
        made.append(Part(id=f"n{n}", name="", kind="branch", parent=parent, queues=queues, numbers=(f"+86{n}",)))
    return tuple(draw(st.permutations(made)))


@settings(max_examples=50)
@given(trees(), st.data())
def test_what_a_node_sees_is_its_own_and_what_each_node_below_sees_and_no_two_parts_share(
    nodes: tuple[Part, ...], data: st.DataObject
) -> None:
    things = [(queue, None) for node in nodes for queue in (*node.queues, "free")]
    things += [(None, number) for node in nodes for number in node.numbers]
    top = data.draw(st.sampled_from(nodes)).id
    seen = policy.sight(nodes, top)
    below = [policy.sight(nodes, node.id) for node in nodes if node.parent == top]
    for queue, number in things:
        parts = [one for one in below if policy.sees_figures(one, queue, number)]
        assert len(parts) <= 1
        own = seen is not None and policy.owner(seen, queue, number) == top
        assert policy.sees_figures(seen, queue, number) == (own or bool(parts))


@pytest.mark.parametrize(
    ("nodes", "path"),
    [
        ([EAST], "organisation.0.parent"),
        ([GROUP, {**GROUP, "id": "second", "queues": []}], "organisation.1.parent"),
        ([GROUP, {**EAST, "parent": "nowhere"}], "organisation.1.parent"),
        ([GROUP, EAST, {**WEST, "parent": "east"}], "organisation.2.parent"),
        ([GROUP, EAST, {**EAST, "numbers": []}], "organisation.2.id"),
        ([GROUP, {**EAST, "queues": ["complaints"]}], "organisation.1.queues.0"),
        ([GROUP, {**EAST, "queues": ["nothing"]}], "organisation.1.queues.0"),
        ([GROUP, {**EAST, "numbers": ["+862100000000"]}], "organisation.1.numbers.0"),
        ([GROUP, EAST, SHOP, {**WEST, "agents": ["li"]}], "organisation.3.agents.0"),
        ([GROUP, {**EAST, "ownership": "rented"}], "organisation.1.ownership"),
    ],
)
def test_nodes_that_are_not_one_tree_or_share_a_thing_are_refused(nodes: list[dict[str, Any]], path: str) -> None:
    with pytest.raises(InvalidContract) as refusal:
        parse(organised(*nodes), source="test")
    assert path in {problem.path for problem in refusal.value.problems}


@pytest.mark.parametrize(
    ("agent", "team", "site"),
    [("li", "shop", "east"), ("ann", "west", "west"), ("nobody", "group", "group")],
)
def test_an_agent_belongs_to_one_team_and_an_outlets_agents_to_the_site_above_it(
    agent: str, team: str, site: str
) -> None:
    nodes = compiled(*TREE).organisation
    assert (policy.team(nodes, agent), policy.site(nodes, agent)) == (team, site)


def test_without_an_organisation_agents_have_neither_team_nor_site() -> None:
    assert (policy.team((), "li"), policy.site((), "li")) == (NO_TEAM, NO_TEAM)
