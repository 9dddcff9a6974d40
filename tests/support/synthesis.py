"""Synthesized stacks for tests: each tenant and stage in a process of its own, as the CDK runs it.

A synthesis takes ten seconds, so an assembly is kept in `build/synthesis` under a digest of all that it is made from.
"""

import atexit
import contextlib
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.connect_linker.flow_content import filled

ROOT = Path(__file__).resolve().parents[2]
TENANTS = ROOT / "tenants"
TENANT_IDS = ("hrgroup", "taxihotline")
KEPT = ROOT / "build" / "synthesis"
INPUTS = (
    *("app.py", "requirements.txt", "requirements/dev.txt"),
    *("chalicelib", "contact_flows", "flowlang", "infra", "lambdas", "tenants"),
)


@dataclass(frozen=True, slots=True)
class Assembly:
    """A cloud assembly. `template` is what CloudFormation gets, before the SAM transform."""

    tenant: str
    folder: Path

    @property
    def template_path(self) -> Path:
        """Return the template's file."""
        return self.folder / f"trunkline-{self.tenant}.template.json"

    @property
    def template(self) -> dict[str, Any]:
        """Return the template, a fresh copy."""
        loaded: dict[str, Any] = json.loads(self.template_path.read_text(encoding="utf-8"))
        return loaded

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the resources of one type by logical id."""
        return of_type(self.template, kind)


@functools.cache
def _workspace() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="synthesis-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@functools.cache
def synthesize(tenant: str, stage: str = "prod") -> Assembly:
    """Return the assembly of the project's `tenant`, kept from an earlier session if nothing has changed since."""
    name = f"{tenant}-{stage}"
    folder = KEPT / f"{name}-{_inputs_digest()}"
    if not folder.is_dir():
        for older in KEPT.glob(f"{name}-*"):
            shutil.rmtree(older, ignore_errors=True)
        copy = shutil.copytree(synthesize_anew(tenant, stage).folder, KEPT / f"{os.getpid()}-{name}")
        # Another session may have been faster; its assembly is as good.
        with contextlib.suppress(OSError):
            copy.replace(folder)
    return Assembly(tenant, folder)


@functools.cache
def synthesize_anew(tenant: str, stage: str = "prod", *, tenants: Path = TENANTS, seed: int = 1) -> Assembly:
    """Return an assembly made in this session; another `seed` is another hash seed and another time zone."""
    folder = Path(tempfile.mkdtemp(dir=_workspace()))
    done = run_app({"tenant": tenant, "stage": stage, "tenants": str(tenants)}, folder, seed=seed)
    assert done.returncode == 0, done.stderr[-4_000:]
    return Assembly(tenant, folder)


@functools.cache
def _inputs_digest() -> str:
    """Return a digest of every file that a template is made from, the versions of the tools included."""
    whole = hashlib.sha256()
    for name in INPUTS:
        place = ROOT / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and "__pycache__" not in path.parts:
                whole.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:16]


def run_app(context: Mapping[str, str], folder: Path, *, seed: int = 1) -> subprocess.CompletedProcess[str]:
    """Run the CDK app as the command line does, and return how it ended."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TRUNKLINE_"))}
    environment = {
        **kept,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")]),
        "CDK_OUTDIR": str(folder),
        "CDK_CONTEXT_JSON": json.dumps(dict(context)),
        "PYTHONHASHSEED": str(seed),
        "TZ": f"UTC+{seed}",
    }
    command = [sys.executable, "-m", "infra.cdk.app"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@functools.cache
def _expanded_text(template_path: Path) -> str:
    """Run the SAM transform in a process of its own: its library warns about itself, and warnings are errors here."""
    script = (
        "import json, sys; from samtranslator.translator.translator import Translator; "
        "from samtranslator.parser.parser import Parser; template = json.load(open(sys.argv[1])); "
        "template.pop('Parameters', None); "
        "json.dump(Translator({}, Parser()).translate(template, {}), sys.stdout)"
    )
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    command = [sys.executable, "-W", "ignore", "-c", script, str(template_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4_000:]
    return done.stdout


def expand(assembly: Assembly) -> dict[str, Any]:
    """Return the template after the SAM transform: what is really created."""
    loaded: dict[str, Any] = json.loads(_expanded_text(assembly.template_path))
    return loaded


def published_flows(assembly: Assembly) -> dict[str, str]:
    """Return what is published after the flows exist, by the flow's ARN, both as `spell` writes them."""
    published: dict[str, str] = {}
    for resource in of_type(expand(assembly), "Custom::ContactFlowContent").values():
        told = resource["Properties"]
        arns = {name: spell(arn) for name, arn in told["References"].items()}
        document = (assembly.folder / f"asset.{told['Key']}").read_bytes()
        published |= {arns[name]: content for name, content in filled(document, told["Digest"], arns).items()}
    return published


def of_type(template: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of one type by logical id."""
    return {name: resource for name, resource in template["Resources"].items() if resource["Type"] == kind}


def spell(value: Any) -> str:
    """Return an ARN or name as text, with `${Id.Attribute}` for what is known only after deployment."""
    match value:
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(spell(part) for part in parts)
        case {"Fn::Sub": [str() as text, dict() as names]}:
            return re.sub(r"\$\{(\w+)\}", lambda match: spell(names.get(match[1], match[0])), text)
        case (str() as text) | {"Fn::Sub": str() as text}:
            return text
        case _:
            return json.dumps(value, sort_keys=True)


def statements(template: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (type of the resource, its logical id, statement) of every policy document in the template."""
    for name, resource in template["Resources"].items():
        for document in _documents(resource.get("Properties", {})):
            listed = document["Statement"]
            for statement in listed if isinstance(listed, list) else [listed]:
                yield resource["Type"], name, statement


def _documents(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "Statement" in value and "Version" in value:
            yield value
        for inner in value.values():
            yield from _documents(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _documents(inner)


def listed(value: Any) -> list[Any]:
    """Return `value` as a list: policies write one element without brackets."""
    return value if isinstance(value, list) else [value]
