"""Watching a vendor under contract: checks, qualification, reports, insurance, visits and corrective action."""

from dataclasses import dataclass
from datetime import date, datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.contract_oversight import (
    CorrectiveActionPlan,
    CorrectiveAnswer,
    CorrectiveMilestone,
    DebarmentCheck,
    FinancialReport,
    InsurancePolicy,
    ProviderQualification,
    SiteVisit,
)
from certhub.models.contracts import Contract
from certhub.queries import contract_oversight
from certhub.rules.audit_actions import AuditAction
from certhub.rules.contract_oversight import InsuranceKind, QualificationStatus, VisitDepth, VisitResult, response_due
from certhub.rules.refusal import Refusal
from certhub.rules.terms import fixed_due_date
from certhub.services import audit


@dataclass(frozen=True, slots=True)
class PolicyText:
    """An insurance, as it was typed."""

    kind: InsuranceKind
    insurer: str
    policy_number: str
    limit_cents: int
    starts_on: date
    ends_on: date


def check_debarment(
    contract: Contract, *, source: str, checked_on: date, listed: bool, note: str | None, actor: User, at: datetime
) -> DebarmentCheck:
    """Note what a look at a list of debarred contractors found. Raises `Refusal`."""
    _require_past(checked_on, "checked_on", at=at)
    if listed and not note:
        raise Refusal("Say what was found on the list.", field="note")
    check = DebarmentCheck(
        vendor_id=contract.vendor_id, contract_id=contract.id, source=source, checked_on=checked_on, listed=listed,
        note=note, recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(check)
    db.session.flush()
    audit.record(actor, AuditAction.DEBARMENT_CHECKED, check, at=at, party_id=contract.vendor_id)
    return check


def record_qualification(
    contract: Contract,
    *,
    fiscal_year: int,
    status: QualificationStatus,
    decided_on: date,
    note: str | None = None,
    actor: User,
    at: datetime,
) -> ProviderQualification:
    """Note the yearly decision of EOHHS about the vendor. Raises `Refusal`."""
    _require_past(decided_on, "decided_on", at=at)
    found = ProviderQualification(
        vendor_id=contract.vendor_id, fiscal_year=fiscal_year, status=status, decided_on=decided_on, note=note,
        recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    audit.record(actor, AuditAction.QUALIFICATION_RECORDED, found, at=at, party_id=contract.vendor_id)
    return found


def record_financial_report(
    contract: Contract, *, year_ended_on: date, filed_on: date, actor: User, at: datetime
) -> FinancialReport:
    """Note that the vendor filed the Uniform Financial Report of one of its fiscal years. Raises `Refusal`."""
    _require_filing_day(year_ended_on, filed_on, at=at)
    if contract_oversight.report_filed(contract.vendor_id, year_ended_on) is not None:
        raise Refusal("The report of this fiscal year is on file already.", field="year_ended_on")
    report = FinancialReport(
        vendor_id=contract.vendor_id, year_ended_on=year_ended_on, filed_on=filed_on,
        due_on=fixed_due_date(year_ended_on).on, recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(report)
    db.session.flush()
    audit.record(actor, AuditAction.FINANCIAL_REPORT_RECORDED, report, at=at, party_id=contract.vendor_id)
    return report


def correct_financial_report(
    contract: Contract, report: FinancialReport, *, filed_on: date, reason: str, actor: User, at: datetime
) -> FinancialReport:
    """Put the right day of filing in place of the one on file, which stays as it was known. Raises `Refusal`."""
    locked(contract.vendor)
    newest = contract_oversight.report_filed(report.vendor_id, report.year_ended_on)
    if newest is None or newest.id != report.id:
        raise Refusal("Somebody else corrected this report. Open the contract again and look.")
    if not reason.strip():
        raise Refusal("Say what was wrong.", field="reason")
    if filed_on == report.filed_on:
        raise Refusal("This is the day on file already. Type the right day, or go back.", field="filed_on")
    _require_filing_day(report.year_ended_on, filed_on, at=at)
    corrected = FinancialReport(
        vendor_id=report.vendor_id, year_ended_on=report.year_ended_on, filed_on=filed_on, due_on=report.due_on,
        supersedes_id=report.id, correction_reason=reason.strip(), recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(corrected)
    db.session.flush()
    audit.record(
        actor, AuditAction.FINANCIAL_REPORT_CORRECTED, corrected, at=at, party_id=contract.vendor_id,
        reason=reason.strip(),
    )  # fmt: skip
    return corrected


def _require_filing_day(year_ended_on: date, filed_on: date, *, at: datetime) -> None:
    _require_past(filed_on, "filed_on", at=at)
    if filed_on <= year_ended_on:
        raise Refusal("A report is filed after its fiscal year has ended.", field="filed_on")


def record_policy(contract: Contract, given: PolicyText, *, actor: User, at: datetime) -> InsurancePolicy:
    """Note an insurance of the vendor. Raises `Refusal`."""
    policy = _policy(contract, given, actor=actor, at=at)
    audit.record(actor, AuditAction.INSURANCE_RECORDED, policy, at=at, party_id=contract.vendor_id)
    return policy


def correct_policy(
    contract: Contract, policy: InsurancePolicy, given: PolicyText, *, actor: User, at: datetime
) -> InsurancePolicy:
    """Put the right facts of an insurance in place of those on file; these stay as they were known."""
    locked(policy)
    if policy.superseded_at is not None:
        raise Refusal("Somebody else corrected this insurance. Open the contract again and look.")
    policy.superseded_at = at
    db.session.flush()
    corrected = _policy(contract, given, supersedes_id=policy.id, actor=actor, at=at)
    audit.record(actor, AuditAction.INSURANCE_CORRECTED, corrected, at=at, party_id=contract.vendor_id)
    return corrected


def record_visit(
    contract: Contract,
    *,
    visited_on: date,
    depth: VisitDepth,
    result: VisitResult,
    findings: str,
    visitors: str,
    actor: User,
    at: datetime,
) -> SiteVisit:
    """Note a visit; findings that ask for it open a corrective action plan at once. Raises `Refusal`."""
    _require_past(visited_on, "visited_on", at=at)
    if result is not VisitResult.NO_FINDINGS and not findings:
        raise Refusal("Write what was found.", field="findings")
    visit = SiteVisit(
        contract_id=contract.id, visited_on=visited_on, depth=depth, result=result, findings=findings,
        visitors=visitors, recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(visit)
    db.session.flush()
    audit.record(actor, AuditAction.SITE_VISIT_RECORDED, visit, at=at, party_id=contract.vendor_id)
    if result is VisitResult.CORRECTIVE_ACTION:
        open_plan(contract, finding=findings, opened_on=clock.civil_date(at), visit=visit, actor=actor, at=at)
    return visit


def open_plan(
    contract: Contract,
    *,
    finding: str,
    opened_on: date,
    visit: SiteVisit | None = None,
    actor: User,
    at: datetime,
) -> CorrectiveActionPlan:
    """Ask the vendor for corrective action; its plan is due in 30 days (VO-17). Raises `Refusal`."""
    _require_past(opened_on, "opened_on", at=at)
    plan = CorrectiveActionPlan(
        contract_id=contract.id, visit_id=visit.id if visit else None, finding=finding, opened_on=opened_on,
        response_due_on=response_due(opened_on), opened_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(plan)
    db.session.flush()
    audit.record(actor, AuditAction.CORRECTIVE_ACTION_OPENED, plan, at=at, party_id=contract.vendor_id)
    return plan


def answer_plan(plan: CorrectiveActionPlan, *, response: str, actor: User, at: datetime) -> CorrectiveAnswer:
    """The vendor says what it will do; what was said before stays as it was. Raises `Refusal`."""
    locked(plan)
    _require_open(plan)
    if not response.strip():
        raise Refusal("Say what you will do.", field="response")
    answer = CorrectiveAnswer(
        plan_id=plan.id, response=response.strip(), answered_on=clock.civil_date(at), answered_by_id=actor.id,
        recorded_at=at,
    )  # fmt: skip
    db.session.add(answer)
    db.session.flush()
    audit.record(actor, AuditAction.CORRECTIVE_ACTION_ANSWERED, answer, at=at, party_id=plan.contract.vendor_id)
    db.session.refresh(plan)
    return answer


def add_milestone(
    plan: CorrectiveActionPlan, *, title: str, due_on: date, actor: User, at: datetime
) -> CorrectiveMilestone:
    """Agree on one more step of a plan. Raises `Refusal`."""
    locked(plan)
    _require_open(plan)
    if due_on < plan.opened_on:
        raise Refusal("A milestone cannot be due before the plan was opened.", field="due_on")
    milestone = CorrectiveMilestone(plan_id=plan.id, title=title, due_on=due_on, recorded_at=at)
    db.session.add(milestone)
    db.session.flush()
    audit.record(actor, AuditAction.MILESTONE_ADDED, milestone, at=at, party_id=plan.contract.vendor_id)
    return milestone


def see_milestone_done(
    plan: CorrectiveActionPlan, milestone: CorrectiveMilestone, *, done_on: date, note: str, actor: User, at: datetime
) -> None:
    """Note that DPH saw a milestone done. Raises `Refusal`."""
    locked(milestone)
    _require_open(plan)
    _require_past(done_on, "done_on", at=at)
    if milestone.done_on is not None:
        raise Refusal("This milestone is done already. Open the plan again and look.")
    milestone.done_on, milestone.done_note = done_on, note
    db.session.flush()
    audit.record(actor, AuditAction.MILESTONE_REACHED, milestone, at=at, party_id=plan.contract.vendor_id)


def close_plan(plan: CorrectiveActionPlan, *, closing_note: str, actor: User, at: datetime) -> None:
    """Close a plan once every milestone is done. Raises `Refusal`."""
    locked(plan)
    _require_open(plan)
    waiting = [one.title for one in plan.milestones if one.done_on is None]
    if waiting:
        raise Refusal(f"“{waiting[0]}” is not done yet. A plan is closed when all its milestones are done.")
    plan.closed_on, plan.closing_note = clock.civil_date(at), closing_note
    db.session.flush()
    audit.record(actor, AuditAction.CORRECTIVE_ACTION_CLOSED, plan, at=at, party_id=plan.contract.vendor_id)


def _policy(
    contract: Contract, given: PolicyText, *, supersedes_id: int | None = None, actor: User, at: datetime
) -> InsurancePolicy:
    if given.ends_on < given.starts_on:
        raise Refusal("The last day cannot be before the first day.", field="ends_on")
    if given.limit_cents <= 0:
        raise Refusal("Type an amount above zero.", field="limit")
    policy = InsurancePolicy(
        vendor_id=contract.vendor_id, kind=given.kind, insurer=given.insurer, policy_number=given.policy_number,
        limit_cents=given.limit_cents, starts_on=given.starts_on, ends_on=given.ends_on, supersedes_id=supersedes_id,
        recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(policy)
    db.session.flush()
    return policy


def _require_open(plan: CorrectiveActionPlan) -> None:
    if plan.closed_on is not None:
        raise Refusal("This plan is closed. Open a new one if there is something else to put right.")


def _require_past(day: date, field: str, *, at: datetime) -> None:
    if day > clock.civil_date(at):
        raise Refusal("This day is still to come. Type today or an earlier day.", field=field)
