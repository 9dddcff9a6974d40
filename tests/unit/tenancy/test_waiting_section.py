"""The waiting section of a contract: what it takes, and what it refuses with its path."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.tenancy.contract_file import InvalidContract, parse

HR = Path(__file__).resolve().parents[3] / "tenants" / "hrgroup.yaml"
MUSIC = {"zh-CN": "s3://hrgroup-prompts/music.wav"}


def problems(**waiting: Any) -> list[str]:
    raw = {**yaml.safe_load(HR.read_text(encoding="utf-8")), "waiting": waiting}
    try:
        parse(raw, source="test")
    except InvalidContract as refused:
        return [str(problem) for problem in refused.problems]
    return []


def test_a_contract_without_the_section_waits_25_s() -> None:
    raw = {key: value for key, value in yaml.safe_load(HR.read_text(encoding="utf-8")).items() if key != "waiting"}
    assert parse(raw, source="test").waiting.interval_s == 25


def test_music_and_message_differ_by_queue() -> None:
    assert (
        problems(interval_s=40, music=MUSIC, by_queue=[{"queues": ["english"], "message": MUSIC, "interval_s": 60}])
        == []
    )


@pytest.mark.parametrize("interval_s", [20, 601])
def test_an_interval_within_the_ring_time_or_of_more_than_ten_minutes_is_refused(interval_s: int) -> None:
    (problem,) = problems(interval_s=interval_s)
    assert problem.startswith("waiting.interval_s")


def test_a_queue_that_is_not_there_or_has_two_ways_is_named() -> None:
    found = problems(by_queue=[{"queues": ["english", "nowhere"]}, {"queues": ["english"]}])
    assert [problem.partition(":")[0] for problem in found] == [
        "waiting.by_queue.0.queues.1", "waiting.by_queue.1.queues.0"
    ]  # fmt: skip


def test_a_text_without_the_default_language_and_a_fifth_way_are_refused() -> None:
    assert [p.partition(":")[0] for p in problems(message={"en-US": "hello"})] == ["waiting.message.zh-CN"]
    (problem,) = problems(
        by_queue=[{"queues": [queue]} for queue in ("english", "telesales", "after-sales", "complaints")]
    )
    assert problem.startswith("waiting.by_queue")
