"""Try the REST API with Schemathesis, by its own description: `make fuzz EXAMPLES=1000`.

The whole API runs in this process, in the days of the examples (tests/support/example_day.py): over tables in memory,
with Amazon Connect's emulator and another system behind the real clients, after every example was sent, so that what
the examples name is there. Schemathesis runs in an environment of its own (.venv-fuzz): it brings a pytest plugin and
some forty packages that no test needs. Each group of operations (a tag of the document)
is a run of its own with so many examples, at least LEAST an operation, so that one can be tried alone
(`make fuzz EXAMPLES=1000 GROUPS="tickets menus"`) and a long run that is cut short has said what it did.

Status 1 when anything was found: a status that the description does not name, an answer of another shape, a server
error, bad data that was accepted.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402

import app  # noqa: E402
from chalicelib.access.models import Role  # noqa: E402
from cli import api_document  # noqa: E402
from tests.support import rest_server  # noqa: E402
from tests.support.example_day import AGENT, DAYS, MOST  # noqa: E402
from tests.support.rest import USER  # noqa: E402

LEAST = 100
BAD = 300
PHASES = "examples,coverage,fuzzing"
DAY_OF = {
    "adapters": "another system",
    "approvals": "a director",
    "people": "a director",
    "routing": "a supervisor",
}
"""Of the groups that are not tried in the day of most."""
LEFT_OUT = (
    "ignored_auth",  # who may do what is the gateway's and the door's: tests/unit/access
    "positive_data_acceptance",  # a queue of that name may not exist: 404 and 422 are right answers
)


def groups(document: api_document.Document) -> Counter[str]:
    """Return the groups of operations that the description has, and how many are in each."""
    told = (operation for methods in document["paths"].values() for operation in methods.values())
    return Counter(sorted(tag for operation in told for tag in operation["tags"]))


def phases(document: api_document.Document, group: str) -> str:
    """Return the phases of a group: sequences, too, where its operations lead to one another."""
    told = [one for methods in document["paths"].values() for one in methods.values() if group in one["tags"]]
    names = {one["operationId"] for one in told}
    led = {name for one in told for answer in one["responses"].values() for name in answer.get("links", ())}
    return f"{PHASES},stateful" if names & led else PHASES


def run(group: str, examples: int, url: str, folder: Path, said: IO[str]) -> bool:
    """Try one group, say in one line what came of it, and tell whether nothing was found; `said` gets its words."""
    report = folder / f"{group}.json"
    document = json.loads((folder / "openapi.json").read_text(encoding="utf-8"))
    command = [
        str(ROOT / ".venv-fuzz" / "bin" / "st"), "run", "openapi.json", "--url", url, "--include-tag", group,
        "--header", "Authorization: token", "--checks", "all", "--exclude-checks", ",".join(LEFT_OUT),
        "--phases", phases(document, group), "--max-examples", str(examples), "--seed", "1", "--no-color",
        "--continue-on-failure", "--report", "json", "--report-json-path", str(report),
    ]  # fmt: skip
    done = subprocess.run(command, check=False, cwd=folder, stdout=subprocess.PIPE, text=True)
    told = json.loads(report.read_text(encoding="utf-8"))
    cases, ran = told["test_cases"], told["operations"]
    print(
        f"{group:16} {ran['tested']:3} operations {cases['generated']:7} requests "
        f"{cases['with_failures']:5} with failures {told['running_time']:7.0f} s",
        file=said,
        flush=True,
    )
    if done.returncode != 0:
        print(done.stdout, file=said, flush=True)
    return done.returncode == 0


@contextlib.contextmanager
def served(day: str, folder: Path) -> Iterator[str]:
    """Yield the address of the API in that day, after its examples were sent, for somebody with every role.

    Its description in the folder has the names that were drawn in the place of those that the examples have.
    """
    everything = ",".join(role.value for role in Role)
    claims = {**USER, "custom:tenant": DAYS[day].tenant, "cognito:username": AGENT, "cognito:groups": everything}
    with pytest.MonkeyPatch.context() as patch, DAYS[day].here(patch, folder) as here:
        for name, status, answer in here.sent():
            if status >= BAD:
                raise SystemExit(f"the example of {name} was answered {status}: {answer}")
        text = api_document.text(api_document.generated())
        for real, shown in here.shown_as.items():
            text = text.replace(shown, real)
        (folder / "openapi.json").write_text(text, encoding="utf-8")
        with rest_server.serving(app.app, claims) as url:
            yield url


def tried(day: str, shares: Mapping[str, int], folder: Path, said: IO[str]) -> list[bool]:
    """Try the groups that belong to the day, each with so many examples an operation; return which are clean."""
    here = {group: share for group, share in shares.items() if DAY_OF.get(group, MOST) == day}
    if not here:
        return []
    with served(day, folder) as url:
        return [run(group, share, url, folder, said) for group, share in here.items()]


def main(examples: int, wanted: list[str]) -> int:
    """Return 0 when nothing was found."""
    sizes, said = groups(api_document.generated()), sys.stdout
    shares = {group: max(LEAST, -(-examples // sizes[group])) for group in wanted or sizes}
    with (
        tempfile.TemporaryDirectory() as name,
        (Path(name) / "log").open("w", encoding="utf-8") as log,
        contextlib.redirect_stdout(log),  # the API writes two lines a request
    ):
        folder = Path(name)
        clean = [one for day in DAYS for one in tried(day, shares, folder, said)]
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20, sys.argv[2:]))
