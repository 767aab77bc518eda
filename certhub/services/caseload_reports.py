"""Caseload reports: a line is typed, the month is filed, and a correction supersedes what was filed."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import delete, insert, select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.caseload import (
    CaseloadCount,
    CaseloadDraft,
    CaseloadLine,
    CaseloadQuestion,
    CaseloadReport,
    ReportSource,
)
from certhub.models.parties import VendorOrganization
from certhub.queries import caseload_reports
from certhub.queries.caseload_reports import COLUMNS, Place
from certhub.rules.audit_actions import AuditAction
from certhub.rules.caseload_checks import Finding, Pair, QuestionState, findings
from certhub.rules.caseload_report import (
    CHILDREN,
    ENCOUNTERS,
    FIELDS,
    PARTS,
    Breakdown,
    Line,
    due_on,
    mistakes,
    month_in_words,
    require_consistent,
    require_over,
    sum_of,
)
from certhub.rules.permissions import Viewer, reports_for_the_office
from certhub.rules.refusal import Refusal
from certhub.services import audit

_COUNTED = {part.key: one for one in Breakdown for part in PARTS[one] if part.key not in COLUMNS}


def type_line(
    vendor: VendorOrganization,
    month_from: date,
    place: Place,
    numbers: Line,
    *,
    source: ReportSource,
    actor: User,
    at: datetime,
) -> None:
    """Keep a line until the month is filed; nothing is reported by it. Raises `Refusal` beside a field."""
    require_over(month_from, clock.civil_date(at))
    require_consistent(numbers)
    _keep(vendor.id, month_from, {place.pair: numbers}, source=source, actor=actor, at=at)


def type_lines(
    vendor_id: int, month_from: date, lines: Mapping[Pair, Line], *, source: ReportSource, actor: User, at: datetime
) -> None:
    """As `type_line`, for lines that were checked before."""
    require_over(month_from, clock.civil_date(at))
    for numbers in lines.values():
        require_consistent(numbers)
    _keep(vendor_id, month_from, lines, source=source, actor=actor, at=at)


def discard_drafts(vendor: VendorOrganization, month_from: date, *, actor: User) -> None:
    """Forget what the actor's side typed and did not file."""
    locked(vendor)
    _forget(actor, vendor.id, month_from)


def file(
    vendor: VendorOrganization,
    month_from: date,
    places: list[Place],
    *,
    filed_on: date,
    seen: int | None,
    actor: User,
    at: datetime,
) -> tuple[CaseloadReport, list[Finding]]:
    """File what was typed, together with the lines that stay as they were filed before; returns the new questions.

    `seen` is the number of the report that stood on the page, so that nobody corrects what has changed since.
    """
    today = clock.civil_date(at)
    require_over(month_from, today)
    _require_day(month_from, filed_on, today)
    locked(vendor)
    before = caseload_reports.standing(vendor.id, month_from)
    if (before.id if before else None) != seen:
        raise Refusal("Somebody else filed this month. Look at what is filed now before you correct it.")
    drafts = caseload_reports.drafts_of(actor, vendor.id, month_from)
    if before is not None and not drafts:
        raise Refusal("Nothing has changed since this month was filed. Change a line first.")
    lines = _effective(places, before, drafts)
    if not lines:
        raise Refusal("There is nothing to file. Fill in the lines first.")
    _require_nothing_lost(lines, {**caseload_reports.lines_of(before.id if before else None), **drafts})
    report = _written(vendor, month_from, lines, before, filed_on=filed_on, actor=actor, at=at)
    asked = _ask(report, before, lines, places, at=at)
    _forget(actor, vendor.id, month_from)
    totals = sum_of(lines.values())
    audit.record(
        actor,
        AuditAction.CASELOAD_REPORT_CORRECTED if before else AuditAction.CASELOAD_REPORT_FILED,
        report,
        at=at,
        party_id=vendor.id,
        encounters=totals[ENCOUNTERS],
        questions=[[finding.check, finding.coordinator_id, finding.practice_id] for finding in asked],
    )
    return report, asked


