"""Where bytes are kept: by their SHA-256, written once, never changed."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

_PART = ".part-"


class FileMissing(LookupError):
    """The bytes that a record points to are not in the store: restore them from the backup."""


class FileStore(Protocol):
    """What CertHub needs of a store; a folder here, S3-compatible storage behind the same three calls."""

    def put(self, data: bytes) -> str:
        """Keep `data` and return its SHA-256 in hexadecimal."""

    def get(self, sha256: str) -> bytes:
        """The bytes with this hash. Raises `FileMissing`."""

    def has(self, sha256: str) -> bool:
        """Whether the bytes with this hash are kept."""

    def left_behind(self, *, written_before: datetime) -> int:
        """How many pieces writers left that were killed before that moment."""

    def sweep(self, *, written_before: datetime) -> int:
        """Remove what writers left that were killed before that moment; how many pieces."""


def flush(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class FolderStore:
    """A folder on a local disk, two levels deep by the hash's first characters."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep `data`: written beside its place, flushed to disk and renamed, so that half a file is never seen.

        Bytes that are there already stay, unless they are damaged: then these take their place.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        with suppress(FileMissing):
            self.get(sha256)
            return sha256
        self._make(path.parent)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_PART)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
            flush(path.parent)  # the name as well: a record that names the file is saved next
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes with this hash, checked against it. Raises `FileMissing`."""
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise FileMissing(f"the file {sha256} is not in the store") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise FileMissing(f"the file {sha256} is damaged")
        return data

    def has(self, sha256: str) -> bool:
        """Whether the bytes with this hash are kept."""
        return self._path(sha256).exists()

    def left_behind(self, *, written_before: datetime) -> int:
        """How many pieces writers left that were killed before that moment."""
        return sum(1 for _ in self._parts(written_before))

    def sweep(self, *, written_before: datetime) -> int:
        """Remove what writers left that were killed before that moment; how many pieces."""
        gone = 0
        for part in self._parts(written_before):
            with suppress(FileNotFoundError):  # its writer was only slow
                part.unlink()
                gone += 1
        return gone

    def _parts(self, written_before: datetime) -> Iterator[Path]:
        for part in self._folder.glob(f"??/??/{_PART}*"):
            with suppress(FileNotFoundError):
                if part.stat().st_mtime < written_before.timestamp():
                    yield part

    def _make(self, folder: Path) -> None:
        """Make a folder and those above it so that they outlive a loss of power."""
        if folder.is_dir():
            return
        if folder != self._folder:
            self._make(folder.parent)
        folder.mkdir(parents=True, exist_ok=True)
        flush(folder.parent)

    def _path(self, sha256: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise FileMissing("that is not the name of a file in the store")
        return self._folder / sha256[:2] / sha256[2:4] / sha256
