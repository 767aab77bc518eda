"""Spreadsheets of a month's caseload: checked first, and taken over whole or not at all."""

from collections.abc import Sequence
from datetime import date, datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.caseload import CaseloadSheet, ReportSource, SheetStatus
from certhub.models.parties import VendorOrganization
from certhub.queries.caseload_reports import Place
from certhub.rules.audit_actions import AuditAction
from certhub.rules.caseload_checks import Pair
from certhub.rules.caseload_report import require_over
from certhub.rules.caseload_sheet import CheckedSheet, Named, check_rows
from certhub.rules.permissions import reports_for_the_office
from certhub.rules.refusal import Refusal
from certhub.services import audit, caseload_reports, spreadsheet

MOST_PROBLEMS_KEPT = 200


def read(data: bytes, media_type: str, places: Sequence[Place]) -> CheckedSheet:
    """Check a file; nothing is written. Raises `Refusal` where it is no caseload at all."""
    rows = iter(spreadsheet.read(data, media_type))
    first = next(rows, None)
    if first is None:
        raise Refusal("This file has no rows. Start from the template.", field="file")
    named = [Named(place.pair, place.coordinator, place.email, place.practice) for place in places]
    checked = check_rows(first[1], rows, named)
    if not checked.lines and not checked.problems:
        raise Refusal("This file has headings and no numbers. Fill in a row for each assignment.", field="file")
    return checked


def check(
    vendor: VendorOrganization,
    month_from: date,
    checked: CheckedSheet,
    *,
    sha256: str,
    file_name: str,
    actor: User,
    at: datetime,
) -> CaseloadSheet:
    """Keep the report of a dry run."""
    require_over(month_from, clock.civil_date(at))
    found = CaseloadSheet(
        vendor_id=vendor.id,
        month_from=month_from,
        sha256=sha256,
        file_name=file_name,
        by_office=reports_for_the_office(actor),
        row_count=checked.row_count,
        error_count=len(checked.problems),
        report={
            "problems": [
                [one.row, one.column, one.value, one.message] for one in checked.problems[:MOST_PROBLEMS_KEPT]
            ],
            "lines": [[*pair, line] for pair, line in checked.lines.items()],
            "empty": checked.empty,
            "ignored": list(checked.ignored),
        },
        uploaded_by_id=actor.id,
        uploaded_at=at,
    )
    db.session.add(found)
    db.session.flush()
    audit.record(actor, AuditAction.CASELOAD_SHEET_CHECKED, found, at=at, party_id=vendor.id)
    return found


def lines_of(sheet: CaseloadSheet) -> dict[Pair, dict[str, int]]:
    """The lines as they were understood."""
    return {(coordinator_id, practice_id): line for coordinator_id, practice_id, line in sheet.report["lines"]}


def take_over(sheet: CaseloadSheet, *, actor: User, at: datetime) -> None:
    """Type all lines of a file at once; the month is filed after that as always."""
    _require_waiting(locked(sheet))
    if sheet.error_count:
        raise Refusal("This file has rows to correct. Correct them and upload it again.")
    caseload_reports.type_lines(
        sheet.vendor_id, sheet.month_from, lines_of(sheet), source=ReportSource.FILE, actor=actor, at=at
    )
    sheet.status = SheetStatus.TAKEN_OVER
    audit.record(actor, AuditAction.CASELOAD_SHEET_TAKEN_OVER, sheet, at=at, party_id=sheet.vendor_id)


def discard(sheet: CaseloadSheet, *, actor: User, at: datetime) -> None:
    """Put a checked file aside."""
    _require_waiting(locked(sheet))
    sheet.status = SheetStatus.DISCARDED
    audit.record(actor, AuditAction.CASELOAD_SHEET_DISCARDED, sheet, at=at, party_id=sheet.vendor_id)


def _require_waiting(sheet: CaseloadSheet) -> None:
    if sheet.status is not SheetStatus.CHECKED:
        raise Refusal("This file was taken over or put aside before. Upload it again.")
