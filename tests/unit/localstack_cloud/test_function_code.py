"""Tests of how the local cloud keeps the code of functions."""

import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from localstack.function_code import Archives, CodeStore


@pytest.fixture
def store() -> Iterator[CodeStore]:
    kept = CodeStore()
    yield kept
    kept.close()


def package(folder: Path, text: str) -> Path:
    """Return a function's package in a folder of its own, as MiniStack puts one before it starts a process."""
    folder.mkdir()
    path = folder / "code.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("app/handler.py", text)
    (folder / "code").mkdir()
    return path


def unpack(store: CodeStore, path: Path) -> Path:
    target = path.parent / "code"
    with Archives(store).ZipFile(path) as archive:
        archive.extractall(target)
    return target


def test_processes_of_one_package_share_one_folder_however_many_start_at_once(store: CodeStore, tmp_path: Path) -> None:
    paths = [package(tmp_path / str(number), "x = 1") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        targets = list(pool.map(lambda path: unpack(store, path), paths))
    assert {(target / "app" / "handler.py").read_text() for target in targets} == {"x = 1"}
    assert len({target.resolve() for target in targets}) == 1


def test_another_package_is_never_mixed_in(store: CodeStore, tmp_path: Path) -> None:
    old, new = (unpack(store, package(tmp_path / text, text)) for text in ("x = 1", "x = 2"))
    assert [(place / "app" / "handler.py").read_text() for place in (old, new)] == ["x = 1", "x = 2"]


def test_any_other_archive_is_unpacked_where_it_is_wanted(store: CodeStore, tmp_path: Path) -> None:
    layer = package(tmp_path / "layer", "x = 1").rename(tmp_path / "layer" / "layer_0.zip")
    target = tmp_path / "layer" / "layer_0"
    target.mkdir()
    with Archives(store).ZipFile(layer) as archive:
        archive.extractall(target)
    assert not target.is_symlink()
    assert (target / "app" / "handler.py").is_file()


def test_nothing_is_left_when_the_cloud_ends(tmp_path: Path) -> None:
    store = CodeStore()
    unpack(store, package(tmp_path / "one", "x = 1"))
    store.close()
    assert not store.folder.exists()


def test_what_is_asked_of_the_module_besides_is_the_module_s_own(store: CodeStore) -> None:
    assert Archives(store).BadZipFile is zipfile.BadZipFile
