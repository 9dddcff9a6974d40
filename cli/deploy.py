"""Putting tenant stacks into the local cloud with the CDK command line, and leaving alone what has not changed."""

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from chalicelib.platform.errors import ProductError
from cli import aws
from cli.places import ROOT, STATE, contract_path

INPUTS: Final = (
    *("app.py", "cdk.json", "requirements.txt", ".chalice/config.json"),
    *("chalicelib", "contact_flows", "flowlang", "infra", "lambdas"),
)
"""All that a tenant's template and assets are made from, besides its contract."""

LIVE_DEADLINE_S: Final = 180.0
_TAIL_LINES: Final = 40

type Say = Callable[[str, str], None]
"""Tells the person what happens: (tenant, text). Called from several threads."""


class DeploymentFailed(ProductError):
    """A step of the deployment failed; the text holds the end of its output and names the whole log."""

    code, status, title = "deployment-failed", 502, "Deployment failed"


@dataclass(frozen=True, slots=True)
class Deployed:
    """The outcome for one tenant. `changed` is False when the stack was left alone."""

    stack: aws.Stack
    changed: bool
    seconds: float


def inputs_digest(tenant: str, root: Path = ROOT) -> str:
    """Return a digest of every file that the tenant's stack is made from, by name and content."""
    whole = hashlib.sha256()
    for path in sorted([*_files(root), contract_path(tenant)]):
        whole.update(os.path.relpath(path, root).encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for name in INPUTS:
        place = root / name
        if place.is_file():
            yield place
        for path in place.rglob("*") if place.is_dir() else ():
            if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".pyc", ".md"}:
                yield path


def deploy(tenants: Sequence[str], url: str, say: Say) -> tuple[Deployed, ...]:
    """Bring the stacks of `tenants` in the cloud at `url` up to date, side by side.

    The bootstrap stack is made once a cloud, while the first templates are synthesized.

    Raises:
        DeploymentFailed: the command line refused; the others are finished first.

    """
    STATE.mkdir(exist_ok=True)
    with ThreadPoolExecutor(max_workers=len(tenants) + 1) as pool:
        stale = {tenant: digest for tenant in tenants if (digest := _stale(tenant, url))}
        ready = pool.submit(_bootstrap, url, say) if stale else None
        running = [pool.submit(_one, tenant, stale.get(tenant), url, ready, say) for tenant in tenants]
        return tuple(future.result() for future in running)


def _stale(tenant: str, url: str) -> str | None:
    """Return the digest that is to be deployed, None when exactly that is deployed already."""
    digest = inputs_digest(tenant)
    found = aws.find_stack(tenant, url)
    stamp = _read_stamp(tenant, url)
    # The stack id is new with every cloud: a stamp from a cloud that is gone never fits.
    current = found is not None and found.usable and stamp == {"digest": digest, "stack_id": found.stack_id}
    return None if current else digest


def _one(tenant: str, digest: str | None, url: str, ready: Any, say: Say) -> Deployed:
    began = time.monotonic()
    if digest is None:
        return Deployed(aws.stack(tenant, url), changed=False, seconds=0.0)
    out = _assembly_path(tenant, url)
    context = ["-c", f"tenant={tenant}", "-c", "stage=local"]
    say(tenant, "synthesizing the template")
    _cdk(["synth", "--quiet", *context, "--output", str(out)], url, f"synth-{tenant}")
    ready.result()
    say(tenant, f"template made in {time.monotonic() - began:.0f} s, deploying")
    arguments = ["deploy", "--all", "--app", str(out), "--require-approval", "never", "--progress", "events"]
    _cdk(arguments, url, f"deploy-{tenant}")
    found = aws.stack(tenant, url)
    _wait_until_live(found, url)
    _stamp_path(tenant, url).write_text(json.dumps({"digest": digest, "stack_id": found.stack_id}), encoding="utf-8")
    return Deployed(found, changed=True, seconds=time.monotonic() - began)


