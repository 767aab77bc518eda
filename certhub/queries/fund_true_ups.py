"""What the true-up of a year rests on now, and whether the one on record still does."""

from dataclasses import dataclass

from certhub.models.fund import FundTrueUp, FundYear
from certhub.queries import fund, fund_accounts, fund_adjustments
from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.permissions import Viewer
from certhub.rules.pooled_fund.configuration import Knowledge
from certhub.rules.pooled_fund.counts import counted_base, counted_units, missing_bases
from certhub.rules.pooled_fund.fiscal_year import first_day, last_day
from certhub.rules.pooled_fund.payers import PayerFacts, billed
from certhub.rules.pooled_fund.records import of_true_up
from certhub.rules.pooled_fund.shares import Inputs
from certhub.rules.pooled_fund.true_up import Actual, Assessed, is_gone
from certhub.rules.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything that a true-up rests on, read once."""

    rests_on: Inputs
    actual: Actual
    assessed: Assessed
    gaps: tuple[str, ...]
    fingerprint: str


def basis(viewer: Viewer, year: FundYear, cost_cents: int, earmarked_cents: int) -> Basis:
    """What the true-up rests on as it is on file now. Raises `Refusal`."""
    if not 0 <= earmarked_cents <= cost_cents:
        raise Refusal("Earmarked money cannot be more than the cost, or below zero.", field="earmarked")
    adopted = fund.allocation(year)
    if adopted is None:
        raise Refusal(f"The shares of {named(year.fiscal_year)} were never adopted, so there is nothing to true up.")
    rests_on, gaps = _counted(viewer, year)
    by_payer = {one.payer_id: one.share_cents for one in fund_accounts.standing_assessments(year)}
    assessed = Assessed(by_payer, adopted.federal_cents + adopted.match_cents, adopted.state_cents)
    actual = Actual(cost_cents, earmarked_cents, fund.carried_into(year))
    return Basis(rests_on, actual, assessed, gaps, fund.fingerprint(of_true_up(rests_on, actual, assessed)))


def is_stale(viewer: Viewer, year: FundYear, recorded: FundTrueUp | None) -> bool:
    """Whether what a recorded true-up rests on has changed since, such as by an appeal or by shares adopted anew."""
    if recorded is None:
        return False
    try:
        found = basis(viewer, year, recorded.cost_cents, recorded.earmarked_cents)
    except Refusal:
        return True
    return found.fingerprint != recorded.fingerprint


def gone(viewer: Viewer, year: FundYear) -> frozenset[int]:
    """The payers with an open difference of this year that get no later notice."""
    everybody = [
        PayerFacts(one.id, one.name, 0, None, one.successor_id, one.merged_on, one.left_on)
        for one in fund.every_payer(viewer)
    ]
    following = fund.next_year(year)
    return frozenset(one for one in fund_adjustments.open_of(year) if is_gone(everybody, one, following))


def _counted(viewer: Viewer, year: FundYear) -> tuple[Inputs, tuple[str, ...]]:
    """Units and bases as they were counted, else as they were foreseen, and what was not counted."""
    units, missing = counted_units(fund.units(year, Knowledge.ESTIMATE), fund.units(year, Knowledge.ACTUAL))
    foreseen, counted = fund.base_rows(year, Knowledge.ESTIMATE), fund.base_rows(year, Knowledge.ACTUAL)
    everybody = fund.every_payer(viewer)
    facts, uncounted = [], []
    for payer in everybody:
        first, after = (fund.numbers(rows.get(payer.id)) for rows in (foreseen, counted))
        facts.append(fund.facts_of(payer, counted_base(first, after), year.basis))
        if facts[-1].base and not fund.is_known(after, year.basis):
            uncounted.append(payer)
    here = billed(facts, since=first_day(year.fiscal_year), through=last_day(year.fiscal_year))
    concerned = {number for one in here for number in (one.id, *one.absorbed)}
    gaps = (*missing, *missing_bases(payer.name for payer in uncounted if payer.id in concerned))
    inputs = Inputs(
        configuration=fund.configuration(year), lines=(), units=units, payers=tuple(facts),
        written_off_cents=fund.written_off(year),
    )  # fmt: skip
    return inputs, gaps
