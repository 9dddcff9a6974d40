import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers import policy
from chalicelib.customers.models import UNKNOWN, Caller, PastContact, Profile, keyed_form
from tests.support.tenants import tenant

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ANNA = Profile(customer_id="c-10003", name="Anna Schmidt", language="en-US")


def past(count: int) -> tuple[PastContact, ...]:
    return tuple(PastContact(at=NOW - timedelta(days=day), contact_id=f"id-{day}") for day in range(count))


def test_an_unknown_caller_pops_nothing() -> None:
    pop = policy.screen_pop(UNKNOWN, tenant("hrgroup"))
    assert (pop.profile, pop.language, pop.last, pop.recent_contacts) == (None, None, None, 0)


def test_a_known_caller_pops_with_the_newest_contact() -> None:
    pop = policy.screen_pop(Caller(profile=ANNA, recent=past(3)), tenant("hrgroup"))
    assert (pop.profile, pop.language, pop.recent_contacts) == (ANNA, "en-US", 3)
    assert pop.last == past(1)[0]


def test_a_language_that_the_tenant_does_not_offer_is_unknown() -> None:
    assert policy.screen_pop(Caller(profile=ANNA), tenant("taxihotline")).language is None


@pytest.mark.parametrize("language", [None, "", "fr-FR"])
def test_a_language_that_nobody_offers_is_unknown(language: str | None) -> None:
    caller = Caller(profile=dataclasses.replace(ANNA, language=language))
    assert policy.screen_pop(caller, tenant("hrgroup")).language is None


@pytest.mark.parametrize(("kept", "counted"), [(0, 0), (9, 9), (10, 10), (11, 10)])
def test_contacts_are_counted_up_to_ten(kept: int, counted: int) -> None:
    assert policy.screen_pop(Caller(recent=past(kept)), tenant("hrgroup")).recent_contacts == counted


@pytest.mark.parametrize(
    ("text", "typed"),
    [("10001", "10001"), ("10001#", "10001"), (" 10001 ", "10001"), ("0", "0"), ("1" * 20, "1" * 20)]
    + [(junk, None) for junk in ("Timeout", "", "#", "1" * 21, "12a", "１２３", "-1", None)],
)
def test_only_digits_are_a_typed_number(text: str | None, typed: str | None) -> None:
    assert policy.typed_number(text) == typed


@pytest.mark.parametrize(("text", "form"), [("c-10001", "10001"), ("10001", "10001"), ("VIP-A", "vip-a")])
def test_an_id_and_its_keys_meet(text: str, form: str) -> None:
    assert keyed_form(text) == form


@given(st.text(alphabet="0123456789", min_size=1, max_size=policy.KEYED_DIGITS))
def test_what_is_typed_is_its_own_keyed_form(digits: str) -> None:
    assert policy.typed_number(digits) == keyed_form(digits) == digits
