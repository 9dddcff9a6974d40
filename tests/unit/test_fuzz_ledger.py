"""What the trial of the API keeps of its rounds: it goes on where it was, and calls nothing whole that is not."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.fuzz_ledger import EVERYBODY, Ledger, Round, table, users_of

GROUPS = ("seats", "slo")
SEATS = {"summary": "Answer seats.", "tags": ["seats"], "schema": {"$ref": "#/components/schemas/SeatsView"}}
SCHEMAS = {
    "SeatsView": {"properties": {"title": {"$ref": "#/components/schemas/Word"}}},
    "Word": {"type": "string", "title": "Word"},
}
DOCUMENT = {
    "paths": {"/v1/seats": {"get": SEATS}, "/v1/slo": {"get": {"tags": ["slo"]}}},
    "components": {"schemas": SCHEMAS},
}


def tried(group: str, requests: int, *, open_: int = 0, user: str = EVERYBODY) -> Round:
    return Round(group=group, user=user, seed=1, operations=2, requests=requests, open_=open_, seconds=1.5)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return the ledger of a description of which nothing was tried."""
    return Ledger.read(tmp_path / "build" / "fuzz.json", DOCUMENT)


def test_a_group_is_whole_once_it_was_asked_often_enough_and_nothing_is_open(ledger: Ledger) -> None:
    ledger.add(tried("seats", 999))
    assert not ledger.whole("seats", 1_000)
    ledger.add(tried("seats", 1))
    assert ledger.whole("seats", 1_000)
    ledger.add(tried("seats", 500, open_=1))
    assert not ledger.whole("seats", 1_000)


def test_a_later_run_goes_on_and_words_for_people_do_not_count(ledger: Ledger) -> None:
    ledger.add(tried("seats", 700))
    ledger.add(tried("slo", 30))
    told: Any = copy.deepcopy(DOCUMENT)
    told["paths"]["/v1/seats"]["get"]["summary"] = "Answer how many seats were in use."
    assert Ledger.read(ledger.file, told).rounds == ledger.rounds


@pytest.mark.parametrize(
    "edit",
    [
        lambda told: told["paths"]["/v1/seats"]["get"].update(parameters=[]),
        lambda told: told["components"]["schemas"]["Word"].update(type="integer"),
        lambda told: told["components"]["schemas"]["SeatsView"]["properties"].pop("title"),
    ],
)
def test_a_group_that_is_described_otherwise_is_tried_anew_and_no_other(
    ledger: Ledger, edit: Callable[[Any], object]
) -> None:
    ledger.add(tried("seats", 700))
    ledger.add(tried("slo", 30))
    told = copy.deepcopy(DOCUMENT)
    edit(told)
    assert [one.group for one in Ledger.read(ledger.file, told).rounds] == ["slo"]


def test_a_group_of_which_something_is_open_is_tried_anew_and_no_other(ledger: Ledger) -> None:
    ledger.add(tried("seats", 700, open_=2))
    ledger.add(tried("slo", 30))
    for group in GROUPS:
        ledger.begin(group)
    assert [one.group for one in ledger.rounds] == ["slo"]


def test_every_round_has_another_seed_and_every_user_comes_before_one_comes_twice(ledger: Ledger) -> None:
    users, rounds = users_of("slo"), []
    for _ in range(len(users) + 1):
        rounds.append(ledger.next("slo"))
        ledger.add(tried("slo", 1))
    assert [user for user, _ in rounds] == [*users, EVERYBODY]
    assert [seed for _, seed in rounds] == list(range(1, len(users) + 2))


def test_a_group_is_tried_by_whoever_may_do_something_there() -> None:
    administer = ("compliance-officer", "operations-director", "operations-manager", "tenant-administrator")
    assert users_of("users") == (EVERYBODY, *administer)


def test_the_table_says_what_is_not_whole(ledger: Ledger) -> None:
    ledger.add(tried("seats", 1_000))
    ledger.add(tried("slo", 20, user="agent"))
    *_, total, verdict = table(ledger, GROUPS, 1_000)
    assert total.split() == ["all", "4", "1020", "2", "2", "0", "3"]
    assert verdict == "not whole: slo"
    ledger.add(tried("slo", 980))
    assert table(ledger, GROUPS, 1_000)[-1] == "every group >= 1000 requests, nothing open"
