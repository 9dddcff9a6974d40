"""A change of a user is decided, written, and made in the user pool; whatever breaks off, both say the same."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.access.models import Caller, Role, Scope
from chalicelib.audit.service import Trail
from chalicelib.audit.store import Log
from chalicelib.platform.dynamo import decode
from chalicelib.platform.errors import Forbidden, NotFound, ProductError, StoreUnavailable
from chalicelib.platform.tenancy import tenant_id
from chalicelib.users.models import Account, BeingChanged, LastAdministrator, UserExists
from chalicelib.users.pool import Pool
from chalicelib.users.service import HELD, Users
from chalicelib.users.store import Changes
from tests.support.fake_cognito import POOL, FakePool
from tests.support.fake_dynamo import FakeDynamo

ACME = tenant_id("acme")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Client:
    """The pool as botocore's client shows it."""

    def __init__(self, pool: FakePool) -> None:
        self.pool = pool

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = name.title().replace("_", "")

        def asked(**body: Any) -> Any:
            status, answer = self.pool.answer(operation, body)
            if status == 200:
                return answer
            raise ClientError({"Error": {"Code": answer["__type"], "Message": "no"}}, operation)

        return asked


@dataclass
class House:
    """The users of a tenant, over a pool and a table in memory. `at` is the clock."""

    pool: FakePool
    table: FakeDynamo
    at: datetime = START

    def users(self) -> Users:
        log = Trail(tenant=ACME, kept=Log(self.table, "trail"), now=lambda: self.at, pause=lambda _: None)
        kept = Changes(client=self.table, table="acme", tenant=ACME, trail=log)
        directory = Pool(client=Client(self.pool), id=POOL, tenant=ACME)
        return Users(directory=directory, kept=kept, nodes=frozenset(), root=None, now=lambda: self.at)

    def give(self, name: str, role: Role, by: str = "chen") -> Account:
        return self.users().change(
            name, lambda one: replace(one, roles=one.roles | {role}), caller(by), "users.grant", lambda: None
        )

    def take(self, name: str, role: Role, by: str = "chen") -> Account:
        return self.users().change(
            name, lambda one: replace(one, roles=one.roles - {role}), caller(by), "users.take", lambda: None
        )

    def told(self) -> list[tuple[str, str]]:
        found = (decode(item) for (pk, _), item in sorted(self.table.items.items()) if "#AUDIT#" in pk)
        return [(entry["action"], entry["outcome"]) for entry in found]

    def roles(self, name: str) -> set[str]:
        return set(self.pool.users[name]["groups"])


def caller(name: str) -> Caller:
    return Caller(user=name, roles=tuple(Role), scope=Scope.TENANT, request_id="", source="")


@pytest.fixture
def house() -> House:
    pool = FakePool()
    pool.staff(("chen", "lin"), Role.TENANT_ADMINISTRATOR)
    pool.staff(("wu",), Role.AGENT)
    return House(pool, FakeDynamo())


def signed_out(house: House) -> list[str]:
    return [name for operation, name in house.pool.asked if operation == "AdminUserGlobalSignOut"]


def test_what_is_given_is_in_the_pool_and_what_is_taken_ends_every_log_in(house: House) -> None:
    assert house.give("wu", Role.TEAM_LEADER).roles == {Role.AGENT, Role.TEAM_LEADER}
    assert (house.roles("wu"), signed_out(house)) == ({"agent", "team-leader"}, [])
    house.take("wu", Role.AGENT)
    assert (house.roles("wu"), signed_out(house)) == ({"team-leader"}, ["wu"])
    house.take("wu", Role.AGENT)
    assert house.told() == [("users.grant", "done"), ("users.take", "done")], "the same again changes nothing"


def test_a_change_that_the_pool_could_not_make_is_made_before_the_next_one(house: House) -> None:
    house.pool.fails["AdminAddUserToGroup"] = "InternalErrorException"
    with pytest.raises(StoreUnavailable):
        house.give("wu", Role.TRAINER)
    assert house.roles("wu") == {"agent"}
    house.give("wu", Role.TEAM_LEADER, by="lin")
    assert house.roles("wu") == {"agent", "trainer", "team-leader"}


def test_while_somebody_makes_a_change_no_other_is_begun_and_one_broken_off_is_taken_over_once(house: House) -> None:
    died = replace(house.users(), directory=Dying(house.users().directory))
    with pytest.raises(SystemExit):
        died.change("wu", lambda one: replace(one, enabled=False), caller("chen"), "users.change", lambda: None)
    assert house.pool.users["wu"]["Enabled"]
    with pytest.raises(BeingChanged):
        house.give("lin", Role.TRAINER)
    house.at += HELD + timedelta(seconds=1)
    house.give("lin", Role.TRAINER)
    assert (house.pool.users["wu"]["Enabled"], house.roles("lin")) == (False, {"tenant-administrator", "trainer"})


