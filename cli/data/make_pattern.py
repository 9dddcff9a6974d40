"""Write `weekday_pattern.csv`, an invented weekday; see the README beside it. The file is in the repository."""

import datetime as dt
import math
import random
from pathlib import Path

SEED = 20260302
PEAKS = ((10.4, 1.1, 190.0), (14.9, 1.7, 140.0))
"""Hour of the day, width in hours, calls an interval at the top."""
BASE = 25.0


def main() -> None:
    """Write the file beside this module."""
    rng = random.Random(SEED)  # noqa: S311 - noise of an invented curve
    lines = ["interval_start,calls"]
    start = dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.UTC)
    for number in range(14 * 12):
        at = start + dt.timedelta(minutes=5 * number)
        hour = at.hour + at.minute / 60
        rate = BASE + sum(top * math.exp(-(((hour - peak) / width) ** 2) / 2) for peak, width, top in PEAKS)
        lines.append(f"{at:%Y-%m-%d %H:%M:%S},{max(0, round(rng.gauss(rate, math.sqrt(rate))))}")
    Path(__file__).with_name("weekday_pattern.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
