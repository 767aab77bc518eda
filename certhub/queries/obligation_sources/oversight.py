"""What a vendor under contract owes DPH: financial reports, insurance, answers and milestones of corrective action."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, String, and_, case, cast, exists, extract, func, or_, select
from sqlalchemy.orm import aliased

from certhub.models.contract_oversight import (
    CorrectiveActionPlan,
    CorrectiveAnswer,
    CorrectiveMilestone,
    FinancialReport,
    InsurancePolicy,
)
from certhub.models.contracts import Contract, ContractPeriod
from certhub.models.messages import Obligation
from certhub.models.parties import VendorOrganization
from certhub.queries.obligation_sources.days import due_days, every_day
from certhub.queries.obligation_sources.source import (
    CORRECTED,
    RENEWED,
    Address,
    DueItem,
    Falling,
    Source,
    carried_on,
    falling,
    of_subject,
    reasons,
)
from certhub.rules.contract_close_out import STATE_YEAR_ENDS
from certhub.rules.contract_oversight import INSURANCE_LABELS, InsuranceKind
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.terms import ONE_DAY, add_months, fixed_due_date

_MONTHS, _MONTHS_TO_FILE = 12, 5
_vendor = VendorOrganization.__table__.c


def _contract_of(vendor_id: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    """The vendor's contract that was executed last, on whose page its reports and insurances are."""
    return (
        select(func.max(Contract.id))
        .where(Contract.vendor_id == vendor_id, Contract.executed_at.is_not(None))
        .correlate(Obligation)
        .scalar_subquery()
    )


def _contract_page(item: DueItem) -> Address:
    return "contracts.show", {"contract_id": item.page_id or 0}


def _has_days(
    vendor_id: SQLColumnExpression[Any], first: SQLColumnExpression[Any] | date, last: SQLColumnExpression[Any] | date
) -> ColumnElement[bool]:
    """Whether a contract of the vendor is in force on some day of a span."""
    period, contract = aliased(ContractPeriod), aliased(Contract)
    return exists().where(
        contract.vendor_id == vendor_id,
        period.contract_id == contract.id,
        period.superseded_at.is_(None),
        period.starts_on <= last,
        period.ends_on >= first,
    )


# Financial reports: the subject is the vendor, and the due day tells the fiscal year.


def _reports(day: date, floor: date) -> Falling:
    """The reports of fiscal years that have ended, each on the day that the vendor's last report says, or June 30."""
    latest = aliased(FinancialReport)
    last = (
        select(func.max(latest.year_ended_on))
        .where(latest.vendor_id == _vendor.id)
        .correlate(VendorOrganization.__table__)
        .scalar_subquery()
    )
    ended = every_day(add_months(floor, -6), day)
    years = due_days(
        "fiscal_years", ((one, fixed_due_date(one).on, add_months(one, -_MONTHS) + ONE_DAY) for one in ended)
    )
    month, last_day = STATE_YEAR_ENDS
    filed = aliased(FinancialReport)
    return (
        falling(_vendor.id, _vendor.id, years.c.due_on)
        .select_from(VendorOrganization.__table__)
        .join(
            years,
            and_(
                extract("month", years.c.day) == func.coalesce(extract("month", last), month),
                _day_of_month(years.c.day) == func.coalesce(_day_of_month(last), last_day),
            ),
        )
        .where(
            years.c.due_on >= floor,
            _has_days(_vendor.id, years.c.from_on, years.c.day),
            ~exists().where(filed.vendor_id == _vendor.id, filed.due_on == years.c.due_on),
        )
    )


