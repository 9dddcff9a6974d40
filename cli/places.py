"""Where things are in the project's folder."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TENANTS = ROOT / "tenants"
STATE = ROOT / ".cloud"
"""What the local cloud leaves behind: its log, its process id, the stamps of deployed stacks, the virtual clock."""

SYNTHETIC_PATTERN = ROOT / "cli" / "data" / "weekday_pattern.csv"
REFERENCE_PATTERN = ROOT.parent / "shared" / "corpus" / "calls" / "bank_calls.csv"
"""Real call volumes, in the reference material beside the project; a clone alone does not have it."""


def tenants() -> tuple[str, ...]:
    """Return the id of every tenant that has a contract, in order."""
    return tuple(sorted(path.stem for path in TENANTS.glob("*.yaml")))


def contract_path(tenant: str) -> Path:
    """Return the file of the tenant's contract, whether it exists or not."""
    return TENANTS / f"{tenant}.yaml"
