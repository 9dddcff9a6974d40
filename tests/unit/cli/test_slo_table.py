"""`trunkline slo`: rows that say of each promise what was promised, what came of it, and of how many."""

from cli import slo_table

CARD = {
    "recovery": {"time_min": 240, "point_min": 5},
    "promises": [
        {"measure": "availability", "scope": "tenant", "name": "acme", "objective": 0.999, "good": 287, "total": 288,
         "value": 287 / 288, "met": False},
        {"measure": "connection_failures", "scope": "carrier", "name": "unicom", "objective": 0.02, "good": 0,
         "total": 40, "value": 0.0, "met": True},
        {"measure": "voice_quality", "scope": "site", "name": "west", "objective": 3.6, "good": 0, "total": 0,
         "value": None, "met": None},
    ],
}  # fmt: skip
LOOK = {
    "age_s": 61,
    "dependencies": [{"name": "table", "ok": False, "state": "down", "took_ms": 701, "problem": "no answer"}],
    "limits": [{"name": "users", "used": 790, "quota": 800, "state": "near"}],
}


def spaced(row: str) -> str:
    return " ".join(row.split())


def test_each_promise_is_a_row_with_its_mark_value_bound_and_counts() -> None:
    recovery, availability, failures, voice = slo_table.promises(CARD)
    assert recovery == "recovery promised: back within 240 min, at most 5 min lost"
    assert spaced(availability) == "✗ tenant acme availability 0.9965 (at least 0.999; 287 of 288)"
    assert spaced(failures) == "✓ carrier unicom connection_failures 0.0000 (at most 0.02; 0 of 40)"
    assert spaced(voice) == "- site west voice_quality not measured (at least 3.6; 0 rated)"


def test_dependencies_and_limits_follow_and_their_absence_is_said() -> None:
    assert [row.split() for row in slo_table.parts(LOOK)] == [
        ["looked", "61", "s", "ago"],
        ["✗", "table", "down", "701", "ms", "no", "answer"],
        ["✗", "users", "near", "790", "of", "800"],
    ]
    assert list(slo_table.parts(None)) == ["nobody has looked at the dependencies since yesterday"]
