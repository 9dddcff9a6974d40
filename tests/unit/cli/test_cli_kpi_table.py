"""The KPI table: within the console, judged in words, nothing computed."""

import io
from collections.abc import Mapping
from typing import Any

import pytest
from rich.console import Console

from chalicelib.tenancy import contract_file
from cli import kpi_table, places
from cli.terminal import WIDTH

CONTRACT = contract_file.load(places.contract_path("hrgroup"))


def group(name: str, counters: dict[str, int], **values: Any) -> dict[str, Any]:
    units = {"K03": "share", "K04": "seconds", "K10": "share", "K09": "seconds", "K45": "erlang"}
    kpis = [{"id": kpi, "unit": units[kpi], "value": value, "verdict": told} for kpi, (value, told) in values.items()]
    return {"name": name, "counters": counters, "kpis": kpis}


COUNTED = {"arrivals": 120, "offered": 118, "answered": 100, "abandoned": 18}
REPORT = {
    "groups": [
        group("-", {"arrivals": 5, "left_in_flow": 4, "closed": 1}),
        group("after-sales", COUNTED, K03=(0.826, "warned"), K04=(21.4, "missed"), K10=(0.15, None), K45=(12.34, None)),
        group("english", {"arrivals": 1, "offered": 1, "abandoned": 1}, K03=(None, None)),
    ]
}


def printed(report: Mapping[str, Any] = REPORT, *, width: int = WIDTH) -> list[str]:
    out = Console(file=io.StringIO(), width=width, highlight=False, emoji=False)
    kpi_table.show(out, CONTRACT, report, whole={"groups": [group("hrgroup", COUNTED, K03=(0.8, None))]})
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue().splitlines()


def test_the_table_fits_and_says_whether_targets_are_met() -> None:
    lines = printed()
    assert max(len(line) for line in lines) <= WIDTH
    (row,) = (line for line in lines if "After-sales" in line)
    assert row.split()[2:] == ["118", "100", "18", "83%", "!", "21", "s", "✗", "15%", "·", "12.3"]
    (total,) = (line for line in lines if "whole tenant" in line)
    assert "80%" in total


@pytest.mark.parametrize("width", [WIDTH, 80])
def test_no_figure_is_cut_off_however_bad_the_hour(width: int) -> None:
    counted = {"arrivals": 99_999, "offered": 99_999, "answered": 99_999, "abandoned": 99_999}
    bad = group(
        "complaints",
        counted,
        K03=(1.0, "missed"),
        K04=(999.0, "missed"),
        K10=(1.0, "missed"),
        K09=(9_999.0, None),
        K45=(560.0, None),
    )
    lines = printed({"groups": [bad]}, width=width)
    assert not [line for line in lines if "…" in line]
    assert max(len(line.rstrip()) for line in lines) <= width


def test_a_kpi_without_a_denominator_has_no_number() -> None:
    (row,) = (line for line in printed() if "English" in line)
    assert row.split()[2:] == ["1", "0", "1", "·", "·", "·", "·", "·"]


def test_contacts_that_never_queued_are_told_apart() -> None:
    assert printed()[-1].strip() == "and without a queue: left in the menu 4, outside hours 1"
    assert kpi_table.arrivals(REPORT) == 126
