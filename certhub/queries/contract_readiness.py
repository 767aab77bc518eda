"""What is missing before a contract or an amendment can be signed, told while there is time to get it."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from certhub.models.contracts import Contract, ContractAmendment
from certhub.queries import contract_budgets, contract_oversight, contract_spending, contracts
from certhub.rules.contract_amendments import (
    AMENDMENT_LABELS,
    require_budget,
    require_in_time,
    require_not_below,
    totals_by_year,
)
from certhub.rules.contract_oversight import require_insured, require_not_debarred, require_qualified
from certhub.rules.contracts import BEFORE_EXECUTION, Compensation, StartRule
from certhub.rules.fiscal_years import fiscal_year_of
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written


def missing(contract: Contract, day: date, amendment: ContractAmendment | None = None) -> tuple[str, ...]:
    """What would stand in the way if the last signature came on `day`; empty where nothing waits to be signed."""
    stage = contracts.stage_of_amendment(amendment, day) if amendment else contracts.stage(contract, day)
    if stage not in BEFORE_EXECUTION:
        return ()
    found = []
    for require in (*_of_vendor(contract, amendment, day), *_of_money(contract, amendment, day)):
        try:
            require()
        except Refusal as refusal:
            found.append(refusal.message)
    return tuple(found)


def _of_vendor(contract: Contract, amendment: ContractAmendment | None, day: date) -> Iterator[Callable[[], object]]:
    what = AMENDMENT_LABELS[amendment.kind].lower() if amendment else "contract"
    yield partial(require_not_debarred, contract_oversight.checks(contract.vendor_id), on=day, what=what)
    yield partial(require_qualified, contract_oversight.qualification_status(contract.vendor_id, fiscal_year_of(day)))
    if amendment is None:
        yield partial(require_insured, contract_oversight.insured(contract.vendor_id), on=_first_day(contract, day))


def _of_money(contract: Contract, amendment: ContractAmendment | None, day: date) -> Iterator[Callable[[], object]]:
    lines = contract_budgets.lines(contract, amendment)
    if amendment is None:
        yield partial(_require_days_left, contract, day)
        yield partial(
            require_budget, contract_budgets.as_money(lines), starts_on=_first_day(contract, day),
            ends_on=max(contract.ends_on, _first_day(contract, day)),
        )  # fmt: skip
        yield partial(_require_rates, contract)
        return
    money = contract_budgets.as_money([*contract_budgets.lines_in_force(contract), *lines])
    yield partial(require_in_time, signed_on=day, ends_before_on=amendment.ends_before_on)
    yield partial(
        require_budget, money, starts_on=contract.effective_on or day,
        ends_on=amendment.new_ends_on or amendment.ends_before_on,
    )  # fmt: skip
    yield partial(require_not_below, totals_by_year(money), contract_spending.drawn_by_year(contract.id))


def _first_day(contract: Contract, day: date) -> date:
    """The first day that the contract would have if the last signature came on `day`."""
    if contract.start_on is None:
        return day
    return contract.start_on if contract.start_rule is StartRule.EARLIER_DATE else max(contract.start_on, day)


def _require_days_left(contract: Contract, day: date) -> None:
    if _first_day(contract, day) > contract.ends_on:
        raise Refusal(f"The last day, {written(contract.ends_on)}, is over. Change the days of the draft.")


def _require_rates(contract: Contract) -> None:
    if contract.compensation is Compensation.RATE and not contract_budgets.rates(contract):
        raise Refusal("A rate contract needs at least one rate.")
