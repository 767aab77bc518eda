"""Writes the rows of the demo state of a release into one compressed file, from a checkout of that release.

    git worktree add --detach ../release-0.1.0 <its commit>
    PYTHONPATH=../release-0.1.0 .venv/bin/python tests/releases/take_snapshot.py tests/releases/0.1.0.json.xz

Everything is made on one fixed day, and what is drawn by chance comes from a fixed seed, so the same release gives the
same file. After the demo state is loaded, the release's own worker runs each job once: what is due has been sent, and
whatever an upgraded worker adds for that day is one message too many. Only names that each release has are used here.
"""

import json
import lzma
import os
import random
import secrets
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import time_machine

MORNING = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
"""When the release was last used: nine o'clock in Massachusetts."""

KEY = "a key for snapshots only, of thirty-two characters or more"


def plain(value: Any) -> Any:
    """A value of the database as JSON holds it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return getattr(value, "value", value)


def rows_of(session: Any, tables: list[Any]) -> dict[str, dict[str, Any]]:
    """Every row of every table, by table: its columns once, and the rows in the order of their keys."""
    found = {}
    for table in tables:
        keys = list(table.primary_key.columns)
        rows = [[plain(value) for value in row] for row in session.execute(table.select().order_by(*keys))]
        found[table.name] = {"columns": [column.name for column in table.columns], "rows": rows}
    return found


def by_chance(seed: int) -> None:
    """Let what is drawn by chance be the same each time."""
    drawn = random.Random(seed)  # noqa: S311  (nobody relies on these secrets)
    secrets.token_bytes = lambda nbytes=None: drawn.randbytes(nbytes or 32)
    secrets.token_hex = lambda nbytes=None: drawn.randbytes(nbytes or 32).hex()
    secrets.token_urlsafe = lambda nbytes=None: drawn.randbytes(nbytes or 32).hex()
    secrets.choice = drawn.choice
    os.urandom = random.Random(seed + 1).randbytes  # the salts of passwords  # noqa: S311  (as above)


def main(target: Path) -> None:
    """Load the demo state on the fixed day, run the jobs once, and write everything down."""
    by_chance(20261123)
    from certhub import clock
    from certhub.app import create_app
    from certhub.cli.run import migrate  # type: ignore[attr-defined]  # where it can be had in each release
    from certhub.config import load
    from certhub.database import db
    from certhub.demo import state
    from certhub.models import Base
    from certhub.web import context
    from certhub.web.addresses import due_link

    with tempfile.TemporaryDirectory() as folder, time_machine.travel(MORNING, tick=False):
        address = f"sqlite:///{folder}/snapshot.db"
        app = create_app(load({}, database_url=address, data_dir=Path(folder), secret_key=KEY))
        with app.app_context():
            migrate()
            state.load(context.press(), today=clock.today(), link=due_link(app), progress=print)
            with app.test_request_context():
                done = app.test_cli_runner().invoke(args=["worker", "--once"])
                assert done.exit_code == 0, done.output
            tables = rows_of(db.session, sorted(Base.metadata.tables.values(), key=lambda table: table.name))
            db.session.remove()
            db.engine.dispose()
    text = json.dumps({"at": MORNING.isoformat(), "tables": tables}, ensure_ascii=False, separators=(",", ":"))
    target.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    rows = sum(len(one["rows"]) for one in tables.values())
    sys.stdout.write(f"{target}: {rows:,} rows, {target.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
