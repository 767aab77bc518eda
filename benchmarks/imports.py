"""Goal 5: rosters of 5,000 and 100,000 people, checked, checked again and carried out, audited person by person.

Into a copy of the generated state, so that indexes and the audit trail are as large as they are in an office.
"""

import csv
import io
import random
import time
from collections.abc import Iterator

from sqlalchemy import select

from benchmarks.databases import Database, copied
from benchmarks.generated_state import SEED
from benchmarks.results import Measure
from certhub import clock
from certhub.database import db, transaction
from certhub.models.imports import RosterImport
from certhub.models.parties import Municipality, VendorOrganization
from certhub.services import files, roster_import
from certhub.services.audit import SystemActor
from certhub.services.roster_plan import plan_for
from certhub.web.context import Running

ACTOR = SystemActor("benchmark")
LIMITS = {(5_000, "sqlite"): 2.5, (5_000, "postgresql"): 2.5, (100_000, "sqlite"): 30.0, (100_000, "postgresql"): 40.0}
_HEADING = (
    "name", "email", "discipline", "employment_start", "phone", "languages", "municipality", "job_title",
    "licence_kind", "licence_number", "licence_expires",
)  # fmt: skip


def measure(database: Database, address: str | None, *, quick: bool) -> Iterator[Measure]:
    """Import rosters of both sizes; at a smaller scale, smaller ones."""
    share = min(1.0, database.size.coordinators / 20_000)
    with copied(database, address) as copy:
        app = copy.app()
        with app.app_context():
            for whole, limit in ((5_000, LIMITS[5_000, copy.kind]), (100_000, LIMITS[100_000, copy.kind])):
                rows = max(20, round(whole * share)) if quick or share < 1 else whole
                steps = _imported(rows, app.extensions["certhub"], vendor_id=2)
                total = sum(steps.values())
                yield Measure(
                    "5", f"import of {rows:,} rows", copy.kind, total, "s", limit, details={**steps, "rows": rows}
                )
            db.session.remove()
            db.engine.dispose()


def _roster(rows: int) -> bytes:
    draw = random.Random(SEED)
    towns = list(db.session.scalars(select(Municipality.name)))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADING)
    for number in range(rows):
        writer.writerow(
            (
                f"Rosa Almeida {draw.choice('ABCDEFGH')}. {number}", f"rosa.{rows}.{number}@example.org",
                draw.choice(("Nurse", "Social worker", "Educator")), "2026-03-02", "617-555-0123",
                draw.choice(("English", "English, Spanish")), draw.choice(towns), "Care coordinator",
                "LICSW" if number % 4 == 0 else "", f"{number:06d}" if number % 4 == 0 else "",
                "2028-05-31" if number % 4 == 0 else "",
            )
        )  # fmt: skip
    return text.getvalue().encode()


def _imported(rows: int, running: Running, *, vendor_id: int) -> dict[str, float]:
    """Seconds of each step that a person waits for."""
    data = _roster(rows)
    vendor = db.session.get_one(VendorOrganization, vendor_id)
    steps: dict[str, float] = {}
    began = time.perf_counter()
    checked = roster_import.read(data, "text/csv", at=clock.now())
    plan = plan_for(vendor.id, checked)
    assert not plan.problems, plan.problems[0]
    with transaction():
        file = files.keep(
            data, media_type="text/csv", name="roster.csv", owner_id=vendor.id, party_id=vendor.id,
            store=running.files, actor=ACTOR, at=clock.now(),
        )  # fmt: skip
        number = roster_import.check(vendor, file, plan, actor=ACTOR, at=clock.now()).id
    steps["checking"] = time.perf_counter() - began
    db.session.remove()

    began = time.perf_counter()
    roster = db.session.get_one(RosterImport, number)
    checked = roster_import.read(running.files.get(roster.file.sha256), "text/csv", at=clock.now())
    with transaction():
        done = roster_import.carry_out(roster, checked, actor=ACTOR, at=clock.now())
    assert done is not None
    assert len(done.new) == rows
    steps["carrying_out"] = time.perf_counter() - began
    db.session.remove()
    return steps
