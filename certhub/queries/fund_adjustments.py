"""Differences of true-ups that go to payers themselves, and which assessment took each of them along.

A difference is what the true-up that counts says now; what is taken is what assessments that count hold of it. What is
left is open, for whichever notice comes next: so nothing is lost where a year was adopted before the true-up of an
earlier one, and nothing is charged twice where a true-up is recorded anew.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.fund import FundTrueUp, FundYear
from certhub.models.fund_accounts import Assessment, FundAdjustment, TrueUpLine
from certhub.queries.fund import stands
from certhub.rules.pooled_fund.true_up import Settlement


@dataclass(frozen=True, slots=True)
class Open:
    """What is still to be charged (or credited, below zero) to a payer of a year's true-up."""

    from_year_id: int
    fiscal_year: int
    payer_id: int
    cents: int


def open_before(year: FundYear) -> list[Open]:
    """What the notices of a year take along: all that is open of earlier years, and what its own took before."""
    return _open(FundYear.fiscal_year < year.fiscal_year, but_for=year.id)


def open_of(year: FundYear) -> dict[int, int]:
    """What is open of a year's own true-up, by payer."""
    return {one.payer_id: one.cents for one in _open(FundYear.id == year.id)}


def taken_of(year: FundYear) -> dict[int, list[tuple[int, int]]]:
    """By payer: the fiscal years whose assessments took its difference of this year, with their cents."""
    rows = db.session.execute(
        select(FundAdjustment.payer_id, FundYear.fiscal_year, func.sum(FundAdjustment.cents))
        .join(Assessment, Assessment.id == FundAdjustment.assessment_id)
        .join(FundYear, FundYear.id == Assessment.fund_year_id)
        .where(FundAdjustment.from_year_id == year.id, stands())
        .group_by(FundAdjustment.payer_id, FundYear.fiscal_year)
        .order_by(FundYear.fiscal_year)
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for payer_id, fiscal_year, cents in rows:
        found.setdefault(payer_id, []).append((fiscal_year, int(cents)))
    return found


def rows_of(year: FundYear) -> dict[int, dict[tuple[int, int], int]]:
    """What each assessment of a year that counts takes along: by year and payer of the difference."""
    rows = db.session.execute(
        select(FundAdjustment.assessment_id, FundAdjustment.from_year_id, FundAdjustment.payer_id, FundAdjustment.cents)
        .join(Assessment, Assessment.id == FundAdjustment.assessment_id)
        .where(Assessment.fund_year_id == year.id, stands())
    )
    found: dict[int, dict[tuple[int, int], int]] = {}
    for assessment_id, from_year_id, payer_id, cents in rows:
        found.setdefault(assessment_id, {})[(from_year_id, payer_id)] = cents
    return found


def told(assessment_ids: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    """By assessment: the fiscal years whose differences it takes along, with their cents."""
    rows = db.session.execute(
        select(FundAdjustment.assessment_id, FundYear.fiscal_year, func.sum(FundAdjustment.cents))
        .join(FundYear, FundYear.id == FundAdjustment.from_year_id)
        .where(FundAdjustment.assessment_id.in_(assessment_ids))
        .group_by(FundAdjustment.assessment_id, FundYear.fiscal_year)
        .order_by(FundYear.fiscal_year)
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for assessment_id, fiscal_year, cents in rows:
        found.setdefault(assessment_id, []).append((fiscal_year, int(cents)))
    return found


def _open(of: ColumnElement[bool], *, but_for: int | None = None) -> list[Open]:
    """What is due of the years, less what is taken by assessments of other years than `but_for`."""
    later = aliased(FundTrueUp)
    due = db.session.execute(
        select(FundYear.id, FundYear.fiscal_year, TrueUpLine.payer_id, TrueUpLine.delta_cents)
        .join(FundTrueUp, FundTrueUp.id == TrueUpLine.true_up_id)
        .join(FundYear, FundYear.id == FundTrueUp.fund_year_id)
        .where(
            of,
            TrueUpLine.settlement != Settlement.POOL,
            ~select(later.id).where(later.supersedes_id == FundTrueUp.id).exists(),
        )
    )
    taken = (
        select(FundYear.id, FundYear.fiscal_year, FundAdjustment.payer_id, -func.sum(FundAdjustment.cents))
        .join(FundYear, FundYear.id == FundAdjustment.from_year_id)
        .join(Assessment, Assessment.id == FundAdjustment.assessment_id)
        .where(of, stands())
        .group_by(FundYear.id, FundYear.fiscal_year, FundAdjustment.payer_id)
    )
    if but_for is not None:
        taken = taken.where(Assessment.fund_year_id != but_for)
    left: dict[tuple[int, int, int], int] = {}
    for year_id, fiscal_year, payer_id, cents in [*due, *db.session.execute(taken)]:
        key = (fiscal_year, year_id, payer_id)
        left[key] = left.get(key, 0) + int(cents)
    return [
        Open(year_id, fiscal, payer_id, cents) for (fiscal, year_id, payer_id), cents in sorted(left.items()) if cents
    ]
