"""The demo, checked figure by figure on the deployed stacks."""

import datetime as dt
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from rich.cells import cell_len

from cli import api as rest
from cli import bursts, kpi_table, places, tokens, worlds
from cli.control import BurstState, PlannedCall
from cli.http import JsonClient, Refused
from cli.showcase import first_call
from cli.terminal import WIDTH
from tests.support.deployed_system import COUNTED, DEADLINE_S, System, decision, events, outcomes, until

pytestmark = pytest.mark.e2e

BURST = 160
WAV_HEADER_BYTES = 44
STRANGER = "+8613555501234"


@pytest.mark.req("ACD-01")
@pytest.mark.parametrize("tenant", ["hrgroup", "taxihotline"])
def test_the_first_call_is_routed_by_the_deployed_function_and_says_why(system: System, tenant: str) -> None:
    call = system.call(first_call(system.contracts[tenant]))
    routed = decision(call)
    assert str(routed.facts["arn"]) == system.stacks[tenant].output("RouteContactFunction")
    assert str(routed.facts["arn"]).endswith(":live")
    result = routed.facts["result"]
    assert result["queue"] == "complaints"
    assert result["reason"] in {"menu-choice", "vip-grade"}
    assert result["degraded"] == "false"
    targets = [
        {name: result[f"target{number}{name}"] for name in ("Type", "TimeoutS", "Reason")}
        for number in range(1, 1 + int(result["targetCount"]))
    ]
    assert [target["Type"] for target in targets] == ["queue", "queue", "voicemail"]
    assert all(int(target["TimeoutS"]) > 0 and target["Reason"] != "none" for target in targets)
    assert events(call, "joined"), "an agent must have answered"
    shown = {key: value for event in events(call, "screen-pop") for key, value in event.facts["attributes"].items()}
    assert shown["customerName"] == system.contracts[tenant].demo.customers[0].name


def test_the_function_that_decided_has_logged_the_contact(system: System) -> None:
    call = system.call(first_call(system.contracts["hrgroup"]))

    def logged() -> list[str] | None:
        events_ = system.client("logs").filter_log_events(logGroupName="/trunkline/hrgroup/route-contact")["events"]
        return [event["message"] for event in events_ if call.contact_id in event["message"]] or None

    assert until(logged, "a log line of the routing function with the contact's id") != []


@pytest.mark.req("KPI-09")
def test_the_contact_is_stored_with_its_whole_course(system: System) -> None:
    call = system.call(first_call(system.contracts["hrgroup"]))
    system.stored("hrgroup", call.contact_id)
    contact = until(lambda: system.apis["hrgroup"].contact(call.contact_id), "the contact by REST")
    assert contact["contact_id"] == call.contact_id
    facts = {key: contact["facts"][key] for key in ("queue", "result", "menu_path", "entry_number", "strategy", "line")}
    assert facts == {
        "queue": "complaints",
        "result": "answered",
        "menu_path": "main>3",
        "entry_number": "+864008601234",
        "strategy": "longest-idle",
        "line": "after-sales",
    }
    assert contact["facts"]["agent"].startswith("service-")
    course = [contact["times"][f"{name}at"] for name in ("", "queued_", "answered_", "ended_", "acw_ended_")]
    assert course == sorted(course), "arrival, queue, answer, end, end of wrap-up"
    assert contact["seconds"]["talk_s"] > 0


@pytest.mark.req("NUM-02")
@pytest.mark.parametrize(("number", "line"), [("+864008601234", "after-sales"), ("+862155360100", "telesales")])
def test_the_dialled_number_decides_the_line(system: System, number: str, line: str) -> None:
    call = system.call(PlannedCall(to=number, from_=STRANGER, script=({"press": "1"},), talk_s=20))
    assert decision(call).facts["result"]["line"] == line


def test_the_recording_is_found_by_caller_number_agent_time_category_and_contact(system: System) -> None:
    api, planned = system.apis["taxihotline"], first_call(system.contracts["taxihotline"])
    call = system.call(planned)

    def indexed() -> dict[str, Any] | None:
        found = api.contact(call.contact_id)
        return found if found and found["recordings"] else None

    contact = until(indexed, "the recording on its contact")
    facts, on = contact["facts"], contact["times"]["at"][:10]
    for query in (
        {"caller": planned.from_, "entry_number": planned.to},
        {"agent": facts["agent"], "category": facts["category"]},
        {"on": on, "queue": facts["queue"]},
    ):
        assert call.contact_id in {row["contact_id"] for row in api.contacts(**query)}, query
    (recording,) = contact["recordings"]
    assert call.contact_id in recording["key"]
    bucket = system.stacks["taxihotline"].output("RecordingBucket")
    assert recording["bucket"] == bucket
    head = system.client("s3").head_object(Bucket=bucket, Key=recording["key"])
    assert head["ContentLength"] > WAV_HEADER_BYTES


