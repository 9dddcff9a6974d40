"""Where the code of functions lies: unpacked once a package, and shared read-only by all processes that run it.

MiniStack unpacks a function's package anew for every process that it starts. With packages of thousands of files that
is most of a cold start, as none of them keeps the byte code of the one before. On AWS a function cannot write where its
code lies, so that sharing the folder changes nothing that it could see.
"""

import hashlib
import os
import shutil
import tempfile
import threading
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from localstack import ministack_glue as glue


class CodeStore:
    """Unpacked packages by the digest of their bytes, in a folder of this cloud's own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="trunkline-functions-"))
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def unpacked(self, package: Path) -> Path:
        """Return the folder that holds what is in `package`, unpacking it when it is the first time."""
        with package.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        whole = self.folder / digest
        with self._locks[digest]:
            if not whole.is_dir():
                part = self.folder / f"{digest}.part"
                with zipfile.ZipFile(package) as archive:
                    archive.extractall(part)
                part.rename(whole)
        return whole

    def close(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Archives:
    """What MiniStack's runtime sees as the `zipfile` module: as it is, but for how a function's package is unpacked."""

    def __init__(self, store: CodeStore) -> None:
        class SharedZipFile(zipfile.ZipFile):
            def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
                package, target = Path(str(self.filename)), Path(path)
                if package.name == "code.zip" and target.is_dir() and not os.listdir(target):  # noqa: PTH208
                    target.rmdir()
                    target.symlink_to(store.unpacked(package), target_is_directory=True)
                else:
                    super().extractall(path, members, pwd)

        self.ZipFile = SharedZipFile

    def __getattr__(self, name: str) -> Any:
        return getattr(zipfile, name)


def plug_in(store: CodeStore) -> None:
    """Let the processes of functions share their code."""
    glue.replace("ministack.core.lambda_runtime", "zipfile", Archives(store))