def _bootstrap(url: str, say: Say) -> None:
    stacks = aws.client("cloudformation", url).list_stacks(StackStatusFilter=["CREATE_COMPLETE", "UPDATE_COMPLETE"])
    if any(entry["StackName"] == "CDKToolkit" for entry in stacks["StackSummaries"]):
        return
    say("cloud", "bootstrapping (once a cloud)")
    # Outside the project's folder, where no cdk.json asks for a synthesis first.
    empty = STATE / "bootstrap"
    empty.mkdir(exist_ok=True)
    _cdk(["bootstrap", f"aws://{aws.ACCOUNT}/{aws.REGION}"], url, "bootstrap", cwd=empty)


def _cdk(arguments: Sequence[str], url: str, name: str, *, cwd: Path = ROOT) -> None:
    log = STATE / f"{name}-{_port(url)}.log"
    command = [
        str(ROOT / "node_modules" / ".bin" / "cdk"),
        *arguments,
        "--no-notices",
        "--no-version-reporting",
        "--ci",
    ]
    with log.open("wb") as sink:
        done = subprocess.run(
            command, cwd=cwd, env=environment(url), stdout=sink, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        told = essence(log.read_text(encoding="utf-8", errors="replace"))
        msg = f"cdk {arguments[0]} failed ({name}):\n{told}\nThe whole output: {os.path.relpath(log, ROOT)}"
        raise DeploymentFailed(msg)


def essence(output: str) -> str:
    """Return what to read first of a failed command's output: the failed resources if it names them, else its end."""
    rows = [row for row in output.splitlines() if row.strip()]
    heads = [number for number, row in enumerate(rows) if row.startswith("Failed resources:")]
    ends = [number for number, row in enumerate(rows) if row.lstrip().startswith("❌")]
    if heads and ends and heads[-1] < ends[-1]:
        return "\n".join(rows[heads[-1] + 1 : ends[-1]])
    return "\n".join(rows[-_TAIL_LINES:])


def environment(url: str) -> dict[str, str]:
    """Return the environment of a CDK command: our Node and Python, the local cloud, no telemetry, no real profile."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    path = os.pathsep.join([str(ROOT / ".venv" / "bin"), str(ROOT / "node_modules" / ".bin"), kept.get("PATH", "")])
    quiet = {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1", "CDK_DISABLE_CLI_TELEMETRY": "true", "NO_COLOR": "1"}
    return {**kept, **aws.environment(url), **quiet, "PATH": path, "PYTHONPATH": str(ROOT)}


def _wait_until_live(stack: aws.Stack, url: str) -> None:
    """Wait until the versions that flows invoke are active: a SnapStart version is pending for some seconds."""
    lambda_ = aws.client("lambda", url)
    for name in ("RouteContactFunction", "LookupCustomerFunction", "MenuStepFunction"):
        arn = stack.output(name)
        deadline = time.monotonic() + LIVE_DEADLINE_S
        while lambda_.get_function(FunctionName=arn)["Configuration"].get("State", "Active") != "Active":
            if time.monotonic() > deadline:
                msg = f"{arn} did not become active within {LIVE_DEADLINE_S:.0f} s"
                raise DeploymentFailed(msg)
            time.sleep(0.2)


def forget(tenant: str, url: str) -> None:
    """Forget what was deployed at `url`: for a cloud that ends."""
    _stamp_path(tenant, url).unlink(missing_ok=True)
    shutil.rmtree(_assembly_path(tenant, url), ignore_errors=True)


def _stamp_path(tenant: str, url: str) -> Path:
    return STATE / f"stack-{tenant}-{_port(url)}.json"


def _assembly_path(tenant: str, url: str) -> Path:
    """Return the tenant's output folder, one a cloud: two command lines must not share one."""
    return ROOT / "cdk.out" / f"{tenant}-local-{_port(url)}"


def _port(url: str) -> str:
    return url.rpartition(":")[2]


def _read_stamp(tenant: str, url: str) -> Any:
    try:
        return json.loads(_stamp_path(tenant, url).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