def _day_of_month(day: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """The day of the month; the last of February is one day, whatever the year."""
    number = extract("day", day)
    february = and_(extract("month", day) == 2, number >= 28)  # noqa: PLR2004  (February and its last days)
    return case((february, 28), else_=number)


def _reported(_day: date) -> ColumnElement[str | None]:
    filed, other = aliased(FinancialReport), aliased(FinancialReport)
    newest = select(func.max(other.year_ended_on)).where(other.vendor_id == Obligation.subject_id)
    elsewhere = exists().where(
        other.vendor_id == Obligation.subject_id,
        other.year_ended_on == newest.correlate(Obligation).scalar_subquery(),
        extract("month", other.due_on) != extract("month", Obligation.due_on),
    )
    return reasons(
        (
            exists().where(filed.vendor_id == Obligation.subject_id, filed.due_on == Obligation.due_on),
            "the report was filed",
        ),
        (elsewhere, "the vendor's fiscal year ends on another day"),
    )


def _fiscal_year(due_on: str) -> str:
    ended_in = add_months(date.fromisoformat(due_on).replace(day=1), -_MONTHS_TO_FILE)
    return f"for the fiscal year that ended in {ended_in:%B} {ended_in.year}"


# Insurance


def _insurances(_day: date, floor: date) -> Falling:
    policy, later = InsurancePolicy, aliased(InsurancePolicy)
    return falling(policy.id, policy.vendor_id, policy.ends_on).where(
        policy.superseded_at.is_(None),
        policy.ends_on >= floor,
        _goes_beyond(policy.vendor_id, policy.ends_on),
        ~exists().where(
            later.vendor_id == policy.vendor_id,
            later.kind == policy.kind,
            later.superseded_at.is_(None),
            later.ends_on > policy.ends_on,
        ),
    )


def _goes_beyond(vendor_id: SQLColumnExpression[Any], day: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Whether a contract of the vendor is in force after a day."""
    period, contract = aliased(ContractPeriod), aliased(Contract)
    return exists().where(
        contract.vendor_id == vendor_id,
        period.contract_id == contract.id,
        period.superseded_at.is_(None),
        period.ends_on > day,
    )


def _insurance_heir() -> SQLColumnExpression[Any]:
    """The policy that was put in the place of a corrected one, where its last day stayed."""
    row, other = aliased(InsurancePolicy), aliased(InsurancePolicy)
    named = and_(other.kind == row.kind, func.lower(other.policy_number) == func.lower(row.policy_number))
    return (
        select(func.max(other.id))
        .where(
            row.id == Obligation.subject_id,
            row.superseded_at.is_not(None),
            other.vendor_id == row.vendor_id,
            or_(other.supersedes_id == row.id, named),
            other.superseded_at.is_(None),
            other.ends_on == Obligation.due_on,
        )
        .correlate(Obligation)
        .scalar_subquery()
    )


def _insured(_day: date) -> ColumnElement[str | None]:
    row, later, corrected = aliased(InsurancePolicy), aliased(InsurancePolicy), aliased(InsurancePolicy)
    its = row.id == Obligation.subject_id
    renewed = exists().where(
        its,
        later.vendor_id == row.vendor_id,
        later.kind == row.kind,
        later.superseded_at.is_(None),
        later.ends_on > Obligation.due_on,
    )
    return reasons(
        (renewed, RENEWED),
        (
            and_(
                exists().where(corrected.id == Obligation.subject_id, corrected.superseded_at.is_not(None)),
                ~carried_on(_insurance_heir()),
            ),
            CORRECTED,
        ),
        (~_goes_beyond(Obligation.party_id, Obligation.due_on), "no contract goes on after that day"),
    )


# Corrective action


def _answers(_day: date, floor: date) -> Falling:
    plan = CorrectiveActionPlan
    return (
        falling(plan.id, Contract.vendor_id, plan.response_due_on)
        .select_from(plan)
        .join(Contract, Contract.id == plan.contract_id)
        .where(plan.closed_on.is_(None), plan.response_due_on >= floor, ~_answered(plan.id))
    )


def _answered(plan_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    return exists().where(CorrectiveAnswer.plan_id == plan_id)


def _plan_settled(_day: date) -> ColumnElement[str | None]:
    plan = aliased(CorrectiveActionPlan)
    return reasons(
        (_answered(Obligation.subject_id), "the vendor answered"),
        (exists().where(plan.id == Obligation.subject_id, plan.closed_on.is_not(None)), "the plan was closed"),
    )


def _milestones(_day: date, floor: date) -> Falling:
    milestone, plan = CorrectiveMilestone, CorrectiveActionPlan
    return (
        falling(milestone.id, Contract.vendor_id, milestone.due_on)
        .select_from(milestone)
        .join(plan, plan.id == milestone.plan_id)
        .join(Contract, Contract.id == plan.contract_id)
        .where(plan.closed_on.is_(None), milestone.done_on.is_(None), milestone.due_on >= floor)
    )


def _milestone_settled(_day: date) -> ColumnElement[str | None]:
    milestone, plan = aliased(CorrectiveMilestone), aliased(CorrectiveActionPlan)
    its = milestone.id == Obligation.subject_id
    return reasons(
        (exists().where(its, milestone.done_on.is_not(None)), "DPH saw it done"),
        (exists().where(its, plan.id == milestone.plan_id, plan.closed_on.is_not(None)), "the plan was closed"),
        (exists().where(its, milestone.due_on != Obligation.due_on), CORRECTED),
    )


_CONCERNS = frozenset({Audience.ORGANIZATION, Audience.DPH, Audience.FUND})

SOURCES = (
    Source(
        kind=ObligationKind.FINANCIAL_REPORT,
        falls_due=_reports,
        rests_on=ContractPeriod,
        settled=_reported,
        thing=lambda: cast(Obligation.due_on, String),
        thing_in_words=_fiscal_year,
        words=DueWords(
            noun="Uniform Financial Report",
            ahead="File the report with the Operational Services Division, and tell DPH the day of filing.",
            past="File the report now. If you cannot, tell DPH when it will come.",
            for_office="Ask the vendor for the report, or record the day on which it was filed.",
        ),
        page=_contract_page,
        page_id=lambda: _contract_of(Obligation.party_id),
        concerns=_CONCERNS,
    ),
    Source(
        kind=ObligationKind.INSURANCE_END,
        falls_due=_insurances,
        settled=_insured,
        heir=_insurance_heir,
        thing=lambda: of_subject(cast(InsurancePolicy.kind, String), InsurancePolicy.id),
        thing_in_words=lambda kind: INSURANCE_LABELS[InsuranceKind(kind)].lower(),
        words=DueWords(
            noun="insurance",
            ahead="Renew the insurance, and send DPH the certificate of the next policy before this one ends.",
            past="Send DPH the certificate of the policy that is valid now.",
            for_office="Ask the vendor for the next certificate, and record the policy with the contract.",
            ends=True,
        ),
        page=_contract_page,
        page_id=lambda: _contract_of(Obligation.party_id),
        concerns=_CONCERNS,
    ),
    Source(
        kind=ObligationKind.CORRECTIVE_ANSWER,
        falls_due=_answers,
        settled=_plan_settled,
        what=lambda: (
            select(Contract.number)
            .join(CorrectiveActionPlan, CorrectiveActionPlan.contract_id == Contract.id)
            .where(CorrectiveActionPlan.id == Obligation.subject_id)
            .correlate(Obligation)
            .scalar_subquery()
        ),
        words=DueWords(
            noun="answer to the corrective action under contract",
            ahead="Say what you will do to put right what DPH found, at this link.",
            past="The time to answer is over. Say now what you will do, at this link.",
            for_office="Ask the vendor for its plan, and decide what follows if none comes.",
        ),
        page=lambda item: ("contracts.show_plan", {"plan_id": item.subject_id}),
        concerns=_CONCERNS,
    ),
    Source(
        kind=ObligationKind.CORRECTIVE_MILESTONE,
        falls_due=_milestones,
        settled=_milestone_settled,
        what=lambda: of_subject(CorrectiveMilestone.title, CorrectiveMilestone.id),
        words=DueWords(
            noun="corrective action:",
            ahead="Do what was agreed by this day, and show DPH that it is done.",
            past="Tell DPH when this will be done. The day that was agreed has passed.",
            for_office="See whether it is done, and record it with the plan.",
        ),
        page=lambda item: ("contracts.show_plan", {"plan_id": item.page_id or 0}),
        page_id=lambda: of_subject(CorrectiveMilestone.plan_id, CorrectiveMilestone.id),
        concerns=_CONCERNS,
    ),
)
