"""A simulated day: the tenant's own flows and policies, the product's own counting, the models beside it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import options, simulation, simulation_plan, simulation_report
from cli.main import app
from cli.simulation import Outcome
from cli.simulation_plan import Wish

TENANTS = ("hrgroup", "taxihotline")


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half an hour in the morning and one in the afternoon of a Monday."""
    path = tmp_path_factory.mktemp("pattern") / "day.csv"
    rows = [f"2026-03-02 {hour:02d}:{minute:02d}:00,20" for hour in (10, 15) for minute in (0, 15)]
    path.write_text("interval_start,calls\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def day(pattern: Path, tenant: str = "hrgroup", **more: object) -> Outcome:
    wish = replace(Wish(pattern=pattern, calls=120, agents=12), **more)  # type: ignore[arg-type]
    return simulation.run(simulation_plan.plan(options.contract(tenant), wish))


@pytest.mark.parametrize("tenant", TENANTS)
def test_every_call_of_the_day_arrives_and_is_counted_once(pattern: Path, tenant: str) -> None:
    counters = day(pattern, tenant).whole.groups[0].counters
    ended = ("offered", "left_in_flow", "closed", "self_served", "turned_away", "transferred_out")
    assert counters["arrivals"] == 120
    assert sum(counters.get(name, 0) for name in ended) == 120
    assert counters["offered"] == sum(counters.get(name, 0) for name in ("answered", "abandoned", "exits"))


def test_the_same_seed_gives_the_same_day_and_another_seed_another_one(pattern: Path) -> None:
    first, again, other = day(pattern), day(pattern), day(pattern, seed=8)
    assert (first.by_queue.groups, first.steps) == (again.by_queue.groups, again.steps)
    assert first.by_queue.groups != other.by_queue.groups


def test_contacts_land_in_the_queues_of_the_contract(pattern: Path) -> None:
    names = {group.name for group in day(pattern).by_queue.groups}
    assert {"after-sales", "complaints", "english", "telesales"} <= names
    assert "unlisted" not in names


def test_too_few_agents_make_callers_give_up_and_more_agents_answer_faster(pattern: Path) -> None:
    few, many = (day(pattern, agents=count).whole.groups[0].counters for count in (4, 24))
    assert few["abandoned"] > many.get("abandoned", 0)
    assert few.get("answered_in_target", 0) < many["answered_in_target"]


def test_the_mean_handling_time_that_was_asked_for_is_the_one_that_is_measured(pattern: Path) -> None:
    counters = day(pattern, handle_s=120.0).whole.groups[0].counters
    assert (counters["talk_s"] + counters["acw_s"]) / counters["handled"] == pytest.approx(120, rel=0.15)


def test_patience_decides_who_gives_up(pattern: Path) -> None:
    hasty, calm = (day(pattern, agents=6, patience_s=s).whole.groups[0].counters for s in (15.0, 2_000.0))
    assert hasty["abandoned"] > calm.get("abandoned", 0)


def test_agents_left_out_are_those_that_erlang_c_asks_for_in_the_peak(pattern: Path) -> None:
    planned = simulation_plan.plan(options.contract("hrgroup"), Wish(pattern=pattern, calls=120))
    assert planned.agents == sum(group.count for group in planned.staff)
    # 60 calls in the busiest half-hour, 268 s each: 9 erlangs.
    assert 11 <= planned.agents <= 16


def test_a_roomy_day_agrees_with_both_models(pattern: Path) -> None:
    found = simulation_report.compare(day(pattern, agents=60))
    assert found is not None
    for figures in (found.erlang_a, found.erlang_c):
        assert figures["mean_wait_s"] == pytest.approx(found.simulated["mean_wait_s"], abs=1.5)
        assert figures["abandon_share"] == pytest.approx(0.0, abs=0.01)


def test_a_crowded_day_has_no_wait_in_erlang_c(pattern: Path) -> None:
    found = simulation_report.compare(day(pattern, agents=4))
    assert found is not None
    assert found.crowded > 0
    assert found.erlang_c["mean_wait_s"] is None
    assert found.erlang_a["mean_wait_s"] is not None


def test_days_of_the_last_century_are_played_on_the_same_weekday_of_our_time(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("interval_start,calls\n2003-03-05 10:00:00,3\n2003-03-05 10:15:00,3\n", encoding="utf-8")
    planned = simulation_plan.plan(options.contract("hrgroup"), Wish(pattern=path))
    assert planned.start.isoformat() == "2026-03-04T02:00:00+00:00"
    assert len(planned.calls) == 6


def test_the_command_writes_json_that_a_program_can_read(pattern: Path) -> None:
    arguments = ["simulate", "--tenant", "hrgroup", "--calls", str(pattern), "--agents", "12", "--json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["calls"] == 80
    assert told["agents"] == {"service": 8, "sales": 2, "bilingual": 2}
    assert {kpi["id"] for kpi in told["whole"]["groups"][0]["kpis"]} >= {"K03", "K04", "K10"}
    assert set(told["models"]["erlang_a"]) == {"service_level", "mean_wait_s", "abandon_share", "occupancy"}


def test_the_command_prints_the_queues_and_the_models_side_by_side(pattern: Path) -> None:
    done = CliRunner().invoke(app, ["simulate", "--tenant", "hrgroup", "--calls", str(pattern), "--agents", "12"])
    assert done.exit_code == 0, done.output
    assert "After-sales (Mandarin)" in done.stdout
    assert "Erlang A" in done.stdout
    assert "erlangs" in done.stdout
