"""Who bears a line of a vendor's invoice: private payers, then Medicaid, then another program, and DPH last.

DPH manages the state's payer-of-last-resort function (final report of the Massachusetts consortium). It pays what is
left of a line only after each earlier payer is recorded as paid, denied or not applicable, with evidence, as the fund
for catastrophic illness in children does with its denial letters (M.G.L. c.111K). Medicaid comes after private cover
under the federal rules of third-party liability (42 CFR 433 subpart D).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from certhub.rules.allocation import largest_remainder
from certhub.rules.caseload import MODEL, Tier
from certhub.rules.money import dollars
from certhub.rules.refusal import Refusal
from certhub.rules.terms import last_day_of_month

CLAIM_DAYS = 90
"""130 CMR 450.309: MassHealth takes a claim within 90 days of the service."""
_HUNDREDTHS = 100


class Source(StrEnum):
    """Who bears a part of the cost."""

    PRIVATE = "private"
    MEDICAID = "medicaid"
    OTHER = "other"
    DPH = "dph"


EARLIER = (Source.PRIVATE, Source.MEDICAID, Source.OTHER)
"""Everybody who comes before DPH, in the order in which they are asked."""

SOURCE_LABELS = {
    Source.PRIVATE: "Private payers",
    Source.MEDICAID: "Medicaid",
    Source.OTHER: "Another program",
    Source.DPH: "DPH, as last payer",
}


class Outcome(StrEnum):
    """What an earlier payer does about a line."""

    PAID = "paid"
    DENIED = "denied"
    NOT_APPLICABLE = "not_applicable"


OUTCOME_LABELS = {
    Outcome.PAID: "Pays",
    Outcome.DENIED: "Denied",
    Outcome.NOT_APPLICABLE: "Not applicable",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one earlier payer does about a line: `of_cents` is what it was asked about, `cents` what it pays of it."""

    outcome: Outcome
    cents: int
    of_cents: int


@dataclass(frozen=True, slots=True)
class Borne:
    """Who bears an amount, in cents; `open_cents` is what no payer is recorded for yet."""

    by: Mapping[Source, int]
    open_cents: int

    @property
    def settled_cents(self) -> int:
        """What has a payer."""
        return sum(self.by.values())


def borne(allowed_cents: int, answers: Mapping[Source, Answer]) -> Borne:
    """Who bears what is allowed of a line.

    DPH bears what is left of the amount that every earlier payer was asked about. What is allowed later on, such as
    days that were held back and then released, is open until they have been asked about it as well. If less is allowed
    than was recorded, the last in the order bears less first.
    """
    by, left = {}, allowed_cents
    for source in EARLIER:
        answer = answers.get(source)
        by[source] = min(answer.cents, left) if answer is not None else 0
        left -= by[source]
    asked = min((one.of_cents for one in answers.values()), default=0) if answers.keys() >= set(EARLIER) else 0
    by[Source.DPH] = max(min(asked, allowed_cents) - sum(by.values()), 0)
    return Borne(by, allowed_cents - sum(by.values()))


def next_source(answers: Mapping[Source, Answer], allowed_cents: int) -> Source | None:
    """Who is to be asked next about a line; None where everybody was asked about all of it."""
    return next((one for one in EARLIER if one not in answers or answers[one].of_cents < allowed_cents), None)


def require_order(source: Source, answers: Mapping[Source, Answer], allowed_cents: int) -> None:
    """Refuse to record a payer before those that come ahead of it. Raises `Refusal`."""
    first = next_source(answers, allowed_cents)
    if first is not None and EARLIER.index(first) < EARLIER.index(source):
        raise Refusal(
            f"{SOURCE_LABELS[first]} come first. Record what they do about this invoice, then come back."
            if first is Source.PRIVATE
            else f"{SOURCE_LABELS[first]} comes first. Record what it does about this invoice, then come back."
        )


