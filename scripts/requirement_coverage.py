#!/usr/bin/env python3
"""Print which tier-1 requirements have a passing acceptance test, as of the last test run."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "docs" / "requirements.md"
OUTCOMES = ROOT / "build" / "requirement-tests.json"
ROW = re.compile(r"^\| ([A-Z]{3}-\d\d) \| (.+?) \| [A-Z] \| (\d) \|", re.MULTILINE)
WIDTH = 96


def main() -> int:
    """Print the table; exit 1 if a test names an id that the catalogue does not have."""
    rows = {found[1]: (int(found[3]), found[2]) for found in ROW.finditer(CATALOGUE.read_text(encoding="utf-8"))}
    outcomes = json.loads(OUTCOMES.read_text()) if OUTCOMES.exists() else {}
    proofs: dict[str, list[bool]] = {}
    for row in outcomes.values():
        for identifier in row["ids"]:
            proofs.setdefault(identifier, []).append(row["passed"])
    unknown = sorted(set(proofs) - set(rows))
    tier_1 = [identifier for identifier, (tier, _) in rows.items() if tier == 1]
    proved = [identifier for identifier in tier_1 if proofs.get(identifier) and all(proofs[identifier])]
    failing = [identifier for identifier in tier_1 if proofs.get(identifier) and not all(proofs[identifier])]
    for identifier in proved + failing:
        text = rows[identifier][1]
        state = "passes" if identifier in proved else "FAILS "
        print(f"{identifier}  {state}  {len(proofs[identifier]):3d} test(s)  {text[:WIDTH]}")
    if not OUTCOMES.exists():
        print("No test run is recorded in this folder yet: `make test` makes one.")
    print(f"{len(proved)} of {len(tier_1)} tier-1 requirements have a passing acceptance test ({len(failing)} failing)")
    waiting = [identifier for identifier in tier_1 if identifier not in proofs]
    print("none yet: " + " ".join(waiting))
    if unknown:
        print("tests name ids that the catalogue does not have: " + " ".join(unknown))
    return 1 if unknown or failing else 0


if __name__ == "__main__":
    sys.exit(main())
