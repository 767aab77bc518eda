"""Steps 1 to 5: the need of a year, the classes, the private payers, Medicaid and the state's remainder.

Everything is whole cents, and every ratio an exact fraction. Each step returns its numbers with the sentences that
derive them. A negative need is a refund, shared in the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from certhub.rules.allocation import NothingToShareBy, largest_remainder
from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.money import dollars
from certhub.rules.pooled_fund.configuration import (
    BASIS_LABELS,
    CLASS_LABELS,
    WHOLE,
    Configuration,
    CoverageClass,
    ExcludedShareTo,
    FederalShare,
    LineKind,
    federal_share_on,
)
from certhub.rules.pooled_fund.fiscal_year import first_day, last_day
from certhub.rules.pooled_fund.payers import Billed, PayerFacts, billed
from certhub.rules.pooled_fund.steps import Line, Step
from certhub.rules.pooled_fund.words import percent, share_of, signed_dollars, units
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written

_C = CoverageClass
Units = Mapping[date, Mapping[CoverageClass, int]]
"""For each month of the year (its first day) the units of each class, acuity-weighted, in hundredths."""


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A line of the need: a contract's maximum obligation, administration, reserve, earmarked money, or the carry."""

    kind: LineKind
    label: str
    cents: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that an allocation rests on."""

    configuration: Configuration
    lines: tuple[NeedLine, ...]
    units: Units
    payers: tuple[PayerFacts, ...]
    written_off_cents: int = 0


@dataclass(frozen=True, slots=True)
class Private:
    """Step 3: what each payer is assessed, and what of the private share moves to the state."""

    assessed: Mapping[int, int]
    payers: tuple[Billed, ...]
    to_state_cents: int
    step: Step

    @property
    def assessed_cents(self) -> int:
        """What private payers are assessed together."""
        return sum(self.assessed.values())


@dataclass(frozen=True, slots=True)
class Medicaid:
    """Step 4: what can be claimed, its federal part and its match, and what is above the approved rate."""

    allowable_cents: int
    gap_cents: int
    federal_cents: int
    match_cents: int
    step: Step


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who bears the need of a year."""

    need_cents: int
    split: Mapping[CoverageClass, int]
    private: Private
    medicaid: Medicaid
    state_cents: int
    steps: tuple[Step, ...]


def allocation(inputs: Inputs) -> Allocation:
    """Steps 1 to 5 from what is on file. Raises `Refusal` where something is missing or over its limit."""
    need = need_step(inputs.configuration, inputs.lines)
    split, classes = class_step(need.sum_cents, inputs.units)
    private = private_step(inputs.configuration, split[_C.PRIVATE], inputs.payers)
    medicaid = medicaid_step(inputs.configuration, split[_C.MEDICAID], inputs.units)
    state = state_step(split[_C.STATE_DIRECT], medicaid.gap_cents, private.to_state_cents, inputs.written_off_cents)
    return Allocation(
        need.sum_cents, split, private, medicaid, state.sum_cents, (need, classes, private.step, medicaid.step, state)
    )


def steps_so_far(inputs: Inputs) -> tuple[tuple[Step, ...], str]:
    """The steps that can be worked out from what is on file, and why the next one cannot; empty where all can."""
    found: list[Step] = []
    try:
        found.append(need_step(inputs.configuration, inputs.lines))
        split, classes = class_step(found[0].sum_cents, inputs.units)
        found.append(classes)
        found.append(private_step(inputs.configuration, split[_C.PRIVATE], inputs.payers).step)
    except Refusal as refusal:
        return tuple(found), refusal.message
    return allocation(inputs).steps, ""


