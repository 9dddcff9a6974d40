"""Try the REST API with Schemathesis, by its own description: `make fuzz EXAMPLES=1000`.

The whole API runs in this process, in the days of the examples (tests/support/example_day.py): over tables in memory,
with Amazon Connect's emulator and another system behind the real clients, after every example was sent, so that what
the examples name is there. Schemathesis runs in an environment of its own (.venv-fuzz): it brings a pytest plugin and
some forty packages that no test needs. `DEPLOYED=hrgroup` tries the deployed tenant of that name instead, at the
gateway of the local cloud that TRUNKLINE_PORT names, with tokens of its user pool and without the examples' day.

Each group of operations (a tag of the document) is tried in rounds until it was asked EXAMPLES times: one round ends
early where Schemathesis has no other requests to make (an operation without parameters has thirteen), so every round
has another seed and another user, first somebody with every role, then each role that may do something there. What
was done stands in build/fuzz.json (build/fuzz-TENANT.json): a run that is cut short goes on where it was; a group that
is described otherwise since then, or of which something was found, is tried anew.

Status 1 when a group was not asked so often or anything was found: a status that the description does not name, an
answer of another shape, a server error, bad data that was accepted, an operation that answers
without a token.
"""

import argparse
import contextlib
import json
import math
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402

import app  # noqa: E402
from chalicelib.access.models import Role  # noqa: E402
from cli import api, api_document, aws, tokens  # noqa: E402
from tests.support import rest_server  # noqa: E402
from tests.support.example_day import AGENT, DAYS, MOST  # noqa: E402
from tests.support.fuzz_ledger import EVERYBODY, Ledger, Round, alone, table  # noqa: E402
from tests.support.rest import USER  # noqa: E402

LEAST, LEAST_AGAIN = 100, 20
"""Examples an operation, in the first round and in those after it."""
BAD = 300
PHASES = "examples,coverage,fuzzing"
DAY_OF = {
    "adapters": "another system",
    "approvals": "a director",
    "people": "a director",
    "routing": "a supervisor",
}
"""Of the groups that are not tried in the day of most."""
LEFT_OUT = "positive_data_acceptance"
"""Of all checks. What the description cannot say is refused with 400, as it must be: two dates in the wrong order, a
cursor of nobody; and of what is well formed there may be nothing (404), or it cannot be (409, 422)."""

type TokenOf = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the API answers, with whose token, and the folder with its description; `said` is where lines go."""

    url: str
    token_of: TokenOf
    folder: Path
    said: IO[str]


def groups(document: api_document.Document) -> Counter[str]:
    """Return the groups of operations that the description has, and how many are in each."""
    told = (operation for methods in document["paths"].values() for operation in methods.values())
    return Counter(sorted(tag for operation in told for tag in operation["tags"]))


def phases(document: api_document.Document) -> str:
    """Return the phases of a group's description: sequences, too, where its operations lead to one another."""
    told = [one for methods in document["paths"].values() for one in methods.values()]
    names = {one["operationId"] for one in told}
    led = {name for one in told for answer in one["responses"].values() for name in answer.get("links", ())}
    return f"{PHASES},stateful" if names & led else PHASES


def run(place: Place, group: str, user: str, seed: int, examples: int) -> Round:
    """Try one group once, as `user`, and say in one line what came of it."""
    report = place.folder / "report.json"
    report.unlink(missing_ok=True)
    document = alone(json.loads((place.folder / "openapi.json").read_text(encoding="utf-8")), group)
    (place.folder / "group.json").write_text(json.dumps(document), encoding="utf-8")
    command = [
        str(ROOT / ".venv-fuzz" / "bin" / "st"), "run", "group.json", "--url", place.url, "--include-tag", group,
        "--header", f"Authorization: {place.token_of(user)}", "--checks", "all", "--exclude-checks", LEFT_OUT,
        "--phases", phases(document), "--max-examples", str(examples), "--seed", str(seed), "--no-color",
        "--continue-on-failure", "--report", "json", "--report-json-path", str(report),
    ]  # fmt: skip
    done = subprocess.run(command, check=False, cwd=place.folder, stdout=subprocess.PIPE, text=True)
    if not report.exists():
        raise SystemExit(done.stdout)
    told = json.loads(report.read_text(encoding="utf-8"))
    found = told["test_cases"]["with_failures"] or int(done.returncode != 0)
    tried, asked, took_s = told["operations"]["tested"], told["test_cases"]["generated"], told["running_time"]
    line = f"{group:16} {user:20} seed {seed:3} {tried:3} operations {asked:6} requests {found:4} open {took_s:5.0f} s"
    print(line, file=place.said, flush=True)
    if found:
        print(done.stdout, file=place.said, flush=True)
    return Round(
        group=group, user=user, seed=seed, operations=tried, requests=asked, open_=found, seconds=round(took_s, 1)
    )


