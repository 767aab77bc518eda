"""Goal 7: the generated state's audit trail verified, beside hashing the same bytes and nothing else."""

import time
from collections.abc import Iterator

from sqlalchemy import select

from benchmarks.audit_chain import GOALS, floor
from benchmarks.databases import Database
from benchmarks.results import Measure
from certhub.database import db, stream
from certhub.models.audit import AuditEntry
from certhub.rules.audit_chain import HASHED, hashed_text
from certhub.services import audit_verification


def measure(database: Database, _address: str | None, *, quick: bool) -> Iterator[Measure]:
    """Verify the whole trail."""
    with database.app().app_context():
        columns = [AuditEntry.__table__.c[name] for name in ("previous_hash", *HASHED)]
        hashed = [
            (row.previous_hash + hashed_text(row._mapping)).encode()
            for row in stream(select(*columns).order_by(AuditEntry.seq), batch=20_000)
        ]
        pure = min(floor(hashed) for _ in range(2))
        began = time.perf_counter()
        report = audit_verification.verify()
        seconds = time.perf_counter() - began
        assert report.broken is None, report.broken
        assert report.entries == len(hashed)
        if not quick:
            seconds = min(seconds, audit_verification.verify().seconds)
        yield Measure(
            "7", f"{len(hashed):,} audit entries verified", database.kind, seconds, "s", None, seconds / pure,
            GOALS[database.kind], details={"hashing_seconds": pure},
        )  # fmt: skip
        db.session.remove()
        db.engine.dispose()
