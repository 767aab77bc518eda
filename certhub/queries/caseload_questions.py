"""Questions about caseload reports, and the spreadsheets that were uploaded for them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true

from certhub.database import db
from certhub.models.caseload import CaseloadQuestion, CaseloadSheet, SheetStatus
from certhub.models.parties import Party
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.caseload_checks import Check, QuestionState
from certhub.rules.permissions import Viewer, reports_for_the_office

_vendor: Any = Party.__table__.c


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question in a list."""

    id: int
    vendor_id: int
    vendor: str
    month: date
    about: Check
    sentence: str
    state: QuestionState
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A spreadsheet in a list."""

    id: int
    file_name: str
    status: SheetStatus
    row_count: int
    error_count: int
    uploaded_at: datetime


def one(viewer: Viewer, vendor_id: int, month_from: date, question_id: int) -> CaseloadQuestion:
    """A question about a vendor's month. Raises `NotVisible`."""
    found = db.session.scalar(
        select(CaseloadQuestion).where(
            CaseloadQuestion.id == question_id,
            CaseloadQuestion.vendor_id == vendor_id,
            CaseloadQuestion.month_from == month_from,
            _own(viewer, CaseloadQuestion.__table__.c.vendor_id),
        )
    )
    if found is None:
        raise NotVisible(question_id)
    return found


def page(viewer: Viewer, state: QuestionState | None, *, cursor: str | None = None) -> Page[QuestionRow]:
    """The questions that the viewer may see, the latest first; those in one state where it is given."""
    question = CaseloadQuestion
    statement = (
        select(
            question.id, question.vendor_id, _vendor.name, question.month_from, question.about, question.sentence,
            question.state, question.raised_at,
        )
        .join(Party.__table__, _vendor.id == question.vendor_id)
        .where(_own(viewer, question.__table__.c.vendor_id))
    )  # fmt: skip
    if state is not None:
        statement = statement.where(question.state == state)
    return paged(statement, [question.id], lambda row: QuestionRow(*row[:8]), cursor=cursor, newest_first=True)


def of_month(viewer: Viewer, vendor_id: int, month_from: date) -> list[CaseloadQuestion]:
    """Every question about a vendor's month, in the order in which they were raised."""
    return list(
        db.session.scalars(
            select(CaseloadQuestion)
            .where(
                CaseloadQuestion.vendor_id == vendor_id,
                CaseloadQuestion.month_from == month_from,
                _own(viewer, CaseloadQuestion.__table__.c.vendor_id),
            )
            .order_by(CaseloadQuestion.id)
        )
    )


def sheet(viewer: Viewer, vendor_id: int, month_from: date, sheet_id: int) -> CaseloadSheet:
    """A spreadsheet of a vendor's month. Raises `NotVisible`."""
    found = db.session.scalar(
        select(CaseloadSheet).where(
            CaseloadSheet.id == sheet_id,
            CaseloadSheet.vendor_id == vendor_id,
            CaseloadSheet.month_from == month_from,
            _own(viewer, CaseloadSheet.__table__.c.vendor_id),
            CaseloadSheet.by_office.is_(reports_for_the_office(viewer)),
        )
    )
    if found is None:
        raise NotVisible(sheet_id)
    return found


def sheets(viewer: Viewer, vendor_id: int, month_from: date, *, cursor: str | None = None) -> Page[SheetRow]:
    """The spreadsheets that were uploaded for a vendor's month, the latest first."""
    one = CaseloadSheet
    statement = select(one.id, one.file_name, one.status, one.row_count, one.error_count, one.uploaded_at).where(
        one.vendor_id == vendor_id,
        one.month_from == month_from,
        _own(viewer, one.__table__.c.vendor_id),
        one.by_office.is_(reports_for_the_office(viewer)),
    )
    return paged(statement, [one.id], lambda row: SheetRow(*row[:6]), cursor=cursor, newest_first=True)


def _own(viewer: Viewer, vendor_id: ColumnElement[int]) -> ColumnElement[bool]:
    return true() if sees_everything(viewer) else vendor_id == (viewer.party_id or 0)
