"""Where bytes are kept: by their SHA-256, written once, never changed."""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Protocol


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


class FolderStore:
    """A folder on a local disk, two levels deep by the hash's first characters."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep `data`: written beside its place, flushed to disk and renamed, so that half a file is never seen."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
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

    def replace_damaged(self, sha256: str) -> None:
        """Make room for the bytes with this hash where others stand in their place; they are kept beside it."""
        path = self._path(sha256)
        if path.exists():
            path.replace(path.with_name(f"{sha256}.damaged"))

    def _path(self, sha256: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise FileMissing("that is not the name of a file in the store")
        return self._folder / sha256[:2] / sha256[2:4] / sha256
