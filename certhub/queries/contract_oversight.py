"""What is on file of a vendor under contract: checks, qualification, reports, insurance, visits, corrective action."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from certhub.database import db
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
from certhub.queries import contracts
from certhub.queries.visibility import NotVisible
from certhub.rules.contract_oversight import Check, Policy, QualificationStatus
from certhub.rules.permissions import Viewer


@dataclass(frozen=True, slots=True)
class OnFile:
    """Everything that DPH has checked of a contract's vendor; the newest first."""

    checks: list[DebarmentCheck]
    qualifications: list[ProviderQualification]
    reports: list[FinancialReport]
    policies: list[InsurancePolicy]
    visits: list[SiteVisit]
    plans: list[CorrectiveActionPlan]


def on_file(contract: Contract) -> OnFile:
    """What is on file of a contract that the viewer has been shown already."""
    vendor_id = contract.vendor_id
    return OnFile(
        list(
            db.session.scalars(
                select(DebarmentCheck)
                .where(DebarmentCheck.vendor_id == vendor_id)
                .order_by(DebarmentCheck.checked_on.desc(), DebarmentCheck.id.desc())
            )
        ),
        list(
            db.session.scalars(
                select(ProviderQualification)
                .where(ProviderQualification.vendor_id == vendor_id)
                .order_by(ProviderQualification.fiscal_year.desc(), ProviderQualification.decided_on.desc())
            )
        ),
        list(
            db.session.scalars(
                select(FinancialReport)
                .options(joinedload(FinancialReport.supersedes))
                .where(FinancialReport.vendor_id == vendor_id, _newest_report())
                .order_by(FinancialReport.year_ended_on.desc())
            )
        ),
        list(
            db.session.scalars(
                select(InsurancePolicy)
                .where(InsurancePolicy.vendor_id == vendor_id, InsurancePolicy.superseded_at.is_(None))
                .order_by(InsurancePolicy.ends_on.desc(), InsurancePolicy.id.desc())
            )
        ),
        list(
            db.session.scalars(
                select(SiteVisit).where(SiteVisit.contract_id == contract.id).order_by(SiteVisit.visited_on.desc())
            )
        ),
        list(
            db.session.scalars(
                select(CorrectiveActionPlan)
                .options(selectinload(CorrectiveActionPlan.milestones), selectinload(CorrectiveActionPlan.answers))
                .where(CorrectiveActionPlan.contract_id == contract.id)
                .order_by(CorrectiveActionPlan.opened_on.desc(), CorrectiveActionPlan.id.desc())
            )
        ),
    )


def checks(vendor_id: int) -> list[Check]:
    """Every debarment check of a vendor, as the rules see it."""
    rows = db.session.execute(
        select(DebarmentCheck.checked_on, DebarmentCheck.listed, DebarmentCheck.source).where(
            DebarmentCheck.vendor_id == vendor_id
        )
    )
    return [Check(row.checked_on, row.listed, row.source) for row in rows]


def qualification_status(vendor_id: int, fiscal_year: int) -> QualificationStatus | None:
    """The vendor's qualification in a fiscal year, or in the one before where the letter has not come yet."""
    return db.session.scalar(
        select(ProviderQualification.status)
        .where(
            ProviderQualification.vendor_id == vendor_id,
            ProviderQualification.fiscal_year.in_((fiscal_year, fiscal_year - 1)),
        )
        .order_by(
            ProviderQualification.fiscal_year.desc(),
            ProviderQualification.decided_on.desc(),
            ProviderQualification.id.desc(),
        )
        .limit(1)
    )


def insured(vendor_id: int) -> list[Policy]:
    """The insurances of a vendor, as the rules see them."""
    rows = db.session.execute(
        select(InsurancePolicy.kind, InsurancePolicy.starts_on, InsurancePolicy.ends_on).where(
            InsurancePolicy.vendor_id == vendor_id, InsurancePolicy.superseded_at.is_(None)
        )
    )
    return [Policy(row.kind, row.starts_on, row.ends_on) for row in rows]


def report_filed(vendor_id: int, year_ended_on: date) -> FinancialReport | None:
    """The report of one of the vendor's fiscal years, if it is on file."""
    return db.session.scalar(
        select(FinancialReport).where(
            FinancialReport.vendor_id == vendor_id, FinancialReport.year_ended_on == year_ended_on, _newest_report()
        )
    )


def report(viewer: Viewer, contract: Contract, report_id: int) -> FinancialReport:
    """A financial report of the contract's vendor. Raises `NotVisible`."""
    contracts.one(viewer, contract.id)
    found = db.session.get(FinancialReport, report_id)
    if found is None or found.vendor_id != contract.vendor_id:
        raise NotVisible(report_id)
    return found


def _newest_report() -> ColumnElement[bool]:
    """Condition that no other row corrects a report."""
    later = aliased(FinancialReport)
    return ~exists().where(later.supersedes_id == FinancialReport.id)


def plan(viewer: Viewer, plan_id: int) -> CorrectiveActionPlan:
    """A corrective action plan of a contract that the viewer may read. Raises `NotVisible`."""
    found = db.session.scalar(
        select(CorrectiveActionPlan)
        .options(
            joinedload(CorrectiveActionPlan.contract),
            selectinload(CorrectiveActionPlan.milestones),
            selectinload(CorrectiveActionPlan.answers).joinedload(CorrectiveAnswer.answered_by),
        )
        .where(CorrectiveActionPlan.id == plan_id)
    )
    if found is None:
        raise NotVisible(plan_id)
    contracts.one(viewer, found.contract_id)
    return found


def milestone(viewer: Viewer, milestone_id: int) -> CorrectiveMilestone:
    """A milestone of a plan that the viewer may read. Raises `NotVisible`."""
    found = db.session.get(CorrectiveMilestone, milestone_id)
    if found is None:
        raise NotVisible(milestone_id)
    plan(viewer, found.plan_id)
    return found


def policy(viewer: Viewer, contract: Contract, policy_id: int) -> InsurancePolicy:
    """An insurance of the contract's vendor. Raises `NotVisible`."""
    contracts.one(viewer, contract.id)
    found = db.session.get(InsurancePolicy, policy_id)
    if found is None or found.vendor_id != contract.vendor_id:
        raise NotVisible(policy_id)
    return found