def require_answer(answer: Answer, left_cents: int, *, evidence: str, evidence_on: date | None, today: date) -> None:
    """Refuse an answer that does not fit its amount, is above what is left, or has no evidence. Raises `Refusal`."""
    if answer.cents < 0 or (answer.outcome is not Outcome.PAID and answer.cents):
        raise Refusal("Only a payer that pays has an amount.", field="outcome")
    if answer.outcome is Outcome.PAID and not answer.cents:
        raise Refusal("Type what it pays, or choose that it does not.", field="outcome")
    if answer.cents > left_cents:
        raise Refusal(
            f"The others leave {dollars(left_cents)} of the line for this payer. Lower what one of them pays first.",
            field="amount",
        )
    if not evidence.strip():
        raise Refusal("Name the evidence, such as the number of a remittance advice or of a denial.", field="evidence")
    if evidence_on is None or evidence_on > today:
        raise Refusal("Type the day of the evidence: today or an earlier day.", field="evidence_on")


def require_within_rate(cents: int, units_hundredths: int | None, *, rate_cents: int) -> None:
    """Refuse a claim of Medicaid above the approved rate for its units. Raises `Refusal`."""
    most = (units_hundredths or 0) * rate_cents // _HUNDREDTHS
    if cents > most:
        raise Refusal(
            f"Medicaid pays at most {dollars(rate_cents)} for a unit, so {dollars(most)} for these units. Claim more "
            "units if they were served, or a lower amount."
        )


def require_settled(amount_cents: int, *, settled_cents: int, paid_cents: int) -> None:
    """Refuse a payment of cost that has no payer yet. Raises `Refusal`."""
    ready = max(settled_cents - paid_cents, 0)
    if amount_cents > ready:
        raise Refusal(
            f"{dollars(ready)} of this invoice has a payer and is not paid yet. DPH pays last: record first what "
            "private payers, Medicaid and other programs do about each line.",
            field="amount",
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """Active children of a coordinator in a month by coverage, and their weight by tier in hundredths."""

    private: int
    medicaid: int
    other: int
    weight_hundredths: int

    @property
    def children(self) -> int:
        """All of them."""
        return self.private + self.medicaid + self.other

    @property
    def medicaid_units(self) -> int:
        """Acuity-weighted child-months whose first cover is Medicaid, in hundredths, rounded down."""
        return self.weight_hundredths * self.medicaid // self.children if self.children else 0


def coverage_of(counts: Mapping[str, int], tiers: Mapping[Tier, int]) -> Coverage:
    """The coverage in a reported line. With both covers the private one is first; what is neither the state bears."""
    weight = sum(int(MODEL.hours[tier] * _HUNDREDTHS) * number for tier, number in tiers.items())
    return Coverage(
        counts.get("coverage_private", 0) + counts.get("coverage_both", 0),
        counts.get("coverage_medicaid", 0),
        counts.get("coverage_uninsured", 0) + counts.get("coverage_other", 0),
        weight,
    )


def proposed(allowed_cents: int, coverage: Coverage | None, *, rate_cents: int | None) -> Mapping[Source, int]:
    """What each payer would bear of a line by the coverage of the month's children; nothing where none is reported.

    What is above the approved Medicaid rate (None: not known) moves to the state, as in step 4 of the allocation.
    """
    if coverage is None or not coverage.children:
        return dict.fromkeys(Source, 0)
    parts = largest_remainder(allowed_cents, {0: coverage.private, 1: coverage.medicaid, 2: coverage.other})
    most = parts[1] if rate_cents is None else coverage.medicaid_units * rate_cents // _HUNDREDTHS
    gap = max(parts[1] - most, 0)
    return {Source.PRIVATE: parts[0], Source.MEDICAID: parts[1] - gap, Source.OTHER: 0, Source.DPH: parts[2] + gap}


def federal_part(units_hundredths: int, rate_cents: int, federal_share: int) -> int:
    """The federal share of what Medicaid would pay for units, in cents, rounded down.

    `units_hundredths` counts hundredths of a unit, `federal_share` hundredths of a percent.
    """
    return units_hundredths * rate_cents * federal_share // (_HUNDREDTHS * 10_000)


def claim_until(month_from: date) -> date:
    """The last day to claim a month's units: 90 days from the last day of service (130 CMR 450.309)."""
    return last_day_of_month(month_from) + timedelta(days=CLAIM_DAYS)
