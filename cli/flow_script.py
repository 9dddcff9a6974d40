"""What a caller does in `trunkline flow run`: a YAML file, or the way of a problem that the explorer has found."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from chalicelib.platform.errors import InvalidInput
from flowlang.explore import Step
from localstack.connect.alone.calls import BadScript, Script, script
from localstack.connect.alone.walk import keys, way_of


def read(path: Path | None, way: Sequence[Step] = ()) -> Script:
    """Read a script; on a way nobody answers in the queue, and the caller presses its keys, unless the script says so.

    Raises:
        InvalidInput: it is no YAML, or a key or value is not what a script has.

    """
    usual: dict[str, Any] = {"agents": 0, "script": keys(way)} if way else {}
    try:
        given = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path else {}
        return script({**usual, **given} if isinstance(given, dict) else given)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, BadScript) as exc:
        msg = f"{path or 'script'}: {exc}"
        raise InvalidInput(msg) from exc


def way(report: Path, number: int) -> list[Step]:
    """Return the way of a problem, counted from 1, in a report of `explore --json`.

    Raises:
        InvalidInput: it is no such report, or has not so many problems.

    """
    try:
        ways = [way_of(problem) for problem in json.loads(report.read_text(encoding="utf-8"))["problems"]]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        msg = f"{report}: expected what explore --json writes for one flow: {exc!r}"
        raise InvalidInput(msg) from exc
    if number > len(ways):
        msg = f"{report}: there are {len(ways)} problems"
        raise InvalidInput(msg)
    return ways[number - 1]
