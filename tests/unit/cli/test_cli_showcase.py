"""What the demo stages: the first call, the agents, dead letters in words."""

import json

from chalicelib.tenancy import contract_file
from cli import agents, dead_letters, places, stored
from cli.showcase import first_call

CONTRACTS = {tenant: contract_file.load(places.contract_path(tenant)) for tenant in ("hrgroup", "taxihotline")}


def test_the_first_call_comes_from_the_customer_with_a_grade() -> None:
    call = first_call(CONTRACTS["hrgroup"])
    assert (call.to, call.from_) == ("+864008601234", "+8613800138000")
    # Her language is known: she is not asked for it.
    assert call.script == ({"press": "3"},)


def test_a_tenant_with_one_language_has_a_first_call_too() -> None:
    call = first_call(CONTRACTS["taxihotline"])
    assert (call.to, call.script) == ("+8696196", ({"press": "1"},))


def test_the_roster_has_every_agent_of_the_contract_under_a_name_of_its_own() -> None:
    people = [agent for agent, _ in agents.roster(CONTRACTS["hrgroup"])]
    assert len(people) == 22
    assert len({agent.username for agent in people}) == 22
    assert (people[0].username, people[0].talk_s, people[0].acw_s) == ("service-01", 210, 40)


def test_dead_letters_are_told_in_words_whatever_they_are() -> None:
    ours = {"sequence_number": "7", "reason": {"code": "unusable", "detail": "no ContactId"}}
    batch = {"KinesisBatchInfo": {"batchSize": 3, "startSequenceNumber": "9"}}
    bodies = (json.dumps(ours), json.dumps(batch), "[]", "{", "{}")
    assert [dead_letters.line(body) for body in bodies] == [
        "record 7: unusable: no ContactId",
        "a batch that Lambda gave up, 3 records from 9",
        "an unknown shape",
        "not JSON",
        "record None: None",
    ]


def test_stored_values_are_told_without_brackets() -> None:
    assert stored.told({"a": 1, "b": None, "c": {"d": True}}) == "a 1, c d true"
    assert stored.told(["x", {"y": "z"}]) == "x; y z"
