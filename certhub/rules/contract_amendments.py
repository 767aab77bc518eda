"""What an amendment may change, what its budget comes to, and the days on which a contract is in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certhub.rules.contracts import option_end
from certhub.rules.fiscal_years import fiscal_year_in_words, fiscal_years_of
from certhub.rules.independence import Span
from certhub.rules.money import dollars
from certhub.rules.refusal import Refusal
from certhub.rules.terms import ONE_DAY, Explained, written


class AmendmentKind(StrEnum):
    """The two kinds of the Standard Contract Form."""

    STANDARD = "standard"
    OPTION = "option"


AMENDMENT_LABELS: dict[AmendmentKind, str] = {
    AmendmentKind.STANDARD: "Standard amendment",
    AmendmentKind.OPTION: "Exercise of an option to renew",
}


class PeriodReason(StrEnum):
    """Why a contract is in force on some days."""

    EXECUTED = "executed"
    AMENDED = "amended"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    TERMINATED = "terminated"


class Change(StrEnum):
    """What an amendment changes, by the boxes of the form."""

    PERFORMANCE = "performance"
    MAXIMUM_OBLIGATION = "maximum_obligation"
    BUDGET = "budget"
    DATES = "dates"


CHANGE_LABELS: dict[Change, str] = {
    Change.PERFORMANCE: "Performance",
    Change.MAXIMUM_OBLIGATION: "Maximum obligation",
    Change.BUDGET: "Budget or rates",
    Change.DATES: "Dates of performance",
}


@dataclass(frozen=True, slots=True)
class Money:
    """One amount of a fiscal year by object."""

    fiscal_year: int
    object_code: str
    cents: int


def totals_by_year(lines: Iterable[Money]) -> dict[int, int]:
    """The maximum obligation of each fiscal year: the sum of its lines, in cents."""
    found: dict[int, int] = {}
    for line in lines:
        found[line.fiscal_year] = found.get(line.fiscal_year, 0) + line.cents
    return dict(sorted(found.items()))


def changes_of(
    *, scope: str | None, new_ends_on: date | None, lines: Sequence[Money], rates: int
) -> tuple[Change, ...]:
    """What an amendment changes, in the order of the form."""
    found = []
    if scope:
        found.append(Change.PERFORMANCE)
    if sum(line.cents for line in lines) != 0:
        found.append(Change.MAXIMUM_OBLIGATION)
    if rates or any(cents != 0 for cents in _by_object(lines).values()):
        found.append(Change.BUDGET)
    if new_ends_on is not None:
        found.append(Change.DATES)
    return tuple(found)


def _by_object(lines: Iterable[Money]) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    for line in lines:
        key = line.fiscal_year, line.object_code
        found[key] = found.get(key, 0) + line.cents
    return found


def require_budget(lines: Iterable[Money], *, starts_on: date, ends_on: date) -> dict[int, int]:
    """The maximum obligation by fiscal year; refused where a year of the contract has no money, or another one has.

    Raises `Refusal`.
    """
    totals = totals_by_year(lines)
    for cents in _by_object(lines).values():
        if cents < 0:
            raise Refusal("A line of the budget would be below zero. Change its amount.", field="amount")
    years = set(fiscal_years_of(starts_on, ends_on))
    outside = sorted({year for year, cents in totals.items() if cents} - years)
    if outside:
        raise Refusal(
            f"The budget has money in {fiscal_year_in_words(outside[0])}, in which the contract has no day. "
            "Change the fiscal year of that line, or the days of the contract."
        )
    missing = sorted(year for year in years if totals.get(year, 0) <= 0)
    if missing:
        raise Refusal(
            f"The budget has no money for {fiscal_year_in_words(missing[0])}, in which the contract is in force. "
            "Add a line for that year."
        )
    return totals


def require_not_below(totals: Mapping[int, int], drawn: Mapping[int, int]) -> None:
    """Refuse a maximum obligation of a year that is lower than what was drawn down in it. Raises `Refusal`.

    `drawn` are the invoices of each year that are paid or wait to be paid, in cents.
    """
    for year, cents in sorted(drawn.items()):
        if totals.get(year, 0) < cents:
            raise Refusal(
                f"{dollars(cents)} of {fiscal_year_in_words(year)} is invoiced already, and the maximum obligation "
                f"would be {dollars(totals.get(year, 0))}. Keep at least what is invoiced, or have the vendor correct "
                "its invoices first."
            )


def require_in_time(*, signed_on: date, ends_before_on: date) -> None:
    """Refuse an amendment that is signed when the contract has ended (amendments policy). Raises `Refusal`."""
    if signed_on > ends_before_on:
        raise Refusal(
            f"The contract ended on {written(ends_before_on)}, before this signature. An amendment must be signed "
            "before the last day. Procure or write a new contract.",
            field="happened_on",
        )


def require_option(*, used: int, count: int, months: int, ends_on: date, procurement_ends_on: date | None) -> date:
    """The last day after one more option, where one is left and the procurement reaches so far. Raises `Refusal`."""
    if used >= count:
        raise Refusal(
            "No option to renew is left on this contract. Procure anew, or write a new contract.", field="kind"
        )
    end = option_end(ends_on, months)
    if procurement_ends_on is not None and end > procurement_ends_on:
        raise Refusal(
            f"The option would reach {written(end)}, and the procurement ends on {written(procurement_ends_on)}.",
            field="kind",
        )
    return end


@dataclass(frozen=True, slots=True)
class DaysInForce:
    """Days in force, why they begin or end there, and in words."""

    span: Span
    reason: PeriodReason
    because: str


def extended(last: DaysInForce, *, effective: Explained, new_ends_on: date, what: str) -> tuple[DaysInForce, ...]:
    """What an amendment of the dates makes of the last days in force: they end later, or earlier."""
    assert last.span.to_on is not None  # noqa: S101  (a contract always has a last day)
    if new_ends_on > last.span.to_on:
        begins = max(last.span.to_on + ONE_DAY, effective.on)
        return (
            last,
            DaysInForce(
                Span(begins, new_ends_on), PeriodReason.AMENDED,
                f"{what}, in force from {written(effective.on)}, {effective.because}",
            ),
        )  # fmt: skip
    if new_ends_on < effective.on:
        raise Refusal(
            f"The new last day, {written(new_ends_on)}, is before the amendment counts, {written(effective.on)}. "
            "Choose a later last day, or terminate the contract.",
            field="new_ends_on",
        )
    return (
        DaysInForce(
            Span(last.span.from_on, new_ends_on), PeriodReason.AMENDED, f"{what} of {written(effective.on)} ends it"
        ),
    )


def outside_in_words(work: Span, spans: Iterable[Span]) -> str:
    """The first days of some work on which the contract is not in force, empty where there is none.

    No activity outside the executed dates goes without a flag.
    """
    day = work.from_on
    for span in sorted(spans, key=lambda one: one.from_on):
        if span.from_on > day:
            break
        if span.to_on is None:
            return ""
        day = max(day, span.to_on + ONE_DAY)
    last = work.to_on
    if last is not None and day > last:
        return ""
    return f"Not under the contract from {written(day)} on."
