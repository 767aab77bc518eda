"""Caseload reports with everything that hangs on one: lines, a question, a line that is typed, and a file."""

import secrets
from datetime import date
from typing import Any

from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.caseload import (
    CaseloadCount,
    CaseloadDraft,
    CaseloadLine,
    CaseloadQuestion,
    CaseloadQuestionMove,
    CaseloadReport,
    CaseloadSheet,
    ReportSource,
)
from certhub.models.parties import Party, VendorOrganization
from certhub.rules.audit_actions import AuditAction
from certhub.rules.caseload_checks import Check, Move
from certhub.rules.caseload_report import Breakdown, due_on, latest_month, month_number
from certhub.services import audit
from tests.factories import ARRANGING, WHEN

NUMBERS: dict[str, Any] = {
    "children": 6, "tier_1": 1, "tier_2": 2, "tier_3": 3, "first_month_1": 0, "first_month_2": 1, "first_month_3": 0,
    "admissions": 1, "closures": 0, "families": 5, "contacted": 4, "encounters": 9,
}  # fmt: skip


def reported(vendor: VendorOrganization, person: Party, practice: Party, hr: User) -> dict[str, list[int | str]]:
    """A filed month of the vendor with a question, and a line of it that is typed anew."""
    month = latest_month(clock.today())
    with transaction() as session:
        report = _report(vendor, person, practice, hr, month)
        question = _question(report, person, hr)
        found, ours = _sheet(vendor, hr, month), _sheet(vendor, hr, month, by_office=True)
        session.add(
            CaseloadDraft(
                vendor_id=vendor.id, month_from=month, coordinator_id=person.id, practice_id=practice.id,
                by_office=False, numbers={"children": 0}, source=ReportSource.FORM, typed_by_id=hr.id, typed_at=WHEN,
            )
        )  # fmt: skip
        audit.record(ARRANGING, AuditAction.CASELOAD_REPORT_FILED, report, at=WHEN)
    return {"month": [month_number(month)], "question_id": [question.id], "sheet_id": [found.id, ours.id]}


def more_reported(vendor: VendorOrganization, other: Party, person: Party, practice: Party, hr: User) -> None:
    """One more vendor with a report, one more question and one more file, inside a transaction."""
    month = latest_month(clock.today())
    report = _report(other, person, practice, hr, month)
    ours = db.session.scalars(
        select(CaseloadReport).where(CaseloadReport.vendor_id == vendor.id).order_by(CaseloadReport.id)
    ).first()
    _question(ours or report, person, hr)
    _sheet(vendor, hr, month)


def _report(vendor: Party, person: Party, practice: Party, hr: User, month: date) -> CaseloadReport:
    report = CaseloadReport(
        first_filed_on=date(2026, 3, 10),
        vendor_id=vendor.id, month_from=month, due_on=due_on(month), filed_on=clock.today(), source=ReportSource.FORM,
        children=6, line_count=1, filed_by_id=hr.id, recorded_at=WHEN,
    )  # fmt: skip
    db.session.add(report)
    db.session.flush()
    line = CaseloadLine(report_id=report.id, coordinator_id=person.id, practice_id=practice.id, **NUMBERS)
    db.session.add(line)
    db.session.flush()
    db.session.add(CaseloadCount(line_id=line.id, code="age_3_5", breakdown=Breakdown.AGE, number=6))
    return report


def _question(report: CaseloadReport, person: Party, hr: User) -> CaseloadQuestion:
    question = CaseloadQuestion(
        report_id=report.id, vendor_id=report.vendor_id, month_from=report.month_from, coordinator_id=person.id,
        about=Check.SUDDEN, sentence=f"{person.name} had 2 children before and 6 now. Why?", raised_at=WHEN,
    )  # fmt: skip
    db.session.add(question)
    db.session.flush()
    for move in (Move.ANSWERED, Move.ASKED_AGAIN):
        db.session.add(
            CaseloadQuestionMove(
                question_id=question.id, move=move, words="A clinic closed.", by_id=hr.id, recorded_at=WHEN
            )
        )
    return question


def _sheet(vendor: VendorOrganization, hr: User, month: date, *, by_office: bool = False) -> CaseloadSheet:
    found = CaseloadSheet(
        vendor_id=vendor.id, month_from=month, sha256=secrets.token_hex(32), file_name="caseload.csv",
        by_office=by_office, row_count=1, error_count=1, uploaded_by_id=hr.id, uploaded_at=WHEN,
        report={"problems": [[2, "Practice", "Elm", "Copy it from the template."]], "lines": [], "empty": 0,
                "ignored": []},
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    return found
