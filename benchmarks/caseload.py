"""How full every coordinator is, as of today and as of last year, with a report for each assignment.

Into a copy of the generated state: four months of every vendor, two thirds of the coordinators with an assignment.
"""

import time
from collections.abc import Iterator
from datetime import date
from statistics import median
from typing import Any

from sqlalchemy import insert, select

from benchmarks.databases import Database, copied
from benchmarks.results import Measure
from certhub import clock
from certhub.database import db, transaction
from certhub.models.caseload import CaseloadLine, CaseloadReport, ReportSource
from certhub.models.parties import Assignment
from certhub.queries import caseload_use
from certhub.rules.caseload_report import due_on, latest_month
from certhub.rules.permissions import OPERATOR
from certhub.rules.terms import add_months

MONTHS = 4
SECONDS, OF_COORDINATORS = 0.1, 500
"""For as many coordinators as the program is planned for; more may take longer in proportion."""
_RUNS, _QUICK_RUNS = 7, 1


def measure(database: Database, address: str | None, *, quick: bool) -> Iterator[Measure]:
    """The whole state from the database to the rows by region."""
    with copied(database, address) as copy, copy.app().app_context():
        today = clock.today()
        lines = _reported(today)
        people = len(caseload_use.state(OPERATOR, today))
        limit = max(SECONDS * people / OF_COORDINATORS, SECONDS)
        for as_of, words in ((today, "today"), (add_months(today, -12), "a year ago")):
            seconds = median(_timed(as_of) for _ in range(_QUICK_RUNS if quick else _RUNS))
            what = f"how full {people:,} coordinators are {words}, {lines:,} lines"
            yield Measure("caseload", what, copy.kind, seconds, "s", limit)
        db.session.remove()
        db.engine.dispose()


def _timed(as_of: date) -> float:
    began = time.perf_counter()
    caseload_use.by_region(caseload_use.state(OPERATOR, as_of))
    return time.perf_counter() - began


def _reported(today: date) -> int:
    """A report of each vendor and month, with a line for each assignment that goes on; how many lines."""
    places: dict[int, set[tuple[int, int]]] = {}
    open_ones = (Assignment.superseded_at.is_(None), Assignment.ends_on.is_(None))
    for vendor_id, *pair in db.session.execute(
        select(Assignment.vendor_id, Assignment.coordinator_id, Assignment.practice_id).where(*open_ones)
    ):
        places.setdefault(vendor_id, set()).add((pair[0], pair[1]))
    lines: list[dict[str, Any]] = []
    reports: list[dict[str, Any]] = []
    for back in range(MONTHS):
        month = add_months(latest_month(today), -back)
        for vendor_id, pairs in sorted(places.items()):
            number = len(reports) + 1
            reports.append(
                {
                    "id": number, "vendor_id": vendor_id, "month_from": month, "due_on": due_on(month),
                    "filed_on": due_on(month), "first_filed_on": due_on(month), "source": ReportSource.FORM,
                    "children": 20 * len(pairs),
                    "line_count": len(pairs), "filed_by_id": 1, "recorded_at": clock.now(),
                }
            )  # fmt: skip
            lines += [_line(number, *pair) for pair in sorted(pairs)]
    with transaction() as session:
        session.execute(insert(CaseloadReport), reports)
        session.execute(insert(CaseloadLine), lines)
    return len(lines)


def _line(report_id: int, coordinator_id: int, practice_id: int) -> dict[str, Any]:
    return {
        "report_id": report_id, "coordinator_id": coordinator_id, "practice_id": practice_id, "children": 20,
        "tier_1": 6, "tier_2": 9, "tier_3": 5, "first_month_1": 0, "first_month_2": 1, "first_month_3": 0,
        "admissions": 1, "closures": 1, "families": 18, "contacted": 17, "encounters": 40,
    }  # fmt: skip
