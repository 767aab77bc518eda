"""Goal 8: changes of records with their audit entries, each durable, by eight writers at once.

Two processes with four threads each, as `certhub run` starts its web workers.
"""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from sqlalchemy import func, select

from benchmarks.databases import Database, copied
from benchmarks.results import Measure
from certhub import clock
from certhub.database import db, transaction
from certhub.models.audit import AuditEntry
from certhub.models.parties import Coordinator
from certhub.rules.audit_actions import AuditAction
from certhub.services import audit, audit_verification
from certhub.services.audit import SystemActor

PROCESSES, THREADS = 2, 4
LEAST_PER_SECOND = 800.0


def measure(database: Database, address: str | None, *, quick: bool) -> Iterator[Measure]:
    """Let the writers write into a copy of the state for some seconds; the chain must hold afterwards."""
    seconds = 0.5 if quick else 5.0
    with copied(database, address) as copy:
        context = multiprocessing.get_context("spawn")
        with context.Manager() as manager, ProcessPoolExecutor(PROCESSES, mp_context=context) as processes:
            together = manager.Barrier(PROCESSES)
            futures = [processes.submit(_write, copy, together, seconds, place) for place in range(PROCESSES)]
            written = [future.result() for future in futures]
        per_second = sum(written) / seconds
        with copy.app().app_context():
            entries = db.session.scalar(select(func.max(AuditEntry.seq))) or 0
            assert entries >= copy.size.audit + sum(written)
            after = audit_verification.verify()
            assert after.broken is None, after.broken
            db.session.remove()
            db.engine.dispose()
    limit = LEAST_PER_SECOND if copy.kind == "postgresql" else None
    yield Measure(
        "8", f"audited writes, {PROCESSES * THREADS} writers", copy.kind, per_second, "/s", limit, at_least=True
    )


def _write(database: Database, together: threading.Barrier, seconds: float, place: int) -> int:
    """One process: the number of transactions that its threads committed in time."""
    app = database.app()
    done = [0] * THREADS

    def meet() -> None:
        together.wait(120)

    ready = threading.Barrier(THREADS, action=meet)  # the last thread of each process meets the other processes

    def work(thread: int) -> None:
        actor = SystemActor("benchmark")
        with app.app_context():
            mine = db.session.scalars(
                select(Coordinator.id).order_by(Coordinator.id).offset(10 * (place * THREADS + thread)).limit(10)
            ).all()
            ready.wait()
            until = time.perf_counter() + seconds
            while time.perf_counter() < until:
                with transaction():
                    person = db.session.get_one(Coordinator, mine[done[thread] % len(mine)])
                    person.phone = f"617-555-{done[thread] % 10_000:04d}"
                    audit.record(actor, AuditAction.PARTY_UPDATED, person, at=clock.now())
                done[thread] += 1
            db.session.remove()

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        db.engine.dispose()
    return sum(done)
