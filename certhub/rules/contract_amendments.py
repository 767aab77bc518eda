"""What an amendment may change, what its budget comes to, and the days on which a contract is in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby, zip_longest

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


@dataclass(frozen=True, slots=True)
class DatedRate:
    """The price of one unit of a service, and the days on which it counts; a draft has none yet."""

    service: str
    unit: str
    cents: int
    from_on: date | None = None
    to_on: date | None = None

    def days_in_words(self) -> str:
        """From when until when it counts, for people; empty for a draft."""
        if self.from_on is None:
            return ""
        return f"from {written(self.from_on)}" + (f" through {written(self.to_on)}" if self.to_on else "")


def rates_with_days(rates: Iterable[DatedRate]) -> tuple[DatedRate, ...]:
    """Each rate until the eve of the next one for the same service and unit; one that never counted is left out.

    `rates` come in the order in which they were written down.
    """
    found: list[DatedRate] = []
    for _, same in groupby(sorted(rates, key=_service), key=_service):
        dated = sorted(same, key=lambda one: one.from_on or date.min)  # sorting is stable: the later word comes last
        for one, after in zip_longest(dated, dated[1:]):
            if after is None or after.from_on is None or one.from_on is None:
                found.append(one)
            elif one.from_on < after.from_on:
                found.append(replace(one, to_on=after.from_on - ONE_DAY))
    return tuple(found)


def _service(one: DatedRate) -> tuple[str, str]:
    return one.service.casefold(), one.unit.casefold()


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


def require_within_procurement(new_ends_on: date | None, procurement_ends_on: date | None) -> None:
    """Refuse a new last day that the procurement does not reach. Raises `Refusal`."""
    if new_ends_on is not None and procurement_ends_on is not None and new_ends_on > procurement_ends_on:
        raise Refusal(
            f"The contract would end on {written(new_ends_on)}, and the procurement ends on "
            f"{written(procurement_ends_on)}. Choose an earlier last day, or procure anew.",
            field="new_ends_on",
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
    require_counts_by(new_ends_on, effective)
    return (
        DaysInForce(
            Span(last.span.from_on, new_ends_on), PeriodReason.AMENDED, f"{what} of {written(effective.on)} ends it"
        ),
    )


def require_counts_by(new_ends_on: date, effective: Explained) -> None:
    """Refuse a new last day that is over when the amendment begins to count. Raises `Refusal`."""
    if new_ends_on < effective.on:
        raise Refusal(
            f"The new last day, {written(new_ends_on)}, is before the amendment counts, {written(effective.on)}. "
            "Choose a later last day, or terminate the contract.",
            field="new_ends_on",
        )


def agreed_spans(effective_on: date, ends_on: date, moved: Iterable[tuple[date, date]]) -> tuple[Span, ...]:
    """The days that a contract and its executed amendments name, whatever a suspension or a termination did.

    `moved` are the amendments of the last day in their order: from when each counts, and the new last day.
    """
    found = [Span(effective_on, ends_on)]
    for counts_from, new_ends_on in moved:
        last = found[-1].to_on or ends_on
        if new_ends_on > last:
            found.append(Span(max(last + ONE_DAY, counts_from), new_ends_on))
            continue
        kept = [span for span in found if span.from_on <= new_ends_on] or found[:1]
        found = [*kept[:-1], Span(kept[-1].from_on, new_ends_on)]
    return tuple(found)


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
