"""What practices need by the monthly caseload reports: the children whom vendors report there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from certhub.database import db
from certhub.models.caseload import CaseloadLine, CaseloadReport
from certhub.queries import caseload_use


@dataclass(frozen=True, slots=True)
class ReportedNeed:
    """The active children of a practice by tier, and the month of the latest report that they come from."""

    practice_id: int
    month_from: date
    tiers: tuple[int, int, int]


def by_practice(on: date, practice_ids: Collection[int] | None = None) -> dict[int, ReportedNeed]:
    """What the reports that count on a day say of each practice; one statement."""
    latest = caseload_use.latest_months(on).subquery("latest")
    statement: Any = (
        select(
            CaseloadLine.practice_id, func.max(CaseloadReport.month_from), func.sum(CaseloadLine.tier_1),
            func.sum(CaseloadLine.tier_2), func.sum(CaseloadLine.tier_3),
        )
        .join(CaseloadReport, CaseloadReport.id == CaseloadLine.report_id)
        .join(
            latest,
            (latest.c.vendor_id == CaseloadReport.vendor_id) & (latest.c.month_from == CaseloadReport.month_from),
        )
        .where(CaseloadReport.superseded_at.is_(None))
        .group_by(CaseloadLine.practice_id)
        .order_by(CaseloadLine.practice_id)
    )  # fmt: skip
    if practice_ids is not None:
        statement = statement.where(CaseloadLine.practice_id.in_(practice_ids))
    return {
        practice_id: ReportedNeed(practice_id, month, (int(one), int(two), int(three)))
        for practice_id, month, one, two, three in db.session.execute(statement)
    }
