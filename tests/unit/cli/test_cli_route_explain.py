"""`trunkline route explain`: a decision told to a person and to a program, without a cloud."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.platform.errors import InvalidInput
from cli import route_state
from cli.main import app

RUNNER = CliRunner()
AT = "2026-03-02T09:00+08:00"


def run(*words: str) -> Any:
    return RUNNER.invoke(app, ["route", "explain", "--tenant", "hrgroup", "--at", AT, *words])


def test_a_decision_is_told_with_its_targets_and_reasons() -> None:
    told = run("--from", "+8613800138000", "--line", "after-sales", "--menu", "3", "--grade", "gold").stdout
    assert "reason vip-grade" in told
    assert "rank 1, QueuePriority 1" in told
    rows = [line.split() for line in told.splitlines() if line.strip()[:2] in {"1.", "2.", "3."}]
    assert [[*row[1:3], row[-1]] for row in rows] == [
        ["queue", "complaints", "menu-choice"],
        ["queue", "after-sales", "overflow"],
        ["voicemail", "after-sales", "nobody-answered"],
    ]


def test_the_same_decision_as_json() -> None:
    found = json.loads(run("--to", "+862155360100", "--menu", "1", "--json").stdout)
    assert (found["line"], found["found"]["queue"], found["at"]) == (
        "telesales",
        "telesales",
        "2026-03-02T09:00:00+08:00",
    )
    assert [target["kind"] for target in found["targets"]] == ["queue", "voicemail"]


def test_no_line_at_all_is_the_unknown_number() -> None:
    assert json.loads(run("--to", "+8610000000", "--json").stdout)["reason"] == "unknown-number"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--line", "hotline"], "hrgroup has no line 'hotline'; expected one of after-sales, telesales"),
        (["--at", "yesterday"], "--at yesterday: expected an ISO instant"),
        (["--at", "2026-03-02T09:00"], "expected an instant with its zone"),
        (["--attribute", "campaign"], "--attribute campaign: expected NAME=VALUE"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(words: list[str], said: str) -> None:
    refused = run(*words)
    assert isinstance(refused.exception, InvalidInput)
    assert said in refused.exception.detail


def test_a_state_says_who_is_there(tmp_path: Path) -> None:
    path = tmp_path / "state.yaml"
    path.write_text(
        "age_s: 5\nagents:\n  - {name: li, queues: [after-sales], idle_s: 30, ready_in_s: 2}\n"
        "queues: {complaints: {waiting: 100}}\nrecent:\n  - {hours_ago: 30, queue: english}\n"
        "  - {hours_ago: 2, agent: li}\nopen_tickets: 1\n",
        encoding="utf-8",
    )
    state = route_state.read(path)
    now = datetime.fromisoformat(AT)
    (agent,) = state.floor(now).agents
    assert (agent.id, agent.name, agent.queues) == ("li", "li", frozenset({"after-sales"}))
    assert [(now - past.at).total_seconds() for past in state.past(now)] == [7_200, 108_000]
    assert [past.answered for past in state.past(now)] == [True, False]
    told = run("--line", "after-sales", "--menu", "3", "--state", str(path)).stdout
    assert "queue complaints: queue-full" in told
    assert "reason overflow" in told


def test_a_state_with_mistakes_is_refused_with_every_field(tmp_path: Path) -> None:
    path = tmp_path / "state.yaml"
    path.write_text("agents: [{name: li, presence: asleep}]\nweather: fair\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        route_state.read(path)
    for field in ("agents.0.queues", "agents.0.presence", "weather"):
        assert field in refused.value.detail
    path.write_text("agents: [", encoding="utf-8")
    with pytest.raises(InvalidInput, match="expected a readable YAML or JSON file"):
        route_state.read(path)
