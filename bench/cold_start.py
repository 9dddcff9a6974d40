"""How much a flow-invoked function's cold start costs over the floor that any function pays who talks to DynamoDB.

Floor: `import botocore.session` and one DynamoDB client. Function: import of its module and its wiring, as in Lambda's
INIT. Each in a fresh interpreter of the same kind, interleaved, so that both see the same machine.

    .venv/bin/python -m bench.cold_start [--rounds 15]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract_file import load
from infra.cdk import menu_catalogue

ROOT = Path(__file__).resolve().parents[1]
TARGET = 1.3
FLOOR = "import botocore.session; botocore.session.get_session().create_client('dynamodb')"
FUNCTIONS = {
    "lookup_customer": "chalicelib.customers.flow",
    "menu_step": "chalicelib.menus.flow",
    "route_contact": "chalicelib.routing.flow",
}
TIMED = """import sys, time
started_s = time.perf_counter()
{code}
print((time.perf_counter() - started_s) * 1000, len(sys.modules))
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """One start: milliseconds, and modules loaded at its end."""

    ms: float
    modules: int


def environment(folder: Path, module: str | None) -> dict[str, str]:
    """Return the variables of the function of `module` as the stack gives them; `_HANDLER` makes it wire at import."""
    contract = load(ROOT / "tenants" / "hrgroup.yaml")
    document = folder / "tenant.json"
    document.write_text(document_text(compile_contract(contract)), encoding="utf-8")
    menus = folder / "menus.json"
    menus.write_text(menu_catalogue.package_text(contract), encoding="utf-8")
    variables = {
        "PATH": os.environ["PATH"],
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    if module:
        variables |= {
            "_HANDLER": f"{module}.handler",
            "TRUNKLINE_TENANT_DOCUMENT": str(document),
            "TRUNKLINE_MENUS": str(menus),
            "TRUNKLINE_TABLE": "trunkline-hrgroup",
            "TRUNKLINE_STAGE": "prod",
            "TRUNKLINE_QUEUES": "{" + ",".join(f'"{queue.id}":"{"x" * 36}"' for queue in contract.queues) + "}",
        }
    return variables


def start(code: str, variables: dict[str, str]) -> Sample:
    """Run `code` in a fresh interpreter and return what it cost."""
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(code=code)],
        env=variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    ms, modules = done.stdout.split()[-2:]
    return Sample(float(ms), int(modules))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Cold start of the flow-invoked functions, as a ratio to the floor.")
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        starts = {"floor: botocore + DynamoDB client": (FLOOR, environment(Path(folder), None))} | {
            name: (f"import {module}", environment(Path(folder), module)) for name, module in FUNCTIONS.items()
        }
        samples: dict[str, list[Sample]] = {name: [] for name in starts}
        for _ in range(rounds + 1):
            for name, (code, variables) in starts.items():
                samples[name].append(start(code, variables))
    floor, *_ = samples.values()
    print(f"cold start, import + init, {rounds} rounds (the first is thrown away), target ratio <= {TARGET}")
    print(f"{'':36}{'best ms':>9}{'median ms':>11}{'ratio best':>12}{'ratio median':>14}{'modules':>9}")
    for name, all_runs in samples.items():
        runs, floor_runs = all_runs[1:], floor[1:]
        best, median = min(run.ms for run in runs), statistics.median(run.ms for run in runs)
        floor_best = min(run.ms for run in floor_runs)
        floor_median = statistics.median(run.ms for run in floor_runs)
        ratios = f"{best / floor_best:>12.2f}{median / floor_median:>14.2f}"
        print(f"{name:36}{best:>9.1f}{median:>11.1f}{ratios}{runs[0].modules:>9}")


if __name__ == "__main__":
    main()
