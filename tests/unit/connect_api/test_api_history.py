"""GetMetricDataV2 over calls that have run."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.connect_calls import Refused
from tests.support.connect_world import ARN, CALLER, NUMBER
from tests.support.live_connect import Live

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LEVEL = {"Name": "SERVICE_LEVEL", "Threshold": [{"Comparison": "LT", "ThresholdValue": 20.0}]}


def ask(live: Live, *metrics: str | dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    wanted = [{"Name": one} if isinstance(one, str) else one for one in metrics]
    request = {
        "ResourceArn": ARN,
        "StartTime": START,
        "EndTime": START + timedelta(hours=4),
        "Filters": [{"FilterKey": "QUEUE", "FilterValues": [live.id("support")]}],
        **more,
    }
    return live.connect("GetMetricDataV2", Metrics=wanted, **request)["MetricResults"]


def values(row: dict[str, Any]) -> dict[str, float]:
    return {one["Metric"]["Name"]: one["Value"] for one in row["Collections"] if "Value" in one}


@pytest.fixture
def busy(live: Live) -> Live:
    """One agent and three calls: answered at once, abandoned after 30 s, answered an hour later."""
    live.api.sign_in(talk_s=60, acw_s=10)
    calls = [{"at_s": 0, "talk_s": 100}, {"at_s": 5, "patience_s": 30}, {"at_s": 3600, "talk_s": 50}]
    common = {"to": NUMBER, "from": CALLER, "script": [{"press": "1"}]}
    body = {"seed": 1, "start": "2026-03-02T01:00:00Z", "calls": [{**common, **one} for one in calls]}
    burst = live.api.ok("POST", "/connect/bursts", body)
    live.api.until(f"/connect/bursts/{burst['burst_id']}", "done")
    return live


def test_the_numbers_of_a_queue_are_those_of_its_calls(busy: Live) -> None:
    names = ("CONTACTS_QUEUED", "CONTACTS_HANDLED", "CONTACTS_ABANDONED", "ABANDONMENT_RATE", "MAX_QUEUED_TIME")
    (row,) = ask(busy, *names, LEVEL, "AVG_HANDLE_TIME", "AVG_QUEUE_ANSWER_TIME", "AVG_ABANDON_TIME")
    found = values(row)
    assert [found[name] for name in names[:3]] == [3.0, 2.0, 1.0]
    assert found["ABANDONMENT_RATE"] == pytest.approx(100 / 3)
    assert found["SERVICE_LEVEL"] == pytest.approx(200 / 3)
    assert found["MAX_QUEUED_TIME"] == found["AVG_ABANDON_TIME"] == pytest.approx(30)
    assert found["AVG_QUEUE_ANSWER_TIME"] < 10
    assert 80 < found["AVG_HANDLE_TIME"] < 90


def test_the_numbers_agree_with_the_contact_records(busy: Live) -> None:
    (row,) = ask(busy, "CONTACTS_QUEUED", "SUM_HANDLE_TIME")
    records = busy.small.cloud.records
    assert values(row)["CONTACTS_QUEUED"] == sum(one["Queue"] is not None for one in records)
    agents = [one["Agent"] for one in records if one["Agent"]]
    handled_s = sum(a["AgentInteractionDuration"] + a["AfterContactWorkDuration"] for a in agents)
    assert values(row)["SUM_HANDLE_TIME"] == pytest.approx(handled_s, abs=2 * len(agents))


def test_intervals_and_groupings_split_the_numbers(busy: Live) -> None:
    hours = {"Interval": {"IntervalPeriod": "HOUR", "TimeZone": "Asia/Shanghai"}}
    rows = ask(busy, "CONTACTS_QUEUED", **hours, Groupings=["QUEUE", "CHANNEL"])
    assert [(row["MetricInterval"]["StartTime"] - START, values(row)) for row in rows] == [
        (timedelta(0), {"CONTACTS_QUEUED": 2.0}),
        (timedelta(hours=1), {"CONTACTS_QUEUED": 1.0}),
    ]
    assert rows[0]["Dimensions"]["QUEUE"] == busy.id("support")
    assert rows[0]["Dimensions"]["CHANNEL"] == "VOICE"
    assert rows[0]["Dimensions"]["QUEUE_ARN"].endswith(busy.id("support"))


def test_filters_and_metric_filters_choose_contacts(busy: Live) -> None:
    nobody = [{"FilterKey": "QUEUE", "FilterValues": ["other"]}]
    assert ask(busy, "CONTACTS_QUEUED", Filters=nobody) == []
    inbound = [{"MetricFilterKey": "INITIATION_METHOD", "MetricFilterValues": ["INBOUND"], "Negate": True}]
    (row,) = ask(busy, {"Name": "CONTACTS_HANDLED", "MetricFilters": inbound})
    assert values(row) == {"CONTACTS_HANDLED": 0.0}
    agent = [{"FilterKey": "AGENT", "FilterValues": [busy.id("li.na")]}]
    (row,) = ask(busy, "CONTACTS_HANDLED", Filters=agent)
    assert values(row) == {"CONTACTS_HANDLED": 2.0}


@pytest.mark.parametrize(
    ("metric", "more", "code"),
    [
        ("AGENT_OCCUPANCY", {}, "InvalidParameterException"),
        ("AGENT_MOOD", {}, "InvalidRequestException"),
        ("SERVICE_LEVEL", {}, "InvalidParameterException"),
        ("CONTACTS_QUEUED", {"EndTime": START + timedelta(days=40)}, "InvalidParameterException"),
        ("CONTACTS_QUEUED", {"EndTime": START}, "InvalidParameterException"),
        ("CONTACTS_QUEUED", {"Groupings": ["ANSWERING_MACHINE_DETECTION_STATUS"]}, "InvalidRequestException"),
        (
            "CONTACTS_QUEUED",
            {"Filters": [{"FilterKey": "CHANNEL", "FilterValues": ["VOICE"]}]},
            "InvalidParameterException",
        ),
        (
            "CONTACTS_QUEUED",
            {"Interval": {"IntervalPeriod": "DAY", "TimeZone": "Mars/Olympus"}},
            "InvalidParameterException",
        ),
    ],
)
def test_what_is_not_computed_is_refused(live: Live, metric: str, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        ask(live, metric, **more)
    assert caught.value.code == code
