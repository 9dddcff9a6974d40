"""What an erasure does not reach ends in the stack after the days that its certificate states (SEC-06)."""

from datetime import timedelta
from typing import Any, Final

import pytest

from chalicelib.privacy.models import Retention
from chalicelib.privacy.retention import KEPT
from tests.support.synthesis import TENANT_IDS, expand, of_type, synthesize

pytestmark = pytest.mark.infra

STATED: Final = {line.what: line.days for line in KEPT if line.beyond_erasure}


@pytest.fixture(params=TENANT_IDS)
def template(request: pytest.FixtureRequest) -> dict[str, Any]:
    return expand(synthesize(request.param))


def ends(template: dict[str, Any]) -> dict[str, set[timedelta]]:
    """Return how long what is outside of the table lies there, by what it is."""
    queues = of_type(template, "AWS::SQS::Queue").values()
    streams = of_type(template, "AWS::Kinesis::Stream").values()
    (files,) = (one for name, one in of_type(template, "AWS::S3::Bucket").items() if name.startswith("Analytics"))
    rules = {one["Prefix"]: one for one in files["Properties"]["LifecycleConfiguration"]["Rules"] if "Prefix" in one}
    return {
        "records that wait in the queues of dead letters": {
            timedelta(seconds=one["Properties"]["MessageRetentionPeriod"]) for one in queues
        },
        "streams of records and events": {
            timedelta(hours=one["Properties"]["RetentionPeriodHours"]) for one in streams
        },
        "rows that could not be written to the Parquet files, in which callers are marks": {
            timedelta(days=rules["errors/"]["ExpirationInDays"])
        },
        "answers of SQL over the Parquet files, in which callers are marks": {
            timedelta(days=rules["results/"]["ExpirationInDays"])
        },
    }


def test_queues_streams_and_folders_end_what_lies_in_them_after_the_days_that_a_certificate_states(
    template: dict[str, Any],
) -> None:
    for what, found in ends(template).items():
        stated = STATED[what]
        assert stated is not None
        assert found == {timedelta(days=stated)}, what


def test_whatever_an_erasure_leaves_has_an_end_or_a_reason() -> None:
    left = {line.what: (line.period_days(Retention()), line.why) for line in KEPT if line.beyond_erasure}
    assert "the audit trail" in left
    assert [what for what, (days, why) in left.items() if days is None and not why] == []
