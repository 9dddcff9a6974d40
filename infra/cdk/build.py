"""What is built: the Chalice app with one tenant's contract and menus, the other functions, the documents of flows."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path

from chalicelib.tenancy.compiler import compile_contract, document_text
from chalicelib.tenancy.contract import Contract
from infra.cdk import menu_catalogue

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
AUTHORING_DATA = Path("chalicelib/tenancy/areas")
"""What is compiled into the tenant's document instead of being carried by every function."""
SHAPES = "shapes.py"
"""What a function takes and answers, as types: the schemas are made of it, no function loads it."""


def app_copy(contract: Contract, *, root: Path = ROOT, build: Path = BUILD) -> Path:
    """Make build/chalice/<tenant> hold the app with its tenant and menus, and nothing else; return its path."""
    target = build / "chalice" / contract.tenant
    wanted = {Path("app.py"): (root / "app.py").read_bytes()}
    for path in (root / "chalicelib").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts and root / AUTHORING_DATA not in path.parents:
            wanted[path.relative_to(root)] = path.read_bytes()
    wanted[Path("requirements.txt")] = (root / "requirements.txt").read_bytes()
    wanted[Path(".chalice/config.json")] = b'{"version": "2.0", "app_name": "trunkline", "stages": {}}\n'
    wanted[Path("chalicelib/tenant.json")] = document_text(compile_contract(contract)).encode()
    wanted[Path("chalicelib/menus.json")] = menu_catalogue.package_text(contract).encode()
    mirror(target, wanted, spared=".chalice/deployments")
    return target


def lambda_copy(name: str, shared: tuple[str, ...] = (), *, root: Path = ROOT, build: Path = BUILD) -> Path:
    """Make build/lambdas/<name> hold the function's Python files and the `shared` modules; return its path.

    What it takes and answers, as types, stays behind: no function loads that.

    A shared module is named by its path in the project and lies beside the handler, so that a rule that must live once
    (such as how a tenant becomes part of a key) is not written twice.
    """
    target = build / "lambdas" / name
    own = (path for path in (root / "lambdas" / name).glob("*.py") if path.name != SHAPES)
    wanted = {Path(path.name): path.read_bytes() for path in own}
    wanted |= {Path(Path(path).name): (root / path).read_bytes() for path in shared}
    mirror(target, wanted)
    return target


def flow_files(contract: Contract, texts: Mapping[str, str], *, build: Path = BUILD) -> Path:
    """Make build/flows/<tenant> hold each of `texts` as <name>.json, and nothing else; return its path."""
    target = build / "flows" / contract.tenant
    mirror(target, {Path(f"{name}.json"): text.encode() for name, text in texts.items()})
    return target


def mirror(target: Path, wanted: dict[Path, bytes], *, spared: str | None = None) -> None:
    """Make the files under `target` exactly `wanted`; untouched where they fit, `spared` (a folder) left alone.

    Two processes may do this at once for the same content: no file that fits is ever taken away or rewritten, and
    none is seen half written.
    """
    for path in [path for path in target.rglob("*") if path.is_file()]:
        inside = path.relative_to(target)
        if inside not in wanted and not (spared and inside.as_posix().startswith(spared)):
            path.unlink(missing_ok=True)
    for name, content in wanted.items():
        path = target / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Beside the folder, not in it: another process would take it away as a stranger.
            part = target.parent / f".part-{os.getpid()}-{threading.get_ident()}"
            part.write_bytes(content)
            part.replace(path)