def preview(
    viewer: Viewer, vendor_id: int, month_from: date, places: list[Place]
) -> tuple[dict[Pair, Line], list[Finding]]:
    """What the viewer would file, and what would be asked about it; whoever asks has found the vendor by a query."""
    before = caseload_reports.standing(vendor_id, month_from)
    lines = _effective(places, before, caseload_reports.drafts_of(viewer, vendor_id, month_from))
    return lines, findings(caseload_reports.beside_the_records(vendor_id, month_from, lines, places))


def _effective(places: list[Place], before: CaseloadReport | None, drafts: Mapping[Pair, Line]) -> dict[Pair, Line]:
    """The lines that count: typed before filed, in the order of the places, without empty ones that nobody expects."""
    told = {**caseload_reports.lines_of(before.id if before else None), **drafts}
    expected = {place.pair for place in places if place.in_month}
    ordered = [place.pair for place in places if place.pair in told]
    return {pair: told[pair] for pair in ordered if pair in expected or any(told[pair].values())}


def _require_nothing_lost(lines: Mapping[Pair, Line], told: Mapping[Pair, Line]) -> None:
    """Refuse to leave children out of a correction because an assignment is not on file any more. Raises `Refusal`."""
    lost = sum(numbers.get(CHILDREN, 0) for pair, numbers in told.items() if pair not in lines)
    if lost:
        raise Refusal(
            f"What was filed before has {lost} children of a coordinator and practice without an assignment in this "
            "month any more. Ask DPH to look at the assignment before you correct this month."
        )


def _require_day(month_from: date, filed_on: date, today: date) -> None:
    if filed_on > today:
        raise Refusal("The day on which it came in cannot be in the future.", field="filed_on")
    if filed_on.replace(day=1) <= month_from:
        raise Refusal(
            f"{month_in_words(month_from)} was not over on that day. Enter the day on which DPH received the paper.",
            field="filed_on",
        )


def _keep(
    vendor_id: int, month_from: date, lines: Mapping[Pair, Line], *, source: ReportSource, actor: User, at: datetime
) -> None:
    # Whoever files the month holds the vendor: what is typed meanwhile comes after it, and is not forgotten with it.
    locked(db.session.get_one(VendorOrganization, vendor_id))
    person = caseload_reports.person_of(CaseloadDraft.coordinator_id)
    same_month = caseload_reports.own_drafts(actor, vendor_id, month_from)
    existing: dict[Pair, list[CaseloadDraft]] = {}
    for draft, coordinator_id in db.session.execute(
        select(CaseloadDraft, person).where(*same_month).order_by(CaseloadDraft.id)
    ):
        existing.setdefault((coordinator_id, draft.practice_id), []).append(draft)
    typed_by_id = actor.id
    for pair, numbers in lines.items():
        told = {key: numbers[key] for key in FIELDS if numbers.get(key)}
        if pair in existing:
            draft, *twins = existing[pair]
            for twin in twins:  # of a record of the same person that was merged into this one
                db.session.delete(twin)
            draft.numbers, draft.source, draft.typed_by_id, draft.typed_at = told, source, typed_by_id, at
        else:
            draft = CaseloadDraft(
                vendor_id=vendor_id,
                month_from=month_from,
                coordinator_id=pair[0],
                practice_id=pair[1],
                by_office=reports_for_the_office(actor),
                numbers=told,
                source=source,
                typed_by_id=typed_by_id,
                typed_at=at,
            )
            db.session.add(draft)
    db.session.flush()


def _forget(actor: User, vendor_id: int, month_from: date) -> None:
    db.session.execute(
        delete(CaseloadDraft)
        .where(*caseload_reports.own_drafts(actor, vendor_id, month_from))
        .execution_options(synchronize_session="fetch")
    )


