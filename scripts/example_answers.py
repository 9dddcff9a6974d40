"""Write down what the API answers to each example of its description: chalicelib/example_answers.json.

All examples are sent, in the days of tests/support/example_day.py. Names that were drawn are put down as those of the
examples, and instants of today as the morning of the examples' day, so that another run writes nearly the same. Of a
list its first LONGEST rows are put down.
"""

import contextlib
import datetime as dt
import json
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402

from chalicelib.examples import ANSWERS_FILE, EXAMPLES  # noqa: E402
from tests.support.example_day import DAYS, Here  # noqa: E402

DESCRIPTION = "app_described"
"""What it answers is the document that the answers go into."""
ITS_ANSWER = {"openapi": "3.1.0", "info": {"title": "Trunkline", "version": "1.0.0"}, "paths": {}}
DAY = "2026-03-02"
LONGEST = 3
LOOPBACK = re.compile(r"http://127\.0\.0\.1:\d+/([^?\"]*)\?[^\"]*")


def written(here: Here, answer: Any, today: dt.date) -> Any:
    """Return an answer with the names and the day of the examples."""
    text = json.dumps(answer, ensure_ascii=False)
    for real, shown in here.shown_as.items():
        text = text.replace(real, shown)
    text = LOOPBACK.sub(r"https://s3.us-east-1.amazonaws.com/\1?X-Amz-Expires=120&X-Amz-Signature=0a1b2c3d", text)
    text = re.sub(rf'"{today}T[0-9:.]+Z"', f'"{DAY}T09:30:00Z"', text)
    return _cut(json.loads(text.replace(f"{today:%Y%m%d}T", "20260302T").replace(f"{today}", DAY)))


def _cut(value: Any) -> Any:
    if isinstance(value, list):
        return [_cut(one) for one in value[:LONGEST]]
    return {name: _cut(one) for name, one in value.items()} if isinstance(value, dict) else value


def sent(folder: Path) -> Mapping[str, Any]:
    """Send every example; return what each was answered, by its name."""
    found: dict[str, Any] = {DESCRIPTION: {"status": 200, "body": ITS_ANSWER}}
    for day in DAYS.values():
        with pytest.MonkeyPatch.context() as patch, day.here(patch, folder) as here:
            answers = list(here.sent())
            today = dt.datetime.now(dt.UTC).date()
            for name, status, answer in answers:
                found.setdefault(name, {"status": status, "body": written(here, answer, today)})
    return {name: found[name] for name in EXAMPLES}


def main(said: IO[str]) -> int:
    """Write the file."""
    if not ANSWERS_FILE.exists():
        ANSWERS_FILE.write_text("{}\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as name, (Path(name) / "log").open("w", encoding="utf-8") as log:
        with contextlib.redirect_stdout(log):  # the API writes two lines a request
            found = sent(Path(name))
        ANSWERS_FILE.write_text(
            json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
    print(f"{ANSWERS_FILE.name}: {len(found)} answers", file=said)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdout))
