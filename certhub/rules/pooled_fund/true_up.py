"""Step 7: the true-up. Steps 2 to 4 once more with the actual cost and units, against what was assessed.

In pool mode the whole over- or under-collection enters the need of the next year. In payer mode each payer gets its own
difference with its next notice, or now where it has left the market, and the private part stays out of the carry, or it
would count twice. In both modes the differences of the payers add up to the private part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.money import dollars
from certhub.rules.pooled_fund.configuration import MODE_LABELS, CoverageClass, TrueUpMode
from certhub.rules.pooled_fund.fiscal_year import first_day, last_day, true_up_due_on
from certhub.rules.pooled_fund.payers import PayerFacts, successors
from certhub.rules.pooled_fund.shares import (
    Inputs,
    Private,
    class_step,
    medicaid_step,
    private_step,
    state_step,
)
from certhub.rules.pooled_fund.steps import Line, Step
from certhub.rules.pooled_fund.words import signed_dollars
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written

_C = CoverageClass


class Settlement(StrEnum):
    """What happens with a payer's difference."""

    POOL = "pool"
    NEXT_NOTICE = "next_notice"
    NOW = "now"


SETTLEMENT_LABELS = {
    Settlement.POOL: "In the need of the next year",
    Settlement.NEXT_NOTICE: "With the next notice",
    Settlement.NOW: "Now, because the payer left the market",
}


