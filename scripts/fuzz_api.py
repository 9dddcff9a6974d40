"""Try the REST API with Schemathesis, by its own description: `make fuzz EXAMPLES=1000`.

The whole API runs in this process over tables in memory. Schemathesis runs in an environment of its own (.venv-fuzz):
it brings a pytest plugin and some forty packages that no test needs. Status 1 when anything was found: a status that
the description does not name, an answer of another shape, a server error, bad data that was accepted.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402

import app  # noqa: E402
from chalicelib.access.models import Role  # noqa: E402
from tests.support import rest_server  # noqa: E402
from tests.support.rest import USER  # noqa: E402
from tests.support.rest_table import rest_table  # noqa: E402

TENANT = "fourmodes"
LEFT_OUT = (
    "ignored_auth",  # who may do what is the gateway's and the door's: tests/unit/access
    "positive_data_acceptance",  # a queue of that name may not exist: 404 and 422 are right answers
)


def main(examples: str) -> int:
    """Return 0 when nothing was found."""
    everything = ",".join(role.value for role in Role)
    claims = {**USER, "custom:tenant": TENANT, "cognito:username": "fuzz", "cognito:groups": everything}
    patch = pytest.MonkeyPatch()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            rest_table(patch, Path(folder), TENANT),
            rest_server.serving(app.app, claims) as url,
        ):
            command = [
                str(ROOT / ".venv-fuzz" / "bin" / "st"), "run", str(ROOT / "docs" / "openapi.json"), "--url", url,
                "--header", "Authorization: token", "--checks", "all", "--exclude-checks", ",".join(LEFT_OUT),
                "--phases", "coverage,fuzzing", "--max-examples", examples, "--seed", "1", "--no-color",
            ]  # fmt: skip
            return subprocess.run(command, check=False, cwd=folder).returncode
    finally:
        patch.undo()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "20"))