class Dying:
    """A directory whose process ends before it changes anything."""

    def __init__(self, directory: Any) -> None:
        self.directory = directory

    def __getattr__(self, name: str) -> Any:
        return getattr(self.directory, name)

    def apply(self, _change: object) -> None:
        raise SystemExit


def test_a_change_of_somebody_who_is_gone_is_dropped_and_the_trail_says_so(house: House) -> None:
    house.pool.fails["AdminAddUserToGroup"] = "InternalErrorException"
    with pytest.raises(StoreUnavailable):
        house.give("wu", Role.TRAINER)
    del house.pool.users["wu"]
    house.give("lin", Role.TRAINER)
    assert ("users.not-made", "refused") in house.told()
    with pytest.raises(NotFound):
        house.give("wu", Role.TRAINER)


def test_of_two_administrators_who_take_the_role_from_each_other_at_once_one_is_left(house: House) -> None:
    def nobody(one: Account) -> Account:
        return replace(one, roles=frozenset())

    def meanwhile() -> None:
        house.take("lin", Role.TENANT_ADMINISTRATOR, by="chen")

    with pytest.raises(BeingChanged):
        house.users().change("chen", nobody, caller("lin"), "users.take", meanwhile)
    assert (house.roles("chen"), house.roles("lin")) == ({"tenant-administrator"}, set())


class Stale:
    """A store whose first answer is from before."""

    def __init__(self, kept: Any, seen: Any) -> None:
        self.kept, self.seen = kept, seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self.kept, name)

    def read(self) -> Any:
        return self.seen


def test_a_decision_on_accounts_that_changed_meanwhile_is_not_written(house: House) -> None:
    first = house.users()
    late = replace(first, kept=Stale(first.kept, first.kept.read()))
    house.give("wu", Role.TRAINER)
    with pytest.raises(BeingChanged):
        late.change("wu", lambda one: replace(one, enabled=False), caller("lin"), "users.change", lambda: None)
    assert (house.pool.users["wu"]["Enabled"], house.told()) == (True, [("users.grant", "done")])


def test_an_administrator_who_was_let_out_grants_nothing_with_a_token_from_before(house: House) -> None:
    house.users().change("lin", lambda one: replace(one, enabled=False), caller("chen"), "users.change", lambda: None)
    with pytest.raises(Forbidden, match="log in again"):
        house.give("wu", Role.TRAINER, by="lin")


def test_whoever_has_yet_to_come_is_no_administrator_who_is_left(house: House) -> None:
    house.pool.users["lin"]["UserStatus"] = "FORCE_CHANGE_PASSWORD"
    house.pool.staff(("zhao",), Role.TENANT_ADMINISTRATOR, node="east")
    house.pool.users["zhao"]["Enabled"] = True
    with pytest.raises(LastAdministrator):
        house.take("chen", Role.TENANT_ADMINISTRATOR, by="lin")


def test_an_invitation_is_the_same_one_again_and_names_and_addresses_are_one_persons(house: House) -> None:
    invited = Account(name="zhao", email="zhao@example.org", roles=frozenset({Role.AGENT}))
    house.pool.fails["AdminAddUserToGroup"] = "InternalErrorException"
    with pytest.raises(StoreUnavailable):
        house.users().invite(invited, caller("chen"), lambda: None)
    for _ in range(2):
        made = house.users().invite(invited, caller("chen"), lambda: None)
        assert (made.roles, made.status) == ({Role.AGENT}, "FORCE_CHANGE_PASSWORD")
    assert house.pool.users["zhao"]["attributes"]["custom:tenant"] == "acme"
    for taken in (replace(invited, email="else@example.org"), replace(invited, name="zhao2")):
        with pytest.raises(UserExists):
            house.users().invite(taken, caller("chen"), lambda: None)
    assert house.told() == [("users.invite", "done")]


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["chen", "lin", "zhao"]),
            st.sampled_from(["chen", "lin", "zhao"]),
            st.sampled_from([Role.TENANT_ADMINISTRATOR, Role.AGENT]),
            st.booleans(),
            st.sampled_from(["", "AdminAddUserToGroup", "AdminRemoveUserFromGroup", "AdminUserGlobalSignOut"]),
        ),
        max_size=12,
    )
)
def test_whatever_administrators_do_and_whatever_fails_somebody_can_grant(steps: list[Any]) -> None:
    pool = FakePool()
    pool.staff(("chen", "lin", "zhao"), Role.TENANT_ADMINISTRATOR)
    house = House(pool, FakeDynamo())
    for by, name, role, gives, fails in steps:
        house.at += timedelta(minutes=1)
        if fails:
            pool.fails[fails] = "TooManyRequestsException"
        try:
            (house.give if gives else house.take)(name, role, by=by)
        except ProductError:
            continue
        finally:
            pool.fails.clear()
        assert (role.value in house.roles(name)) == gives
    assert any("tenant-administrator" in user["groups"] for user in pool.users.values())