def try_group(place: Place, ledger: Ledger, group: str, least: int, operations: int) -> None:
    """Try one group, round after round, until it was asked so often or something was found."""
    ledger.begin(group)
    while (left := least - ledger.requests(group)) > 0:
        share = max(min(LEAST_AGAIN if ledger.of(group) else LEAST, least), math.ceil(left / operations))
        one = run(place, group, *ledger.next(group), share)
        ledger.add(one)
        if one.open_ or not one.requests:
            return


@contextlib.contextmanager
def in_process(day: str, folder: Path, said: IO[str]) -> Iterator[Place]:
    """Yield the API in that day, after its examples were sent. A user's token is the user's name.

    Its description in the folder has the names that were drawn in the place of those that the examples have.
    """
    claims = {**USER, "custom:tenant": DAYS[day].tenant, "cognito:username": AGENT}
    everything = ",".join(role.value for role in Role)
    users = {role.value: {**claims, "cognito:groups": role.value} for role in Role}
    users[EVERYBODY] = {**claims, "cognito:groups": everything}
    with pytest.MonkeyPatch.context() as patch, DAYS[day].here(patch, folder) as here:
        for name, status, answer in here.sent():
            if status >= BAD:
                raise SystemExit(f"the example of {name} was answered {status}: {answer}")
        text = api_document.text(api_document.generated())
        for real, shown in here.shown_as.items():
            text = text.replace(shown, real)
        (folder / "openapi.json").write_text(text, encoding="utf-8")
        with rest_server.serving(app.app, users) as url:
            yield Place(url=url, token_of=str, folder=folder, said=said)


def deployed(tenant: str, folder: Path, said: IO[str]) -> Place:
    """Return the API of a deployed tenant; whoever tries it gets a token of its user pool for every round."""
    url = aws.endpoint()
    stack = aws.stack(tenant, url)

    def token_of(user: str) -> str:
        for role in Role if user == EVERYBODY else ():
            tokens.token(stack, url, username=f"fuzz-{user}", group=role)
        return tokens.token(stack, url, username=f"fuzz-{user}", group=None if user == EVERYBODY else user)

    document = api_document.generated()
    for methods in document["paths"].values():
        for told in methods.values():  # the local cloud's gateway refuses in words of its own
            told["responses"]["401"]["content"]["application/json"] = {"schema": {"type": "object"}}
    (folder / "openapi.json").write_text(api_document.text(document), encoding="utf-8")
    return Place(url=api.base_address(stack, url), token_of=token_of, folder=folder, said=said)


def asked() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("examples", type=int, help="How often every group is asked at least.")
    parser.add_argument("groups", nargs="*", help="Groups; all when left out.")
    parser.add_argument("--deployed", metavar="TENANT", help="A tenant of the local cloud instead of this process.")
    return parser.parse_args()


def try_all(wanted: argparse.Namespace, ledger: Ledger, sizes: Mapping[str, int], said: IO[str]) -> None:
    """Try every group that is not whole, each in a day of its own: tables grow with every request."""
    left = [group for group in wanted.groups or sizes if not ledger.whole(group, wanted.examples)]
    for group in left:
        with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
            if wanted.deployed:
                place = deployed(wanted.deployed, Path(name), said)
            else:
                place = stack.enter_context(in_process(DAY_OF.get(group, MOST), Path(name), said))
            try_group(place, ledger, group, wanted.examples, sizes[group])


def main() -> int:
    """Return 0 when every group is whole."""
    wanted, said = asked(), sys.stdout
    document = api_document.generated()
    sizes = groups(document)
    file = ROOT / "build" / (f"fuzz-{wanted.deployed}.json" if wanted.deployed else "fuzz.json")
    ledger = Ledger.read(file, document)
    with tempfile.TemporaryFile("w", encoding="utf-8") as log, contextlib.redirect_stdout(log):
        try_all(wanted, ledger, sizes, said)  # the API writes two lines a request into the log
    told = wanted.groups or list(sizes)
    print("\n".join(table(ledger, told, wanted.examples)))
    return 0 if all(ledger.whole(group, wanted.examples) for group in told) else 1


if __name__ == "__main__":
    sys.exit(main())
