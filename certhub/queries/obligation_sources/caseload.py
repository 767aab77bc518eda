"""Monthly caseload reports. The subject is the vendor, and the due day tells the month."""

from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, SQLColumnExpression, String, cast, exists, extract, or_
from sqlalchemy.orm import aliased

from certhub.models.caseload import CaseloadReport
from certhub.models.messages import Obligation
from certhub.models.parties import Assignment, VendorOrganization
from certhub.queries.obligation_sources.days import due_days
from certhub.queries.obligation_sources.source import Address, DueItem, Falling, Source, falling, reasons
from certhub.rules.caseload_report import due_on, month_in_words, month_number
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.terms import add_months, last_day_of_month

_vendor = VendorOrganization.__table__.c
_MONTHS = 12


def _months(name: str, day: date, since: date) -> CTE:
    """The months that are over, with the day on which each is to be reported; none that was due before `since`."""
    month, rows = add_months(since.replace(day=1), -2), []
    while last_day_of_month(month) < day:
        rows.append((last_day_of_month(month), due_on(month), month))
        month = add_months(month, 1)
    return due_days(name, rows)


def _had_anybody(vendor_id: SQLColumnExpression[Any], months: CTE) -> ColumnElement[bool]:
    """Whether the vendor had anybody in a practice in the month of a row: such a month is owed."""
    return exists().where(
        Assignment.vendor_id == vendor_id,
        Assignment.superseded_at.is_(None),
        Assignment.starts_on <= months.c.day,
        or_(Assignment.ends_on.is_(None), Assignment.ends_on >= months.c.from_on),
    )


def _falls_due(day: date, floor: date) -> Falling:
    months, filed = _months("report_months", day, floor), aliased(CaseloadReport)
    return (
        falling(_vendor.id, _vendor.id, months.c.due_on)
        .select_from(VendorOrganization.__table__)
        .join(months, months.c.due_on >= floor)
        .where(
            _had_anybody(_vendor.id, months),
            ~exists().where(filed.vendor_id == _vendor.id, filed.month_from == months.c.from_on),
        )
    )


def _settled(_day: date) -> ColumnElement[str | None]:
    report = aliased(CaseloadReport)
    filed = exists().where(report.vendor_id == Obligation.subject_id, report.due_on == Obligation.due_on)
    month = _number(Obligation.due_on) - 1
    worked = exists().where(
        Assignment.vendor_id == Obligation.subject_id,
        Assignment.superseded_at.is_(None),
        _number(Assignment.starts_on) <= month,
        or_(Assignment.ends_on.is_(None), _number(Assignment.ends_on) >= month),
    )
    return reasons((filed, "the report was filed"), (~worked, "nobody was in a practice in that month"))


def _number(day: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """The month of a day, counted on from year to year."""
    return _MONTHS * extract("year", day) + extract("month", day)


def _month_of(due: date) -> date:
    """The month whose report was due on a day."""
    return add_months(due.replace(day=1), -1)


def _page(item: DueItem) -> Address:
    return "caseload.report", {"party_id": item.subject_id, "month": month_number(_month_of(item.due_on))}


SOURCES = (
    Source(
        kind=ObligationKind.CASELOAD_REPORT,
        falls_due=_falls_due,
        rests_on=Assignment,
        settled=_settled,
        thing=lambda: cast(Obligation.due_on, String),
        thing_in_words=lambda due: f"for {month_in_words(_month_of(date.fromisoformat(due)))}",
        words=DueWords(
            noun="caseload report",
            ahead="File the report of the month, with counts only, at this link.",
            past="File the report of the month now, with counts only, at this link.",
            for_office="Ask the vendor for the report of the month.",
        ),
        page=_page,
        concerns=frozenset({Audience.ORGANIZATION, Audience.DPH}),
    ),
)