def need_step(configuration: Configuration, lines: Sequence[NeedLine]) -> Step:
    """Step 1: contracts, administration and reserve, less earmarked money, and the carry. Raises `Refusal`."""
    if not lines:
        raise Refusal(
            "The need has no lines yet. Executed contracts are counted by themselves; enter administration and reserve."
        )
    total = {kind: sum(line.cents for line in lines if line.kind is kind) for kind in LineKind}
    own = total[LineKind.CONTRACT] + total[LineKind.ADMINISTRATION] + total[LineKind.RESERVE]
    own -= total[LineKind.EARMARKED]
    _require_within(
        total[LineKind.ADMINISTRATION], configuration.admin_cap, own, "Administration", "the need of the year"
    )
    _require_within(
        total[LineKind.RESERVE], configuration.reserve_cap, configuration.prior_cost_cents, "The reserve",
        "the cost of the year before",
    )  # fmt: skip
    need = own + total[LineKind.CARRY]
    formula = (
        f"{dollars(total[LineKind.CONTRACT])} contracts + {dollars(total[LineKind.ADMINISTRATION])} administration + "
        f"{dollars(total[LineKind.RESERVE])} reserve − {dollars(total[LineKind.EARMARKED])} earmarked "
        f"{'−' if total[LineKind.CARRY] < 0 else '+'} {dollars(abs(total[LineKind.CARRY]))} carry = {dollars(need)}"
    )
    caps = (
        f"Administration is {share_of(total[LineKind.ADMINISTRATION], own)} of the need before the carry "
        f"({dollars(own)}); the limit is {percent(configuration.admin_cap)} %.",
        f"The reserve is {share_of(total[LineKind.RESERVE], configuration.prior_cost_cents)} of the cost of the year "
        f"before ({dollars(configuration.prior_cost_cents)}); the limit is {percent(configuration.reserve_cap)} %.",
    )
    refund = ("The need is negative: payers get money back instead of paying.",) if need < 0 else ()
    shown = tuple(
        Line(line.label, -line.cents if line.kind is LineKind.EARMARKED else line.cents, line.source) for line in lines
    )
    return Step("need", "The need", shown, "Need of the year", need, (formula, *caps), refund)


def class_step(
    need_cents: int, months: Units, *, what: str = "Need of the year"
) -> tuple[dict[CoverageClass, int], Step]:
    """Step 2: the need by acuity-weighted child-months of each class. Raises `Refusal` where nobody has any."""
    counted = units_of_year(months)
    every = sum(counted.values())
    try:
        split = largest_remainder(need_cents, counted)
    except NothingToShareBy:
        raise Refusal("There are no child-months yet, so the need cannot be shared. Enter the units first.") from None
    lines = tuple(
        Line(CLASS_LABELS[one], split[one], f"{units(counted[one])} of {units(every)} units") for one in CoverageClass
    )
    formulas = tuple(
        f"{CLASS_LABELS[one]}: {dollars(need_cents)} × {units(counted[one])} ÷ {units(every)} = {dollars(split[one])}"
        for one in CoverageClass
        if every
    )
    return split, Step(
        "classes", "The classes", lines, what, need_cents,
        (*formulas, "Cents that are left go to the largest remainders, so that the parts add up."),
    )  # fmt: skip


def units_of_year(months: Units) -> dict[CoverageClass, int]:
    """The units of each class over the year, in hundredths."""
    return {one: sum(month.get(one, 0) for month in months.values()) for one in CoverageClass}


def private_step(configuration: Configuration, private_cents: int, payers: Sequence[PayerFacts]) -> Private:
    """Step 3: the private share by each payer's base; payers below the threshold are not assessed."""
    found = billed(payers, through=last_day(configuration.fiscal_year), since=first_day(configuration.fiscal_year))
    based = [one for one in found if one.base]
    inside = [one for one in based if is_in_scope(one, configuration.threshold_cents)]
    warnings = tuple(f"{one.name} has no base for this year, so it is not assessed." for one in found if not one.base)
    to_state = 0
    if not inside:
        assessed, to_state = {}, private_cents
        if private_cents:
            warnings += ("No payer is in scope: the whole private share moves to the state.",)
    elif configuration.excluded_share_to is ExcludedShareTo.STATE:
        everybody = largest_remainder(private_cents, {one.id: one.base for one in based})
        assessed = {one.id: everybody[one.id] for one in inside}
        to_state = private_cents - sum(assessed.values())
    else:
        assessed = largest_remainder(private_cents, {one.id: one.base for one in inside})
    every = sum(
        one.base for one in (based if configuration.excluded_share_to is ExcludedShareTo.STATE else inside)
    )  # fmt: skip
    basis = configuration.basis
    lines = tuple(_private_line(one, assessed, configuration) for one in based)
    if to_state:
        lines += (Line("Moves to the state", to_state, "The share of payers that are not in scope"),)
    formulas: tuple[str, ...] = tuple(
        f"{one.name}: {dollars(private_cents)} × {one.base_in_words(basis)} ÷ {one.in_words(every, basis)} = "
        f"{dollars(assessed[one.id])}"
        for one in inside
    )
    formulas += (
        f"Basis: {BASIS_LABELS[basis].lower()}. In scope is whoever has at least "
        f"{dollars(configuration.threshold_cents)} of surcharge payments (105 CMR 223.100).",
    )
    step = Step("private", "Private payers", lines, "Private share", private_cents, formulas, warnings)
    return Private(assessed, tuple(found), to_state, step)


