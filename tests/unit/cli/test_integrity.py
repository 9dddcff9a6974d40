"""`trunkline verify` finds every kind of change to what is kept, and calls nothing broken that is not."""

import datetime as dt
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.audit import policy as audit_policy
from chalicelib.audit.models import Act, Actor
from chalicelib.audit.store import Log
from chalicelib.contacts import items
from chalicelib.contacts.models import Contact, Result
from chalicelib.platform.dynamo import encode
from chalicelib.platform.tenancy import tenant_id
from cli.integrity import Report, Stores, verify
from tests.support.fake_dynamo import FakeDynamo

TENANT = tenant_id("hrgroup")
AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
WORDS = b"RIFF what was said"


@dataclass
class FakeBucket:
    """Objects in memory."""

    objects: dict[str, bytes] = field(default_factory=dict)

    def get_object(self, **request: Any) -> Mapping[str, Any]:
        return {"Body": io.BytesIO(self.objects[request["Key"]])}


def day() -> tuple[FakeDynamo, FakeBucket]:
    """Return tables and bucket of a day with three contacts, a recording, and two entries of the trail."""
    table, bucket = FakeDynamo(), FakeBucket({"call.wav": WORDS})
    for number in range(3):
        at = AT + dt.timedelta(minutes=number)
        contact = Contact(
            id=f"c-{number}", updated_at=at, at=at, channel="VOICE", method="INBOUND", result=Result.ANSWERED,
            line="service", agent="li.na", caller="+8613800138000", wait_s=4,
        )  # fmt: skip
        keep(table, items.contact_item(TENANT, contact, {"slot": "x", "counts": {"offered": 1}}, 365))
    sha256 = hashlib.sha256(WORDS).hexdigest()
    place = {"pk": items.contact_key(TENANT, "c-0")["pk"], "sk": f"{items.RECORDING_PREFIX}call.wav"}
    keep(table, {**place, "bucket": "b", "key": "call.wav", "sha256": sha256})
    log, last = Log(table, "audit"), None
    for _ in range(2):
        last = audit_policy.entry(TENANT, Actor(user="wang"), Act(action="a", resource="r"), AT, last)
        log.commit(TENANT, log.begin(), last)
    return table, bucket


def keep(table: FakeDynamo, item: Mapping[str, Any]) -> None:
    table.items[str(item["pk"]), str(item["sk"])] = encode(item)


def look(table: FakeDynamo, bucket: FakeBucket) -> Report:
    stores = Stores(tenant=TENANT, dynamodb=table, table="t", audit_table="audit", s3=bucket)
    return verify(stores, AT.date())


def test_a_day_that_nobody_touched_is_intact() -> None:
    report = look(*day())
    assert (report.contacts, report.recordings, report.chains) == (3, 1, 1)
    assert (report.broken, report.unproved) == ((), ())


@pytest.mark.parametrize("name", ["wait_s", "result", "agent", "caller", "counted", "updated_at"])
def test_a_changed_fact_of_a_contact_is_found(name: str) -> None:
    table, bucket = day()
    table.items[items.contact_key(TENANT, "c-1")["pk"], "CONTACT"][name] = {"S": "changed"}
    assert look(table, bucket).broken == ("contact c-1",)


def test_a_removed_fact_and_a_contact_put_in_anothers_place_are_found() -> None:
    table, bucket = day()
    first, second = ((items.contact_key(TENANT, name)["pk"], "CONTACT") for name in ("c-0", "c-1"))
    table.items[second] = {**table.items[first], "pk": {"S": second[0]}}
    del table.items[first]["agent"]
    assert len(look(table, bucket).broken) == 2


def test_a_changed_recording_and_a_changed_entry_are_found() -> None:
    table, bucket = day()
    bucket.objects["call.wav"] = WORDS[:-1] + b"!"
    entry = next(item for key, item in table.items.items() if "#AUDIT#" in key[0])
    entry["resource"] = {"S": "something else"}
    assert look(table, bucket).broken == ("recording call.wav", "chain wang")


def test_what_carries_no_digest_is_named_and_not_called_broken() -> None:
    table, bucket = day()
    del table.items[items.contact_key(TENANT, "c-2")["pk"], "CONTACT"]["digest"]
    report = look(table, bucket)
    assert (report.unproved, report.broken) == (("contact c-2",), ())


def test_a_place_in_an_index_and_the_time_of_expiry_are_not_what_a_contact_says() -> None:
    table, bucket = day()
    table.items[items.contact_key(TENANT, "c-0")["pk"], "CONTACT"]["ttl"] = {"N": "1"}
    assert look(table, bucket).broken == ()
