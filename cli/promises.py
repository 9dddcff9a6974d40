"""What an earlier commit promised to clients, flows and readers of messages, and whether it still holds."""

import json
import subprocess
from typing import Any, Final

from chalicelib.platform.errors import NotFound
from cli import api_document, function_schemas, places

_DOCUMENT: Final = api_document.FILE.relative_to(places.ROOT).as_posix()
_SCHEMAS: Final = function_schemas.FOLDER.relative_to(places.ROOT).as_posix()


def broken(commit: str) -> list[str]:
    """Return what somebody who relies on `commit` can no longer do or rely on, one line each.

    The REST API may break its clients only under another first number of its version; a schema of a function under
    another version of its own.

    Raises:
        NotFound: there is no such commit here.

    """
    was = json.loads(_at(commit, _DOCUMENT))
    now = api_document.generated()
    names = _git("ls-tree", "--name-only", commit, f"{_SCHEMAS}/").split()
    old = {name.rpartition("/")[2]: json.loads(_at(commit, name)) for name in names}
    kept = {**function_schemas.on_disk(), **function_schemas.generated()}
    return [
        *(api_document.breaking(was, now) if _major(was) == _major(now) else ()),
        *function_schemas.breaking(old, kept),
    ]


def _major(document: Any) -> str:
    return str(document["info"]["version"]).partition(".")[0]


def _at(commit: str, name: str) -> str:
    return _git("show", f"{commit}:{name}")


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], check=False, cwd=places.ROOT, capture_output=True, text=True)
    if done.returncode:
        raise NotFound(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout
