"""Bytes in the store are whole, and stay."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certhub.filestore import FileMissing, FolderStore

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def place(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256[2:4] / sha256


def test_the_same_bytes_put_again_take_the_place_of_damaged_ones(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    sha256 = store.put(b"paper")
    place(tmp_path, sha256).write_bytes(b"pap")
    with pytest.raises(FileMissing, match="damaged"):
        store.get(sha256)
    assert store.put(b"paper") == sha256
    assert store.get(sha256) == b"paper"


def test_bytes_that_are_there_are_not_written_again(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    path = place(tmp_path, store.put(b"paper"))
    before = path.stat().st_ino
    store.put(b"paper")
    assert path.stat().st_ino == before


def test_the_disk_is_asked_to_keep_the_bytes_and_every_name_on_the_way_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[bool, int]] = []
    whole = os.fsync

    def noted(handle: int) -> None:
        found = os.fstat(handle)
        asked.append((stat.S_ISDIR(found.st_mode), found.st_ino))
        whole(handle)

    monkeypatch.setattr(os, "fsync", noted)
    path = place(tmp_path / "files", FolderStore(tmp_path / "files").put(b"paper"))
    folders = {folder.stat().st_ino for folder in (path.parent, *list(path.parents)[1:4])}
    assert {number for is_folder, number in asked if is_folder} == folders
    assert (False, path.stat().st_ino) in asked
    assert asked[-1] == (True, path.parent.stat().st_ino)


def test_what_a_killed_writer_left_is_swept_once_it_is_old(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    path = place(tmp_path, store.put(b"paper"))
    for name, age in (("old", 25), ("young", 1)):
        part = path.with_name(f".part-{name}")
        part.touch()
        then = (NOW - timedelta(hours=age)).timestamp()
        os.utime(part, (then, then))
    assert store.left_behind(written_before=NOW - timedelta(days=1)) == 1
    assert store.sweep(written_before=NOW - timedelta(days=1)) == 1
    assert store.left_behind(written_before=NOW - timedelta(days=1)) == 0
    assert sorted(each.name for each in path.parent.iterdir()) == [".part-young", path.name]