def _source(actor: User, vendor_id: int, month_from: date) -> ReportSource:
    """How most of the report came in: by paper or file where any line did."""
    found = set(
        db.session.scalars(
            select(CaseloadDraft.source).where(*caseload_reports.own_drafts(actor, vendor_id, month_from)).distinct()
        )
    )
    for one in (ReportSource.PAPER, ReportSource.FILE):
        if one in found:
            return one
    return ReportSource.FORM


def _written(
    vendor: VendorOrganization,
    month_from: date,
    lines: Mapping[Pair, Line],
    before: CaseloadReport | None,
    *,
    filed_on: date,
    actor: User,
    at: datetime,
) -> CaseloadReport:
    for numbers in lines.values():
        if mistakes(numbers):
            raise Refusal("A line does not add up. Open it and correct it.")
    if before is not None:
        before.superseded_at = at
        db.session.flush()
    report = CaseloadReport(
        vendor_id=vendor.id,
        month_from=month_from,
        due_on=due_on(month_from),
        filed_on=filed_on,
        first_filed_on=before.first_filed_on if before else filed_on,
        source=_source(actor, vendor.id, month_from),
        children=sum(numbers.get(CHILDREN, 0) for numbers in lines.values()),
        line_count=len(lines),
        filed_by_id=actor.id,
        recorded_at=at,
        supersedes_id=before.id if before else None,
    )
    db.session.add(report)
    db.session.flush()
    _write_lines(report.id, lines)
    return report


def _write_lines(report_id: int, lines: Mapping[Pair, Line]) -> None:
    connection = db.session.connection()
    connection.execute(
        insert(CaseloadLine),
        [
            {
                "report_id": report_id, "coordinator_id": coordinator_id, "practice_id": practice_id,
                **{name: numbers.get(name, 0) for name in COLUMNS},
            }
            for (coordinator_id, practice_id), numbers in lines.items()
        ],
    )  # fmt: skip
    ids = {
        (row.coordinator_id, row.practice_id): row.id
        for row in db.session.execute(
            select(CaseloadLine.id, CaseloadLine.coordinator_id, CaseloadLine.practice_id).where(
                CaseloadLine.report_id == report_id
            )
        )
    }
    counts = [
        {"line_id": ids[pair], "code": code, "breakdown": breakdown, "number": numbers[code]}
        for pair, numbers in lines.items()
        for code, breakdown in _COUNTED.items()
        if numbers.get(code)
    ]
    if counts:
        connection.execute(insert(CaseloadCount), counts)


def _ask(
    report: CaseloadReport,
    before: CaseloadReport | None,
    lines: Mapping[Pair, Line],
    places: list[Place],
    *,
    at: datetime,
) -> list[Finding]:
    """Raise the questions of a report; what was accepted of any version of the month is not asked again."""
    accepted: set[object] = set()
    asked = select(CaseloadQuestion).where(
        CaseloadQuestion.vendor_id == report.vendor_id, CaseloadQuestion.month_from == report.month_from
    )
    for question in db.session.scalars(asked):
        if question.state is QuestionState.ACCEPTED:
            accepted.add((question.about, question.coordinator_id, question.practice_id, question.sentence))
        elif before is not None and question.report_id == before.id:
            question.state = QuestionState.CORRECTED
    found = findings(caseload_reports.beside_the_records(report.vendor_id, report.month_from, lines, places))
    raised = [finding for finding in found if finding.key not in accepted]
    db.session.add_all(
        CaseloadQuestion(
            report_id=report.id,
            vendor_id=report.vendor_id,
            month_from=report.month_from,
            coordinator_id=finding.coordinator_id,
            practice_id=finding.practice_id,
            about=finding.check,
            sentence=finding.sentence,
            raised_at=at,
        )
        for finding in raised
    )
    db.session.flush()
    return raised
