"""The lines of a function's process: all that was written before somebody asks, in order, to the last one."""

import os
import threading

import pytest

from localstack.function_logs import Lines


@pytest.fixture
def pipe() -> tuple[int, list[str], Lines]:
    """Return a descriptor to write to, what was handed on, and the lines in between."""
    reading, writing = os.pipe()
    handed_on: list[str] = []
    with os.fdopen(reading, encoding="utf-8") as end:
        lines = Lines(end, handed_on.append)
    return writing, handed_on, lines


def test_whoever_asks_gets_every_line_that_was_written_before(pipe: tuple[int, list[str], Lines]) -> None:
    writing, handed_on, lines = pipe
    assert lines.take(), "nothing yet, and nobody waits for it"
    os.write(writing, b"first\nsecond\nthi")
    assert lines.take()
    assert handed_on == ["first", "second"]
    os.write(writing, b"rd\n")
    os.close(writing)
    lines.follow()
    assert handed_on == ["first", "second", "third"]


def test_a_line_without_an_end_is_told_when_the_process_is_over(pipe: tuple[int, list[str], Lines]) -> None:
    writing, handed_on, lines = pipe
    os.write(writing, b"whole\nhalf \xff")
    os.close(writing)
    lines.follow()
    assert handed_on == ["whole", "half �"]
    assert not lines.take(), "it is over for everybody"


def test_two_readers_lose_double_and_disorder_nothing(pipe: tuple[int, list[str], Lines]) -> None:
    writing, handed_on, lines = pipe
    follower = threading.Thread(target=lines.follow)
    follower.start()
    written = [f"{number}: {'x' * (number % 700)}" for number in range(2_000)]
    for number, line in enumerate(written):
        os.write(writing, f"{line}\n".encode())
        if number % 5 == 0:
            lines.take()
            assert handed_on == written[: number + 1], "there when it is asked for"
    os.close(writing)
    follower.join(20)
    assert handed_on == written