@dataclass(frozen=True, slots=True)
class Actual:
    """What a year came to, in cents: its cost, the earmarked money that was used, and what it carried from before.

    The carry is the one that stands now. Where the next year was adopted before the true-up, it was assessed without
    the carry; judged with it, it passes the difference on, so that nothing is lost and nothing is given back twice.
    """

    cost_cents: int
    earmarked_cents: int = 0
    carried_cents: int = 0

    @property
    def borne_cents(self) -> int:
        """What private payers, Medicaid and the state have to bear together."""
        return self.cost_cents - self.earmarked_cents + self.carried_cents

    def step(self) -> Step:
        """The derivation as a page shows it."""
        carried = self.carried_cents
        return Step(
            "actual", "What is to be borne",
            (
                Line("Actual cost", self.cost_cents),
                Line("Earmarked money that was used", -self.earmarked_cents),
                Line("Carry of the year before", carried, "as it stands now"),
            ),
            "To be borne", self.borne_cents,
            (
                f"{dollars(self.cost_cents)} − {dollars(self.earmarked_cents)} {'−' if carried < 0 else '+'} "
                f"{dollars(abs(carried))} = {dollars(self.borne_cents)}",
            ),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assessed:
    """What was assessed for the year: by payer as it stands after appeals, and the other two classes."""

    by_payer: Mapping[int, int]
    medicaid_cents: int
    state_cents: int

    @property
    def private_cents(self) -> int:
        """What private payers were assessed together."""
        return sum(self.by_payer.values())


@dataclass(frozen=True, slots=True)
class Difference:
    """One payer's actual share against its assessment; below zero it paid too much."""

    payer_id: int
    name: str
    assessed_cents: int
    actual_cents: int
    settlement: Settlement

    @property
    def cents(self) -> int:
        """What is owed (above zero) or was too much (below)."""
        return self.actual_cents - self.assessed_cents


@dataclass(frozen=True, slots=True)
class TrueUp:
    """The outcome of a year: the differences, and what the next year carries."""

    actual: Actual
    mode: TrueUpMode
    differences: tuple[Difference, ...]
    private_cents: int
    medicaid_cents: int
    state_cents: int
    carry_cents: int
    steps: tuple[Step, ...]


def true_up(inputs: Inputs, actual: Actual, assessed: Assessed, *, next_year: int | None = None) -> TrueUp:
    """The true-up of a year; `inputs` hold its actual units and bases. Raises `Refusal`.

    `next_year` is the fiscal year whose notices go out next, by default the one after it.
    """
    borne_cents = actual.borne_cents
    configuration = inputs.configuration
    mode = configuration.true_up_mode
    split, classes = class_step(borne_cents, inputs.units, what="What is to be borne")
    private = private_step(configuration, split[_C.PRIVATE], inputs.payers)
    medicaid = medicaid_step(configuration, split[_C.MEDICAID], inputs.units)
    state = state_step(split[_C.STATE_DIRECT], medicaid.gap_cents, private.to_state_cents, inputs.written_off_cents)
    found = differences(
        inputs.payers, private, assessed.by_payer, configuration.fiscal_year, mode,
        next_year=next_year or configuration.fiscal_year + 1,
    )  # fmt: skip
    of_private = sum(one.cents for one in found)
    of_medicaid = medicaid.allowable_cents - assessed.medicaid_cents
    of_state = borne_cents - private.assessed_cents - medicaid.allowable_cents - assessed.state_cents
    carry = of_medicaid + of_state + (of_private if mode is TrueUpMode.POOL else 0)
    outcome = _outcome(mode, found, (of_private, of_medicaid, of_state), carry, configuration.fiscal_year)
    return TrueUp(
        actual, mode, found, of_private, of_medicaid, of_state, carry,
        (actual.step(), classes, private.step, medicaid.step, state, outcome),
    )  # fmt: skip


def differences(
    payers: Sequence[PayerFacts],
    private: Private,
    assessed: Mapping[int, int],
    fiscal_year: int,
    mode: TrueUpMode,
    *,
    next_year: int,
) -> tuple[Difference, ...]:
    """Each payer's difference; what a payer was assessed that has merged in the year counts for its successor."""
    to = successors(payers, through=last_day(fiscal_year))
    facts = {one.id: one for one in payers}
    had: dict[int, int] = {}
    for payer_id, cents in assessed.items():
        now = to.get(payer_id, payer_id)
        had[now] = had.get(now, 0) + cents
    found = []
    for payer_id in sorted({*had, *private.assessed}, key=lambda one: (facts[one].name.casefold(), one)):
        settled = Settlement.NOW if is_gone(payers, payer_id, next_year) else Settlement.NEXT_NOTICE
        found.append(
            Difference(
                payer_id, facts[payer_id].name, had.get(payer_id, 0), private.assessed.get(payer_id, 0),
                Settlement.POOL if mode is TrueUpMode.POOL else settled,
            )
        )  # fmt: skip
    return tuple(found)


def is_gone(payers: Sequence[PayerFacts], payer_id: int, next_year: int) -> bool:
    """Whether nobody who stands for a payer is billed in a year: it left the market before it began.

    Whoever leaves later is still billed then, so that its difference goes with that notice.
    """
    facts = {one.id: one for one in payers}
    left_on = facts[successors(payers, through=last_day(next_year))[payer_id]].left_on
    return left_on is not None and left_on < first_day(next_year)


def require_over(fiscal_year: int, today: date) -> None:
    """Refuse a true-up before the year is over."""
    if today <= last_day(fiscal_year):
        raise Refusal(
            f"{named(fiscal_year)} ends on {written(last_day(fiscal_year))}. The true-up is made after that day."
        )


def late_words(fiscal_year: int, today: date) -> str:
    """What is to be said where the true-up comes after its time; empty where it is in time."""
    due = true_up_due_on(fiscal_year)
    return f"The true-up was due by {written(due)}, 45 days after the end of the year." if today > due else ""


def _outcome(
    mode: TrueUpMode, found: Sequence[Difference], parts: tuple[int, int, int], carry: int, fiscal_year: int
) -> Step:
    of_private, of_medicaid, of_state = parts
    lines = (
        Line("Private payers", of_private, "actual share less assessments"),
        Line("Medicaid", of_medicaid),
        Line("State", of_state),
    )
    each = tuple(
        f"{one.name}: {dollars(one.actual_cents)} actual − {dollars(one.assessed_cents)} assessed = "
        f"{signed_dollars(one.cents)}"
        for one in found
    )
    if mode is TrueUpMode.POOL:
        how = (
            f"The whole difference, {signed_dollars(carry)}, enters the need of {named(fiscal_year + 1)}. Of it, "
            f"{signed_dollars(of_private)} is the private part."
        )
    else:
        how = (
            f"{signed_dollars(of_private)} goes to the payers themselves, so only {signed_dollars(carry)} of Medicaid "
            f"and the state enters the need of {named(fiscal_year + 1)}: nothing counts twice."
        )
    return Step(
        "true-up", "The differences", lines, "Over- or under-collection", sum(parts),
        (f"Mode: {MODE_LABELS[mode].lower()}.", *each, how),
    )  # fmt: skip
