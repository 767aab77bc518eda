"""Which months vendors had to report, and when they did: what a standard asks of monthly data (VO-12)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, SQLColumnExpression, literal, select, union_all

from certhub.database import db
from certhub.models.caseload import CaseloadReport
from certhub.models.parties import Assignment
from certhub.rules.caseload_report import due_on
from certhub.rules.dossier import FiledPeriod
from certhub.rules.terms import add_months, last_day_of_month

MONTHS_BACK = 60
"""As many periods as a standard can ask for at most."""

Whose = Callable[[SQLColumnExpression[Any]], ColumnElement[bool]]


def of_vendors(whose: Whose, as_of: date) -> dict[int, tuple[FiledPeriod, ...]]:
    """The months that each vendor had to report or did report, the latest first; in one statement.

    A month is owed where the vendor had anybody in a practice in it. A correction does not make a month late.
    """
    first = add_months(as_of.replace(day=1), -MONTHS_BACK)
    months: defaultdict[int, dict[date, date | None]] = defaultdict(dict)
    placed = (
        select(
            Assignment.vendor_id, Assignment.starts_on.label("from_on"), Assignment.ends_on.label("to_on"),
            literal(0).label("is_filed"),
        )
        .where(whose(Assignment.vendor_id), Assignment.superseded_at.is_(None), Assignment.starts_on <= as_of)
        .distinct()
    )  # fmt: skip
    filed = select(
        CaseloadReport.vendor_id, CaseloadReport.month_from, CaseloadReport.first_filed_on, literal(1)
    ).where(
        whose(CaseloadReport.vendor_id),
        CaseloadReport.superseded_at.is_(None),
        CaseloadReport.month_from >= first,
        CaseloadReport.first_filed_on <= as_of,
    )
    rows: Sequence[Row[*tuple[Any, ...]]] = db.session.execute(union_all(placed, filed)).all()
    for row in rows:
        if not row.is_filed:
            month, last = max(row.from_on.replace(day=1), first), min(row.to_on or as_of, as_of)
            while month <= last:
                months[row.vendor_id][month] = None
                month = add_months(month, 1)
    for row in rows:
        if row.is_filed:
            months[row.vendor_id][row.from_on] = row.to_on
    return {
        vendor_id: tuple(
            FiledPeriod(last_day_of_month(month), due_on(month), known[month]) for month in sorted(known, reverse=True)
        )
        for vendor_id, known in months.items()
    }
