"""Deployment packages whose bytes depend on nothing but their content (TEN-03).

Chalice zips with the time of day and the deflate library of the machine, so the same code would be another asset in
every synth and on every machine. Here entries are sorted, dated 1980-01-01 and stored, not deflated. Chalice finds the
package under the name that it would have used itself and takes it as it is.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import chalice
import chalice.app
from chalice.deploy.packager import DependencyBuilder, LambdaDeploymentPackager
from chalice.utils import UI, OSUtils

PYTHON = "3.13"
RUNTIME = f"python{PYTHON}"
_RECIPE = "1"
"""Changes when the rules below do, so that dependencies packed by older rules are not taken from the cache."""

AWS_SERVICES = frozenset(
    {
        *(
            "cloudwatch",
            "cognito-idp",
            "connect",
            "dynamodb",
            "events",
            "firehose",
            "kinesis",
            "s3",
            "secretsmanager",
            "ses",
            "sns",
        ),
        "sqs",
    }
)
"""Services whose botocore models ship: those of which functions make clients. The other 400 are most of the size."""

_PLATFORMS = {
    "x86_64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "arm64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
}
_INSTALLER_FILES = frozenset({"RECORD", "REQUESTED", "INSTALLER", "direct_url.json"})
_EPOCH = (1980, 1, 1, 0, 0, 0)


class PackagingError(RuntimeError):
    """The dependencies of the functions could not be fetched; the text is what pip said."""


def app_files(source: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (name in the package, content) of the app in `source`: app.py, chalicelib and Chalice's own runtime."""
    yield "chalice/__init__.py", Path(chalice.__file__).read_bytes()
    yield "chalice/app.py", Path(chalice.app.__file__).read_bytes()
    yield "app.py", (source / "app.py").read_bytes()
    for path in _source_files(source / "chalicelib"):
        yield path.relative_to(source).as_posix(), path.read_bytes()


def dependencies(requirements: Path, architecture: str, cache: Path) -> Path:
    """Return a zip of what `requirements` (a lock file with hashes) installs for `architecture`, from `cache` or pip.

    Raises:
        PackagingError: pip refused: a hash that differs, no wheel for the platform, no network.

    """
    recipe = "\n".join([_RECIPE, architecture, PYTHON, *sorted(AWS_SERVICES)])
    digest = hashlib.sha256(requirements.read_bytes() + recipe.encode()).hexdigest()[:16]
    target = cache / f"dependencies-{architecture}-{digest}.zip"
    if target.exists():
        return target
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        _install(requirements, architecture, site)
        kept = (path for path in _source_files(site) if _ships(path.relative_to(site)))
        write_zip(target, ((path.relative_to(site).as_posix(), path.read_bytes()) for path in kept))
    return target


def seed_chalice(app_copy: Path, architecture: str, dependencies_zip: Path) -> Path:
    """Put the package of the app in `app_copy` where Chalice looks for it, and return its path."""
    tools = OSUtils()
    packager = LambdaDeploymentPackager(tools, DependencyBuilder(tools, architecture=architecture), UI(), architecture)
    target = Path(packager.deployment_package_filename(str(app_copy), RUNTIME))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
        part.write(dependencies_zip.read_bytes())
        with zipfile.ZipFile(part, "a", zipfile.ZIP_STORED) as package:
            _add(package, app_files(app_copy))
    for old in target.parent.glob("*.zip"):
        # Chalice's names end in -arm64, and in nothing for x86_64.
        if old != target and old.stem.endswith("-arm64") == (architecture == "arm64"):
            old.unlink()
    Path(part.name).replace(target)
    return target


def write_zip(target: Path, entries: Iterable[tuple[str, bytes]]) -> None:
    """Write `entries` to `target` so that the same entries give the same bytes; readers never see half a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part,
        zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as package,
    ):
        _add(package, entries)
    Path(part.name).replace(target)


def _add(package: zipfile.ZipFile, entries: Iterable[tuple[str, bytes]]) -> None:
    for name, content in sorted(entries):
        info = zipfile.ZipInfo(name, date_time=_EPOCH)
        info.create_system = 3  # Unix, so that the permissions below are read
        info.external_attr = 0o100644 << 16
        package.writestr(info, content)


def _source_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _ships(path: Path) -> bool:
    if path.parts[0] == "bin" or path.name in _INSTALLER_FILES:
        return False
    if path.parts[:2] == ("botocore", "data") and len(path.parts) > 3:  # noqa: PLR2004 - botocore/data/<service>/...
        return path.parts[2] in AWS_SERVICES
    return True


def _install(requirements: Path, architecture: str, site: Path) -> None:
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps",
        "--require-hashes", "--only-binary=:all:", "--implementation=cp", f"--python-version={PYTHON}",
        *(f"--platform={platform}" for platform in _PLATFORMS[architecture]),
        f"--target={site}", f"--requirement={requirements}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    if done.returncode:
        raise PackagingError(done.stderr.strip() or done.stdout.strip())
