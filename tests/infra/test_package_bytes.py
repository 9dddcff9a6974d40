"""Packages: the same content gives the same bytes, and only what functions need is in them."""

import os
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.cdk import build, package

ENTRIES = st.dictionaries(
    st.from_regex(r"[a-z]{1,5}(/[a-z]{1,5}){0,2}", fullmatch=True), st.binary(max_size=20), max_size=6
)


@given(ENTRIES, st.randoms())
def test_the_order_of_entries_does_not_change_the_bytes(
    tmp_path_factory: pytest.TempPathFactory, entries: dict[str, bytes], random: object
) -> None:
    folder = tmp_path_factory.mktemp("zips")
    shuffled = sorted(entries.items(), key=lambda _: random.random())  # type: ignore[attr-defined]
    package.write_zip(folder / "one.zip", entries.items())
    package.write_zip(folder / "other.zip", shuffled)
    assert (folder / "one.zip").read_bytes() == (folder / "other.zip").read_bytes()
    with zipfile.ZipFile(folder / "one.zip") as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == entries


def _project(folder: Path) -> Path:
    (folder / "chalicelib" / "__pycache__").mkdir(parents=True)
    (folder / "app.py").write_text("app = 1\n")
    (folder / "chalicelib" / "__init__.py").write_text("")
    (folder / "chalicelib" / "__pycache__" / "x.pyc").write_bytes(b"no")
    (folder / "requirements.txt").write_text("")
    return folder


def test_the_app_is_packed_with_chalices_runtime_and_without_caches_and_times(tmp_path: Path) -> None:
    dependencies = tmp_path / "dependencies.zip"
    package.write_zip(dependencies, [("lib/__init__.py", b"")])
    app = _project(tmp_path / "app")
    first = package.seed_chalice(app, "arm64", dependencies)
    content = first.read_bytes()
    with zipfile.ZipFile(first) as packed:
        names = packed.namelist()
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert sorted(names) == [
        "app.py",
        "chalice/__init__.py",
        "chalice/app.py",
        "chalicelib/__init__.py",
        "lib/__init__.py",
    ]
    os.utime(app / "app.py", (1, 1))
    assert package.seed_chalice(app, "arm64", dependencies) == first
    assert first.read_bytes() == content


def test_a_package_of_older_code_is_taken_away_and_that_of_the_other_architecture_stays(tmp_path: Path) -> None:
    dependencies = tmp_path / "dependencies.zip"
    package.write_zip(dependencies, [("lib/__init__.py", b"")])
    app = _project(tmp_path / "app")
    arm = package.seed_chalice(app, "arm64", dependencies)
    intel = package.seed_chalice(app, "x86_64", dependencies)
    (app / "app.py").write_text("app = 2\n")
    newer = package.seed_chalice(app, "x86_64", dependencies)
    assert sorted(newer.parent.glob("*.zip")) == sorted([arm, newer])
    assert intel != newer


def test_a_lock_file_without_hashes_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("six==1.17.0\n")
    with pytest.raises(package.PackagingError, match="hash"):
        package.dependencies(lock, "x86_64", tmp_path / "cache")


def test_the_build_copy_holds_exactly_what_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "cache.zip").write_text("cache")
    (tmp_path / "old.py").write_text("old")
    (tmp_path / "same.py").write_text("same")
    before = (tmp_path / "same.py").stat().st_mtime_ns
    build.mirror(tmp_path, {Path("same.py"): b"same", Path("in/new.py"): b"new"}, spared="kept")
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"kept/cache.zip", "same.py", "in/new.py"}
    assert (tmp_path / "same.py").stat().st_mtime_ns == before


def test_the_recording_indexer_carries_the_one_module_that_builds_keys(tmp_path: Path) -> None:
    copy = build.lambda_copy("recording_indexer", shared=("chalicelib/platform/tenancy.py",), build=tmp_path)
    assert sorted(path.name for path in copy.iterdir()) == ["handler.py", "tenancy.py"]


def test_every_service_that_a_function_makes_a_client_of_ships_with_it() -> None:
    asked = set()
    for path in (build.ROOT / "chalicelib").rglob("*.py"):
        asked |= set(re.findall(r'aws\.client\(\s*"([a-z0-9-]+)"', path.read_text(encoding="utf-8")))
    assert asked <= package.AWS_SERVICES
