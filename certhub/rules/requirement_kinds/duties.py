"""Kinds about what is filed or paid on time: filing, fee."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from certhub.rules.dossier import Dossier, EvidenceItem, Occasion
from certhub.rules.filing_periods import PERIOD_MONTHS, calendar_periods
from certhub.rules.findings import Finding, counted, listed, share
from certhub.rules.requirement_kinds.kind import (
    APPLICANT,
    DEPARTMENT,
    Kind,
    best,
    evidence_for,
    not_applicable,
    reviewed,
    value_date,
    value_number,
    value_text,
)
from certhub.rules.requirement_kinds.parameters import Parameters
from certhub.rules.standard import Requirement
from certhub.rules.terms import add_months, fixed_due_date, last_day_of_month, written
from certhub.rules.vocabulary import Result, Verdict

AFTER_FISCAL_YEAR, AFTER_PERIOD, AFTER_EVENT = "after_fiscal_year", "after_period", "after_event"
FISCAL_YEAR_END = "fiscal_year_end"
STATE_FISCAL_YEAR_END = "06-30"


@dataclass(frozen=True, slots=True)
class FilingParameters:
    """What is filed, and when it is due.

    `after_fiscal_year`: day `due_day` of the `due_month`-th month after the subject's fiscal year ends.
    `after_period`: `due_days` days after each calendar month, quarter or year. `after_event`: `due_days` days after the
    event that is reported. The last `periods` that have fallen due must be on file, within `grace_days` of the due
    date. `penalty` says what follows from a late filing.
    """

    what: str
    due_rule: str
    due_month: int
    due_day: int
    period: str
    due_days: int
    periods: int
    grace_days: int
    penalty: str


@dataclass(frozen=True, slots=True)
class FeeParameters:
    """The fee in cents (0: none), the grounds on which it is waived, and who records that it is paid.

    Where DPH records it, the applicant has nothing to add and an application is complete without it.
    """

    amount_cents: int
    waivable_for: tuple[str, ...]
    done_by: str


def _read_filing(raw: Parameters) -> FilingParameters:
    rule = raw.text("due_rule", choices=(AFTER_FISCAL_YEAR, AFTER_PERIOD, AFTER_EVENT))
    yearly, periodic = rule == AFTER_FISCAL_YEAR, rule == AFTER_PERIOD
    return FilingParameters(
        what=raw.text("what"),
        due_rule=rule,
        due_month=raw.whole("due_month", 1, 12) if yearly else 0,
        due_day=raw.whole("due_day", 1, 31) if yearly else 0,
        period=raw.text("period", choices=tuple(PERIOD_MONTHS)) if periodic else "",
        due_days=0 if yearly else raw.whole("due_days", 1, 366),
        periods=raw.whole("periods", 1, 60, default=1) if rule != AFTER_EVENT else 0,
        grace_days=raw.whole("grace_days", 0, 366, default=0),
        penalty=raw.text("penalty", default=""),
    )


def _judge_filing(requirement: Requirement, params: FilingParameters, dossier: Dossier, occasion: Occasion) -> Finding:
    if params.due_rule == AFTER_PERIOD and params.what in dossier.filings:
        return _judge_own_filings(requirement, params, dossier, occasion)
    items = evidence_for(requirement, dossier, occasion.as_of)
    if params.due_rule == AFTER_EVENT:
        return _judge_notices(requirement, params, items)
    periods = list(islice(_periods(params, dossier, occasion), params.periods))
    upcoming = _upcoming(params, dossier, occasion)
    need = f"{params.what}, filed on time"
    if not periods:
        first = "" if occasion.previous_start is None else f" The first is due on {written(upcoming)}."
        explanation = f"Nothing has fallen due yet.{first}"
        return not_applicable(requirement, need=need, explanation=explanation)
    good: list[EvidenceItem] = []
    faults: list[str] = []
    missing: list[date] = []
    for period_end, due_on in periods:
        filed = best(item for item in items if value_date(item, "period_end") == period_end)
        if filed is None or filed.occurred_on is None:
            faults.append(
                f"The {params.what} for the period that ended on {written(period_end)} "
                f"was due on {written(due_on)} and is missing."
            )
            missing.append(due_on)
            continue
        good.append(filed)
        fault = _lateness(params, filed.occurred_on, due_on)
        if fault:
            faults.append(fault)
    have = f"{len(good)} of {len(periods)} on file"
    if faults:
        return Finding(
            requirement.code,
            Result.PARTIAL if good else Result.NOT_MET,
            have=have,
            need=need,
            explanation=" ".join(faults) + (f" {params.penalty}" if params.penalty else ""),
            due_on=min(missing, default=upcoming),
            progress=share(len(good), len(periods)),
            evidence_ids=tuple(item.id for item in good),
            provided=len(good) == len(periods),
        )
    return reviewed(
        requirement,
        good,
        have=have,
        need=need,
        explanation=f"Filed on time; the next is due on {written(upcoming)}.",
        due_on=upcoming,
    )


def _judge_own_filings(
    requirement: Requirement, params: FilingParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    """What is filed with CertHub itself is judged by what is there; nobody has to send a paper about it."""
    known = {one.period_end: one for one in dossier.filings[params.what]}
    upcoming, need = _upcoming(params, dossier, occasion), f"{params.what}, filed on time"
    owed = [
        (known[period_end], max(due_on, known[period_end].due_on))
        for period_end, due_on in islice(_periods(params, dossier, occasion), params.periods)
        if period_end in known
    ]
    fallen_due = [
        (one, due_on)
        for one, due_on in owed
        if one.filed_on is not None or due_on + timedelta(days=params.grace_days) < occasion.as_of
    ]
    if not fallen_due:
        explanation = f"Nothing has fallen due yet: {params.what} is owed for months with somebody in a practice."
        return not_applicable(requirement, need=need, explanation=explanation)
    faults, missing = [], []
    for one, due_on in fallen_due:
        if one.filed_on is None:
            faults.append(
                f"The {params.what} for the period that ended on {written(one.period_end)} "
                f"was due on {written(due_on)} and is missing."
            )
            missing.append(due_on)
        elif fault := _lateness(params, one.filed_on, due_on):
            faults.append(fault)
    filed = len(fallen_due) - len(missing)
    if not faults:
        result, explanation = Result.MET, f"Filed on time; the next is due on {written(upcoming)}."
    else:
        result = Result.PARTIAL if filed else Result.NOT_MET
        explanation = " ".join(faults) + (f" {params.penalty}" if params.penalty else "")
    return Finding(
        requirement.code,
        result,
        have=f"{filed} of {len(fallen_due)} on file",
        need=need,
        explanation=explanation,
        due_on=min(missing, default=upcoming),
        progress=share(filed, len(fallen_due)),
        provided=not missing,
    )


def _lateness(params: FilingParameters, filed_on: date, due_on: date) -> str:
    if filed_on <= due_on + timedelta(days=params.grace_days):
        return ""
    late = counted((filed_on - due_on).days, "day")
    return f"The {params.what} was due on {written(due_on)} and was filed {late} late, on {written(filed_on)}."


def _judge_notices(requirement: Requirement, params: FilingParameters, items: tuple[EvidenceItem, ...]) -> Finding:
    need = f"{params.what} within {counted(params.due_days, 'day')}"
    if not items:
        return not_applicable(requirement, need=need, explanation="Nothing to report is on file.")
    faults = []
    for item in items:
        event_on = value_date(item, "event_on")
        if event_on is None or item.occurred_on is None:
            faults.append("A notice lacks the date of the change or of the notice.")
            continue
        fault = _lateness(params, item.occurred_on, event_on + timedelta(days=params.due_days))
        if fault:
            faults.append(fault)
    if faults:
        return Finding(
            requirement.code,
            Result.PARTIAL,
            have=f"{len(items) - len(faults)} of {len(items)} on time",
            need=need,
            explanation=" ".join(faults) + (f" {params.penalty}" if params.penalty else ""),
            progress=share(len(items) - len(faults), len(items)),
            evidence_ids=tuple(item.id for item in items),
        )
    have = f"{counted(len(items), 'notice')} on time"
    return reviewed(requirement, items, have=have, need=need, explanation=f"{have}.")


def _periods(params: FilingParameters, dossier: Dossier, occasion: Occasion) -> Iterator[tuple[date, date]]:
    """Each period that has fallen due before the day of the judgement, the latest first, with its due date.

    A filing is not yet missing on its due date. Periods that ended before the subject held a credential are not asked
    for, except fiscal years, which every organization has.
    """
    for period_end, due_on in _all_periods(params, dossier, occasion.as_of):
        began = occasion.previous_start
        if params.due_rule == AFTER_PERIOD and (began is None or period_end < began):
            return
        if due_on + timedelta(days=params.grace_days) < occasion.as_of:
            yield period_end, due_on


def _upcoming(params: FilingParameters, dossier: Dossier, occasion: Occasion) -> date:
    """The next due date that can still be kept."""
    ahead = add_months(occasion.as_of, 24)
    found = ahead
    for _, due_on in _all_periods(params, dossier, ahead):
        if due_on + timedelta(days=params.grace_days) < occasion.as_of:
            break
        found = due_on
    return found


def _all_periods(params: FilingParameters, dossier: Dossier, until: date) -> Iterator[tuple[date, date]]:
    """Each period that ended on or before `until`, the latest first, with its due date."""
    if params.due_rule == AFTER_FISCAL_YEAR:
        month, day = _fiscal_year_end(dossier)
        for year in range(until.year, 1, -1):
            end = min(date(year, month, 1) + timedelta(days=day - 1), last_day_of_month(date(year, month, 1)))
            if end <= until:
                yield end, fixed_due_date(end, month=params.due_month, day=params.due_day).on
        return
    for one in calendar_periods(params.period, params.due_days, until):
        if one.ended_on <= until:
            yield one.ended_on, one.due_on


def _fiscal_year_end(dossier: Dossier) -> tuple[int, int]:
    """Month and day from the fact "MM-DD"; the state's own fiscal year where there is none."""
    given = dossier.facts.get(FISCAL_YEAR_END) or STATE_FISCAL_YEAR_END
    found = date.fromisoformat(f"2000-{given}")
    return found.month, found.day


