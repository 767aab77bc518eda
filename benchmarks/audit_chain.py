"""How long verifying the audit trail takes, against the floor of hashing the same bytes in the same run.

Goal 7: 1,000,000 entries in at most 7 x pure hashing on SQLite, 8 x on PostgreSQL.

    python -m benchmarks.audit_chain [--entries 1000000] [--database postgresql+psycopg://...] [--json FILE]
"""

import argparse
import hashlib
import json
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from certhub.app import create_app
from certhub.config import load
from certhub.database import canonical, db
from certhub.models import Base
from certhub.models.audit import AuditEntry
from certhub.rules.audit_actions import AuditAction
from certhub.rules.audit_chain import GENESIS, entry_hash, hashed_text
from certhub.services import audit_verification

FIRST = datetime(2026, 1, 5, 14, tzinfo=UTC)
BATCH = 20_000
GOALS = {"sqlite": 7, "postgresql": 8}


def entries(wanted: int, *, after: int = 0, head: str = GENESIS, parties: int = 20_000) -> Iterator[dict[str, Any]]:
    """Entries like those that a year of work leaves: a few changed columns each, chained to `head`."""
    pick = random.Random(7)
    actions = [str(action) for action in AuditAction]
    for seq in range(after + 1, after + wanted + 1):
        changes = {"title": [None, f"Ethics and scope of practice {pick.randrange(500)}"], "hours": [None, "4.0"]}
        row: dict[str, Any] = {
            "seq": seq,
            "at": FIRST + timedelta(seconds=13 * seq, microseconds=pick.randrange(10**6)),
            "actor_id": pick.randrange(1, 400),
            "actor": f"Person {pick.randrange(400)} <person{pick.randrange(400)}@example.org>",
            "action": pick.choice(actions),
            "subject_type": "training_completion",
            "subject_id": seq,
            "party_id": pick.randrange(1, parties),
            "changes": canonical(changes),
        }
        row["previous_hash"], row["hash"] = head, entry_hash(head, hashed_text(row))
        head = row["hash"]
        yield row


def fill(wanted: int) -> list[bytes]:
    """Write the entries; return the bytes that are hashed for each, for the floor."""
    hashed: list[bytes] = []
    batch: list[dict[str, Any]] = []
    for row in entries(wanted):
        hashed.append((row["previous_hash"] + hashed_text(row)).encode())
        batch.append(row)
        if len(batch) == BATCH or row["seq"] == wanted:
            db.session.execute(insert(AuditEntry.__table__), batch)  # type: ignore[arg-type]  # typed as FromClause
            db.session.commit()
            batch = []
    return hashed


def floor(hashed: list[bytes]) -> float:
    """Seconds to hash the same bytes and nothing else."""
    sha256, began = hashlib.sha256, time.perf_counter()
    for body in hashed:
        sha256(body).hexdigest()
    return time.perf_counter() - began


def main() -> None:
    """Fill, measure three times, print the best of each and their ratio."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--entries", type=int, default=1_000_000)
    arguments.add_argument("--database", default=None, help="an empty database; an SQLite file of its own by default")
    arguments.add_argument("--json", type=Path, default=None)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = load(
            {},
            database_url=given.database or f"sqlite:///{folder}/bench.db",
            data_dir=Path(folder),
            secret_key="a key for one benchmark run and nothing else",  # noqa: S106  (protects nothing)
        )
        with create_app(settings).app_context():
            Base.metadata.create_all(db.engine)
            hashed = fill(given.entries)
            kind = db.engine.dialect.name
            pure = min(floor(hashed) for _ in range(3))
            reports = [audit_verification.verify() for _ in range(3)]
            assert all(report.broken is None and report.entries == given.entries for report in reports)
            seconds = min(report.seconds for report in reports)
            result = {
                "database": kind, "entries": given.entries, "hashing_seconds": round(pure, 3),
                "verifying_seconds": round(seconds, 3), "ratio": round(seconds / pure, 2), "goal": GOALS[kind],
            }  # fmt: skip
            print(json.dumps(result))
            if given.json:
                given.json.write_text(json.dumps(result, indent=2) + "\n")
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
