"""Who gives and takes which roles, what is a change of power, and that somebody who can grant is always left."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access.models import Role
from chalicelib.users import policy
from chalicelib.users.models import CONFIRMED, AboveYou, Account, LastAdministrator

ADMINISTRATOR = Role.TENANT_ADMINISTRATOR
accounts = st.builds(
    Account,
    name=st.sampled_from(["chen", "lin", "wu"]),
    email=st.just(""),
    roles=st.frozensets(st.sampled_from([ADMINISTRATOR, Role.AGENT])),
    node=st.sampled_from([None, "group", "east"]),
    enabled=st.booleans(),
    status=st.sampled_from([CONFIRMED, "FORCE_CHANGE_PASSWORD"]),
)


def account(name: str, *roles: Role, **more: object) -> Account:
    return replace(Account(name=name, email="", roles=frozenset(roles), status=CONFIRMED), **more)  # type: ignore[arg-type]


def test_only_administrators_and_directors_grant_and_nobody_grants_what_grants_more_than_their_own_roles() -> None:
    assert {role for role in Role if policy.grantable([role])} == {ADMINISTRATOR, Role.OPERATIONS_DIRECTOR}
    for role in Role:
        given_on = frozenset[Role]().union(*(policy.grantable([one]) for one in policy.grantable([role])))
        assert given_on <= policy.grantable([role]), role


def test_a_role_has_power_when_it_says_who_may_do_what_reads_the_trail_or_deals_with_personal_data() -> None:
    assert {
        *(ADMINISTRATOR, Role.OPERATIONS_DIRECTOR, Role.OPERATIONS_MANAGER),
        *(Role.COMPLIANCE_OFFICER, Role.PLATFORM_OPERATOR),
    } == policy.POWERFUL


@pytest.mark.parametrize("giver", [ADMINISTRATOR, Role.OPERATIONS_DIRECTOR, Role.OPERATIONS_MANAGER, Role.TEAM_LEADER])
@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_given_taken_and_its_bearer_kept_out_by_those_alone_whose_it_is_to_give(
    giver: Role, role: Role
) -> None:
    bearer, nobody = account("lin", role), account("lin")
    for before, after in ((None, bearer), (nobody, bearer), (bearer, nobody), (bearer, replace(bearer, enabled=False))):
        if role in policy.grantable([giver]):
            policy.check("chen", [giver], before, after)
            assert policy.needs_approval(before, after) == (role in policy.POWERFUL)
        else:
            with pytest.raises(AboveYou):
                policy.check("chen", [giver], before, after)


def test_nobody_changes_the_own_account_whatever_their_roles() -> None:
    with pytest.raises(AboveYou):
        policy.check("chen", list(Role), account("chen"), account("chen", Role.AGENT))


@given(st.lists(accounts, unique_by=lambda one: one.name, min_size=1), accounts)
def test_no_change_leaves_a_tenant_in_which_nobody_can_grant(there: list[Account], wanted: Account) -> None:
    before = next((one for one in there if one.name == wanted.name), None)
    if before is None or not policy.administers(before, "group"):
        return
    left = [wanted if one.name == wanted.name else one for one in there]
    try:
        policy.check_administrators(there, wanted, "group")
    except LastAdministrator:
        assert not [one for one in left if policy.administers(one, "group")]
    else:
        assert [one for one in left if policy.administers(one, "group")]
