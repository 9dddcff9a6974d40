"""Simulated callers: plausible, within the contract, and the same for the same seed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.tenancy import contract_file
from cli import callers, places
from cli.control import PlannedCall

CONTRACTS = [contract_file.load(places.contract_path(tenant)) for tenant in places.tenants()]
NUMBERS = {number.number: (contract, number) for contract in CONTRACTS for number in contract.entry_numbers}


def planned(seed: int, count: int = 300) -> tuple[PlannedCall, ...]:
    return callers.plan_calls(CONTRACTS, [float(n) for n in range(count)], seed=seed)


@given(st.integers(0, 2**32))
@settings(max_examples=20)
def test_every_call_dials_a_number_of_a_tenant_and_presses_possible_keys(seed: int) -> None:
    calls = planned(seed, 60)
    assert [call.at_s for call in calls] == [float(n) for n in range(60)]
    for call in calls:
        assert call.to in NUMBERS
        assert call.patience_s is not None
        assert call.patience_s >= callers.MIN_PATIENCE_S
        assert call.talk_s is not None
        assert 10 <= call.talk_s <= 3_600
        assert all(set(step["press"]) <= set("0123456789*#") for step in call.script if "press" in step)


@given(st.integers(0, 2**32))
@settings(max_examples=10)
def test_the_same_seed_gives_the_same_callers(seed: int) -> None:
    assert planned(seed, 40) == planned(seed, 40)


def test_every_number_of_every_tenant_is_called() -> None:
    assert {call.to for call in planned(7)} == set(NUMBERS)


def test_callers_choose_every_key_of_every_menu_and_some_that_it_lacks() -> None:
    calls = planned(7, 3_000)
    for number, (contract, entry) in NUMBERS.items():
        line = next(line for line in contract.service_lines if line.id == entry.line)
        keys = {option.digit for option in line.menu if option.to is None}
        last = {
            call.script[-1]["press"]
            for call in calls
            if call.to == number and call.script and "press" in call.script[-1]
        }
        assert keys <= last
    assert any({"press": "9"} in call.script for call in calls)
    assert any({"hang_up": True} in call.script for call in calls)


def test_only_unknown_callers_of_a_tenant_with_two_languages_are_asked_for_theirs() -> None:
    customers = {customer.number for contract in CONTRACTS for customer in contract.demo.customers}
    for call in planned(3, 1_000):
        contract, entry = NUMBERS[call.to]
        line = next(line for line in contract.service_lines if line.id == entry.line)
        if call.from_ in customers or len(contract.languages.offered) == 1:
            # A number, a key that the menu lacks, a key that it has.
            assert len([step for step in call.script if "press" in step]) <= (3 if line.identification else 2)
        else:
            assert call.script[0]["press"] in {"1", "2"}


@pytest.mark.parametrize(("language", "key"), [("zh-CN", "1"), ("en-US", "2")])
def test_languages_have_the_keys_of_their_place_in_the_contract(language: str, key: str) -> None:
    assert callers.language_key(CONTRACTS[0], language) == key


def test_talks_are_about_as_long_as_the_contract_says() -> None:
    calls = [call for call in planned(11, 3_000) if call.to == "+8696196" and call.talk_s]
    mean_s = sum(call.talk_s or 0 for call in calls) / len(calls)
    # Agents of that line talk 190 s (seven of them) and 150 s (three).
    assert mean_s == pytest.approx(180, rel=0.08)