def is_in_scope(payer: Billed, threshold_cents: int) -> bool:
    """Whether a payer reaches the threshold. Raises `Refusal` where nobody has said what it paid.

    What is known of a payer and of those that merged into it can be enough by itself; what is unknown is never zero.
    """
    is_enough = (payer.payments_cents or 0) >= threshold_cents
    if not is_enough and (payer.unknown or payer.payments_cents is None):
        raise Refusal(
            f"The surcharge payments of {', '.join(payer.unknown or (payer.name,))} are not on file. They decide "
            f"whether {payer.name} is in scope: enter them."
        )
    return payer.base > 0 and is_enough


def _private_line(payer: Billed, assessed: Mapping[int, int], configuration: Configuration) -> Line:
    notes = [f"{payer.base_in_words(configuration.basis)} {BASIS_LABELS[configuration.basis].lower()}"]
    if payer.id not in assessed:
        notes.append(
            f"below the threshold with {dollars(payer.payments_cents or 0)}, not assessed"
        )  # fmt: skip
    if payer.merged:
        notes.append(payer.merged)
    if payer.left_on is not None:
        notes.append(f"leaves the market on {written(payer.left_on)}")
    return Line(payer.name, assessed.get(payer.id, 0), "; ".join(notes), payer.id)


def medicaid_step(configuration: Configuration, medicaid_cents: int, months: Units) -> Medicaid:
    """Step 4: the Medicaid share up to its approved rate, in federal part and match; the rest moves to the state."""
    counted = {month: classes.get(_C.MEDICAID, 0) for month, classes in months.items()}
    number = sum(counted.values())
    ceiling = number * configuration.medicaid_rate_cents // 100
    allowable = min(medicaid_cents, ceiling)
    gap = medicaid_cents - allowable
    by_share: dict[FederalShare, int] = {}
    for month, of_month in counted.items():
        counts = federal_share_on(configuration.federal_shares, max(month, first_day(configuration.fiscal_year)))
        by_share[counts] = by_share.get(counts, 0) + of_month
    ordered = sorted(by_share, key=lambda one: one.from_on)
    parts = largest_remainder(allowable, {place: by_share[one] for place, one in enumerate(ordered)})
    federal, formulas = 0, []
    for place, one in enumerate(ordered):
        paid = largest_remainder(parts[place], {0: one.hundredths, 1: WHOLE - one.hundredths})
        federal += paid[0]
        formulas.append(
            f"From {written(max(one.from_on, first_day(configuration.fiscal_year)))}: {dollars(parts[place])} × "
            f"{percent(one.hundredths)} % = {dollars(paid[0])} federal, {dollars(paid[1])} match"
        )
    match = allowable - federal
    lines = (Line("Federal part", federal), Line("State match", match), Line("Moves to the state", gap))
    limit = (
        f"The most that can be claimed is {units(number)} units × {dollars(configuration.medicaid_rate_cents)} = "
        f"{dollars(ceiling)}; claimed are {dollars(allowable)} of {dollars(medicaid_cents)}."
    )
    warnings = (f"{dollars(gap)} are above the approved rate and move to the state.",) if gap else ()
    step = Step("medicaid", "Medicaid", lines, "Medicaid share", medicaid_cents, (limit, *formulas), warnings)
    return Medicaid(allowable, gap, federal, match, step)


def state_step(state_cents: int, gap_cents: int, to_state_cents: int, written_off_cents: int) -> Step:
    """Step 5: the state's own class, and all that nobody else bears."""
    parts = (
        Line("State class", state_cents),
        Line("Above the approved Medicaid rate", gap_cents),
        Line("Of private payers that are not in scope", to_state_cents),
        Line("Written off as uncollectible", written_off_cents),
    )
    total = sum(line.cents for line in parts)
    formula = " + ".join(dollars(line.cents) for line in parts) + f" = {dollars(total)}"
    return Step("state", "The state's remainder", parts, "The state bears", total, (formula,))


def _require_within(cents: int, cap: int, whole_cents: int, what: str, of_what: str) -> None:
    if cents * WHOLE <= cap * whole_cents or cents == 0:
        return
    most = max(cap * whole_cents // WHOLE, 0)
    raise Refusal(
        f"{what} is {dollars(cents)}. The limit is {percent(cap)} % of {of_what} ({dollars(whole_cents)}), which is "
        f"{dollars(most)}. Lower it by {dollars(cents - most)}, or correct the other lines."
    )


def carry_line(cents: int, fiscal_year: int) -> NeedLine:
    """The carry of a true-up as a line of the next year's need."""
    what = "shortfall" if cents > 0 else "surplus"
    return NeedLine(
        LineKind.CARRY, f"Carry of {named(fiscal_year)} ({what})", cents, f"True-up of {named(fiscal_year)}: "
        f"{signed_dollars(cents)}"
    )  # fmt: skip
