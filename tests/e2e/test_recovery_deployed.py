"""A loss and its recovery on the deployed system: the table, the users of the pool, a recording (REL-06)."""

import time
from typing import Any

import pytest

from chalicelib.access.models import Role
from chalicelib.contacts import items
from cli import people_copies, table_copies, tokens
from cli.commands import restore
from cli.control import Call, PlannedCall
from cli.rehearsal import Rehearsing
from tests.support.deployed_system import System, decision, events, until

pytestmark = pytest.mark.e2e

TENANT, HOTLINE = "taxihotline", "+8696196"


def placed(system: System) -> Call:
    """Return a call that is over, of somebody who asked for a person."""
    return system.call(PlannedCall(to=HOTLINE, from_="+8613700137066", script=({"press": "0"},), talk_s=20))


def stands_still(dynamodb: Any, table: str) -> None:
    """Wait until what earlier tests' calls left behind is taken in: for a second nothing that is kept has changed."""
    seen: dict[table_copies.Key, str] = {}
    since = time.monotonic()

    def still() -> bool:
        nonlocal seen, since
        found = table_copies.prints(table_copies.read(dynamodb, table))
        kept = {key: found[key] for key in filter(table_copies.is_kept, found)}
        if kept != seen:
            seen, since = kept, time.monotonic()
        return time.monotonic() - since > 1

    until(still, "a second in which nothing is written")


@pytest.mark.req("REL-06")
def test_all_that_a_tenant_keeps_comes_back_after_its_table_is_lost_and_callers_are_served_meanwhile(
    system: System,
) -> None:
    contract, stack = system.contracts[TENANT], system.stacks[TENANT]
    dynamodb, table = system.client("dynamodb"), stack.output("TableName")
    calls: dict[str, Call] = {}
    was: dict[table_copies.Key, str] = {}

    def after_backup() -> None:
        calls["after"] = placed(system)
        system.stored(TENANT, calls["after"].contact_id)
        was.update(table_copies.prints(table_copies.read(dynamodb, table)))

    def while_gone() -> None:
        left = table_copies.prints(table_copies.read(dynamodb, table))
        survived = [key for key, digest in left.items() if table_copies.is_kept(key) and was.get(key) == digest]
        assert not survived, "nothing that is kept is left as it was"
        calls["gone"] = placed(system)

    stands_still(dynamodb, table)
    promised = contract.security.recovery
    done = Rehearsing(stack, system.url, promised).run(after_backup=after_backup, while_gone=while_gone)
    report = restore.told(done)
    assert done.problems == (), report
    assert report.endswith("- passed")
    assert done.emptied > 20
    assert all(copy.items and copy.difference.none for copy in done.copies), report
    assert done.recovery_s < promised.time_min * 60
    assert f"promised {promised.time_min} min" in report

    served = decision(calls["gone"]).facts["result"]
    assert served["queue"] == contract.service_lines[0].default_queue
    assert events(calls["gone"], "joined"), "an agent answered while the table was empty"
    # One came after the backup: its record came back over the stream. The other was counted when the data was back.
    for call in calls.values():
        assert system.stored(TENANT, call.contact_id)
    until(
        lambda: _arrived(dynamodb, table) == _counted(dynamodb, table), "every contact that arrived counted, and once"
    )
    assert done.totals_after["KPI.arrivals"] >= done.totals_before["KPI.arrivals"] > 0


def _arrived(dynamodb: Any, table: str) -> int:
    """Return how many contacts there are that no other one came before."""
    found = (item for item in table_copies.read(dynamodb, table) if item["sk"] == {"S": items.CONTACT_SORT})
    return sum("previous_id" not in item for item in found)


def _counted(dynamodb: Any, table: str) -> int:
    return table_copies.totals(table_copies.read(dynamodb, table))["KPI.arrivals"]


def test_a_user_who_was_lost_comes_back_with_the_tenant_and_the_roles_and_nobody_else_is_touched(
    system: System,
) -> None:
    stack = system.stacks[TENANT]
    cognito, pool = system.client("cognito-idp"), stack.output("UserPoolId")
    tokens.token(stack, system.url, username="lost-user", group=Role.TRAINER)
    text = people_copies.as_text(people_copies.read(cognito, pool))
    cognito.admin_delete_user(UserPoolId=pool, Username="lost-user")
    copied = people_copies.from_text(text)
    assert people_copies.restore(cognito, pool, copied) == ["lost-user"]
    (back,) = [one for one in people_copies.read(cognito, pool) if one.username == "lost-user"]
    assert (back.groups, back.attributes["custom:tenant"]) == ((Role.TRAINER,), TENANT)
    assert people_copies.restore(cognito, pool, copied) == []


def test_a_recording_that_was_deleted_comes_back_from_its_earlier_version(system: System) -> None:
    s3, bucket = system.client("s3"), system.stacks[TENANT].output("RecordingBucket")
    key = "connect/recovery/deleted.wav"
    s3.put_object(Bucket=bucket, Key=key, Body=b"RIFF what was said")
    s3.delete_object(Bucket=bucket, Key=key)
    (marker,) = s3.list_object_versions(Bucket=bucket, Prefix=key)["DeleteMarkers"]
    s3.delete_object(Bucket=bucket, Key=key, VersionId=marker["VersionId"])
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"RIFF what was said"