@dataclass(frozen=True)
class Burst:
    """How a burst ended, what the REST API said of it, and the contact records that were sent in it; by tenant."""

    last: BurstState
    reports: dict[str, kpi_table.Report]
    records: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def burst(system: System) -> Burst:
    """Run one burst over both tenants and read at once what became of it."""
    system.control.run()
    plan = bursts.plan(list(system.contracts.values()), calls=BURST, seed=11)
    opened = worlds.next_quarter(system.control.now())
    running = bursts.Running(system.control, system.control.start_burst(opened, plan.calls, seed=11))
    last = bursts.watch(running.look, lambda _: None, deadline_s=600)
    reports = kpi_table.wait_for_arrivals(
        system.apis, opened, worlds.next_quarter(system.control.now()), BURST, deadline_s=DEADLINE_S
    )
    since = f"{opened:%Y-%m-%dT%H:%M}"
    records = {
        tenant: [record for record in system.records(tenant) if record["InitiationTimestamp"] >= since]
        for tenant in system.contracts
    }
    return Burst(last, reports, records)


@pytest.mark.req("KPI-09")
def test_every_call_of_a_burst_is_counted_once(burst: Burst) -> None:
    assert sum(kpi_table.arrivals(report) for report in burst.reports.values()) == burst.last.total == BURST
    sums = {
        name: sum(group["counters"].get(name, 0) for report in burst.reports.values() for group in report["groups"])
        for name in ("answered", "abandoned")
    }
    assert sums == {"answered": burst.last.answered, "abandoned": burst.last.abandoned}


def test_every_queue_has_the_counts_of_its_contact_records(burst: Burst) -> None:
    for tenant, report in burst.reports.items():
        queues = [group for group in report["groups"] if group["name"] != kpi_table.NO_QUEUE]
        told = {group["name"]: {name: group["counters"].get(name, 0) for name in COUNTED} for group in queues}
        assert told == outcomes(burst.records[tenant])
    assert sum(count["abandoned"] for records in burst.records.values() for count in outcomes(records).values()) > 0


def test_nobody_without_a_token_reads_anything(system: System) -> None:
    anonymous = rest.anonymous(system.stacks["hrgroup"], system.url)
    for client in (anonymous, rest.anonymous(system.stacks["hrgroup"], system.url, {"Authorization": "nonsense"})):
        with pytest.raises(Refused) as caught:
            client.kpis(dt.datetime(2026, 3, 2, tzinfo=dt.UTC), dt.datetime(2026, 3, 3, tzinfo=dt.UTC))
        assert caught.value.http_status == 401


@pytest.mark.req("TEN-01")
def test_a_token_of_another_tenant_is_refused(system: System) -> None:
    stack = system.stacks["hrgroup"]
    day = dt.datetime(2026, 3, 2, tzinfo=dt.UTC), dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
    foreign = tokens.token(system.stacks["taxihotline"], system.url)
    with pytest.raises(Refused) as caught:
        rest.Api(JsonClient(rest.base_address(stack, system.url), {"Authorization": foreign})).kpis(*day)
    assert caught.value.http_status in {401, 403}
    # The pool is the right one here, but an operator wrote another tenant into the user.
    claimed = tokens.token(stack, system.url, username="stranger", tenant="taxihotline")
    with pytest.raises(Refused) as caught:
        rest.Api(JsonClient(rest.base_address(stack, system.url), {"Authorization": claimed})).kpis(*day)
    assert caught.value.http_status == 403

    def audited() -> bool | None:
        lines = system.client("logs").filter_log_events(logGroupName="/trunkline/hrgroup/api")["events"]
        refusals = [line["message"] for line in lines if "claimed_tenant" in line["message"]]
        return any("taxihotline" in refusal for refusal in refusals) or None

    assert until(audited, "a log line that says who was refused")


def test_the_demo_reads_as_plain_text_and_redeploys_nothing(system: System) -> None:
    command = [
        sys.executable,
        "-m",
        "cli",
        "demo",
        "--calls",
        "20",
        "--seed",
        "3",
        "--port",
        system.url.rpartition(":")[2],
    ]
    done = subprocess.run(command, cwd=places.ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert max(cell_len(line) for line in done.stdout.splitlines()) <= WIDTH
    for said in (
        "hrgroup      deployed already and unchanged",
        "queue complaints, because vip-grade",
        "in DynamoDB, read back from the tenant's REST API",
        "20 of 20 calls are in the counters, each exactly once",
        "./trunkline call +864008601234",
    ):
        assert said in done.stdout