def _read_fee(raw: Parameters) -> FeeParameters:
    return FeeParameters(
        amount_cents=raw.whole("amount_cents", 0, 100_000_000),
        waivable_for=raw.texts("waivable_for", required=False),
        done_by=raw.text("done_by", default=APPLICANT, choices=(APPLICANT, DEPARTMENT)),
    )


def _judge_fee(requirement: Requirement, params: FeeParameters, dossier: Dossier, occasion: Occasion) -> Finding:
    need = f"Fee of ${params.amount_cents // 100:,}.{params.amount_cents % 100:02d}"
    if params.amount_cents == 0:
        return not_applicable(requirement, need="No fee", explanation="No fee is asked for.")
    items = evidence_for(requirement, dossier, occasion.as_of)
    exempt = best(item for item in items if value_text(item, "waiver_ground") in params.waivable_for)
    if exempt is not None:
        ground = value_text(exempt, "waiver_ground").replace("_", " ")
        accepted = exempt.verdict is Verdict.ACCEPTED
        return Finding(
            requirement.code,
            Result.WAIVED if accepted else Result.PARTIAL,
            have=f"Waiver asked for: {ground}",
            need=need,
            explanation=f"The fee is waived: {ground}." if accepted else f"Waiver ({ground}) is waiting for review.",
            evidence_ids=(exempt.id,),
            awaiting_review=not accepted,
        )
    payments = [item for item in items if value_number(item, "paid_cents") > 0]
    paid = int(sum(value_number(item, "paid_cents") for item in payments))
    have = f"${paid // 100:,}.{paid % 100:02d} paid"
    if paid >= params.amount_cents:
        return reviewed(requirement, payments, have=have, need=need, explanation=f"{have}.")
    waivers = f" It is waived for: {listed([one.replace('_', ' ') for one in params.waivable_for])}."
    by_department = " DPH records it when the payment is in." if params.done_by == DEPARTMENT else ""
    return Finding(
        requirement.code,
        Result.PARTIAL if paid else Result.NOT_MET,
        have=have,
        need=need,
        explanation=f"{have} of {need[7:]}." + (waivers if params.waivable_for else "") + by_department,
        progress=share(paid, params.amount_cents),
        evidence_ids=tuple(item.id for item in payments),
        provided=params.done_by == DEPARTMENT,
    )


FILING = Kind(_read_filing, _judge_filing)
FEE = Kind(_read_fee, _judge_fee)
